package dev.lockstep.jsse.engine;

import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Arrays of buffers, as {@code SSLEngine} takes them. */
public final class Buffers {

    private Buffers() {}

    /**
     * Returns the buffers of a range.
     *
     * @throws IllegalArgumentException when the array or one of them is null
     * @throws IndexOutOfBoundsException when the range is not within the array
     */
    public static ByteBuffer[] range(ByteBuffer @Nullable [] buffers, int offset, int length) {
        if (buffers == null) {
            throw new IllegalArgumentException("buffers: null");
        }
        Objects.checkFromIndexSize(offset, length, buffers.length);
        ByteBuffer[] range = offset == 0 && length == buffers.length
                ? buffers
                : Arrays.copyOfRange(buffers, offset, offset + length);
        for (ByteBuffer buffer : range) {
            requireBuffer(buffer);
        }
        return range;
    }

    /** Refuses null with an {@link IllegalArgumentException}. */
    public static void requireBuffer(@Nullable ByteBuffer buffer) {
        if (buffer == null) {
            throw new IllegalArgumentException("buffer: null");
        }
    }

    /** Refuses buffers that cannot be written to with a {@link ReadOnlyBufferException}. */
    public static void requireWritable(ByteBuffer... buffers) {
        for (ByteBuffer buffer : buffers) {
            if (buffer.isReadOnly()) {
                throw new ReadOnlyBufferException();
            }
        }
    }

    /** Returns how many bytes remain in all of them. */
    public static long remaining(ByteBuffer[] buffers) {
        long sum = 0;
        for (ByteBuffer buffer : buffers) {
            sum += buffer.remaining();
        }
        return sum;
    }

    /** Moves all of {@code from} into buffers that have room for it. */
    public static void scatter(ByteBuffer from, ByteBuffer[] to) {
        for (ByteBuffer buffer : to) {
            int length = Math.min(from.remaining(), buffer.remaining());
            if (length > 0) {
                ByteBuffer part = from.slice(from.position(), length);
                buffer.put(part);
                from.position(from.position() + length);
            }
        }
    }
}
