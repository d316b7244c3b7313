package dev.lockstep.testkit;

import java.nio.ByteBuffer;

/** What buffers the caller uses. */
public enum BufferForm {
    HEAP,
    DIRECT,
    /** Heap buffers that are a window of a larger array, as slices of a pool are. */
    HEAP_SLICE;

    ByteBuffer allocate(int capacity) {
        return switch (this) {
            case HEAP -> ByteBuffer.allocate(capacity);
            case DIRECT -> ByteBuffer.allocateDirect(capacity);
            case HEAP_SLICE ->
                ByteBuffer.allocate(capacity + 20)
                        .position(13)
                        .limit(13 + capacity)
                        .slice();
        };
    }
}
