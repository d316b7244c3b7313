package dev.lockstep.crypto.signature;

import dev.lockstep.crypto.hash.HashAlgorithm;
import org.jspecify.annotations.Nullable;

/**
 * The ways to sign: what the SignatureScheme numbers of RFC 5246 7.4.1.4.1, RFC 8422 5.1.3 and RFC 8446 4.2.3 come down
 * to in arithmetic. ECDSA is not tied to a curve, as TLS 1.2 does not tie it. RFC 8422 5.10-4: "A secure hash function
 * such as SHA-256, SHA-384, or SHA-512 from [FIPS.180-4] MUST be used."
 */
public enum SignatureAlgorithm {
    /** RSASSA-PKCS1-v1_5 (RFC 8017 8.2) with SHA-1; legacy. */
    RSA_PKCS1_SHA1(Key.RSA, HashAlgorithm.SHA1),
    /** RSASSA-PKCS1-v1_5 with SHA-224. */
    RSA_PKCS1_SHA224(Key.RSA, HashAlgorithm.SHA224),
    /** RSASSA-PKCS1-v1_5 with SHA-256. */
    RSA_PKCS1_SHA256(Key.RSA, HashAlgorithm.SHA256),
    /** RSASSA-PKCS1-v1_5 with SHA-384. */
    RSA_PKCS1_SHA384(Key.RSA, HashAlgorithm.SHA384),
    /** RSASSA-PKCS1-v1_5 with SHA-512. */
    RSA_PKCS1_SHA512(Key.RSA, HashAlgorithm.SHA512),
    /** RSASSA-PSS (RFC 8017 8.1) with SHA-256, MGF1 with SHA-256, 32 bytes of salt. */
    RSA_PSS_SHA256(Key.RSA, HashAlgorithm.SHA256),
    /** RSASSA-PSS with SHA-384, MGF1 with SHA-384, 48 bytes of salt. */
    RSA_PSS_SHA384(Key.RSA, HashAlgorithm.SHA384),
    /** RSASSA-PSS with SHA-512, MGF1 with SHA-512, 64 bytes of salt. */
    RSA_PSS_SHA512(Key.RSA, HashAlgorithm.SHA512),
    /** ECDSA (FIPS 186-5 6) with SHA-1; legacy. */
    ECDSA_SHA1(Key.EC, HashAlgorithm.SHA1),
    /** ECDSA with SHA-224. */
    ECDSA_SHA224(Key.EC, HashAlgorithm.SHA224),
    /** ECDSA with SHA-256. */
    ECDSA_SHA256(Key.EC, HashAlgorithm.SHA256),
    /** ECDSA with SHA-384. */
    ECDSA_SHA384(Key.EC, HashAlgorithm.SHA384),
    /** ECDSA with SHA-512. */
    ECDSA_SHA512(Key.EC, HashAlgorithm.SHA512),
    /** Pure Ed25519 (RFC 8032 5.1). */
    ED25519(Key.ED25519, null),
    /** Pure Ed448 (RFC 8032 5.2) with the empty context. */
    ED448(Key.ED448, null);

    /** The kind of key a signature is made with. */
    public enum Key {
        /** RSA, typed rsaEncryption or id-RSASSA-PSS. */
        RSA,
        /** A key on secp256r1, secp384r1 or secp521r1. */
        EC,
        /** Edwards-curve key on edwards25519. */
        ED25519,
        /** Edwards-curve key on edwards448. */
        ED448
    }

    private final Key key;
    private final @Nullable HashAlgorithm hash;

    SignatureAlgorithm(Key key, @Nullable HashAlgorithm hash) {
        this.key = key;
        this.hash = hash;
    }

    /**
     * Returns what the message is hashed with first.
     *
     * @return the hash, or null where the signature algorithm takes the message itself (Ed25519, Ed448)
     */
    public @Nullable HashAlgorithm hash() {
        return hash;
    }

    /**
     * Returns the kind of key needed.
     *
     * @return the kind of key
     */
    public Key key() {
        return key;
    }

    public boolean isPss() {
        return this == RSA_PSS_SHA256 || this == RSA_PSS_SHA384 || this == RSA_PSS_SHA512;
    }

    /** Returns the hash of an algorithm that is known to have one. */
    public HashAlgorithm requireHash() {
        HashAlgorithm h = hash;
        if (h == null) {
            throw new IllegalArgumentException(this + " hashes nothing beforehand");
        }
        return h;
    }
}
