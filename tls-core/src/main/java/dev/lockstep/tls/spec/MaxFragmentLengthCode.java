package dev.lockstep.tls.spec;

import org.jspecify.annotations.Nullable;

/** How long a record's plaintext may be at the most: {@code MaxFragmentLength} of RFC 6066 4. */
public enum MaxFragmentLengthCode {
    /** 512 bytes. */
    LENGTH_512(1),
    /** 1,024 bytes. */
    LENGTH_1024(2),
    /** 2,048 bytes. */
    LENGTH_2048(3),
    /** 4,096 bytes. */
    LENGTH_4096(4);

    private static final Codes<MaxFragmentLengthCode> CODES = new Codes<>(values(), MaxFragmentLengthCode::code);

    private final int code;

    MaxFragmentLengthCode(int code) {
        this.code = code;
    }

    /** Returns the number on the wire, one byte. */
    public int code() {
        return code;
    }

    /** Returns the length it stands for, in bytes of plaintext. */
    public int length() {
        return 1 << (code + 8);
    }

    /** Returns the constant with this number, or null if there is none. */
    public static @Nullable MaxFragmentLengthCode of(int code) {
        return CODES.of(code);
    }
}
