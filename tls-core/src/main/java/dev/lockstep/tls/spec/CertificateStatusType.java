package dev.lockstep.tls.spec;

import org.jspecify.annotations.Nullable;

/** What a CertificateStatus may hold: {@code CertificateStatusType} of RFC 6066 8. */
public enum CertificateStatusType {
    /** RFC 6066 8: one OCSP response (RFC 6960) for the server's own certificate. */
    OCSP(1);

    private static final Codes<CertificateStatusType> CODES = new Codes<>(values(), CertificateStatusType::code);

    private final int code;

    CertificateStatusType(int code) {
        this.code = code;
    }

    /** Returns the number on the wire, one byte. */
    public int code() {
        return code;
    }

    /** Returns the type with this number, or null if it is unknown here. */
    public static @Nullable CertificateStatusType of(int code) {
        return CODES.of(code);
    }
}
