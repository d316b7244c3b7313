package dev.lockstep.server.pem;

import dev.lockstep.server.UsageError;
import java.security.interfaces.RSAKey;

/** How small a key may be. */
final class KeySizes {

    /** RFC 9325 4.5-3: a modulus of at least 2048 bits. */
    private static final int SMALLEST_RSA = 2048;

    private KeySizes() {}

    /**
     * Refuses RSA keys that are too small.
     *
     * @param what has the key, with its verb
     */
    static void requireRsa(String option, String what, RSAKey key) throws UsageError {
        int bits = key.getModulus().bitLength();
        if (bits < SMALLEST_RSA) {
            throw new UsageError(
                    option, what + " an RSA key of " + bits + " bits", "use one of " + SMALLEST_RSA + " bits or more");
        }
    }
}
