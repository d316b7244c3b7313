package dev.lockstep.tls.spec;

/** How records are encrypted: {@code BulkCipherAlgorithm} with its lengths, RFC 5246 6.1 and appendix C. */
public enum BulkCipher {
    /** RFC 5288. */
    AES_128_GCM(16, 4, 8, 16),
    /** RFC 5288. */
    AES_256_GCM(32, 4, 8, 16),
    /** RFC 7905: the nonce is the write IV with the sequence number mixed in, and nothing of it is sent. */
    CHACHA20_POLY1305(32, 12, 0, 16),
    /** RFC 6655. */
    AES_128_CCM(16, 4, 8, 16),
    /** RFC 6655. */
    AES_256_CCM(32, 4, 8, 16),
    /** RFC 6655. */
    AES_128_CCM_8(16, 4, 8, 8),
    /** RFC 6655. */
    AES_256_CCM_8(32, 4, 8, 8),
    /** RFC 6367. */
    CAMELLIA_128_GCM(16, 4, 8, 16),
    /** RFC 6367. */
    CAMELLIA_256_GCM(32, 4, 8, 16),
    /** RFC 6209. */
    ARIA_128_GCM(16, 4, 8, 16),
    /** RFC 6209. */
    ARIA_256_GCM(32, 4, 8, 16),
    /** RFC 5246 6.2.3.2: explicit IV, no tag of its own. */
    AES_128_CBC(16, 0, 16, 0),
    /** RFC 5246 6.2.3.2: explicit IV, no tag of its own. */
    AES_256_CBC(32, 0, 16, 0),
    /** RFC 5932. */
    CAMELLIA_128_CBC(16, 0, 16, 0),
    /** RFC 5932. */
    CAMELLIA_256_CBC(32, 0, 16, 0),
    /** RFC 6209. */
    ARIA_128_CBC(16, 0, 16, 0),
    /** RFC 6209. */
    ARIA_256_CBC(32, 0, 16, 0);

    private final int keyLength;
    private final int fixedIvLength;
    private final int recordIvLength;
    private final int tagLength;

    BulkCipher(int keyLength, int fixedIvLength, int recordIvLength, int tagLength) {
        this.keyLength = keyLength;
        this.fixedIvLength = fixedIvLength;
        this.recordIvLength = recordIvLength;
        this.tagLength = tagLength;
    }

    /** Returns {@code enc_key_length}, in bytes. */
    public int keyLength() {
        return keyLength;
    }

    /** Returns {@code fixed_iv_length}, the bytes taken from the key block: 4, 12 for ChaCha20, 0 for CBC. */
    public int fixedIvLength() {
        return fixedIvLength;
    }

    /** Returns {@code record_iv_length}, the bytes each record carries: 8, 0 for ChaCha20, 16 for CBC. */
    public int recordIvLength() {
        return recordIvLength;
    }

    /** Returns the bytes of the authentication tag: 16, 8 for CCM_8, 0 for CBC. */
    public int tagLength() {
        return tagLength;
    }

    /** Tells whether the cipher authenticates by itself (RFC 5246 6.2.3.3). */
    public boolean isAead() {
        return tagLength != 0;
    }

    /** Tells whether the block cipher is Camellia or ARIA: spoken for peers that have nothing else. */
    public boolean isCamelliaOrAria() {
        return switch (this) {
            case CAMELLIA_128_GCM, CAMELLIA_256_GCM, CAMELLIA_128_CBC, CAMELLIA_256_CBC -> true;
            case ARIA_128_GCM, ARIA_256_GCM, ARIA_128_CBC, ARIA_256_CBC -> true;
            default -> false;
        };
    }
}
