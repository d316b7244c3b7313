package dev.lockstep.crypto.source;

/**
 * The table of the primitives that another provider may compute: what computes each when none is given, and which of the
 * known providers is the faster one. All others (hashes, HMAC, AES, the finite fields, EdDSA, X448) have one source.
 *
 * <p>The order of the providers is that of {@code PrimitiveBenchmark} in {@code jmh}; docs/evidence/performance.md has its figures.
 */
public enum Primitive {
    /** Key pairs and agreement on curve25519. */
    X25519("X25519", Source.BCPROV, Source.CONSCRYPT, Source.NONE, Source.NONE),
    /** Key pairs and agreement on P-256. */
    ECDH_P256("ECDH on P-256", Source.BCPROV, Source.ACCP, Source.CONSCRYPT, Source.NONE),
    /** Key pairs and agreement on P-384. */
    ECDH_P384("ECDH on P-384", Source.BCPROV, Source.ACCP, Source.NONE, Source.CONSCRYPT),
    /** Key pairs and agreement on P-521. */
    ECDH_P521("ECDH on P-521", Source.BCPROV, Source.ACCP, Source.NONE, Source.CONSCRYPT),
    /** ECDSA signatures on P-256, over a digest. */
    ECDSA_SIGN_P256("ECDSA signatures on P-256", Source.BCPROV, Source.ACCP, Source.CONSCRYPT, Source.NONE),
    /** ECDSA signatures on P-384. */
    ECDSA_SIGN_P384("ECDSA signatures on P-384", Source.BCPROV, Source.ACCP, Source.NONE, Source.CONSCRYPT),
    /** ECDSA signatures on P-521. */
    ECDSA_SIGN_P521("ECDSA signatures on P-521", Source.BCPROV, Source.ACCP, Source.NONE, Source.CONSCRYPT),
    /** The verification of ECDSA signatures on P-256. */
    ECDSA_VERIFY_P256("ECDSA verification on P-256", Source.BCPROV, Source.ACCP, Source.CONSCRYPT, Source.NONE),
    /** The verification of ECDSA signatures on P-384. */
    ECDSA_VERIFY_P384("ECDSA verification on P-384", Source.BCPROV, Source.ACCP, Source.NONE, Source.CONSCRYPT),
    /** The verification of ECDSA signatures on P-521. */
    ECDSA_VERIFY_P521("ECDSA verification on P-521", Source.BCPROV, Source.ACCP, Source.NONE, Source.CONSCRYPT),
    /** RSASSA-PKCS1-v1_5 and RSASSA-PSS. */
    RSA_SIGN("RSA signatures", Source.JDK, Source.ACCP, Source.CONSCRYPT, Source.NONE),
    /** RSAVP1 of RFC 8017 5.2.2; what it gives is judged here, whatever computes it. */
    RSA_VERIFY("RSA verification", Source.JDK, Source.ACCP, Source.CONSCRYPT, Source.NONE),
    /** RSADP of RFC 8017 5.1.2; what it gives is unpadded here, in constant time. */
    RSA_DECRYPT("RSA decryption", Source.JDK, Source.ACCP, Source.CONSCRYPT, Source.NONE),
    /** The cipher of RFC 7905; from Java 25 on the JDK's intrinsics are ahead of Conscrypt's JNI. */
    CHACHA20_POLY1305(
            "ChaCha20-Poly1305",
            Source.JDK,
            Source.CONSCRYPT,
            Source.NONE,
            Runtime.version().feature() >= 25 ? Source.CONSCRYPT : Source.NONE);

    /** The names of providers, as {@link java.security.Provider#getName} has them. */
    static final class Source {
        static final String BCPROV = "bcprov";
        static final String JDK = "JDK";
        static final String CONSCRYPT = "Conscrypt";
        static final String ACCP = "AmazonCorrettoCryptoProvider";
        static final String NONE = "";

        private Source() {}
    }

    private final String label;
    private final String inJava;
    private final String fastest;
    private final String second;
    private final String slowerThanJava;

    Primitive(String label, String inJava, String fastest, String second, String slowerThanJava) {
        this.label = label;
        this.inJava = inJava;
        this.fastest = fastest;
        this.second = second;
        this.slowerThanJava = slowerThanJava;
    }

    /** Returns the primitive's name, for people. */
    public String label() {
        return label;
    }

    /** Returns what computes it when no provider is given, for people. */
    public String inJava() {
        return inJava;
    }

    /**
     * Returns where a provider stands among those that offer this primitive.
     *
     * @return 0 for the fastest; the same number, after all others, for providers that were not measured
     */
    public int rank(String provider) {
        return provider.equals(fastest) ? 0 : provider.equals(second) ? 1 : 2;
    }

    /** Returns whether Java is faster than the provider, so that it is not taken; only for providers that were measured. */
    public boolean isFasterInJava(String provider) {
        return provider.equals(slowerThanJava);
    }
}
