package dev.lockstep.tls.spec;

import org.jspecify.annotations.Nullable;

/**
 * The extensions Lockstep knows by name: the registry "TLS ExtensionType Values". RFC 9325 4.6-1: "Implementations MUST
 * NOT use the Truncated HMAC Extension", which is not here.
 */
public enum ExtensionType {
    /** RFC 6066 3. */
    SERVER_NAME(0, "server_name"),
    /** RFC 6066 4. */
    MAX_FRAGMENT_LENGTH(1, "max_fragment_length"),
    /** RFC 6066 8. */
    STATUS_REQUEST(5, "status_request"),
    /** RFC 8422 5.1.1 and RFC 7919 2; once called elliptic_curves. */
    SUPPORTED_GROUPS(10, "supported_groups"),
    /** RFC 8422 5.1.2. */
    EC_POINT_FORMATS(11, "ec_point_formats"),
    /** RFC 5246 7.4.1.4.1. */
    SIGNATURE_ALGORITHMS(13, "signature_algorithms"),
    /** RFC 7301 3.1. */
    APPLICATION_LAYER_PROTOCOL_NEGOTIATION(16, "application_layer_protocol_negotiation"),
    /** RFC 6962 3.3.1. */
    SIGNED_CERTIFICATE_TIMESTAMP(18, "signed_certificate_timestamp"),
    /** RFC 7685 3. */
    PADDING(21, "padding"),
    /** RFC 7366 2. */
    ENCRYPT_THEN_MAC(22, "encrypt_then_mac"),
    /** RFC 7627 5.1. */
    EXTENDED_MASTER_SECRET(23, "extended_master_secret"),
    /** RFC 8449 4. */
    RECORD_SIZE_LIMIT(28, "record_size_limit"),
    /** RFC 5077 3.2. */
    SESSION_TICKET(35, "session_ticket"),
    /** RFC 8446 4.2.3. */
    SIGNATURE_ALGORITHMS_CERT(50, "signature_algorithms_cert"),
    /** RFC 5746 3.2. */
    RENEGOTIATION_INFO(0xff01, "renegotiation_info");

    private static final Codes<ExtensionType> CODES = new Codes<>(values(), ExtensionType::code);

    private final int code;
    private final String ianaName;

    ExtensionType(int code, String ianaName) {
        this.code = code;
        this.ianaName = ianaName;
    }

    /** Returns the number on the wire, two bytes. */
    public int code() {
        return code;
    }

    /** Returns the registered name, for example {@code server_name}. */
    public String ianaName() {
        return ianaName;
    }

    /** Returns the type with this number, or null if it is unknown here. */
    public static @Nullable ExtensionType of(int code) {
        return CODES.of(code);
    }
}
