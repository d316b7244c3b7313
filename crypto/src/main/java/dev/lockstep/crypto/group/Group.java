package dev.lockstep.crypto.group;

/** The Diffie-Hellman groups this library computes in (RFC 8422, RFC 7919). */
public enum Group {
    /** Curve25519 (RFC 7748), 128-bit strength. */
    X25519(32, false),
    /** Curve448 (RFC 7748), 224-bit strength. */
    X448(56, false),
    /** NIST P-256, 128-bit strength. */
    SECP256R1(65, false),
    /** NIST P-384, 192-bit strength. */
    SECP384R1(97, false),
    /** NIST P-521, 256-bit strength. */
    SECP521R1(133, false),
    /** 2048-bit safe prime of RFC 7919 A.1. */
    FFDHE2048(256, true),
    /** 3072-bit safe prime of RFC 7919 A.2. */
    FFDHE3072(384, true),
    /** 4096-bit safe prime of RFC 7919 A.3. */
    FFDHE4096(512, true),
    /** 6144-bit safe prime of RFC 7919 A.4. */
    FFDHE6144(768, true),
    /** 8192-bit safe prime of RFC 7919 A.5. */
    FFDHE8192(1024, true);

    private final int publicLength;
    private final boolean finiteField;

    Group(int publicLength, boolean finiteField) {
        this.publicLength = publicLength;
        this.finiteField = finiteField;
    }

    /**
     * Tells DHE from ECDHE.
     *
     * @return true for the groups of RFC 7919, false for elliptic curves
     */
    public boolean isFiniteField() {
        return finiteField;
    }

    /**
     * Size of {@link EphemeralKey#publicValue()} in this group.
     *
     * @return bytes, 32 to 1024
     */
    public int publicLength() {
        return publicLength;
    }
}
