package dev.lockstep.tls.internal.wire;

import java.util.Arrays;

/**
 * A bounded cursor over a range of bytes, reading the presentation language of RFC 5246 4.
 *
 * <p>Every shortfall, and every vector outside its bounds, throws {@link FatalAlert} decode_error naming the field.
 * Lengths that the peer declares are compared with what is there before anything is allocated, so reading never takes
 * more memory than a small multiple of the input. The array is read in place and not copied: the caller leaves it
 * unchanged while the cursor lives. Arrays handed out are fresh.
 *
 * <p>Bounds of vectors are in bytes, both inclusive, as in {@code opaque x<min..max>}.
 */
public final class WireReader {
    private final byte[] bytes;
    private final int end;
    private int position;

    /** Reads {@code b[off, off + len)}. */
    public WireReader(byte[] b, int off, int len) {
        if (off < 0 || len < 0 || len > b.length - off) {
            throw new IndexOutOfBoundsException("range " + off + "+" + len + " of " + b.length);
        }
        this.bytes = b;
        this.position = off;
        this.end = off + len;
    }

    /** Reads a whole array. */
    public static WireReader of(byte[] b) {
        return new WireReader(b, 0, b.length);
    }

    /** Reads a {@code uint8}. */
    public int uint8(String field) {
        int at = take(1, field);
        return bytes[at] & 0xff;
    }

    /** Reads a {@code uint16}. */
    public int uint16(String field) {
        return uint16At(take(2, field));
    }

    /** Reads a {@code uint24}. */
    public int uint24(String field) {
        int at = take(3, field);
        return ((bytes[at] & 0xff) << 16) | ((bytes[at + 1] & 0xff) << 8) | (bytes[at + 2] & 0xff);
    }

    /** Reads a {@code uint32}, unsigned. */
    public long uint32(String field) {
        int at = take(4, field);
        return (long) uint16At(at) << 16 | uint16At(at + 2);
    }

    /** Reads {@code opaque field[n]}. */
    public byte[] bytes(int n, String field) {
        int at = take(n, field);
        return Arrays.copyOfRange(bytes, at, at + n);
    }

    /** Reads {@code opaque field<min..max>} with a length of one byte. */
    public byte[] opaque8(int min, int max, String field) {
        return bytes(length(uint8(field), min, max, field), field);
    }

    /** Reads {@code opaque field<min..max>} with a length of two bytes. */
    public byte[] opaque16(int min, int max, String field) {
        return bytes(length(uint16(field), min, max, field), field);
    }

    /** Reads {@code opaque field<min..max>} with a length of three bytes. */
    public byte[] opaque24(int min, int max, String field) {
        return bytes(length(uint24(field), min, max, field), field);
    }

    /** Steps over {@code T field<min..max>} with a length of one byte, and returns a cursor over its body. */
    public WireReader vector8(int min, int max, String field) {
        return sub(length(uint8(field), min, max, field), field);
    }

    /** Steps over {@code T field<min..max>} with a length of two bytes, and returns a cursor over its body. */
    public WireReader vector16(int min, int max, String field) {
        return sub(length(uint16(field), min, max, field), field);
    }

    /** Steps over {@code T field<min..max>} with a length of three bytes, and returns a cursor over its body. */
    public WireReader vector24(int min, int max, String field) {
        return sub(length(uint24(field), min, max, field), field);
    }

    /** Reads {@code uint8 field<min..max>} with a length of one byte. */
    public int[] uint8List8(int min, int max, String field) {
        int n = length(uint8(field), min, max, field);
        int at = take(n, field);
        int[] list = new int[n];
        for (int i = 0; i < n; i++) {
            list[i] = bytes[at + i] & 0xff;
        }
        return list;
    }

    /** Reads {@code uint16 field<min..max>} with a length of two bytes; an odd length is a decode_error. */
    public int[] uint16List16(int min, int max, String field) {
        int n = length(uint16(field), min, max, field);
        if ((n & 1) != 0) {
            throw FatalAlert.decodeError(field + ": odd length " + n);
        }
        int at = take(n, field);
        int[] list = new int[n / 2];
        for (int i = 0; i < list.length; i++) {
            list[i] = uint16At(at + 2 * i);
        }
        return list;
    }

    /** Returns how many bytes are left. */
    public int remaining() {
        return end - position;
    }

    /** Tells whether nothing is left. */
    public boolean isEmpty() {
        return position == end;
    }

    /** Steps over n bytes. */
    public void skip(int n, String field) {
        take(n, field);
    }

    /** Reads all that is left. */
    public byte[] rest() {
        byte[] rest = Arrays.copyOfRange(bytes, position, end);
        position = end;
        return rest;
    }

    /** Steps over {@code opaque field<min..max>} with a length of one byte, at no cost in memory. */
    public void skipVector8(int min, int max, String field) {
        skip(length(uint8(field), min, max, field), field);
    }

    /** Steps over {@code opaque field<min..max>} with a length of two bytes, at no cost in memory. */
    public void skipVector16(int min, int max, String field) {
        skip(length(uint16(field), min, max, field), field);
    }

    /** Refuses bytes behind the last field of a struct. */
    public void requireEnd(String structName) {
        if (position != end) {
            throw FatalAlert.decodeError(structName + ": " + remaining() + " bytes too many");
        }
    }

    /** Returns where the cursor stands in the array it reads. */
    public int position() {
        return position;
    }

    private WireReader sub(int n, String field) {
        return new WireReader(bytes, take(n, field), n);
    }

    private int take(int n, String field) {
        if (n < 0) {
            throw new IllegalArgumentException("a length of " + n);
        }
        if (n > end - position) {
            throw FatalAlert.decodeError(field + ": " + n + " bytes wanted, " + remaining() + " there");
        }
        int at = position;
        position += n;
        return at;
    }

    private int uint16At(int at) {
        return ((bytes[at] & 0xff) << 8) | (bytes[at + 1] & 0xff);
    }

    private static int length(int n, int min, int max, String field) {
        if (n < min || n > max) {
            throw FatalAlert.decodeError(field + ": length " + n + " outside " + min + ".." + max);
        }
        return n;
    }
}
