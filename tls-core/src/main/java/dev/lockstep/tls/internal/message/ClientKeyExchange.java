package dev.lockstep.tls.internal.message;

import dev.lockstep.tls.internal.wire.WireReader;
import dev.lockstep.tls.spec.HandshakeType;
import dev.lockstep.tls.spec.KeyExchange;

/**
 * The client's share of the key exchange, RFC 5246 7.4.7, RFC 8422 5.7 and RFC 4279.
 *
 * <pre>
 * struct {
 *     select (KeyExchangeAlgorithm) {
 *         case rsa:                 EncryptedPreMasterSecret;
 *         case dhe_rsa:             ClientDiffieHellmanPublic;
 *         case ec_diffie_hellman:   ClientECDiffieHellmanPublic;
 *         case psk and the others:  a psk_identity, then one of the above or nothing;
 *     } exchange_keys;
 * } ClientKeyExchange;
 * </pre>
 */
public sealed interface ClientKeyExchange extends HandshakeMessage
        permits EcdheClientKeyExchange, DheClientKeyExchange, RsaClientKeyExchange, PskClientKeyExchange {

    /** Reads the body of the form that the suite's key exchange has. Values are judged by who computes with them. */
    static ClientKeyExchange parse(KeyExchange keyExchange, WireReader body) {
        return switch (keyExchange) {
            case ECDHE_ECDSA, ECDHE_RSA -> EcdheClientKeyExchange.parse(body);
            case DHE_RSA -> DheClientKeyExchange.parse(body);
            case ECDHE_PSK, DHE_PSK, RSA_PSK, PSK -> PskClientKeyExchange.parse(keyExchange, body);
            case RSA -> RsaClientKeyExchange.parse(body);
        };
    }

    @Override
    default HandshakeType type() {
        return HandshakeType.CLIENT_KEY_EXCHANGE;
    }
}
