package dev.lockstep.tls.internal.message;

import dev.lockstep.tls.internal.wire.WireReader;
import dev.lockstep.tls.internal.wire.WireWriter;
import java.util.Arrays;

/**
 * The client's value in a finite field, RFC 5246 7.4.7.2. The implicit form (an empty body) belongs to fixed DH keys.
 *
 * <pre>
 * struct {
 *     opaque dh_Yc&lt;1..2^16-1&gt;;
 * } ClientDiffieHellmanPublic;
 * </pre>
 *
 * @param yc the client's public value as sent, unsigned, big-endian, 1 to 65535 bytes
 */
@SuppressWarnings("ArrayRecordComponent") // equality is by content, below; the array is never changed
public record DheClientKeyExchange(byte[] yc) implements ClientKeyExchange {

    /** Reads the body. */
    public static DheClientKeyExchange parse(WireReader body) {
        byte[] yc = body.opaque16(1, 0xffff, "dh_Yc");
        body.requireEnd("ClientKeyExchange");
        return new DheClientKeyExchange(yc);
    }

    @Override
    public void encodeBody(WireWriter out) {
        out.opaque16(yc);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof DheClientKeyExchange that && Arrays.equals(yc, that.yc);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(yc);
    }
}
