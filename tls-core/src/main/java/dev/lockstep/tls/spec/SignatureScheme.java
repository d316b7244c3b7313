package dev.lockstep.tls.spec;

import static dev.lockstep.tls.spec.SignatureFamily.ECDSA;
import static dev.lockstep.tls.spec.SignatureFamily.RSA_PKCS1;
import static dev.lockstep.tls.spec.SignatureFamily.RSA_PSS_PSS;
import static dev.lockstep.tls.spec.SignatureFamily.RSA_PSS_RSAE;
import static dev.lockstep.tls.spec.SignatureHash.INTRINSIC;
import static dev.lockstep.tls.spec.SignatureHash.SHA1;
import static dev.lockstep.tls.spec.SignatureHash.SHA224;
import static dev.lockstep.tls.spec.SignatureHash.SHA256;
import static dev.lockstep.tls.spec.SignatureHash.SHA384;
import static dev.lockstep.tls.spec.SignatureHash.SHA512;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How a handshake signature is made: {@code SignatureScheme} of RFC 8446 4.2.3, whose two bytes are the
 * {@code SignatureAndHashAlgorithm} of RFC 5246 7.4.1.4.1 (hash first).
 *
 * <p>RFC 8422 5.10-7: "EdDSA signatures MUST have HashAlgorithm of 8 (Intrinsic)."
 *
 * <p>Each stands with its family, its hash, and the shortest RSA modulus in bits that has room for it. There is no column
 * for the curve: in TLS 1.2 an ECDSA scheme fixes the hash only (RFC 8446 4.2.3 ties the curve to it for TLS 1.3), and
 * an EdDSA family is a curve.
 */
public enum SignatureScheme {
    /** RFC 5246: rsa with sha1. */
    RSA_PKCS1_SHA1(0x0201, RSA_PKCS1, SHA1, 361),
    /** RFC 5246: ecdsa with sha1. */
    ECDSA_SHA1(0x0203, ECDSA, SHA1, 0),
    /** RFC 5246: rsa with sha224. */
    RSA_PKCS1_SHA224(0x0301, RSA_PKCS1, SHA224, 457),
    /** RFC 5246: ecdsa with sha224. */
    ECDSA_SHA224(0x0303, ECDSA, SHA224, 0),
    /** RFC 5246: rsa with sha256. */
    RSA_PKCS1_SHA256(0x0401, RSA_PKCS1, SHA256, 489),
    /** RFC 5246: ecdsa with sha256, on any curve. */
    ECDSA_SECP256R1_SHA256(0x0403, ECDSA, SHA256, 0),
    /** RFC 5246: rsa with sha384. */
    RSA_PKCS1_SHA384(0x0501, RSA_PKCS1, SHA384, 617),
    /** RFC 5246: ecdsa with sha384, on any curve. */
    ECDSA_SECP384R1_SHA384(0x0503, ECDSA, SHA384, 0),
    /** RFC 5246: rsa with sha512. */
    RSA_PKCS1_SHA512(0x0601, RSA_PKCS1, SHA512, 745),
    /** RFC 5246: ecdsa with sha512, on any curve. */
    ECDSA_SECP521R1_SHA512(0x0603, ECDSA, SHA512, 0),
    /** RFC 8446 4.2.3: a key of type rsaEncryption. */
    RSA_PSS_RSAE_SHA256(0x0804, RSA_PSS_RSAE, SHA256, 522),
    /** RFC 8446 4.2.3: a key of type rsaEncryption. */
    RSA_PSS_RSAE_SHA384(0x0805, RSA_PSS_RSAE, SHA384, 778),
    /** RFC 8446 4.2.3: a key of type rsaEncryption. */
    RSA_PSS_RSAE_SHA512(0x0806, RSA_PSS_RSAE, SHA512, 1034),
    /** RFC 8422 5.1.3. */
    ED25519(0x0807, SignatureFamily.ED25519, INTRINSIC, 0),
    /** RFC 8422 5.1.3. */
    ED448(0x0808, SignatureFamily.ED448, INTRINSIC, 0),
    /** RFC 8446 4.2.3: a key of type RSASSA-PSS. */
    RSA_PSS_PSS_SHA256(0x0809, RSA_PSS_PSS, SHA256, 522),
    /** RFC 8446 4.2.3: a key of type RSASSA-PSS. */
    RSA_PSS_PSS_SHA384(0x080a, RSA_PSS_PSS, SHA384, 778),
    /** RFC 8446 4.2.3: a key of type RSASSA-PSS. */
    RSA_PSS_PSS_SHA512(0x080b, RSA_PSS_PSS, SHA512, 1034);

    private static final Codes<SignatureScheme> CODES = new Codes<>(values(), SignatureScheme::code);

    private final int code;
    private final SignatureFamily family;
    private final SignatureHash hash;
    private final int minKeyBits;

    SignatureScheme(int code, SignatureFamily family, SignatureHash hash, int minKeyBits) {
        this.code = code;
        this.family = family;
        this.hash = hash;
        this.minKeyBits = minKeyBits;
    }

    /** Returns the number on the wire, two bytes. */
    public int code() {
        return code;
    }

    /** Returns the algorithm and the type of its key, without the hash. */
    public SignatureFamily family() {
        return family;
    }

    /** Returns the hash, which is also that of the mask generation function and gives the length of the salt in PSS. */
    public SignatureHash hash() {
        return hash;
    }

    /**
     * Returns the length of the shortest RSA modulus that has room for such a signature, in bits: the encoded message of
     * RFC 8017 9.1.1 (PSS, with a salt as long as the hash) or 9.2 (PKCS#1). 0 for every other kind of key.
     */
    public int minKeyBits() {
        return minKeyBits;
    }

    /** Returns the name as RFC 8446 writes it, for example {@code rsa_pss_rsae_sha256}. */
    public String ianaName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Returns the scheme with this number, or null if it is unknown here. */
    public static @Nullable SignatureScheme of(int code) {
        return CODES.of(code);
    }
}
