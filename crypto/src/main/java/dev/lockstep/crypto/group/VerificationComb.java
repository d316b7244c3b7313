package dev.lockstep.crypto.group;

import java.math.BigInteger;
import org.bouncycastle.crypto.params.ECDomainParameters;
import org.bouncycastle.math.ec.ECCurve;
import org.bouncycastle.math.ec.ECFieldElement;
import org.bouncycastle.math.ec.ECLookupTable;
import org.bouncycastle.math.ec.ECPoint;
import org.bouncycastle.util.BigIntegers;

/**
 * The equation of ECDSA verification (FIPS 186-5 6.4.2) for a public key that verifies often: multiples of the key and of the
 * base point are kept, so that both products share a seventh of the doublings that they take otherwise. The comb is the one of
 * {@link FixedBaseComb}, in variable time: nothing of a verification is secret.
 *
 * <p>Takes 8 KB for a key on P-256, and as long as a few verifications to make. Immutable, safe for any thread.
 */
public final class VerificationComb {
    private static final int TEETH = 7;

    private final ECDomainParameters domain;
    private final ECPoint[] base;
    private final ECLookupTable key;

    /**
     * A key, ready to verify.
     *
     * @param base what {@link #multiples} made of the base point
     * @param point the key, a point of the curve that is not infinity
     */
    VerificationComb(ECDomainParameters domain, ECPoint[] base, ECPoint point) {
        this.domain = domain;
        this.base = base;
        ECPoint[] entries = multiples(domain, point);
        // An array of points would be faster still, and takes four times the memory: there may be thousands of keys.
        this.key = domain.getCurve().createCacheSafeLookupTable(entries, 0, entries.length);
    }

    /**
     * Returns the sums of a point's multiples by powers of two, one column apart, by which of them are added; the first
     * is unused.
     */
    static ECPoint[] multiples(ECDomainParameters domain, ECPoint point) {
        int columns = columns(domain);
        ECPoint[] entries = new ECPoint[1 << TEETH];
        entries[0] = point;
        ECPoint tooth = point;
        for (int bits = 1; bits < entries.length; bits++) {
            int highest = Integer.highestOneBit(bits);
            if (bits > 1 && bits == highest) {
                tooth = tooth.timesPow2(columns);
            }
            entries[bits] = bits == highest ? tooth : entries[bits - highest].add(tooth);
        }
        domain.getCurve().normalizeAll(entries);
        return entries;
    }

    private static int columns(ECDomainParameters domain) {
        return (domain.getN().bitLength() + TEETH - 1) / TEETH;
    }

    /**
     * Tells whether a signature is this key's.
     *
     * @param e the leftmost bits of the digest
     * @param r 1 to order - 1
     * @param s 1 to order - 1
     */
    public boolean verifies(BigInteger e, BigInteger r, BigInteger s) {
        BigInteger n = domain.getN();
        BigInteger inverse = BigIntegers.modOddInverseVar(n, s);
        ECPoint sum = sum(e.multiply(inverse).mod(n), r.multiply(inverse).mod(n));
        return !sum.isInfinity() && hasCoordinate(sum, r);
    }

    private ECPoint sum(BigInteger ofBase, BigInteger ofKey) {
        ECPoint sum = domain.getCurve().getInfinity();
        int columns = columns(domain);
        for (int i = columns - 1; i >= 0; i--) {
            int baseBits = column(ofBase, i, columns);
            int keyBits = column(ofKey, i, columns);
            sum = baseBits == 0 ? sum.twice() : sum.twicePlus(base[baseBits]);
            sum = keyBits == 0 ? sum : sum.add(key.lookupVar(keyBits));
        }
        return sum;
    }

    private static int column(BigInteger scalar, int column, int columns) {
        int bits = 0;
        for (int tooth = TEETH - 1; tooth >= 0; tooth--) {
            bits = (bits << 1) | (scalar.testBit(tooth * columns + column) ? 1 : 0);
        }
        return bits;
    }

    /** Whether the point's affine x-coordinate is r modulo the order, found without an inversion. */
    private boolean hasCoordinate(ECPoint point, BigInteger r) {
        ECCurve curve = domain.getCurve();
        ECFieldElement scale = point.getZCoord(0).square();
        for (BigInteger x = r; curve.isValidFieldElement(x); x = x.add(domain.getN())) {
            if (curve.fromBigInteger(x).multiply(scale).equals(point.getXCoord())) {
                return true;
            }
        }
        return false;
    }
}
