package dev.lockstep.tls.psk;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The name of a pre-shared key, psk_identity of RFC 4279 2: 0 to 65535 bytes of any value. Immutable; fit for a map. */
public final class PskIdentity {

    private final byte[] bytes;

    private PskIdentity(byte[] bytes) {
        this.bytes = bytes;
    }

    /**
     * Returns an identity in bytes.
     *
     * @param bytes copied
     * @throws IllegalArgumentException when there are more than 65535
     */
    public static PskIdentity of(byte[] bytes) {
        if (bytes.length > 0xffff) {
            throw new IllegalArgumentException("identity: " + bytes.length + " bytes; give at most 65535");
        }
        return new PskIdentity(bytes.clone());
    }

    /** Returns an identity in text. RFC 4279 5.1: it is "encoded to octets using UTF-8". */
    public static PskIdentity of(String text) {
        return of(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Returns the bytes that come over the wire; a fresh copy. */
    public byte[] bytes() {
        return bytes.clone();
    }

    /** Number of bytes. */
    public int length() {
        return bytes.length;
    }

    /**
     * Returns the identity as text. RFC 4279 5.1: "The PSK identity MUST be first converted to a character string, and then encoded
     * to octets using UTF-8 [UTF8]."
     *
     * @return null when the bytes are not UTF-8: a client that breaks the rule has an identity all the same
     */
    public @Nullable String text() {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof PskIdentity that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    /** Never shows the bytes, which may name a person. */
    @Override
    public String toString() {
        return "PskIdentity[" + bytes.length + " bytes]";
    }
}
