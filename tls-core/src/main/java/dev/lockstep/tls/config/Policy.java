package dev.lockstep.tls.config;

import dev.lockstep.tls.spec.BulkCipher;
import dev.lockstep.tls.spec.CipherSuite;
import dev.lockstep.tls.spec.KeyExchange;
import dev.lockstep.tls.spec.NamedGroup;
import dev.lockstep.tls.spec.SignatureScheme;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * A named set of suites, groups and signature schemes, each in the server's order of preference. Suites with a
 * pre-shared key are used only if a source of such keys is configured. No policy has the groups ffdhe6144 and
 * ffdhe8192, with which 73 bytes from a client would cost 15 ms of computation; they can be configured by name.
 */
@SuppressWarnings("ImmutableEnumChecker") // the lists come from Stream.toList, which makes unmodifiable ones
public enum Policy {

    /** Forward secrecy and AEAD only, elliptic curves only, no SHA-1: every client of the last ten years. */
    MODERN(
            suite -> suite.keyExchange().isEcdhe() && suite.isAead() && isOrdinary(suite),
            group -> !group.isFiniteField(),
            scheme -> !scheme.hash().isShort()),

    /** Adds DHE_RSA with the groups of RFC 7919 up to 4096 bits, and CBC suites with forward secrecy for older clients. */
    INTERMEDIATE(
            suite -> suite.keyExchange().isEphemeral() && isOrdinary(suite), group -> true, scheme -> !scheme.hash()
                    .isShort()),

    /**
     * Every suite and scheme that this library speaks: RSA, RSA_PSK and plain PSK key exchanges (no forward secrecy), every CBC suite,
     * Camellia and ARIA, eight-byte tags and SHA-1 signatures too. For test benches and for peers that cannot be changed.
     */
    COMPATIBLE(suite -> true, group -> true, scheme -> true);

    private final List<CipherSuite> cipherSuites;
    private final List<NamedGroup> groups;
    private final List<SignatureScheme> signatureSchemes;

    // RFC 9325 4.5-4: "SHA-1 or MD5 MUST NOT be used": not in MODERN or INTERMEDIATE, and MD5 nowhere.
    Policy(Predicate<CipherSuite> suites, Predicate<NamedGroup> groups, Predicate<SignatureScheme> schemes) {
        this.cipherSuites = suitesByPreference().stream().filter(suites).toList();
        this.groups = groupsByPreference().stream().filter(groups).toList();
        this.signatureSchemes = schemesByPreference().stream().filter(schemes).toList();
    }

    /** Returns the suites, most preferred first. */
    public List<CipherSuite> cipherSuites() {
        return cipherSuites;
    }

    /** Returns the groups, most preferred first. */
    public List<NamedGroup> groups() {
        return groups;
    }

    /** Returns the schemes the server signs with, most preferred first. */
    public List<SignatureScheme> signatureSchemes() {
        return signatureSchemes;
    }

    /**
     * Forward secrecy first, then the cipher, then the key exchange; the enums stand in order of preference. RFC 9325
     * 4.1-4, 4.2.1-1: "Implementations MUST support and prefer to negotiate cipher suites offering forward secrecy."
     */
    private static List<CipherSuite> suitesByPreference() {
        List<CipherSuite> order = new ArrayList<>();
        for (boolean ephemeral : new boolean[] {true, false}) {
            for (BulkCipher cipher : BulkCipher.values()) {
                for (KeyExchange exchange : KeyExchange.values()) {
                    for (CipherSuite suite : CipherSuite.values()) {
                        if (suite.keyExchange() == exchange
                                && exchange.isEphemeral() == ephemeral
                                && suite.bulkCipher() == cipher) {
                            order.add(suite);
                        }
                    }
                }
            }
        }
        return order;
    }

    /** x25519 first: constant-time by construction, and the cheapest. */
    private static List<NamedGroup> groupsByPreference() {
        return List.of(
                NamedGroup.X25519,
                NamedGroup.SECP256R1,
                NamedGroup.X448,
                NamedGroup.SECP384R1,
                NamedGroup.SECP521R1,
                NamedGroup.FFDHE2048,
                NamedGroup.FFDHE3072,
                NamedGroup.FFDHE4096);
    }

    /** PSS before PKCS#1, SHA-256 before the larger hashes, SHA-224 and SHA-1 last. */
    private static List<SignatureScheme> schemesByPreference() {
        return List.of(
                SignatureScheme.ED25519,
                SignatureScheme.ECDSA_SECP256R1_SHA256,
                SignatureScheme.ECDSA_SECP384R1_SHA384,
                SignatureScheme.ECDSA_SECP521R1_SHA512,
                SignatureScheme.ED448,
                SignatureScheme.RSA_PSS_RSAE_SHA256,
                SignatureScheme.RSA_PSS_PSS_SHA256,
                SignatureScheme.RSA_PSS_RSAE_SHA384,
                SignatureScheme.RSA_PSS_PSS_SHA384,
                SignatureScheme.RSA_PSS_RSAE_SHA512,
                SignatureScheme.RSA_PSS_PSS_SHA512,
                SignatureScheme.RSA_PKCS1_SHA256,
                SignatureScheme.RSA_PKCS1_SHA384,
                SignatureScheme.RSA_PKCS1_SHA512,
                SignatureScheme.ECDSA_SHA224,
                SignatureScheme.RSA_PKCS1_SHA224,
                SignatureScheme.ECDSA_SHA1,
                SignatureScheme.RSA_PKCS1_SHA1);
    }

    /** AES or ChaCha20 with a full tag: the others are for peers that have nothing else. */
    private static boolean isOrdinary(CipherSuite suite) {
        return suite.bulkCipher() != BulkCipher.AES_128_CCM_8
                && suite.bulkCipher() != BulkCipher.AES_256_CCM_8
                && !suite.bulkCipher().isCamelliaOrAria();
    }
}
