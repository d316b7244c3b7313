package dev.lockstep.crypto;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Overwrites secrets with zeros as soon as they are no longer needed.
 *
 * <p>The garbage collector may have moved an array and left a copy behind, so this shortens the life of a secret and does
 * not guarantee its end. Stateless, safe for any thread.
 */
public final class Wipe {
    private Wipe() {}

    /**
     * Fills arrays with zeros.
     *
     * @param secrets the arrays; null entries are skipped, so that half-built objects can be wiped in one call
     */
    public static void bytes(byte[] @Nullable ... secrets) {
        for (byte[] secret : secrets) {
            if (secret != null) {
                Arrays.fill(secret, (byte) 0);
            }
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
        Arrays.fill(b, off, off + len, (byte) 0);
    }
}
