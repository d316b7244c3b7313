package dev.lockstep.tls.internal.message;

import dev.lockstep.tls.internal.wire.FatalAlert;
import dev.lockstep.tls.internal.wire.WireReader;
import dev.lockstep.tls.internal.wire.WireWriter;
import dev.lockstep.tls.spec.HandshakeType;
import dev.lockstep.tls.spec.KeyExchange;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The server's unsigned share of a key exchange with a pre-shared key, RFC 4279 2 to 4 and RFC 5489 2: a hint which key
 * it would like, and the parameters of the key exchange that is combined with it.
 *
 * <pre>
 * struct {
 *     opaque psk_identity_hint&lt;0..2^16-1&gt;;
 *     select (KeyExchangeAlgorithm) {
 *         case psk, rsa_psk:              struct { };
 *         case diffie_hellman_psk:        ServerDHParams params;
 *         case ec_diffie_hellman_psk:     ServerECDHParams params;
 *     };
 * } ServerKeyExchange;
 * </pre>
 *
 * <p>RFC 5489 2-1: with ECDHE_PSK both key exchange messages have the form of ec_diffie_hellman_psk.
 *
 * @param identityHint 0 to 65535 bytes
 * @param encodedParams ServerDHParams or ServerECDHParams, or nothing
 */
@SuppressWarnings("ArrayRecordComponent") // equality is by content, below; the arrays are never changed
public record PskServerKeyExchange(byte[] identityHint, byte[] encodedParams) implements HandshakeMessage {

    /** Reads the body of the form that one of the four key exchanges with a pre-shared key has. */
    public static PskServerKeyExchange parse(KeyExchange keyExchange, WireReader body) {
        byte[] hint = body.opaque16(0, 0xffff, "psk_identity_hint");
        byte[] params =
                switch (keyExchange) {
                    case PSK, RSA_PSK -> new byte[0];
                    case DHE_PSK -> ServerDhParams.parse(body).encode();
                    case ECDHE_PSK -> ServerEcdhParams.parse(body).encode();
                    default -> throw FatalAlert.unexpectedMessage("a hint without a pre-shared key");
                };
        body.requireEnd("ServerKeyExchange");
        return new PskServerKeyExchange(hint, params);
    }

    @Override
    public HandshakeType type() {
        return HandshakeType.SERVER_KEY_EXCHANGE;
    }

    @Override
    public void encodeBody(WireWriter out) {
        out.opaque16(identityHint).bytes(encodedParams);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof PskServerKeyExchange that
                && Arrays.equals(identityHint, that.identityHint)
                && Arrays.equals(encodedParams, that.encodedParams);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(identityHint) + Arrays.hashCode(encodedParams);
    }
}
