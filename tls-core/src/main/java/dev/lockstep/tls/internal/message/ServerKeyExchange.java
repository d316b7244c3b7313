package dev.lockstep.tls.internal.message;

import dev.lockstep.tls.internal.wire.FatalAlert;
import dev.lockstep.tls.internal.wire.WireReader;
import dev.lockstep.tls.spec.HandshakeType;
import dev.lockstep.tls.spec.KeyExchange;

/**
 * The server's signed share of the key exchange, RFC 5246 7.4.3 and RFC 8422 5.4; with a pre-shared key it has another
 * form, {@link PskServerKeyExchange}, and is not signed.
 *
 * <pre>
 * struct {
 *     select (KeyExchangeAlgorithm) {
 *         case dhe_rsa:             ServerDHParams   params;
 *         case ec_diffie_hellman:   ServerECDHParams params;
 *     };
 *     DigitallySigned signed_params;          // over client_random, server_random, params
 * } ServerKeyExchange;
 * </pre>
 */
public sealed interface ServerKeyExchange extends HandshakeMessage
        permits EcdheServerKeyExchange, DheServerKeyExchange {

    /** Reads the body of the form that the suite's key exchange has. */
    static ServerKeyExchange parse(KeyExchange keyExchange, WireReader body) {
        return switch (keyExchange) {
            case ECDHE_ECDSA, ECDHE_RSA -> EcdheServerKeyExchange.parse(body);
            case DHE_RSA -> DheServerKeyExchange.parse(body);
            // RFC 5246 7.4.3: "It is not legal to send the ServerKeyExchange message for [...] RSA"
            case RSA, ECDHE_PSK, DHE_PSK, RSA_PSK, PSK ->
                throw FatalAlert.unexpectedMessage("signed ServerKeyExchange with " + keyExchange);
        };
    }

    /** Returns the signature over the two randoms and the parameters. */
    DigitallySigned signed();

    /** Returns the encoded parameters, the signed part of this message. */
    byte[] encodedParams();

    @Override
    default HandshakeType type() {
        return HandshakeType.SERVER_KEY_EXCHANGE;
    }
}
