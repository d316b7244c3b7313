package dev.lockstep.tls.internal.message;

import dev.lockstep.tls.internal.wire.FatalAlert;
import dev.lockstep.tls.internal.wire.WireReader;
import dev.lockstep.tls.internal.wire.WireWriter;
import dev.lockstep.tls.spec.EcCurveType;
import dev.lockstep.tls.spec.NamedGroup;
import java.util.Arrays;

/**
 * The server's share of an elliptic-curve key exchange, RFC 8422 5.4.
 *
 * <pre>
 * struct {
 *     ECCurveType curve_type;             // uint8, named_curve(3)
 *     NamedCurve  namedcurve;             // uint16
 *     opaque      point&lt;1..2^8-1&gt;;       // 4, x, y; the plain u-coordinate for x25519 and x448
 * } ServerECDHParams;
 * </pre>
 *
 * @param group a curve
 * @param point the server's public value
 */
@SuppressWarnings("ArrayRecordComponent") // equality is by content, below; the array is never changed
public record ServerEcdhParams(NamedGroup group, byte[] point) {

    /** Reads the struct; more may follow it. */
    public static ServerEcdhParams parse(WireReader in) {
        int curveType = in.uint8("curve_type");
        if (curveType != EcCurveType.NAMED_CURVE.code()) {
            throw FatalAlert.illegalParameter("curve_type: not named_curve");
        }
        NamedGroup group = NamedGroup.of(in.uint16("namedcurve"));
        if (group == null || group.isFiniteField()) {
            throw FatalAlert.illegalParameter("namedcurve: no curve known here");
        }
        return new ServerEcdhParams(group, in.opaque8(1, 0xff, "point"));
    }

    /** Writes the struct. */
    public void encode(WireWriter out) {
        out.uint8(EcCurveType.NAMED_CURVE.code()).uint16(group.code()).opaque8(point);
    }

    /** Returns the struct: what the server signs behind the two randoms. */
    public byte[] encode() {
        WireWriter out = new WireWriter(4 + point.length);
        encode(out);
        return out.toByteArray();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ServerEcdhParams that && group == that.group && Arrays.equals(point, that.point);
    }

    @Override
    public int hashCode() {
        return 31 * group.hashCode() + Arrays.hashCode(point);
    }
}
