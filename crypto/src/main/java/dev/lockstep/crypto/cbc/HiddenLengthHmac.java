package dev.lockstep.crypto.cbc;

import dev.lockstep.crypto.ConstantTime;
import dev.lockstep.crypto.Wipe;
import dev.lockstep.crypto.Words;
import dev.lockstep.crypto.hash.HashAlgorithm;
import java.security.MessageDigest;
import java.util.Arrays;

/**
 * The HMAC of a message whose length is secret, and the MAC found at a place that is secret: what MAC-then-encrypt
 * records ask of their receiver once the padding has been decrypted (the "Lucky Thirteen" attack).
 *
 * <p>All blocks that the longest and the shortest possible message share are hashed as they are. Every further block is
 * hashed too, one call each, by the real digest or by a decoy, and the block the message ends in is put together with
 * masks. When the real digest needs one compression for its padding the decoy does two, and the other way round: so the
 * number of compressions, of calls, and all memory addresses but those inside the two digest objects depend on public
 * lengths only. What is left is the length of copies within one block (up to 127 bytes) inside MessageDigest, measured at
 * 20 ns or less where a compression takes 50: to be without it would take a hash of our own, seven times slower.
 */
final class HiddenLengthHmac extends RecordHmac {
    /** By how much the longest possible message may exceed the shortest: padding_length is one byte. */
    static final int MAX_SPAN = 255;

    private final MessageDigest decoy;
    private final byte[] tail;
    private final byte[] last;
    /** {@link #tail} by eight bytes, and one more of which nothing reaches the result. */
    private final long[] window = new long[3 * 128 / Long.BYTES + 1];

    private final byte[] decoyHash;
    private final MessageDigest[] sinks;

    /** As in the superclass; the decoy must be of the same algorithm. */
    HiddenLengthHmac(HashAlgorithm hash, byte[] key, MessageDigest digest, MessageDigest decoy) {
        super(hash, key, digest);
        this.decoy = decoy;
        // Enough for the blocks that may differ (255 bytes and the rest of a block), and for the MAC's whole window.
        this.tail = new byte[3 * 128];
        this.last = new byte[hash.blockLength()];
        this.decoyHash = new byte[hash.length()];
        this.sinks = new MessageDigest[] {decoy, digest};
    }

    /**
     * Writes the MAC of the header and the first {@code hidden} bytes from {@code off}.
     *
     * @param shortest the least {@code hidden} can be: public
     * @param longest the most it can be, at most {@link #MAX_SPAN} more: public
     * @param hidden the secret length
     */
    void macHidden(byte[] header, byte[] data, int off, int shortest, int longest, int hidden, byte[] out) {
        int block = hash.blockLength();
        int shared = (HEADER_LENGTH + shortest) & -block;
        int tailLength = HEADER_LENGTH + longest - shared;
        MessageDigest inner = start();
        if (shared > 0) {
            int sharedData = shared - HEADER_LENGTH;
            inner.update(header, 0, HEADER_LENGTH);
            inner.update(data, off, sharedData);
            System.arraycopy(data, off + sharedData, tail, 0, tailLength);
        } else {
            System.arraycopy(header, 0, tail, 0, HEADER_LENGTH);
            System.arraycopy(data, off, tail, HEADER_LENGTH, longest);
        }

        int hiddenTail = HEADER_LENGTH + hidden - shared;
        int whole = hiddenTail >>> Integer.numberOfTrailingZeros(block);
        int rest = hiddenTail & (block - 1);
        int lastBlock = tailLength / block;
        for (int j = 0; j < lastBlock; j++) {
            sinks[ConstantTime.maskLessThan(j, whole) & 1].update(tail, j * block, block);
            collect(j, whole);
        }
        collect(lastBlock, whole);
        finishHidden(inner, rest, out);
    }

    /** Adds block {@code j} of the tail to {@link #last}, which is zero before, if it is the one chosen. */
    private void collect(int j, int chosen) {
        long mask = ConstantTime.maskEqual(j, chosen);
        int base = j * last.length;
        for (int k = 0; k < last.length; k += Long.BYTES) {
            Words.putLittle(last, k, Words.little(last, k) | (Words.little(tail, base + k) & mask));
        }
    }

    private void finishHidden(MessageDigest inner, int rest, byte[] out) {
        int block = hash.blockLength();
        // FIPS 180-4 5.1: one byte 0x80 and a length of 8 bytes (16 for the 1024-bit blocks) follow the message.
        int oneCompression = ConstantTime.maskLessThan(rest, block - block / 8);
        int decoyRest = ConstantTime.select(oneCompression, block - 1, 0);
        inner.update(last, 0, rest);
        decoy.update(last, 0, decoyRest);
        finish(decoy, decoyHash, 0);
        finish(out, 0);
        Wipe.bytes(last);
    }

    /**
     * Copies the MAC that follows a message of secret length: a barrel shifter, so that every byte of the window is read
     * whatever the length. It shifts by whole words first, and then within them by amounts that are not secret.
     *
     * @param shortest the least {@code hidden} can be: public
     * @param longest the most it can be, at most {@link #MAX_SPAN} more: public
     * @param hidden how many bytes after {@code off} the MAC starts: secret
     * @param mac receives the MAC
     */
    void extract(byte[] data, int off, int shortest, int longest, int hidden, byte[] mac) {
        int span = longest - shortest;
        int shift = hidden - shortest;
        System.arraycopy(data, off + shortest, tail, 0, span + mac.length);
        int words = (mac.length + Long.BYTES - 1) / Long.BYTES;
        int farthest = Integer.highestOneBit(span) / Long.BYTES;
        for (int k = 0; k < words + Math.max(1, 2 * farthest); k++) {
            window[k] = Words.little(tail, k * Long.BYTES);
        }
        for (int by = farthest; by > 0; by >>= 1) {
            long mask = ~ConstantTime.maskZero(shift & (by * Long.BYTES));
            for (int k = 0; k < words + by; k++) {
                window[k] ^= mask & (window[k] ^ window[k + by]);
            }
        }
        for (int by = Long.BYTES / 2; by > 0; by >>= 1) {
            long mask = ~ConstantTime.maskZero(shift & by);
            int bits = by * Byte.SIZE;
            for (int k = 0; k <= words; k++) {
                long shifted = (window[k] >>> bits) | (window[k + 1] << -bits);
                window[k] ^= mask & (window[k] ^ shifted);
            }
        }
        for (int k = 0; k < words; k++) {
            Words.putLittle(tail, k * Long.BYTES, window[k]);
        }
        System.arraycopy(tail, 0, mac, 0, mac.length);
        Wipe.bytes(tail);
        Arrays.fill(window, 0);
    }

    @Override
    void destroy() {
        super.destroy();
        Wipe.bytes(tail, last, decoyHash);
        Arrays.fill(window, 0);
        decoy.reset();
    }
}
