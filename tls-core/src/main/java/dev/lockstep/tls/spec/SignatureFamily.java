package dev.lockstep.tls.spec;

import java.util.List;

/**
 * A signature algorithm without its hash, together with the type of its public key: RSASSA-PSS is two families, because
 * RFC 8446 4.2.3 gives keys of type rsaEncryption and of type RSASSA-PSS different numbers.
 */
@SuppressWarnings("ImmutableEnumChecker") // the list comes from List.of
public enum SignatureFamily {
    /** RSASSA-PKCS1-v1_5 with a key of type rsaEncryption. */
    RSA_PKCS1("RSA"),
    /** RSASSA-PSS with a key of type rsaEncryption. */
    RSA_PSS_RSAE("RSA"),
    /** RSASSA-PSS with a key of type RSASSA-PSS. */
    RSA_PSS_PSS("RSASSA-PSS"),
    /** ECDSA, on any curve. */
    ECDSA("EC", "ECDSA"),
    /** EdDSA on edwards25519. */
    ED25519("Ed25519", "EdDSA"),
    /** EdDSA on edwards448. */
    ED448("Ed448", "EdDSA");

    private final List<String> keyAlgorithms;

    SignatureFamily(String... keyAlgorithms) {
        this.keyAlgorithms = List.of(keyAlgorithms);
    }

    /** Tells whether the keys are RSA keys, of either type. */
    public boolean isRsa() {
        return this == RSA_PKCS1 || isPss();
    }

    /** Tells whether the padding is PSS, with a key of either type. */
    public boolean isPss() {
        return this == RSA_PSS_RSAE || this == RSA_PSS_PSS;
    }

    /**
     * Tells whether keys of that algorithm sign so.
     *
     * @param keyAlgorithm what {@code java.security.Key.getAlgorithm} returns, in any case; {@code EdDSA} leaves the curve
     *     open and fits both
     */
    public boolean signsWithKeysOf(String keyAlgorithm) {
        return keyAlgorithms.stream().anyMatch(keyAlgorithm::equalsIgnoreCase);
    }
}
