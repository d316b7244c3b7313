package dev.lockstep.nio;

import dev.lockstep.tls.TlsServerConnection;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Arrays;

/**
 * A pool of heap buffers of {@link TlsServerConnection#NETWORK_BUFFER_SIZE} bytes. A channel takes a buffer only while
 * there is something in it, so the number of buffers in use follows the work in progress and not the number of
 * connections. Thread-safe.
 */
public final class BufferPool {

    private static final BufferPool SHARED = new BufferPool(64);

    private final int size;
    private final int keep;
    private final ArrayDeque<ByteBuffer> idle = new ArrayDeque<>();
    private int lent;

    /**
     * Creates a pool.
     *
     * @param keep how many unused buffers the pool keeps, 0 or more; further ones are left to the garbage collector
     */
    public BufferPool(int keep) {
        this(TlsServerConnection.NETWORK_BUFFER_SIZE, keep);
    }

    BufferPool(int size, int keep) {
        if (keep < 0) {
            throw new IllegalArgumentException("keep: " + keep + " is negative");
        }
        this.size = size;
        this.keep = keep;
    }

    /** Returns the pool of all channels that were given none of their own. */
    public static BufferPool shared() {
        return SHARED;
    }

    /** Returns an empty buffer in write mode, of {@link TlsServerConnection#NETWORK_BUFFER_SIZE} bytes. */
    public synchronized ByteBuffer take() {
        lent++;
        ByteBuffer buffer = idle.poll();
        return buffer != null ? buffer.clear() : ByteBuffer.allocate(size);
    }

    /** Takes back a buffer whose content is public or encrypted. */
    public synchronized void give(ByteBuffer buffer) {
        lent--;
        if (idle.size() < keep) {
            idle.push(buffer);
        }
    }

    /** Takes back a buffer that held plaintext, which is overwritten. */
    public void giveWiped(ByteBuffer buffer) {
        Arrays.fill(buffer.array(), buffer.arrayOffset(), buffer.arrayOffset() + size, (byte) 0);
        give(buffer);
    }

    /** Returns how many buffers are with channels now. */
    public synchronized int lent() {
        return lent;
    }
}
