package dev.lockstep.nio;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/**
 * A non-blocking socket with the buffers in front of it. A buffer is taken from the pool when it is needed and given
 * back when it is empty; a small rest of input is kept in an array of its own size, so a connection that waits with
 * half a record holds that half and not a whole buffer.
 */
final class Transport {

    /** Rests up to this many bytes are moved out of a pooled buffer; moving a larger one costs more than it saves. */
    private static final int SMALL = 2048;

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final SocketChannel channel;
    private final BufferPool pool;

    /** In read mode between calls; holds only what is not used yet. */
    private @Nullable ByteBuffer input;

    private byte @Nullable [] smallRest;

    /** In write mode between calls. */
    private @Nullable ByteBuffer output;

    private boolean inputEnded;
    private int drained;
    private long received;
    private long sent;

    Transport(SocketChannel channel, BufferPool pool) {
        this.channel = channel;
        this.pool = pool;
    }

    /**
     * Reads once from the socket, as much as there is room for.
     *
     * @return whether anything was received
     */
    boolean receive() throws IOException {
        ByteBuffer buffer = wholeInput();
        buffer.compact();
        try {
            int count = channel.read(buffer);
            inputEnded |= count < 0;
            received += Math.max(0, count);
            return count > 0;
        } finally {
            buffer.flip();
        }
    }

    /** Returns what has been received and not used, in read mode; used up by moving its position. */
    ByteBuffer input() {
        return hasInput() ? wholeInput() : NOTHING;
    }

    boolean hasInput() {
        return smallRest != null || (input != null && input.hasRemaining());
    }

    /** Returns whether more input can be taken in. */
    boolean hasRoom() {
        return input == null || input.remaining() < input.capacity();
    }

    /** Returns whether the peer has ended its side. */
    boolean inputEnded() {
        return inputEnded;
    }

    /** Returns the bytes to send, in write mode. */
    ByteBuffer output() {
        ByteBuffer buffer = output != null ? output : pool.take();
        output = buffer;
        return buffer;
    }

    boolean hasOutput() {
        return output != null && output.position() > 0;
    }

    /**
     * Writes once to the socket.
     *
     * @return whether the socket took anything
     */
    boolean flush() throws IOException {
        ByteBuffer buffer = output;
        if (buffer == null || buffer.position() == 0) {
            return false;
        }
        buffer.flip();
        try {
            int count = channel.write(buffer);
            sent += count;
            return count > 0;
        } finally {
            buffer.compact();
        }
    }

    long received() {
        return received;
    }

    long sent() {
        return sent;
    }

    /** Returns how many bytes of memory the buffers take. */
    int heldBytes() {
        byte[] rest = smallRest;
        ByteBuffer in = input;
        ByteBuffer out = output;
        return (rest == null ? 0 : rest.length) + (in == null ? 0 : in.capacity()) + (out == null ? 0 : out.capacity());
    }

    /** Drops what has been received and not used. */
    void dropInput() {
        smallRest = null;
        if (input != null) {
            pool.give(input);
            input = null;
        }
    }

    /** Ends the stream to the peer; the peer's own can still be read. */
    void shutDownOutput() throws IOException {
        channel.shutdownOutput();
    }

    /**
     * Reads and drops what is there.
     *
     * @return whether the peer's stream has ended, or more than {@code mostBytes} came
     */
    boolean drain(int mostBytes) throws IOException {
        ByteBuffer scratch = pool.take();
        try {
            int count;
            while ((count = channel.read(scratch.clear())) > 0) {
                drained += count;
                received += count;
                if (drained > mostBytes) {
                    return true;
                }
            }
            inputEnded |= count < 0;
            return inputEnded;
        } finally {
            pool.give(scratch);
        }
    }

    /** Gives back every buffer that holds nothing, or little. */
    void releaseIdleBuffers() {
        if (output != null && output.position() == 0) {
            pool.give(output);
            output = null;
        }
        if (input != null && input.remaining() <= SMALL) {
            if (input.hasRemaining()) {
                byte[] rest = new byte[input.remaining()];
                input.get(rest);
                smallRest = rest;
            }
            pool.give(input);
            input = null;
        }
    }

    void close() {
        dropInput();
        if (output != null) {
            pool.give(output);
            output = null;
        }
        try {
            channel.close();
        } catch (IOException e) {
            // close releases the descriptor even if it throws.
        }
    }

    private ByteBuffer wholeInput() {
        ByteBuffer buffer = input;
        if (buffer == null) {
            buffer = pool.take();
            if (smallRest != null) {
                buffer.put(smallRest);
                smallRest = null;
            }
            buffer.flip();
            input = buffer;
        }
        return buffer;
    }
}
