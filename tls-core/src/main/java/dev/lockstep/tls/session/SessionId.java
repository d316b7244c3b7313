package dev.lockstep.tls.session;

import java.util.Arrays;
import java.util.HexFormat;

/**
 * The name of a session in a {@link SessionStore}: {@code SessionID} of RFC 5246 section 7.4.1.2, 1 to 32 bytes. It
 * crosses the network in the clear and is no secret. Immutable.
 */
public final class SessionId {

    /** The longest one, in bytes. */
    public static final int MAX_LENGTH = 32;

    private final byte[] bytes;

    /**
     * @param bytes 1 to 32 bytes; copied
     * @throws IllegalArgumentException for another length
     */
    public SessionId(byte[] bytes) {
        if (bytes.length == 0 || bytes.length > MAX_LENGTH) {
            throw new IllegalArgumentException("a session id of " + bytes.length + " bytes; give 1 to " + MAX_LENGTH);
        }
        this.bytes = bytes.clone();
    }

    /** Returns a copy of the bytes. */
    public byte[] bytes() {
        return bytes.clone();
    }

    /** Returns the bytes in lower-case hexadecimal: a key for stores that want text. */
    public String toHex() {
        return HexFormat.of().formatHex(bytes);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SessionId that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return "SessionId[" + toHex() + "]";
    }
}
