package dev.lockstep.crypto;

/**
 * Comparisons and choices on secret values, without a branch or an array index that depends on them.
 *
 * <p>A <em>mask</em> is an {@code int} with all bits equal: {@code -1} for true, {@code 0} for false. Secret decisions
 * stay masks for as long as they are secret; a {@code boolean} is made of one only where the result may be seen by
 * everybody. Lengths, offsets and array references are public.
 *
 * <p>Stateless, safe for any thread.
 */
public final class ConstantTime {
    private ConstantTime() {}

    /**
     * Returns whether two arrays hold the same bytes. The time taken depends on the lengths only.
     *
     * @param a one array
     * @param b the other array
     * @return true if the lengths and all bytes are equal
     */
    public static boolean equal(byte[] a, byte[] b) {
        return a.length == b.length && equal(a, 0, b, 0, a.length);
    }

    /**
     * Returns whether two ranges hold the same bytes. The time taken depends on {@code len} only.
     *
     * @param a one array
     * @param aOff where its range starts
     * @param b the other array
     * @param bOff where its range starts
     * @param len number of bytes compared, 0 or more
     * @return true if all bytes are equal
     * @throws IndexOutOfBoundsException if a range is not inside its array
     */
    public static boolean equal(byte[] a, int aOff, byte[] b, int bOff, int len) {
        return maskEqual(a, aOff, b, bOff, len) != 0;
    }

    /**
     * Returns the mask of {@link #equal(byte[], int, byte[], int, int)}, for results that are still secret.
     *
     * @param a one array
     * @param aOff where its range starts
     * @param b the other array
     * @param bOff where its range starts
     * @param len number of bytes compared, 0 or more
     * @return -1 if all bytes are equal, else 0
     * @throws IndexOutOfBoundsException if a range is not inside its array
     */
    public static int maskEqual(byte[] a, int aOff, byte[] b, int bOff, int len) {
        long difference = 0;
        int i = 0;
        for (; i <= len - Long.BYTES; i += Long.BYTES) {
            difference |= Words.little(a, aOff + i) ^ Words.little(b, bOff + i);
        }
        for (; i < len; i++) {
            difference |= a[aOff + i] ^ b[bOff + i];
        }
        return maskZero(difference);
    }

    /**
     * Compares two numbers.
     *
     * @param a any value
     * @param b any value
     * @return -1 if they are equal, else 0
     */
    public static int maskEqual(int a, int b) {
        return maskZero(a ^ b);
    }

    /**
     * Compares two numbers as unsigned 32-bit integers.
     *
     * @param a any value, read as unsigned
     * @param b any value, read as unsigned
     * @return -1 if {@code a < b}, else 0
     */
    public static int maskLessThan(int a, int b) {
        // The borrow out of a - b, as a gate network: no carry flag and no comparison is involved.
        return ((~a & b) | ((~a | b) & (a - b))) >> 31;
    }

    /**
     * Tests for zero.
     *
     * @param a any value
     * @return -1 if it is zero, else 0
     */
    public static int maskZero(int a) {
        // Of a and -a at least one has its top bit set, unless a is zero.
        return ~((a | -a) >> 31);
    }

    /**
     * Tests for zero.
     *
     * @param a any value
     * @return -1 if it is zero, else 0
     */
    public static int maskZero(long a) {
        return maskZero((int) (a | a >>> 32));
    }

    /**
     * Chooses one of two numbers.
     *
     * @param mask -1 or 0
     * @param ifSet returned for -1
     * @param ifClear returned for 0
     * @return the chosen number
     */
    public static int select(int mask, int ifSet, int ifClear) {
        return ifClear ^ (mask & (ifSet ^ ifClear));
    }

    /**
     * Copies one of two arrays of equal length; both are read completely either way.
     *
     * @param mask -1 or 0
     * @param ifSet copied for -1
     * @param ifClear copied for 0
     * @param out receives the copy; may be one of the two sources
     * @throws IllegalArgumentException if the three lengths differ
     */
    public static void select(int mask, byte[] ifSet, byte[] ifClear, byte[] out) {
        if (ifSet.length != ifClear.length || ifSet.length != out.length) {
            throw new IllegalArgumentException("select needs three arrays of one length");
        }
        for (int i = 0; i < out.length; i++) {
            out[i] = (byte) select(mask, ifSet[i], ifClear[i]);
        }
    }
}
