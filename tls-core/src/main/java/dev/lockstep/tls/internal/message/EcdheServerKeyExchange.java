package dev.lockstep.tls.internal.message;

import dev.lockstep.tls.internal.wire.WireReader;
import dev.lockstep.tls.internal.wire.WireWriter;

/**
 * The elliptic-curve form of ServerKeyExchange, RFC 8422 5.4.
 *
 * <pre>
 * struct {
 *     ServerECDHParams params;
 *     DigitallySigned signed_params;
 * } ServerKeyExchange;
 * </pre>
 *
 * @param params the server's share
 * @param signed the signature over the two randoms and the encoded share
 */
public record EcdheServerKeyExchange(ServerEcdhParams params, DigitallySigned signed) implements ServerKeyExchange {

    /** Reads the body. */
    public static EcdheServerKeyExchange parse(WireReader body) {
        ServerEcdhParams params = ServerEcdhParams.parse(body);
        DigitallySigned signed = DigitallySigned.parse(body);
        body.requireEnd("ServerKeyExchange");
        return new EcdheServerKeyExchange(params, signed);
    }

    @Override
    public int expectedLength() {
        return 4 + 4 + params.point().length + 4 + signed.signature().length;
    }

    @Override
    public byte[] encodedParams() {
        return params.encode();
    }

    @Override
    public void encodeBody(WireWriter out) {
        params.encode(out);
        signed.encode(out);
    }
}
