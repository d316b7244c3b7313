package dev.lockstep.tls.internal.wire;

import java.util.Arrays;

/**
 * A growing array of bytes, written in the presentation language of RFC 5246 4.
 *
 * <p>A vector is begun, filled and ended; its length is written when it ends:
 * <pre>{@code
 * int list = out.beginVector16();
 * out.uint8(0).opaque16(name);
 * out.endVector(list);
 * }</pre>
 * A value that does not fit its field is a mistake of the caller: {@link IllegalArgumentException}.
 */
public final class WireWriter {
    private static final int WIDTH_BITS = 2;

    private byte[] bytes;
    private int size;

    /** Starts small. */
    public WireWriter() {
        this(64);
    }

    /** Starts with room for that many bytes. */
    public WireWriter(int initialCapacity) {
        this.bytes = new byte[initialCapacity];
    }

    /** Writes a {@code uint8}. */
    public WireWriter uint8(int value) {
        return uint(value, 1);
    }

    /** Writes a {@code uint16}. */
    public WireWriter uint16(int value) {
        return uint(value, 2);
    }

    /** Writes a {@code uint24}. */
    public WireWriter uint24(int value) {
        return uint(value, 3);
    }

    /** Writes a {@code uint32}, given unsigned. */
    public WireWriter uint32(long value) {
        if (value >>> 32 != 0) {
            throw new IllegalArgumentException(value + " does not fit 4 bytes");
        }
        return uint16((int) (value >>> 16)).uint16((int) value & 0xffff);
    }

    /** Writes bytes as they are, {@code opaque field[n]}. */
    public WireWriter bytes(byte[] b) {
        return bytes(b, 0, b.length);
    }

    /** Writes a range as it is. */
    public WireWriter bytes(byte[] b, int off, int len) {
        int at = grow(len); // first: it may replace the array
        System.arraycopy(b, off, bytes, at, len);
        return this;
    }

    /** Writes {@code opaque field<..>} with a length of one byte. */
    public WireWriter opaque8(byte[] b) {
        return uint8(b.length).bytes(b);
    }

    /** Writes {@code opaque field<..>} with a length of two bytes. */
    public WireWriter opaque16(byte[] b) {
        return uint16(b.length).bytes(b);
    }

    /** Writes {@code opaque field<..>} with a length of three bytes. */
    public WireWriter opaque24(byte[] b) {
        return uint24(b.length).bytes(b);
    }

    /** Writes {@code uint8 field<..>} with a length of one byte. */
    public WireWriter uint8List8(int[] list) {
        uint8(list.length);
        for (int value : list) {
            uint8(value);
        }
        return this;
    }

    /** Writes {@code uint16 field<..>} with a length of two bytes. */
    public WireWriter uint16List16(int[] list) {
        uint16(2 * list.length);
        for (int value : list) {
            uint16(value);
        }
        return this;
    }

    /** Begins a vector with a length of one byte; returns the mark that {@link #endVector} wants. */
    public int beginVector8() {
        return begin(1);
    }

    /** Begins a vector with a length of two bytes; returns the mark that {@link #endVector} wants. */
    public int beginVector16() {
        return begin(2);
    }

    /** Begins a vector with a length of three bytes; returns the mark that {@link #endVector} wants. */
    public int beginVector24() {
        return begin(3);
    }

    /** Ends a vector: everything written since the mark is its body. Inner vectors end first. */
    public void endVector(int mark) {
        int width = mark & ((1 << WIDTH_BITS) - 1);
        int lengthAt = mark >>> WIDTH_BITS;
        put(lengthAt, size - lengthAt - width, width);
    }

    /** Returns how many bytes were written. */
    public int size() {
        return size;
    }

    /** Returns what was written, for the caller to keep. A writer that is exactly full gives its own array: it is done. */
    public byte[] toByteArray() {
        return size == bytes.length ? bytes : Arrays.copyOf(bytes, size);
    }

    private int begin(int width) {
        return (grow(width) << WIDTH_BITS) | width;
    }

    private WireWriter uint(int value, int width) {
        put(grow(width), value, width);
        return this;
    }

    private void put(int at, int value, int width) {
        if ((value >>> (8 * width)) != 0) {
            throw new IllegalArgumentException(value + " does not fit " + width + " bytes");
        }
        for (int i = width - 1, left = value; i >= 0; i--, left >>>= 8) {
            bytes[at + i] = (byte) left;
        }
    }

    private int grow(int n) {
        int at = size;
        if (n > bytes.length - size) {
            bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, size + n));
        }
        size += n;
        return at;
    }
}
