package dev.lockstep.tls.spec;

import org.jspecify.annotations.Nullable;

/** The level of an alert: {@code AlertLevel} of RFC 5246 7.2. */
public enum AlertLevel {
    /** The connection may continue. */
    WARNING(1),
    /** The connection ends immediately and its session must not be resumed. */
    FATAL(2);

    private static final Codes<AlertLevel> CODES = new Codes<>(values(), AlertLevel::code);

    private final int code;

    AlertLevel(int code) {
        this.code = code;
    }

    /** Returns the number on the wire, one byte. */
    public int code() {
        return code;
    }

    /** Returns the level with this number, or null if there is none. */
    public static @Nullable AlertLevel of(int code) {
        return CODES.of(code);
    }
}
