package dev.lockstep.tls.spec;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Kinds of certificate that CertificateRequest asks for: {@code ClientCertificateType} of RFC 5246 7.4.4, those with
 * which a client signs. DSS and the fixed Diffie-Hellman kinds are not spoken here.
 */
public enum ClientCertificateType {
    /** RFC 5246 7.4.4: a certificate containing an RSA key, of type rsaEncryption or RSASSA-PSS. */
    RSA_SIGN(1),
    /** RFC 8422 5.5: a certificate containing an ECDSA or EdDSA key. */
    ECDSA_SIGN(64);

    private static final Codes<ClientCertificateType> CODES = new Codes<>(values(), ClientCertificateType::code);

    private final int code;

    ClientCertificateType(int code) {
        this.code = code;
    }

    /** Returns the number on the wire, one byte. */
    public int code() {
        return code;
    }

    /** Returns the name as the RFCs write it, for example {@code rsa_sign}. */
    public String ianaName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Tells whether keys of such certificates sign with this scheme. */
    public boolean signsWith(SignatureScheme scheme) {
        return (this == RSA_SIGN) == scheme.family().isRsa();
    }

    /** Returns the type with this number, or null if it is unknown here. */
    public static @Nullable ClientCertificateType of(int code) {
        return CODES.of(code);
    }
}
