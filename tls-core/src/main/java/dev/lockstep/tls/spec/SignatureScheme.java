package dev.lockstep.tls.spec;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How a handshake signature is made: {@code SignatureScheme} of RFC 8446 4.2.3, whose two bytes are the
 * {@code SignatureAndHashAlgorithm} of RFC 5246 7.4.1.4.1 (hash first).
 *
 * <p>RFC 8422 5.10-7: "EdDSA signatures MUST have HashAlgorithm of 8 (Intrinsic)."
 *
 * <p>In TLS 1.2 an ECDSA scheme fixes the hash and not the curve: RFC 8446 4.2.3 ties them together for TLS 1.3 only.
 */
public enum SignatureScheme {
    /** RFC 5246: rsa with sha1. */
    RSA_PKCS1_SHA1(0x0201),
    /** RFC 5246: ecdsa with sha1. */
    ECDSA_SHA1(0x0203),
    /** RFC 5246: rsa with sha224. */
    RSA_PKCS1_SHA224(0x0301),
    /** RFC 5246: ecdsa with sha224. */
    ECDSA_SHA224(0x0303),
    /** RFC 5246: rsa with sha256. */
    RSA_PKCS1_SHA256(0x0401),
    /** RFC 5246: ecdsa with sha256, on any curve. */
    ECDSA_SECP256R1_SHA256(0x0403),
    /** RFC 5246: rsa with sha384. */
    RSA_PKCS1_SHA384(0x0501),
    /** RFC 5246: ecdsa with sha384, on any curve. */
    ECDSA_SECP384R1_SHA384(0x0503),
    /** RFC 5246: rsa with sha512. */
    RSA_PKCS1_SHA512(0x0601),
    /** RFC 5246: ecdsa with sha512, on any curve. */
    ECDSA_SECP521R1_SHA512(0x0603),
    /** RFC 8446 4.2.3: a key of type rsaEncryption. */
    RSA_PSS_RSAE_SHA256(0x0804),
    /** RFC 8446 4.2.3: a key of type rsaEncryption. */
    RSA_PSS_RSAE_SHA384(0x0805),
    /** RFC 8446 4.2.3: a key of type rsaEncryption. */
    RSA_PSS_RSAE_SHA512(0x0806),
    /** RFC 8422 5.1.3. */
    ED25519(0x0807),
    /** RFC 8422 5.1.3. */
    ED448(0x0808),
    /** RFC 8446 4.2.3: a key of type RSASSA-PSS. */
    RSA_PSS_PSS_SHA256(0x0809),
    /** RFC 8446 4.2.3: a key of type RSASSA-PSS. */
    RSA_PSS_PSS_SHA384(0x080a),
    /** RFC 8446 4.2.3: a key of type RSASSA-PSS. */
    RSA_PSS_PSS_SHA512(0x080b);

    private static final Codes<SignatureScheme> CODES = new Codes<>(values(), SignatureScheme::code);

    private final int code;

    SignatureScheme(int code) {
        this.code = code;
    }

    /** Returns the number on the wire, two bytes. */
    public int code() {
        return code;
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
