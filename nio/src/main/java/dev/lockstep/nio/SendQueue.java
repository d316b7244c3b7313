package dev.lockstep.nio;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;

/** What a handler has passed to {@link Session#send} and the channel has not taken. */
final class SendQueue {

    private static final int MOST_SOURCES = 16;

    private final ArrayDeque<ByteBuffer> waiting = new ArrayDeque<>(1);

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    void add(ByteBuffer data) {
        waiting.add(data);
    }

    void clear() {
        waiting.clear();
    }

    /** Writes what the channel takes, and returns how many bytes that was. */
    long writeTo(TlsChannel tls) throws IOException {
        ByteBuffer[] srcs = new ByteBuffer[Math.min(MOST_SOURCES, waiting.size())];
        int i = 0;
        for (ByteBuffer data : waiting) {
            if (i == srcs.length) {
                break;
            }
            srcs[i++] = data;
        }
        long written = tls.write(srcs);
        while (!waiting.isEmpty() && !waiting.getFirst().hasRemaining()) {
            waiting.removeFirst();
        }
        return written;
    }
}
