package dev.lockstep.crypto.cbc;

/** The block ciphers of the CBC suites, all with blocks of 16 bytes (RFC 5246, RFC 5932, RFC 6209). */
public enum CbcCipher {
    /** AES with keys of 16 bytes, FIPS 197. */
    AES_128(16),
    /** AES with keys of 32 bytes, FIPS 197. */
    AES_256(32),
    /** Camellia with keys of 16 bytes, RFC 3713. */
    CAMELLIA_128(16),
    /** Camellia with keys of 32 bytes, RFC 3713. */
    CAMELLIA_256(32),
    /** ARIA with keys of 16 bytes, RFC 5794. */
    ARIA_128(16),
    /** ARIA with keys of 32 bytes, RFC 5794. */
    ARIA_256(32);

    private final int keyLength;

    CbcCipher(int keyLength) {
        this.keyLength = keyLength;
    }

    /**
     * Key size.
     *
     * @return bytes, 16 or 32
     */
    public int keyLength() {
        return keyLength;
    }
}
