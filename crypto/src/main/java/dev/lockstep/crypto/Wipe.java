package dev.lockstep.crypto;

import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Overwrites secrets with zeros as soon as they are no longer needed.
 *
 * <p>The garbage collector may have moved an array and left a copy behind, so this shortens the life of a secret and does
 * not guarantee its end. Stateless, safe for any thread.
 */
public final class Wipe {
    /**
     * Never written to. Zeros are copied and not filled in, because the copy is one stub of the virtual machine. The loop of
     * Arrays.fill is as fast as a rule, but runs of JDK 17 were seen in which it took a byte at a time: 291 ns for a KiB
     * in place of 12.
     */
    private static final byte[] ZEROS = new byte[1 << 12];

    private Wipe() {}

    /**
     * Fills an array with zeros.
     *
     * @param secret the array; null is passed over
     */
    public static void bytes(byte @Nullable [] secret) {
        if (secret != null) {
            range(secret, 0, secret.length);
        }
    }

    /**
     * Fills arrays with zeros.
     *
     * @param secrets the arrays; null entries are skipped, so that half-built objects can be wiped in one call
     */
    public static void bytes(byte[] @Nullable ... secrets) {
        for (byte[] secret : secrets) {
            bytes(secret);
        }
    }

    /**
     * Fills a range with zeros.
     *
     * @param b the array
     * @param off first byte
     * @param len number of bytes, 0 or more
     * @throws IndexOutOfBoundsException if the range is not inside the array
     */
    public static void range(byte[] b, int off, int len) {
        Objects.checkFromIndexSize(off, len, b.length);
        int end = off + len;
        int at = off;
        for (; end - at > ZEROS.length; at += ZEROS.length) {
            System.arraycopy(ZEROS, 0, b, at, ZEROS.length);
        }
        System.arraycopy(ZEROS, 0, b, at, end - at);
    }

    /**
     * Fills a range of a buffer with zeros; its position and limit stay as they are.
     *
     * @param b the buffer
     * @param off first byte, counted from the buffer's start
     * @param len number of bytes, 0 or more
     * @throws IndexOutOfBoundsException if the range is not below the buffer's limit
     */
    public static void range(ByteBuffer b, int off, int len) {
        Objects.checkFromIndexSize(off, len, b.limit());
        int end = off + len;
        int at = off;
        for (; end - at > ZEROS.length; at += ZEROS.length) {
            b.put(at, ZEROS, 0, ZEROS.length);
        }
        b.put(at, ZEROS, 0, end - at);
    }
}
