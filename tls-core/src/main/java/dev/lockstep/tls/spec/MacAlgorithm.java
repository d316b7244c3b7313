package dev.lockstep.tls.spec;

/** The MAC of a CBC suite: {@code MACAlgorithm} of RFC 5246 6.1. */
public enum MacAlgorithm {
    /** None: the cipher is an AEAD. */
    NULL(0),
    /** HMAC with SHA-1. */
    HMAC_SHA1(20),
    /** HMAC with SHA-256. */
    HMAC_SHA256(32),
    /** HMAC with SHA-384. */
    HMAC_SHA384(48);

    private final int length;

    MacAlgorithm(int length) {
        this.length = length;
    }

    /** Returns {@code mac_length}, which is {@code mac_key_length} too, in bytes. */
    public int length() {
        return length;
    }
}
