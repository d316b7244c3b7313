package dev.lockstep.keys.keyserver.transport;

import dev.lockstep.keys.keyserver.protocol.Frame;
import dev.lockstep.keys.keyserver.protocol.FrameDecoder;
import dev.lockstep.keys.keyserver.protocol.ProtocolException;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;

/**
 * Frames over a transport: one end of a connection between a key server and its client. It never blocks and holds two
 * buffers and what waits to be sent. For one thread at a time.
 */
public final class FrameChannel {

    /** Is given the frames that arrive. */
    @FunctionalInterface
    public interface Receiver {

        /**
         * Takes a frame.
         *
         * @return whether to go on with the next one now; after false, {@link FrameChannel#receive} does
         * @throws ProtocolException when the frame is wrong where it stands
         */
        boolean onFrame(Frame frame) throws ProtocolException;
    }

    private static final int INPUT = 16 * 1024;
    private static final byte[] ZEROS = new byte[INPUT];

    /** So much at a time, so that one busy peer does not keep the others waiting. */
    private static final int READS_AT_ONCE = 16;

    private final ByteTransport transport;
    private final FrameDecoder decoder = new FrameDecoder();
    private final ByteBuffer input = ByteBuffer.allocateDirect(INPUT).limit(0);
    private final OutputQueue output = new OutputQueue();

    /** Speaks over {@code transport}, which is closed with this. */
    public FrameChannel(ByteTransport transport) {
        this.transport = transport;
    }

    /** Queues a frame; {@link #flush} sends it. */
    public void send(Frame frame) {
        output.add(frame);
    }

    /** Returns how many bytes wait to be sent. */
    public int queuedBytes() {
        return output.length();
    }

    /**
     * Sends what the channel takes.
     *
     * @throws IOException when the connection is broken
     */
    public void flush() throws IOException {
        output.drainTo(transport);
    }

    /**
     * Reads what is there, a bounded share of it, and passes each frame on. Where {@link #hasInput} says afterwards that there
     * is more, it must be called again without the selector.
     *
     * @throws EOFException when the peer has closed the connection
     * @throws IOException when the connection is broken
     * @throws ProtocolException when something arrived that is no frame, or that {@code receiver} refused
     */
    public void receive(Receiver receiver) throws IOException, ProtocolException {
        for (int i = 0; i < READS_AT_ONCE; i++) {
            if (!decode(receiver)) {
                return;
            }
            input.clear();
            int count;
            try {
                count = transport.read(input);
            } finally {
                input.flip();
            }
            if (count < 0) {
                throw new EOFException(
                        decoder.isInsideFrame() ? "the connection ended inside a frame" : "the connection ended");
            }
            if (count == 0) {
                return;
            }
        }
        decode(receiver);
    }

    /** Whether all of the input was passed on. */
    private boolean decode(Receiver receiver) throws ProtocolException {
        try {
            while (true) {
                Frame frame = decoder.next(input);
                if (frame == null) {
                    return true;
                }
                if (!receiver.onFrame(frame)) {
                    return false;
                }
            }
        } finally {
            if (!input.hasRemaining()) {
                wipeInput(); // a premaster secret may have been in it
            }
        }
    }

    /** Returns whether {@link #receive} has something to do before the channel is readable again. */
    public boolean hasInput() {
        return input.hasRemaining() || transport.holdsInput();
    }

    /**
     * Returns what to ask the selector for.
     *
     * @param reading whether frames are wanted
     * @return {@link SelectionKey} operations
     */
    public int interest(boolean reading) {
        boolean writing = transport.holdsOutput() || (output.length() > 0 && transport.isOpenForOutput());
        return (reading ? SelectionKey.OP_READ : 0) | (writing ? SelectionKey.OP_WRITE : 0);
    }

    /** Ends the connection and wipes what was under way. */
    public void close() {
        transport.close();
        output.wipe();
        wipeInput();
    }

    private void wipeInput() {
        input.clear().put(ZEROS).flip().position(INPUT);
    }
}
