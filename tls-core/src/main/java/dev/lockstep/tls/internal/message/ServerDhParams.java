package dev.lockstep.tls.internal.message;

import dev.lockstep.tls.internal.wire.WireReader;
import dev.lockstep.tls.internal.wire.WireWriter;
import java.util.Arrays;

/**
 * The server's share of a finite-field key exchange, RFC 5246 7.4.3.
 *
 * <pre>
 * struct {
 *     opaque dh_p&lt;1..2^16-1&gt;;
 *     opaque dh_g&lt;1..2^16-1&gt;;
 *     opaque dh_Ys&lt;1..2^16-1&gt;;
 * } ServerDHParams;
 * </pre>
 *
 * @param p the modulus, unsigned, big-endian
 * @param g the generator, unsigned, big-endian
 * @param ys the server's public value, unsigned, big-endian
 */
@SuppressWarnings("ArrayRecordComponent") // equality is by content, below; the arrays are never changed
public record ServerDhParams(byte[] p, byte[] g, byte[] ys) {

    /** Reads the struct; more may follow it. */
    public static ServerDhParams parse(WireReader in) {
        return new ServerDhParams(
                in.opaque16(1, 0xffff, "dh_p"), in.opaque16(1, 0xffff, "dh_g"), in.opaque16(1, 0xffff, "dh_Ys"));
    }

    /** Writes the struct. */
    public void encode(WireWriter out) {
        out.opaque16(p).opaque16(g).opaque16(ys);
    }

    /** Returns the struct: what the server signs behind the two randoms. */
    public byte[] encode() {
        WireWriter out = new WireWriter(6 + p.length + g.length + ys.length);
        encode(out);
        return out.toByteArray();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ServerDhParams that
                && Arrays.equals(p, that.p)
                && Arrays.equals(g, that.g)
                && Arrays.equals(ys, that.ys);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(ys);
    }
}
