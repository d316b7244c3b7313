package dev.lockstep.tls.spec;

import org.jspecify.annotations.Nullable;

/** The handshake messages of TLS 1.2: {@code HandshakeType} of RFC 5246 7.4 and its later additions. */
public enum HandshakeType {
    /** RFC 5246 7.4.1.1. */
    HELLO_REQUEST(0),
    /** RFC 5246 7.4.1.2. */
    CLIENT_HELLO(1),
    /** RFC 5246 7.4.1.3. */
    SERVER_HELLO(2),
    /** RFC 5077 3.3. */
    NEW_SESSION_TICKET(4),
    /** RFC 5246 7.4.2 and 7.4.6. */
    CERTIFICATE(11),
    /** RFC 5246 7.4.3. */
    SERVER_KEY_EXCHANGE(12),
    /** RFC 5246 7.4.4. */
    CERTIFICATE_REQUEST(13),
    /** RFC 5246 7.4.5. */
    SERVER_HELLO_DONE(14),
    /** RFC 5246 7.4.8. */
    CERTIFICATE_VERIFY(15),
    /** RFC 5246 7.4.7. */
    CLIENT_KEY_EXCHANGE(16),
    /** RFC 5246 7.4.9. */
    FINISHED(20),
    /** RFC 6066 8. */
    CERTIFICATE_STATUS(22);

    private static final Codes<HandshakeType> CODES = new Codes<>(values(), HandshakeType::code);

    private final int code;

    HandshakeType(int code) {
        this.code = code;
    }

    /** Returns the number on the wire, one byte. */
    public int code() {
        return code;
    }

    /** Returns the type with this number, or null if TLS 1.2 has none. */
    public static @Nullable HandshakeType of(int code) {
        return CODES.of(code);
    }
}
