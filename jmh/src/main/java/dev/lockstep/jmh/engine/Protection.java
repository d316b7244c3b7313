package dev.lockstep.jmh.engine;

/** What protects records. */
public enum Protection {
    AES_128_GCM("AES_128_GCM_SHA256", 0xc02b, 0xc02f, 5 + 8 + 16),
    CHACHA20_POLY1305("CHACHA20_POLY1305_SHA256", 0xcca9, 0xcca8, 5 + 16),
    /** With the MAC over the ciphertext where both ends have RFC 7366, else before padding. */
    AES_128_CBC_SHA256("AES_128_CBC_SHA256", 0xc023, 0xc027, 5 + 16 + 32 + 16);

    private final String suite;
    private final int ecdsaCode;
    private final int rsaCode;
    private final int overhead;

    Protection(String suite, int ecdsaCode, int rsaCode, int overhead) {
        this.suite = suite;
        this.ecdsaCode = ecdsaCode;
        this.rsaCode = rsaCode;
        this.overhead = overhead;
    }

    String suite(boolean ecdsa) {
        return (ecdsa ? "TLS_ECDHE_ECDSA_WITH_" : "TLS_ECDHE_RSA_WITH_") + suite;
    }

    int suiteCode(boolean ecdsa) {
        return ecdsa ? ecdsaCode : rsaCode;
    }

    /** The most bytes that a record is longer than its plaintext. */
    public int overhead() {
        return overhead;
    }

    /** For tables. */
    public String title() {
        return this == CHACHA20_POLY1305 ? "ChaCha20-Poly1305" : name().replace('_', '-');
    }
}
