package dev.lockstep.server;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;

/**
 * Network-sized heap buffers of the selector thread. A connection holds one only while something is in it, so the
 * number alive follows the work of the moment and not the number of connections.
 */
final class BufferPool {

    private final int size;
    private final int keep;
    private final ArrayDeque<ByteBuffer> idle = new ArrayDeque<>();
    private final byte[] zeros;
    private int lent;

    /**
     * @param size the capacity of every buffer, in bytes
     * @param keep how many unused ones to keep
     */
    BufferPool(int size, int keep) {
        this.size = size;
        this.keep = keep;
        this.zeros = new byte[size];
    }

    /** An empty buffer in write mode. */
    ByteBuffer take() {
        lent++;
        ByteBuffer buffer = idle.poll();
        return buffer != null ? buffer.clear() : ByteBuffer.allocate(size);
    }

    /** Takes back a buffer whose content is public or encrypted. */
    void give(ByteBuffer buffer) {
        lent--;
        if (idle.size() < keep) {
            idle.push(buffer);
        }
    }

    /** Takes back a buffer that held plaintext, which the next holder shall not find. */
    void giveWiped(ByteBuffer buffer) {
        buffer.clear().put(zeros);
        give(buffer);
    }

    /** How many buffers are with connections now. */
    int lent() {
        return lent;
    }
}
