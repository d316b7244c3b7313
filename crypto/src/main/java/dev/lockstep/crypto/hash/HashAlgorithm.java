package dev.lockstep.crypto.hash;

import dev.lockstep.crypto.provider.Providers;
import java.security.MessageDigest;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The hash functions of TLS 1.2 (RFC 5246 7.4.1.4.1) that this library knows; {@code none} and {@code md5} are left out.
 *
 * <p>Taken from the JDK, whose SHA intrinsics are 7 to 8 times faster than bcprov.
 */
public enum HashAlgorithm {
    /** FIPS 180-4 SHA-1, 20 bytes: legacy signatures and HMAC-SHA1 suites only. */
    SHA1("SHA-1", 20, 64),
    /** FIPS 180-4 SHA-224, 28 bytes. */
    SHA224("SHA-224", 28, 64),
    /** FIPS 180-4 SHA-256, 32 bytes. */
    SHA256("SHA-256", 32, 64),
    /** FIPS 180-4 SHA-384, 48 bytes. */
    SHA384("SHA-384", 48, 128),
    /** FIPS 180-4 SHA-512, 64 bytes. */
    SHA512("SHA-512", 64, 128);

    private final String jdkName;
    private final int length;
    private final int blockLength;

    HashAlgorithm(String jdkName, int length, int blockLength) {
        this.jdkName = jdkName;
        this.length = length;
        this.blockLength = blockLength;
    }

    /**
     * Output size.
     *
     * @return bytes of a digest, 20 to 64
     */
    public int length() {
        return length;
    }

    /**
     * Input size of one compression.
     *
     * @return bytes, 64 or 128
     */
    public int blockLength() {
        return blockLength;
    }

    /**
     * Returns the name the Java Cryptography Architecture uses.
     *
     * @return for example {@code SHA-256}
     */
    public String jdkName() {
        return jdkName;
    }

    /**
     * Returns a fresh digest object, for one thread at a time.
     *
     * @return a digest that has seen no input and can be cloned
     * @throws IllegalStateException if the Java runtime does not offer the algorithm
     */
    public MessageDigest newDigest() {
        MessageDigest unused = Unused.DIGESTS.computeIfAbsent(this, each -> Providers.digest(each.jdkName));
        try {
            return (MessageDigest) unused.clone();
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException("this Java runtime's digests cannot be cloned", e);
        }
    }

    /** One object of each kind that sees no input: a clone of it is what a provider would give, without being asked. */
    private static final class Unused {
        private static final Map<HashAlgorithm, MessageDigest> DIGESTS = new ConcurrentHashMap<>();
    }

    /**
     * Hashes the concatenation of byte strings.
     *
     * @param parts the byte strings, in order; none at all hashes the empty string
     * @return the digest, {@link #length()} bytes, owned by the caller
     */
    public byte[] digest(byte[]... parts) {
        MessageDigest digest = newDigest();
        for (byte[] part : parts) {
            digest.update(part);
        }
        return digest.digest();
    }
}
