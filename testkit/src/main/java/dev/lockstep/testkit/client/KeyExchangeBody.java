package dev.lockstep.testkit.client;

import dev.lockstep.testkit.util.Bytes;
import java.math.BigInteger;
import java.security.SecureRandom;
import java.security.interfaces.RSAPublicKey;

/** The body of an honest ClientKeyExchange (RFC 5246 section 7.4.7, RFC 4279, RFC 8422). */
final class KeyExchangeBody {

    private final ClientOptions options;
    private final ServerFlight server;
    private final ClientKeys keys;
    private final SecureRandom random;

    KeyExchangeBody(ClientOptions options, ServerFlight server, ClientKeys keys, SecureRandom random) {
        this.options = options;
        this.server = server;
        this.keys = keys;
        this.random = random;
    }

    /** The body of an honest ClientKeyExchange; the premaster secret is remembered. */
    byte[] encoded() {
        byte[] body = otherKeyExchange();
        if (!server.suite().isPsk()) {
            return body;
        }
        keys.premaster = ClientPsk.premaster(ClientKeys.known(keys.premaster, "other secret"), options.psk);
        return Bytes.concat(Bytes.vector(2, options.pskIdentity), body);
    }

    /** What stands behind the identity when there is one; the premaster secret is that of the exchange alone. */
    private byte[] otherKeyExchange() {
        ClientSuite suite = server.suite();
        if (suite.exchange().equals("PSK")) {
            keys.premaster = new byte[options.psk.length];
            return new byte[0];
        }
        if (suite.isRsaExchange()) {
            RSAPublicKey key = (RSAPublicKey) server.serverKey();
            byte[] premaster = new byte[48];
            random.nextBytes(premaster);
            premaster[0] = (byte) (options.version >> 8);
            premaster[1] = (byte) options.version;
            keys.premaster = premaster;
            return Bytes.vector(2, rawRsa(key, RsaBlocks.padded(premaster, modulusLength(key), random)));
        }
        ClientKeyShare share = suite.isEcdhe()
                ? ClientKeyShare.ecdhe(server.group, server.serverPoint, random)
                : ClientKeyShare.dhe(server.dhParams[0], server.dhParams[1], server.dhParams[2], random);
        keys.premaster = share.premaster();
        return Bytes.vector(suite.isEcdhe() ? 1 : 2, share.publicValue());
    }

    /** A block under an RSA key, without padding. */
    static byte[] rawRsa(RSAPublicKey key, byte[] block) {
        BigInteger value = new BigInteger(1, block).modPow(key.getPublicExponent(), key.getModulus());
        return Bytes.unsigned(value, modulusLength(key));
    }

    private static int modulusLength(RSAPublicKey key) {
        return (key.getModulus().bitLength() + 7) / 8;
    }
}
