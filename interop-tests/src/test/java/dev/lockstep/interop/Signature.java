package dev.lockstep.interop;

import dev.lockstep.interop.Suite.KeyExchange;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** Signature schemes of ServerKeyExchange, with what {@code s_client} calls them and what it prints of them. */
enum Signature {
    RSA_PKCS1_SHA1("RSA+SHA1", "RSA", "SHA1"),
    RSA_PKCS1_SHA256("RSA+SHA256", "RSA", "SHA256"),
    RSA_PKCS1_SHA384("RSA+SHA384", "RSA", "SHA384"),
    RSA_PKCS1_SHA512("RSA+SHA512", "RSA", "SHA512"),
    RSA_PSS_RSAE_SHA256("rsa_pss_rsae_sha256", "RSA-PSS", "SHA256"),
    RSA_PSS_RSAE_SHA384("rsa_pss_rsae_sha384", "RSA-PSS", "SHA384"),
    RSA_PSS_RSAE_SHA512("rsa_pss_rsae_sha512", "RSA-PSS", "SHA512"),
    RSA_PSS_PSS_SHA256("rsa_pss_pss_sha256", "RSA-PSS", "SHA256"),
    RSA_PSS_PSS_SHA384("rsa_pss_pss_sha384", "RSA-PSS", "SHA384"),
    RSA_PSS_PSS_SHA512("rsa_pss_pss_sha512", "RSA-PSS", "SHA512"),
    ECDSA_SHA1("ECDSA+SHA1", "ECDSA", "SHA1"),
    ECDSA_SHA256("ECDSA+SHA256", "ECDSA", "SHA256"),
    ECDSA_SHA384("ECDSA+SHA384", "ECDSA", "SHA384"),
    ECDSA_SHA512("ECDSA+SHA512", "ECDSA", "SHA512"),
    ED25519("ed25519", "ed25519", "UNDEF"),
    ED448("ed448", "ed448", "UNDEF"),
    /** RSA key exchange: nothing is signed. */
    NONE("", "", "");

    private final String openSslName;
    private final String shownType;
    private final String shownHash;

    Signature(String openSslName, String shownType, String shownHash) {
        this.openSslName = openSslName;
        this.shownType = shownType;
        this.shownHash = shownHash;
    }

    /** Whether a key of this kind signs with it. In TLS 1.2 the hash is not tied to the curve (RFC 5246 7.4.3). */
    boolean madeBy(KeyKind kind) {
        return switch (kind) {
            case RSA_2048, RSA_4096 -> name().startsWith("RSA_PKCS1") || name().startsWith("RSA_PSS_RSAE");
            case RSA_PSS_2048 -> name().startsWith("RSA_PSS_PSS");
            case P256, P384, P521 -> name().startsWith("ECDSA");
            case ED25519 -> this == ED25519;
            case ED448 -> this == ED448;
        };
    }

    /** The schemes the suites are multiplied with: one of each type. */
    static Stream<Signature> usual(KeyExchange keyExchange, KeyKind kind) {
        if (!keyExchange.isSigned()) {
            return Stream.of(NONE);
        }
        return Arrays.stream(values())
                .filter(scheme -> scheme.shownHash.equals("UNDEF") || scheme.shownHash.equals("SHA256"))
                .filter(scheme -> scheme.madeBy(kind));
    }

    /**
     * The options that make s_client offer this scheme, and no other for the key type. What the authorities of these
     * tests sign with is added where it cannot be taken for the server's signature (RFC 5246 7.4.2: the chain must be
     * signed with what the client offers).
     */
    List<String> options() {
        if (this == NONE) {
            return List.of();
        }
        return List.of("-sigalgs", name().startsWith("RSA") ? openSslName : openSslName + ":RSA+SHA256");
    }

    String shownType() {
        return shownType;
    }

    String shownHash() {
        return shownHash;
    }
}
