package dev.lockstep.crypto.group;

import dev.lockstep.crypto.Unsigned;
import java.math.BigInteger;
import java.util.EnumMap;
import java.util.Map;

/**
 * The finite field groups of RFC 7919.
 *
 * <p>The primes are not copied but computed as Appendix A defines them, from the digits of e and the smallest offset that
 * gives a safe prime:
 *
 * <pre>p = 2^b - 2^(b-64) + (floor(2^(b-130) e) + offset) 2^64 - 1</pre>
 *
 * <p>It takes about two milliseconds, once. Immutable, safe for any thread.
 */
public final class FfdheParameters {
    private static final BigInteger GENERATOR = BigInteger.TWO;
    private static final int WORD = 64;
    private static final int LARGEST = 8192;

    private static final Map<Group, FfdheParameters> BY_GROUP = new EnumMap<>(Group.class);

    static {
        BigInteger e = eulersNumber();
        define(Group.FFDHE2048, 2048, 560316, 225, e);
        define(Group.FFDHE3072, 3072, 2625351, 275, e);
        define(Group.FFDHE4096, 4096, 5736041, 325, e);
        define(Group.FFDHE6144, 6144, 15705020, 375, e);
        define(Group.FFDHE8192, 8192, 10965728, 400, e);
    }

    private final BigInteger p;
    private final BigInteger largestPublic;
    private final int exponentBits;

    private FfdheParameters(BigInteger p, int exponentBits) {
        this.p = p;
        this.largestPublic = p.subtract(BigInteger.TWO);
        this.exponentBits = exponentBits;
    }

    /**
     * Returns the prime.
     *
     * @param group a finite field group
     * @return p, a safe prime
     * @throws IllegalArgumentException if the group is an elliptic curve
     */
    public static BigInteger p(Group group) {
        return of(group).p;
    }

    /**
     * Returns the generator.
     *
     * @param group a finite field group
     * @return 2, which generates the subgroup of order (p - 1) / 2
     * @throws IllegalArgumentException if the group is an elliptic curve
     */
    public static BigInteger g(Group group) {
        of(group);
        return GENERATOR;
    }

    /**
     * Returns the prime as ServerDHParams carries it.
     *
     * @param group a finite field group
     * @return p, unsigned and big-endian, {@link Group#publicLength()} bytes, owned by the caller
     * @throws IllegalArgumentException if the group is an elliptic curve
     */
    public static byte[] pBytes(Group group) {
        return Unsigned.bytes(of(group).p, group.publicLength());
    }

    static FfdheParameters of(Group group) {
        FfdheParameters parameters = BY_GROUP.get(group);
        if (parameters == null) {
            throw new IllegalArgumentException(group + " is no finite field group");
        }
        return parameters;
    }

    BigInteger prime() {
        return p;
    }

    /** RFC 7919 5.2 and Appendix A: the least bits of entropy a private exponent needs in this group. */
    int exponentBits() {
        return exponentBits;
    }

    /**
     * RFC 7919 4-6, 5.1-1: "Peers MUST validate each other's public key Y [...] by ensuring that 1 &lt; Y &lt; p-1." As
     * p is a safe prime, every such Y has order (p - 1) / 2 or p - 1, and no exponentiation is needed to know it.
     */
    boolean isPublicValue(BigInteger y) {
        return y.compareTo(BigInteger.ONE) > 0 && y.compareTo(largestPublic) <= 0;
    }

    private static void define(Group group, int bits, int offset, int exponentBits, BigInteger e) {
        // e was scaled by 2^LARGEST; what is wanted is floor(2^(bits-130) e).
        BigInteger middle = e.shiftRight(LARGEST - (bits - 130)).add(BigInteger.valueOf(offset));
        BigInteger p = BigInteger.ONE
                .shiftLeft(bits)
                .subtract(BigInteger.ONE.shiftLeft(bits - WORD))
                .add(middle.shiftLeft(WORD))
                .subtract(BigInteger.ONE);
        BY_GROUP.put(group, new FfdheParameters(p, exponentBits));
    }

    /** floor(2^LARGEST e), or one less: every group uses it with at least 130 bits cut off. */
    private static BigInteger eulersNumber() {
        BigInteger term = BigInteger.ONE.shiftLeft(LARGEST);
        BigInteger sum = term;
        for (int k = 1; term.signum() > 0; k++) {
            term = term.divide(BigInteger.valueOf(k));
            sum = sum.add(term);
        }
        return sum;
    }
}
