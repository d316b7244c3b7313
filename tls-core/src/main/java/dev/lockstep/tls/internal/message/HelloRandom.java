package dev.lockstep.tls.internal.message;

import dev.lockstep.tls.internal.wire.WireReader;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * The random part of a hello message, RFC 5246 7.4.1.2, where it is called Random.
 *
 * <pre>
 * struct {
 *     opaque random_bytes[32];     // gmt_unix_time is part of them and means nothing
 * } Random;
 * </pre>
 *
 * @param bytes 32 bytes, never changed
 */
@SuppressWarnings("ArrayRecordComponent") // equality is by content, below; the array is never changed
public record HelloRandom(byte[] bytes) {
    /** How long it is, in bytes. */
    public static final int LENGTH = 32;

    /** Refuses every other length with {@link IllegalArgumentException}. */
    public HelloRandom {
        if (bytes.length != LENGTH) {
            throw new IllegalArgumentException("a random of " + bytes.length + " bytes");
        }
    }

    /** Reads the 32 bytes. */
    public static HelloRandom parse(WireReader in) {
        return new HelloRandom(in.bytes(LENGTH, "random"));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof HelloRandom that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    /** Returns the bytes in lower-case hex, as key logs want them. */
    @Override
    public String toString() {
        return HexFormat.of().formatHex(bytes);
    }
}
