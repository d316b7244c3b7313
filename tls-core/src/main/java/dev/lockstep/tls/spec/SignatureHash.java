package dev.lockstep.tls.spec;

/** The hash that a signature scheme is computed over: {@code HashAlgorithm} of RFC 5246 7.4.1.4.1. */
public enum SignatureHash {
    /** The signature hashes for itself: EdDSA, RFC 8422 section 5.1.3. */
    INTRINSIC("", 0),
    /** FIPS 180-4. Broken: collisions can be made (RFC 9155). */
    SHA1("SHA-1", 20),
    /** FIPS 180-4. */
    SHA224("SHA-224", 28),
    /** FIPS 180-4. */
    SHA256("SHA-256", 32),
    /** FIPS 180-4. */
    SHA384("SHA-384", 48),
    /** FIPS 180-4. */
    SHA512("SHA-512", 64);

    private final String digestName;
    private final int length;

    SignatureHash(String digestName, int length) {
        this.digestName = digestName;
        this.length = length;
    }

    /** Returns the name that {@code MessageDigest} knows, for example {@code SHA-256}; empty for {@link #INTRINSIC}. */
    public String digestName() {
        return digestName;
    }

    /** Returns the length of a digest in bytes; 0 for {@link #INTRINSIC}. */
    public int length() {
        return length;
    }

    /** Tells whether the hash is below the 128 bits of security that TLS 1.2 has by default: SHA-1 and SHA-224. */
    public boolean isShort() {
        return this == SHA1 || this == SHA224;
    }
}
