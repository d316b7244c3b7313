package dev.lockstep.explain;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/** Numbers and hexadecimal text. */
final class Bytes {

    private Bytes() {}

    /** An unsigned big-endian number of one to four bytes. */
    static int number(byte[] bytes, int at, int length) {
        int number = 0;
        for (int i = at; i < at + length; i++) {
            number = number << 8 | (bytes[i] & 0xff);
        }
        return number;
    }

    /** Rows of at most {@code length} bytes. */
    static List<byte[]> lines(byte[] bytes, int length) {
        List<byte[]> lines = new ArrayList<>();
        for (int at = 0; at < bytes.length; at += length) {
            lines.add(Arrays.copyOfRange(bytes, at, Math.min(at + length, bytes.length)));
        }
        return lines;
    }

    static String spaced(byte[] bytes) {
        return HexFormat.ofDelimiter(" ").formatHex(bytes);
    }
}
