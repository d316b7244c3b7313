package dev.lockstep.crypto.group;

import dev.lockstep.crypto.Unsigned;
import java.math.BigInteger;
import org.bouncycastle.crypto.params.ECDomainParameters;
import org.bouncycastle.math.ec.ECCurve;
import org.bouncycastle.math.ec.ECLookupTable;
import org.bouncycastle.math.ec.ECPoint;

/**
 * Multiplies the base point of a curve by secret scalars that are one bit longer than its order: the fixed-base comb of
 * Lim and Lee with six teeth, on bcprov's field arithmetic and its constant-time table look-ups.
 *
 * <p>bcprov has such a comb for scalars up to the order's length. Scalars of the form {@code k + n} or {@code k + 2n},
 * which {@link #lengthen} makes, all have the same length, so that no step depends on leading zeros of k: LadderLeak and
 * Minerva recovered keys from less. Every entry of the table has an offset added, so that none is the point at infinity,
 * which is cheaper to add; a last addition takes all offsets away.
 *
 * <p>Immutable, safe for any thread.
 */
public final class FixedBaseComb {
    private static final int TEETH = 6;

    private final BigInteger order;
    private final byte[] orderBytes;
    private final int columns;
    private final ECLookupTable table;
    private final ECPoint correction;

    FixedBaseComb(ECDomainParameters domain) {
        this.order = domain.getN();
        this.columns = (order.bitLength() + TEETH) / TEETH;
        this.orderBytes = Unsigned.bytes(order, scalarLength());
        ECCurve curve = domain.getCurve();
        ECPoint[] teeth = new ECPoint[TEETH + 1];
        teeth[0] = domain.getG();
        for (int i = 1; i <= TEETH; i++) {
            teeth[i] = teeth[i - 1].timesPow2(columns);
        }
        ECPoint offset = teeth[TEETH];
        ECPoint[] entries = new ECPoint[1 << TEETH];
        entries[0] = offset;
        for (int bits = 1; bits < entries.length; bits++) {
            int highest = 31 - Integer.numberOfLeadingZeros(bits);
            entries[bits] = entries[bits - (1 << highest)].add(teeth[highest]);
        }
        curve.normalizeAll(entries);
        this.table = curve.createCacheSafeLookupTable(entries, 0, entries.length);
        this.correction = offset.timesPow2(columns).subtract(offset).negate().normalize();
    }

    /** Bytes of a scalar that {@link #lengthen} returns. */
    private int scalarLength() {
        return (order.bitLength() + 1 + 7) / 8;
    }

    /**
     * Adds the order to a number, once or twice, so that the sum is exactly one bit longer than the order.
     *
     * @param k big-endian, 1 to order - 1, in as many bytes as the order has; not changed
     * @return the same scalar as far as the curve is concerned, big-endian; owned and to be wiped by the caller
     */
    public byte[] lengthen(byte[] k) {
        byte[] sum = new byte[scalarLength()];
        System.arraycopy(k, 0, sum, sum.length - k.length, k.length);
        addOrder(sum, 0xff);
        addOrder(sum, (bit(sum, order.bitLength()) - 1) & 0xff);
        return sum;
    }

    private void addOrder(byte[] sum, int mask) {
        int carry = 0;
        for (int i = sum.length - 1; i >= 0; i--) {
            carry += (sum[i] & 0xff) + (orderBytes[i] & 0xff & mask);
            sum[i] = (byte) carry;
            carry >>>= 8;
        }
    }

    /**
     * Computes {@code scalar * G}.
     *
     * @param scalar what {@link #lengthen} returned; not changed
     * @return the point, normalized
     */
    public ECPoint multiply(byte[] scalar) {
        ECPoint sum = table.lookup(column(scalar, columns - 1));
        for (int i = columns - 2; i >= 0; i--) {
            sum = sum.twicePlus(table.lookup(column(scalar, i)));
        }
        return sum.add(correction).normalize();
    }

    private int column(byte[] scalar, int column) {
        int bits = 0;
        for (int tooth = TEETH - 1; tooth >= 0; tooth--) {
            bits = (bits << 1) | bit(scalar, tooth * columns + column);
        }
        return bits;
    }

    /** Positions beyond the end, which is public, are zero. */
    private static int bit(byte[] number, int position) {
        int at = number.length - 1 - (position >> 3);
        return at < 0 ? 0 : (number[at] >> (position & 7)) & 1;
    }
}
