package dev.lockstep.tls.spec;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The description of an alert: {@code AlertDescription} of RFC 5246 7.2 and the registry "TLS Alerts". */
public enum AlertDescription {
    /** RFC 5246 7.2.1: the sender will send nothing more. */
    CLOSE_NOTIFY(0),
    /** RFC 5246 7.2.2. */
    UNEXPECTED_MESSAGE(10),
    /** RFC 5246 7.2.2: the one answer to every defect that protection finds. */
    BAD_RECORD_MAC(20),
    /** Reserved, RFC 5246 7.2.2-6: "It MUST NOT be sent by compliant implementations." */
    DECRYPTION_FAILED(21),
    /** RFC 5246 7.2.2. */
    RECORD_OVERFLOW(22),
    /** RFC 5246 7.2.2. */
    DECOMPRESSION_FAILURE(30),
    /** RFC 5246 7.2.2. */
    HANDSHAKE_FAILURE(40),
    /** Reserved, RFC 5246 7.2.2-7: "It MUST NOT be sent by compliant implementations." */
    NO_CERTIFICATE(41),
    /** RFC 5246 7.2.2. */
    BAD_CERTIFICATE(42),
    /** RFC 5246 7.2.2. */
    UNSUPPORTED_CERTIFICATE(43),
    /** RFC 5246 7.2.2. */
    CERTIFICATE_REVOKED(44),
    /** RFC 5246 7.2.2. */
    CERTIFICATE_EXPIRED(45),
    /** RFC 5246 7.2.2. */
    CERTIFICATE_UNKNOWN(46),
    /** RFC 5246 7.2.2: a field well-formed but out of range or inconsistent. */
    ILLEGAL_PARAMETER(47),
    /** RFC 5246 7.2.2. */
    UNKNOWN_CA(48),
    /** RFC 5246 7.2.2. */
    ACCESS_DENIED(49),
    /** RFC 5246 7.2.2: a length that does not fit. */
    DECODE_ERROR(50),
    /** RFC 5246 7.2.2: a signature or Finished that does not verify. */
    DECRYPT_ERROR(51),
    /** Reserved, RFC 5246 7.2.2-8: "It MUST NOT be sent by compliant implementations." */
    EXPORT_RESTRICTION(60),
    /** RFC 5246 7.2.2. */
    PROTOCOL_VERSION(70),
    /** RFC 5246 7.2.2, RFC 7919 4. */
    INSUFFICIENT_SECURITY(71),
    /** RFC 5246 7.2.2. */
    INTERNAL_ERROR(80),
    /** RFC 7507 3. */
    INAPPROPRIATE_FALLBACK(86),
    /** RFC 5246 7.2.2. */
    USER_CANCELED(90),
    /** RFC 5246 7.2.2: always a warning. */
    NO_RENEGOTIATION(100),
    /** RFC 8446 6.2. */
    MISSING_EXTENSION(109),
    /** RFC 5246 7.2.2. */
    UNSUPPORTED_EXTENSION(110),
    /** RFC 6066 9. */
    CERTIFICATE_UNOBTAINABLE(111),
    /** RFC 6066 3 and 9. */
    UNRECOGNIZED_NAME(112),
    /** RFC 6066 8 and 9. */
    BAD_CERTIFICATE_STATUS_RESPONSE(113),
    /** RFC 6066 9. */
    BAD_CERTIFICATE_HASH_VALUE(114),
    /** RFC 4279 2. */
    UNKNOWN_PSK_IDENTITY(115),
    /** RFC 8446 6.2. */
    CERTIFICATE_REQUIRED(116),
    /** RFC 7301 3.2. */
    NO_APPLICATION_PROTOCOL(120);

    private static final Codes<AlertDescription> CODES = new Codes<>(values(), AlertDescription::code);

    private final int code;

    AlertDescription(int code) {
        this.code = code;
    }

    /** Returns the number on the wire, one byte. */
    public int code() {
        return code;
    }

    /** Returns the name as the RFCs write it, for example {@code handshake_failure}. */
    public String ianaName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * Tells whether this may be sent as a fatal alert: not what is a warning by its nature (close_notify, user_canceled,
     * no_renegotiation), and not what is reserved.
     */
    public boolean mayBeFatal() {
        return switch (this) {
            case CLOSE_NOTIFY, USER_CANCELED, NO_RENEGOTIATION -> false;
            case DECRYPTION_FAILED, NO_CERTIFICATE, EXPORT_RESTRICTION -> false;
            default -> true;
        };
    }

    /** Returns the description with this number, or null if it is not registered here. */
    public static @Nullable AlertDescription of(int code) {
        return CODES.of(code);
    }
}
