package dev.lockstep.jmh.engine;

import java.util.List;

/** What is negotiated: always TLS 1.2 and AES-128-GCM, with one group and one kind of certificate. */
public enum Scenario {
    ECDHE_ECDSA_X25519(true, true),
    ECDHE_ECDSA_P256(true, false),
    ECDHE_RSA_X25519(false, true),
    ECDHE_RSA_P256(false, false);

    private static final int X25519 = 0x001d;
    private static final int SECP256R1 = 0x0017;

    private final boolean ecdsa;
    private final boolean x25519;

    Scenario(boolean ecdsa, boolean x25519) {
        this.ecdsa = ecdsa;
        this.x25519 = x25519;
    }

    /** Whether the certificate holds a P-256 key; else one of RSA-2048. */
    public boolean isEcdsa() {
        return ecdsa;
    }

    /** Whether x25519 is agreed on; else P-256. */
    public boolean isX25519() {
        return x25519;
    }

    /** The IANA number of the group that is agreed on. */
    public int group() {
        return x25519 ? X25519 : SECP256R1;
    }

    /**
     * The IANA numbers of the groups that client and server are given, the one to be agreed on first. P-256 is always
     * among them: a client names the curves of the certificates it takes in the same list (RFC 8422 section 5.1.1).
     */
    public List<Integer> groups() {
        return x25519 ? List.of(X25519, SECP256R1) : List.of(SECP256R1);
    }

    /** The same by name. */
    public List<String> groupNames() {
        return x25519 ? List.of("x25519", "secp256r1") : List.of("secp256r1");
    }

    /** The suite's name as the JDK, Conscrypt and netty spell it. */
    public String suite() {
        return ecdsa ? "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256" : "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256";
    }

    /** The suite's IANA number. */
    public int suiteCode() {
        return ecdsa ? 0xc02b : 0xc02f;
    }

    /** For tables. */
    public String title() {
        return (ecdsa ? "ECDHE-ECDSA, " : "ECDHE-RSA-2048, ") + (x25519 ? "x25519" : "P-256");
    }
}
