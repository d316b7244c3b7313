package dev.lockstep.tls.spec;

import org.jspecify.annotations.Nullable;

/**
 * What a record carries: {@code ContentType} of RFC 5246 6.2.1. RFC 5246 6-1: "Implementations MUST NOT send record
 * types not defined in this document unless negotiated by some extension."
 */
public enum ContentType {
    /** {@code change_cipher_spec}, RFC 5246 7.1. */
    CHANGE_CIPHER_SPEC(20),
    /** {@code alert}, RFC 5246 7.2. */
    ALERT(21),
    /** {@code handshake}, RFC 5246 7.4. */
    HANDSHAKE(22),
    /** {@code application_data}, RFC 5246 10. */
    APPLICATION_DATA(23);

    private static final Codes<ContentType> CODES = new Codes<>(values(), ContentType::code);

    private final int code;

    ContentType(int code) {
        this.code = code;
    }

    /** Returns the number on the wire, one byte. */
    public int code() {
        return code;
    }

    /** Returns the type with this number, or null if there is none in TLS 1.2. */
    public static @Nullable ContentType of(int code) {
        return CODES.of(code);
    }
}
