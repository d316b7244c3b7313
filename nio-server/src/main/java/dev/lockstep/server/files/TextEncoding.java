package dev.lockstep.server.files;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The encodings that editors and shells of other systems write text files in, and the bytes that they put in front. */
public final class TextEncoding {

    private static final byte[] UTF_8_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

    /** How many characters of ASCII in UTF-16 tell the encoding of a file without a byte order mark. */
    private static final int SAMPLE = 4;

    private TextEncoding() {}

    /**
     * Returns the text without a byte order mark, in UTF-8 if it was in UTF-16, and as it is otherwise: a text of ASCII and
     * of bytes that only its reader understands keeps them.
     */
    public static byte[] withoutMark(byte[] content) {
        if (content.length >= 3 && Arrays.equals(content, 0, 3, UTF_8_MARK, 0, 3)) {
            return Arrays.copyOfRange(content, 3, content.length);
        }
        Charset utf16 = utf16(content);
        if (utf16 == null) {
            return content;
        }
        String text = new String(content, utf16);
        return (text.startsWith("\uFEFF") ? text.substring(1) : text).getBytes(StandardCharsets.UTF_8);
    }

    /** The order of the bytes, by the mark or by the zeros of ASCII characters; null for any other encoding. */
    private static @Nullable Charset utf16(byte[] content) {
        if (content.length < 2) {
            return null;
        }
        int mark = (content[0] & 0xFF) << 8 | (content[1] & 0xFF);
        if (mark == 0xFEFF || isAsciiAfterZero(content, 1)) {
            return StandardCharsets.UTF_16BE;
        }
        return mark == 0xFFFE || isAsciiAfterZero(content, 0) ? StandardCharsets.UTF_16LE : null;
    }

    private static boolean isAsciiAfterZero(byte[] content, int ascii) {
        if (content.length < 2 * SAMPLE) {
            return false;
        }
        for (int i = 0; i < SAMPLE; i++) {
            if (content[2 * i + ascii] <= 0 || content[2 * i + 1 - ascii] != 0) {
                return false;
            }
        }
        return true;
    }
}
