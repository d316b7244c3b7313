package dev.lockstep.server.pem;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Finds every block of a PEM file, however its lines are broken and indented, with END and BEGIN on one line, or with the
 * line ends written as {@code \n}. What looks like a block and is none is an error that names the line: a certificate that
 * is missed in silence is found out by clients.
 */
final class PemBlocks {

    private static final byte[] BEGIN = "-----BEGIN ".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] END = "-----END ".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] DASHES = "-----".getBytes(StandardCharsets.US_ASCII);

    /** Markers that lost a dash or got blanks, or whose dashes a word processor made longer (in UTF-8 or windows-1252). */
    private static final Pattern MARKER = Pattern.compile(
            "(-|\u00e2\u0080[\u0090-\u0095]|[\u0096\u0097])\\s*(BEGIN|END)\\s", Pattern.CASE_INSENSITIVE);

    /** What base64 has and prose, fingerprints and ruled lines have not. */
    private static final Pattern ENCODED = Pattern.compile("(?=.*[A-Z])(?=.*[a-z])(?=.*\\d)[A-Za-z0-9+/]{48,}={0,2}");

    private final byte[] text;
    private final List<PemBlock> blocks = new ArrayList<>();
    private int countedTo;
    private int countedLines = 1;

    private PemBlocks(byte[] text) {
        this.text = text;
    }

    /** Whether there is the begin of a block. */
    static boolean isPem(byte[] text) {
        return find(text, BEGIN, 0) >= 0;
    }

    /**
     * Reads all of them.
     *
     * @param text ASCII, but for comments between the blocks
     */
    static List<PemBlock> parse(byte[] text) throws PemException {
        PemBlocks parser = new PemBlocks(text);
        int at = 0;
        for (int begin = find(text, BEGIN, 0); begin >= 0; begin = find(text, BEGIN, at)) {
            parser.requireComment(at, begin);
            at = parser.block(begin);
        }
        parser.requireComment(at, text.length);
        return parser.blocks;
    }

    /** Reads the block that begins at an index and returns the index behind it. */
    private int block(int begin) throws PemException {
        int line = line(begin);
        int closing = find(text, DASHES, begin + BEGIN.length);
        String type = closing < 0 ? "\n" : string(begin + BEGIN.length, closing).strip();
        if (type.contains("\n") || type.length() > 64) {
            throw new PemException(line, "'-----BEGIN' is not followed by a name and five dashes", "repair that line");
        }
        int body = closing + DASHES.length;
        int end = find(text, END, body);
        int next = find(text, BEGIN, body);
        if (end < 0 || (next >= 0 && next < end)) {
            throw new PemException(
                    line,
                    "the " + type + " that begins there has no '-----END " + type + "-----'",
                    "the file was cut off, or the line is lost; copy it again");
        }
        int endClosing = find(text, DASHES, end + END.length);
        String ended =
                endClosing < 0 ? "" : string(end + END.length, endClosing).strip();
        if (!ended.equals(type)) {
            throw new PemException(
                    line(end), "a block that begins as " + type + " ends in another way", "repair the markers");
        }
        int data = headersEnd(body, end);
        boolean encrypted = string(body, data).contains("ENCRYPTED");
        blocks.add(new PemBlock(type, line, encrypted, decode(type, data, end)));
        return endClosing + DASHES.length;
    }

    /** RFC 1421 4.4: "name: value" lines and an empty one; returns where the data begin. */
    private int headersEnd(int body, int end) {
        int at = body;
        while (at < end && text[at] <= ' ') {
            at++;
        }
        int lineEnd = lineEnd(at, end);
        if (!string(at, lineEnd).contains(":")) {
            return body;
        }
        while (at < end && !string(at, lineEnd).isBlank()) {
            at = Math.min(end, lineEnd + 1);
            lineEnd = lineEnd(at, end);
        }
        return at;
    }

    private byte[] decode(String type, int from, int to) throws PemException {
        byte[] base64 = new byte[to - from];
        int length = 0;
        for (int i = from; i < to; i++) {
            byte b = text[i];
            if (b >= 0 && b <= ' ') {
                continue;
            }
            if (b == '\\' && i + 1 < to && (text[i + 1] == 'n' || text[i + 1] == 'r')) {
                i++; // a line end as JSON and environment files write it
                continue;
            }
            if (!isBase64(b)) {
                throw new PemException(
                        line(i),
                        "a character that base64 does not have (" + printable(b) + ") is in the " + type,
                        "copy the file again, byte by byte");
            }
            base64[length++] = b;
        }
        if (length == 0) {
            throw new PemException(line(from), "the " + type + " is empty", "write the file again");
        }
        try {
            ByteBuffer decoded = Base64.getDecoder().decode(ByteBuffer.wrap(base64, 0, length));
            return decoded.remaining() == decoded.array().length
                    ? decoded.array()
                    : Arrays.copyOf(decoded.array(), decoded.remaining());
        } catch (IllegalArgumentException e) {
            throw new PemException(
                    line(from), "the " + type + " is not whole (its base64 ends early)", "copy the file again");
        } finally {
            Arrays.fill(base64, (byte) 0); // may be a key
        }
    }

    private static boolean isBase64(byte b) {
        return (b >= 'A' && b <= 'Z')
                || (b >= 'a' && b <= 'z')
                || (b >= '0' && b <= '9')
                || b == '+'
                || b == '/'
                || b == '=';
    }

    private static String printable(byte b) {
        return b > ' ' && b < 0x7f ? "'" + (char) b + "'" : String.format(Locale.ROOT, "byte 0x%02x", b & 0xFF);
    }

    /** Text between blocks is for people, unless it looks as if a block were meant. */
    private void requireComment(int from, int to) throws PemException {
        for (int at = from; at < to; at = lineEnd(at, to) + 1) {
            String line = string(at, lineEnd(at, to)).strip();
            if (MARKER.matcher(line).find()) {
                throw new PemException(
                        line(at),
                        "a line that looks like the begin or end of a block is none",
                        "write '-----BEGIN CERTIFICATE-----' with five plain dashes on each side, and its END alike");
            }
            if (ENCODED.matcher(line).matches()) {
                throw new PemException(
                        line(at),
                        "there is encoded data outside of a block",
                        "put it between '-----BEGIN ...-----' and '-----END ...-----', or remove it");
            }
        }
    }

    private int lineEnd(int from, int to) {
        for (int i = from; i < to; i++) {
            if (text[i] == '\n') {
                return i;
            }
        }
        return to;
    }

    /** The number of the line with an index, from 1; for growing indices each byte is counted once. */
    private int line(int index) {
        if (index < countedTo) {
            countedTo = 0;
            countedLines = 1;
        }
        for (; countedTo < index; countedTo++) {
            countedLines += text[countedTo] == '\n' ? 1 : 0;
        }
        return countedLines;
    }

    private String string(int from, int to) {
        return new String(text, from, to - from, StandardCharsets.ISO_8859_1);
    }

    private static int find(byte[] text, byte[] wanted, int from) {
        for (int i = from; i <= text.length - wanted.length; i++) {
            if (text[i] == wanted[0] && Arrays.equals(text, i, i + wanted.length, wanted, 0, wanted.length)) {
                return i;
            }
        }
        return -1;
    }
}
