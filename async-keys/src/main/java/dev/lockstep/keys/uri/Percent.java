package dev.lockstep.keys.uri;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Percent-encoded octets of a URI (RFC 3986 section 2.1). */
final class Percent {

    private Percent() {}

    /**
     * Returns the octets that {@code text} stands for; characters that are not encoded stand for their UTF-8.
     *
     * @throws IllegalArgumentException when a '%' is not followed by two hexadecimal digits
     */
    static byte[] octets(String text) {
        ByteArrayOutputStream octets = new ByteArrayOutputStream(text.length());
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < utf8.length; i++) {
            if (utf8[i] != '%') {
                octets.write(utf8[i]);
                continue;
            }
            int high = i + 2 < utf8.length ? Character.digit(utf8[i + 1], 16) : -1;
            int low = i + 2 < utf8.length ? Character.digit(utf8[i + 2], 16) : -1;
            if (high < 0 || low < 0) {
                throw new IllegalArgumentException(
                        "uri: '" + text + "' has a '%' without two hexadecimal digits; write %25 for a percent sign");
            }
            octets.write(high << 4 | low);
            i += 2;
        }
        return octets.toByteArray();
    }

    /**
     * Returns the text that {@code text} stands for.
     *
     * @throws IllegalArgumentException also when the octets are not UTF-8
     */
    static String text(String text) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(octets(text)))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException(
                    "uri: '" + text + "' is not UTF-8 once decoded; encode each octet of the UTF-8 form", e);
        }
    }
}
