package dev.lockstep.tls.internal.message;

import dev.lockstep.tls.internal.wire.WireReader;
import dev.lockstep.tls.internal.wire.WireWriter;
import java.util.Arrays;

/**
 * The client's point, RFC 8422 5.7. The implicit form (an empty body) belongs to certificates with fixed ECDH keys.
 *
 * <pre>
 * struct {
 *     opaque ecdh_Yc&lt;1..2^8-1&gt;;
 * } ClientECDiffieHellmanPublic;
 * </pre>
 *
 * @param point the client's public value as sent, 1 to 255 bytes
 */
@SuppressWarnings("ArrayRecordComponent") // equality is by content, below; the array is never changed
public record EcdheClientKeyExchange(byte[] point) implements ClientKeyExchange {

    /** Reads the body. */
    public static EcdheClientKeyExchange parse(WireReader body) {
        byte[] point = body.opaque8(1, 0xff, "ecdh_Yc");
        body.requireEnd("ClientKeyExchange");
        return new EcdheClientKeyExchange(point);
    }

    @Override
    public void encodeBody(WireWriter out) {
        out.opaque8(point);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof EcdheClientKeyExchange that && Arrays.equals(point, that.point);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(point);
    }
}
