package dev.lockstep.nio;

import dev.lockstep.tls.TlsServerConnection;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * The buffers of what a connection has read: of the record that its handler uses now, and of earlier ones that the handler has
 * passed on and that are not sent yet. The pool gives a buffer that is released to other connections.
 */
final class ReceivedRecord {

    private final BufferPool pool;
    private @Nullable ByteBuffer current;

    /** Hardly ever more than one; null while there are none. */
    private @Nullable ArrayDeque<ByteBuffer> passedOn;

    ReceivedRecord(BufferPool pool) {
        this.pool = pool;
    }

    /** Returns a buffer for the next record, in place of the last one. */
    ByteBuffer next() {
        releaseCurrent();
        ByteBuffer next = pool.take();
        current = next;
        return next;
    }

    /** The handler has passed on what it received: it stays as it is until {@link #release}. */
    void keep() {
        ByteBuffer record = current;
        if (record == null) {
            return;
        }
        ArrayDeque<ByteBuffer> kept = passedOn;
        if (kept == null) {
            kept = new ArrayDeque<>(1);
            passedOn = kept;
        }
        kept.add(record);
        current = null;
    }

    /** The content of the last record is used up: it is overwritten. */
    void releaseCurrent() {
        if (current != null) {
            pool.giveWiped(current);
            current = null;
        }
    }

    /** Nothing is in use any more, since nothing waits to be sent. */
    void release() {
        releaseCurrent();
        if (passedOn != null) {
            passedOn.forEach(pool::giveWiped);
            passedOn = null;
        }
    }

    /** Returns how many bytes of memory the buffers take. */
    int heldBytes() {
        int buffers = (current == null ? 0 : 1) + (passedOn == null ? 0 : passedOn.size());
        return buffers * TlsServerConnection.NETWORK_BUFFER_SIZE;
    }
}
