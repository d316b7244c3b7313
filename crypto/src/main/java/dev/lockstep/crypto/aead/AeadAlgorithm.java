package dev.lockstep.crypto.aead;

/**
 * The AEAD algorithms of TLS 1.2 (RFC 5288, RFC 7905, RFC 6655, RFC 6367, RFC 6209). How a nonce is built from salt, explicit part and
 * sequence number is the record layer's matter: here a nonce is 12 bytes.
 */
public enum AeadAlgorithm {
    /** AES-128 in Galois/Counter Mode, RFC 5288. */
    AES_128_GCM(16, 16),
    /** AES-256 in Galois/Counter Mode, RFC 5288. */
    AES_256_GCM(32, 16),
    /** ChaCha20-Poly1305, RFC 8439 and RFC 7905. */
    CHACHA20_POLY1305(32, 16),
    /** AES-128 in Counter with CBC-MAC mode, RFC 6655. */
    AES_128_CCM(16, 16),
    /** AES-256 in Counter with CBC-MAC mode, RFC 6655. */
    AES_256_CCM(32, 16),
    /** AES-128 CCM with a tag of 8 bytes, RFC 6655. */
    AES_128_CCM_8(16, 8),
    /** AES-256 CCM with a tag of 8 bytes, RFC 6655. */
    AES_256_CCM_8(32, 8),
    /** Camellia-128 in Galois/Counter Mode, RFC 6367. */
    CAMELLIA_128_GCM(16, 16),
    /** Camellia-256 in Galois/Counter Mode, RFC 6367. */
    CAMELLIA_256_GCM(32, 16),
    /** ARIA-128 in Galois/Counter Mode, RFC 6209. */
    ARIA_128_GCM(16, 16),
    /** ARIA-256 in Galois/Counter Mode, RFC 6209. */
    ARIA_256_GCM(32, 16);

    private static final int NONCE_LENGTH = 12;

    private final int keyLength;
    private final int tagLength;

    AeadAlgorithm(int keyLength, int tagLength) {
        this.keyLength = keyLength;
        this.tagLength = tagLength;
    }

    /**
     * Key size.
     *
     * @return bytes, 16 or 32
     */
    public int keyLength() {
        return keyLength;
    }

    /**
     * Nonce size.
     *
     * @return bytes, always 12
     */
    public int nonceLength() {
        return NONCE_LENGTH;
    }

    /**
     * Returns how much longer the ciphertext is than the plaintext.
     *
     * @return bytes, 16 or 8
     */
    public int tagLength() {
        return tagLength;
    }
}
