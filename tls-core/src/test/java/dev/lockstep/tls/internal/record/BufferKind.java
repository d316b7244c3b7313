package dev.lockstep.tls.internal.record;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The kinds of buffers a caller may hand in. */
enum BufferKind {
    HEAP {
        @Override
        ByteBuffer allocate(int capacity) {
            return ByteBuffer.allocate(capacity);
        }
    },
    DIRECT {
        @Override
        ByteBuffer allocate(int capacity) {
            return ByteBuffer.allocateDirect(capacity);
        }
    },
    /** A slice: index 0 is not the array's, the position is not 0, and the order is not the network's. */
    SLICED {
        @Override
        ByteBuffer allocate(int capacity) {
            ByteBuffer whole = ByteBuffer.allocate(capacity + 30);
            ByteBuffer slice = whole.slice(11, capacity + 7).order(ByteOrder.LITTLE_ENDIAN);
            return slice.position(3).limit(3 + capacity);
        }
    },
    DIRECT_SLICED {
        @Override
        ByteBuffer allocate(int capacity) {
            ByteBuffer whole = ByteBuffer.allocateDirect(capacity + 30);
            ByteBuffer slice = whole.slice(11, capacity + 7).order(ByteOrder.LITTLE_ENDIAN);
            return slice.position(3).limit(3 + capacity);
        }
    };

    /** An empty buffer whose remaining bytes are {@code capacity}. */
    abstract ByteBuffer allocate(int capacity);

    /** A buffer whose remaining bytes are these. */
    ByteBuffer holding(byte[] content) {
        ByteBuffer buffer = allocate(content.length);
        buffer.put(buffer.position(), content);
        return buffer;
    }

    /** The bytes from {@code start} to the buffer's position. */
    static byte[] written(ByteBuffer buffer, int start) {
        byte[] bytes = new byte[buffer.position() - start];
        buffer.get(start, bytes);
        return bytes;
    }
}
