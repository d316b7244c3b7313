package dev.lockstep.jmh.engine;

import java.util.List;

/** What is negotiated: always TLS 1.2, with one group, one kind of certificate and one suite. */
public enum Scenario {
    ECDHE_ECDSA_X25519(true, true),
    ECDHE_ECDSA_P256(true, false),
    ECDHE_RSA_X25519(false, true),
    ECDHE_RSA_P256(false, false),
    /** The client has a certificate of an authority that the server trusts. */
    CLIENT_CERTIFICATE(true, false, Protection.AES_128_GCM, true),
    CHACHA20_POLY1305(true, true, Protection.CHACHA20_POLY1305, false),
    AES_128_CBC_SHA256(true, true, Protection.AES_128_CBC_SHA256, false);

    /** Those whose handshakes are compared; the others are for their records. */
    public static final List<Scenario> HANDSHAKES =
            List.of(ECDHE_ECDSA_X25519, ECDHE_ECDSA_P256, ECDHE_RSA_X25519, ECDHE_RSA_P256, CLIENT_CERTIFICATE);

    /** Those whose records are compared. */
    public static final List<Scenario> RECORDS = List.of(ECDHE_ECDSA_X25519, CHACHA20_POLY1305, AES_128_CBC_SHA256);

    private static final int X25519 = 0x001d;
    private static final int SECP256R1 = 0x0017;

    private final boolean ecdsa;
    private final boolean x25519;
    private final Protection protection;
    private final boolean clientCertificate;

    Scenario(boolean ecdsa, boolean x25519) {
        this(ecdsa, x25519, Protection.AES_128_GCM, false);
    }

    Scenario(boolean ecdsa, boolean x25519, Protection protection, boolean clientCertificate) {
        this.ecdsa = ecdsa;
        this.x25519 = x25519;
        this.protection = protection;
        this.clientCertificate = clientCertificate;
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

    /** What protects its records. */
    public Protection protection() {
        return protection;
    }

    /** Whether the server asks for a certificate and the client has one. */
    public boolean hasClientCertificate() {
        return clientCertificate;
    }

    /** The suite's name as the JDK, Conscrypt and netty spell it. */
    public String suite() {
        return protection.suite(ecdsa);
    }

    /** The suite's IANA number. */
    public int suiteCode() {
        return protection.suiteCode(ecdsa);
    }

    /** For tables. */
    public String title() {
        return (ecdsa ? "ECDHE-ECDSA, " : "ECDHE-RSA-2048, ")
                + (x25519 ? "x25519" : "P-256")
                + (clientCertificate ? ", client certificate" : "");
    }
}
