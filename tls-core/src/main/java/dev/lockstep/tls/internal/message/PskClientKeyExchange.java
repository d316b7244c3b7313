package dev.lockstep.tls.internal.message;

import dev.lockstep.tls.internal.wire.WireReader;
import dev.lockstep.tls.internal.wire.WireWriter;
import dev.lockstep.tls.spec.KeyExchange;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The client's share of a key exchange with a pre-shared key, RFC 4279 2 to 4 and RFC 5489 2: which key it means, and
 * what the key exchange it is combined with has to say.
 *
 * <pre>
 * struct {
 *     opaque psk_identity&lt;0..2^16-1&gt;;
 *     select (KeyExchangeAlgorithm) {
 *         case psk:                       struct { };
 *         case diffie_hellman_psk:        ClientDiffieHellmanPublic;
 *         case rsa_psk:                   EncryptedPreMasterSecret;
 *         case ec_diffie_hellman_psk:     ClientECDiffieHellmanPublic;
 *     };
 * } ClientKeyExchange;
 * </pre>
 *
 * @param identity the bytes as sent, 0 to 65535 of them
 * @param exchange the rest, in the form of the other key exchange; null for a pre-shared key alone
 */
@SuppressWarnings("ArrayRecordComponent") // equality is by content, below; the array is never changed
public record PskClientKeyExchange(
        byte[] identity, @Nullable ClientKeyExchange exchange) implements ClientKeyExchange {

    /** Reads the body of the form that one of the four key exchanges with a pre-shared key has. */
    static PskClientKeyExchange parse(KeyExchange keyExchange, WireReader body) {
        byte[] identity = body.opaque16(0, 0xffff, "psk_identity");
        return switch (keyExchange) {
            case PSK -> {
                body.requireEnd("ClientKeyExchange");
                yield new PskClientKeyExchange(identity, null);
            }
            case DHE_PSK -> new PskClientKeyExchange(identity, DheClientKeyExchange.parse(body));
            case RSA_PSK -> new PskClientKeyExchange(identity, RsaClientKeyExchange.parse(body));
            case ECDHE_PSK -> new PskClientKeyExchange(identity, EcdheClientKeyExchange.parse(body));
            default -> throw new IllegalArgumentException(keyExchange + " has no pre-shared key");
        };
    }

    @Override
    public void encodeBody(WireWriter out) {
        out.opaque16(identity);
        if (exchange != null) {
            exchange.encodeBody(out);
        }
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof PskClientKeyExchange that
                && Arrays.equals(identity, that.identity)
                && Objects.equals(exchange, that.exchange);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(identity) + Objects.hashCode(exchange);
    }
}
