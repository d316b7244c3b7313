package dev.lockstep.crypto.hash;

import dev.lockstep.crypto.Wipe;
import java.nio.charset.StandardCharsets;

/**
 * The pseudorandom function of RFC 5246 5: {@code PRF(secret, label, seed) = P_<hash>(secret, label + seed)}.
 *
 * <p>Stateless, safe for any thread.
 */
public final class Prf {
    private static final Prf SHA256 = new Prf(HashAlgorithm.SHA256);
    private static final Prf SHA384 = new Prf(HashAlgorithm.SHA384);
    private static final byte[] NO_SEED = {};

    private final HashAlgorithm hash;

    private Prf(HashAlgorithm hash) {
        this.hash = hash;
    }

    /**
     * Returns the PRF of all suites that name no other.
     *
     * @return P_SHA256
     */
    public static Prf sha256() {
        return SHA256;
    }

    /**
     * Returns the PRF of suites whose name ends in SHA384.
     *
     * @return P_SHA384
     */
    public static Prf sha384() {
        return SHA384;
    }

    /**
     * Returns the PRF over a hash function.
     *
     * @param h the hash function
     * @return its PRF
     */
    public static Prf of(HashAlgorithm h) {
        return switch (h) {
            case SHA256 -> SHA256;
            case SHA384 -> SHA384;
            case SHA1, SHA224, SHA512 -> new Prf(h);
        };
    }

    /**
     * Returns the hash function inside.
     *
     * @return the hash function, which Finished and the transcript use too
     */
    public HashAlgorithm hash() {
        return hash;
    }

    /**
     * Derives bytes.
     *
     * @param secret the secret, of any length
     * @param asciiLabel the label, ASCII
     * @param seed the seed
     * @param outLength how many bytes are wanted, 0 or more
     * @return the bytes, owned by the caller, who wipes them
     */
    public byte[] derive(byte[] secret, String asciiLabel, byte[] seed, int outLength) {
        return derive(secret, asciiLabel, seed, NO_SEED, outLength);
    }

    /**
     * Derives bytes from a seed in two parts, such as the two randoms.
     *
     * @param secret the secret, of any length
     * @param label the label, ASCII
     * @param seed1 the first part of the seed
     * @param seed2 the second part of the seed
     * @param outLength how many bytes are wanted, 0 or more
     * @return the bytes, owned by the caller, who wipes them
     */
    public byte[] derive(byte[] secret, String label, byte[] seed1, byte[] seed2, int outLength) {
        Hmac hmac = keyed(secret);
        try {
            return derive(hmac, label, seed1, seed2, outLength);
        } finally {
            hmac.destroy();
        }
    }

    /**
     * Prepares a secret that several derivations begin with.
     *
     * @param secret the secret, of any length, which is copied
     * @return what {@link #derive(Hmac, String, byte[], byte[], int)} takes; the caller destroys it
     */
    public Hmac keyed(byte[] secret) {
        return Hmac.of(hash, secret);
    }

    /**
     * Derives bytes from a secret that is prepared.
     *
     * @param hmac what {@link #keyed} returned, with no message begun; for one thread at a time
     * @param label the label, ASCII
     * @param seed1 the first part of the seed
     * @param seed2 the second part of the seed
     * @param outLength how many bytes are wanted, 0 or more
     * @return the bytes, owned by the caller, who wipes them
     */
    public static byte[] derive(Hmac hmac, String label, byte[] seed1, byte[] seed2, int outLength) {
        byte[] labelBytes = label.getBytes(StandardCharsets.US_ASCII);
        byte[] out = new byte[outLength];
        byte[] a = new byte[hmac.length()];
        try {
            // RFC 5246 5: A(0) = seed, A(i) = HMAC_hash(secret, A(i-1)),
            // P_hash(secret, seed) = HMAC_hash(secret, A(1) + seed) + HMAC_hash(secret, A(2) + seed) + ...
            seed(hmac, labelBytes, seed1, seed2);
            hmac.doFinal(a, 0);
            int done = 0;
            for (; outLength - done > a.length; done += a.length) {
                hmac.update(a, 0, a.length);
                seed(hmac, labelBytes, seed1, seed2);
                hmac.doFinal(out, done);
                hmac.update(a, 0, a.length);
                hmac.doFinal(a, 0);
            }
            hmac.update(a, 0, a.length);
            seed(hmac, labelBytes, seed1, seed2);
            hmac.doFinal(a, 0); // the last A has served: its place takes the last piece
            System.arraycopy(a, 0, out, done, outLength - done);
            return out;
        } finally {
            Wipe.bytes(a);
        }
    }

    private static void seed(Hmac hmac, byte[] label, byte[] seed1, byte[] seed2) {
        hmac.update(label, 0, label.length);
        hmac.update(seed1, 0, seed1.length);
        hmac.update(seed2, 0, seed2.length);
    }
}
