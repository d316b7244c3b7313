package dev.lockstep.nio;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** The buffer of what a connection has read last, while its handler, or what the handler has passed on to be sent, uses it. */
final class ReceivedRecord {

    private final BufferPool pool;
    private @Nullable ByteBuffer buffer;

    ReceivedRecord(BufferPool pool) {
        this.pool = pool;
    }

    /** Returns a buffer for the next record, in place of the last one. */
    ByteBuffer next() {
        release();
        ByteBuffer next = pool.take();
        buffer = next;
        return next;
    }

    /** The content is used up: it is overwritten. */
    void release() {
        if (buffer != null) {
            pool.giveWiped(buffer);
            buffer = null;
        }
    }
}
