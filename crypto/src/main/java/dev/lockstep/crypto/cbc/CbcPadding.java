package dev.lockstep.crypto.cbc;

import dev.lockstep.crypto.ConstantTime;
import dev.lockstep.crypto.Words;

/** The padding of GenericBlockCipher (RFC 5246 6.2.3.2): {@code padding_length + 1} bytes of value padding_length. */
final class CbcPadding {
    private static final int LONGEST = 256;

    /** The same byte eight times, by multiplication. */
    private static final long EACH = 0x0101010101010101L;

    /** The positions of eight bytes, counted backwards from the one behind them. */
    private static final long POSITIONS = 0x0807060504030201L;

    private static final long HIGH_BITS = EACH << 7;

    private CbcPadding() {}

    /** Padding bytes, the length byte included, that make {@code len} a multiple of the block: 1 to {@code block}. */
    static int minimal(int len, int block) {
        // RFC 5246 6.2.3.2-4: "The padding length MUST be such that the total size of the GenericBlockCipher structure
        // is a multiple of the cipher's block length." RFC 8449 4.1-1: it is never longer than that takes.
        return block - len % block;
    }

    /** Writes {@code count} bytes of padding at {@code off}, the length byte included. */
    static void fill(byte[] b, int off, int count) {
        for (int i = 0; i < count; i++) {
            b[off + i] = (byte) (count - 1);
        }
    }

    /**
     * Returns the padding_length of a decrypted fragment, in a time that depends on {@code len} alone.
     *
     * @param b holds the fragment
     * @param off where it starts
     * @param len its length: public, more than {@code atLeast}
     * @param atLeast bytes that must be left in front of the padding, 0 or more: public
     * @return 0 to 255, or -1 if the padding is wrong: secret, so not to be branched on
     */
    static int length(byte[] b, int off, int len, int atLeast) {
        int end = off + len - 1;
        int padding = b[end] & 0xff;
        int fits = ConstantTime.maskLessThan(padding, len - atLeast);
        // RFC 5246 6.2.3.2-2, 6.2.3.2-3: "Each uint8 in the padding data vector MUST be filled with the padding length
        // value. The receiver MUST check this padding". All that could be padding is read, whatever its length claims.
        int span = Math.min(LONGEST, len);
        long difference = 0;
        int i = 1;
        for (; i <= span - Long.BYTES; i += Long.BYTES) {
            long inside = eachAtMost(POSITIONS + (i - 1) * EACH, padding);
            difference |= inside & (Words.big(b, end - i - 7) ^ padding * EACH);
        }
        for (; i < span; i++) {
            int inside = (i - padding - 1) >> 31;
            difference |= inside & (b[end - i] ^ padding) & 0xff;
        }
        return padding | ~(fits & ConstantTime.maskZero(difference));
    }

    /** Compares eight bytes with one, all of them unsigned: 0xff for those that are no larger, 0 for the others. */
    private static long eachAtMost(long bytes, int limit) {
        long limits = limit * EACH;
        // limit - byte in each of the eight, without a borrow from one to the next; its own borrow says that it is
        // larger.
        long differences = ((limits | HIGH_BITS) - (bytes & ~HIGH_BITS)) ^ ((limits ^ ~bytes) & HIGH_BITS);
        long larger = ((~limits & bytes) | ((~limits | bytes) & differences)) & HIGH_BITS;
        return ~((larger << 1) - (larger >>> 7));
    }
}
