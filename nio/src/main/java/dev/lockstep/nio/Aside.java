package dev.lockstep.nio;

import dev.lockstep.tls.StepResult;
import dev.lockstep.tls.TlsException;
import dev.lockstep.tls.TlsServerConnection;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;

/**
 * Application data that was decrypted before the application asked for it: the rest of a record that did not fit, and
 * records that arrived while a write waited for a renegotiation. Such records are legal (RFC 5246 &sect;6.2.1) and are
 * kept within a bound.
 */
final class Aside {

    private static final int MAX_RECORDS = 16;

    private final BufferPool pool;
    private final ArrayDeque<ByteBuffer> records = new ArrayDeque<>(0);

    Aside(BufferPool pool) {
        this.pool = pool;
    }

    boolean isEmpty() {
        return records.isEmpty();
    }

    int heldBytes() {
        return records.size() * TlsServerConnection.NETWORK_BUFFER_SIZE;
    }

    /** Ends a client that sends data instead of its part of the renegotiation. */
    void requireRoom() throws IOException {
        if (records.size() >= MAX_RECORDS) {
            throw new IOException("the client sends data and does not continue its handshake");
        }
    }

    /** Reads a record and keeps it. */
    StepResult read(TlsServerConnection tls, ByteBuffer in) throws TlsException {
        ByteBuffer into = pool.take();
        boolean kept = false;
        try {
            StepResult result = tls.read(in, into);
            if (into.position() > 0) {
                records.add(into.flip());
                kept = true;
            }
            return result;
        } finally {
            if (!kept) {
                pool.giveWiped(into);
            }
        }
    }

    /** Copies from the oldest record as much as there is room for, and returns how much. */
    int take(ByteBuffer dst) {
        ByteBuffer record = records.getFirst();
        int count = Math.min(record.remaining(), dst.remaining());
        dst.put(record.slice().limit(count));
        record.position(record.position() + count);
        if (!record.hasRemaining()) {
            pool.giveWiped(records.removeFirst());
        }
        return count;
    }

    void clear() {
        records.forEach(pool::giveWiped);
        records.clear();
    }
}
