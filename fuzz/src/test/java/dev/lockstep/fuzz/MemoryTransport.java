package dev.lockstep.fuzz;

import dev.lockstep.keys.keyserver.transport.ByteTransport;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;

/** A stream in memory whose other end is a fuzz target: it delivers what it was given, and takes as much as it may. */
public class MemoryTransport implements ByteTransport {

    private final Deque<byte[]> input = new ArrayDeque<>();
    private final ByteArrayOutputStream output = new ByteArrayOutputStream();
    private boolean ends;
    private boolean closed;

    /** How many bytes each write takes at most. */
    public int room = Integer.MAX_VALUE;

    /** Makes bytes arrive, in a read of their own. */
    public void arrives(byte[] bytes) {
        input.add(bytes);
    }

    /** The peer has closed, behind what has arrived. */
    public void ends() {
        ends = true;
    }

    /** Whether this end is closed. */
    public boolean isClosed() {
        return closed;
    }

    /** Returns what was written since the last call. */
    public byte[] takeOutput() {
        byte[] taken = output.toByteArray();
        output.reset();
        return taken;
    }

    @Override
    public int read(ByteBuffer to) throws IOException {
        requireOpen();
        byte[] next = input.poll();
        if (next == null) {
            return ends ? -1 : 0;
        }
        int count = Math.min(next.length, to.remaining());
        to.put(next, 0, count);
        if (count < next.length) {
            input.addFirst(Arrays.copyOfRange(next, count, next.length));
        }
        return count;
    }

    @Override
    public int write(ByteBuffer from) throws IOException {
        requireOpen();
        byte[] taken = new byte[Math.min(room, from.remaining())];
        from.get(taken);
        output.writeBytes(taken);
        return taken.length;
    }

    private void requireOpen() throws IOException {
        if (closed) {
            throw new IOException("closed");
        }
    }

    @Override
    public boolean holdsOutput() {
        return false;
    }

    @Override
    public boolean holdsInput() {
        return !input.isEmpty();
    }

    @Override
    public boolean isOpenForOutput() {
        return true;
    }

    @Override
    public void close() {
        closed = true;
    }
}
