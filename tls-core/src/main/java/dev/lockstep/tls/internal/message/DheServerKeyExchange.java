package dev.lockstep.tls.internal.message;

import dev.lockstep.tls.internal.wire.WireReader;
import dev.lockstep.tls.internal.wire.WireWriter;

/**
 * The finite-field form of ServerKeyExchange, RFC 5246 7.4.3.
 *
 * <pre>
 * struct {
 *     ServerDHParams params;
 *     DigitallySigned signed_params;
 * } ServerKeyExchange;
 * </pre>
 *
 * @param params the server's share
 * @param signed the signature over the two randoms and the encoded share
 */
public record DheServerKeyExchange(ServerDhParams params, DigitallySigned signed) implements ServerKeyExchange {

    /** Reads the body. */
    public static DheServerKeyExchange parse(WireReader body) {
        ServerDhParams params = ServerDhParams.parse(body);
        DigitallySigned signed = DigitallySigned.parse(body);
        body.requireEnd("ServerKeyExchange");
        return new DheServerKeyExchange(params, signed);
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
