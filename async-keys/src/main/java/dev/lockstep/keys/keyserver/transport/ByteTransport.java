package dev.lockstep.keys.keyserver.transport;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * A stream of bytes in both directions over a non-blocking channel. Nothing here waits: what cannot be done now is done
 * when the channel is ready again. For one thread at a time.
 */
public interface ByteTransport {

    /**
     * Reads what is there, with a bounded share of work: a peer must not keep the caller here.
     *
     * @return how many bytes; 0 when there is nothing now, or when its share is used up and {@link #holdsInput} says whether
     *     there is more; -1 at the end of the stream
     * @throws IOException when the stream is broken
     */
    int read(ByteBuffer to) throws IOException;

    /**
     * Writes what the channel takes, what was held back before first.
     *
     * @param from may be empty; what was taken need not be offered again
     * @return how many bytes of {@code from} were taken, possibly 0
     * @throws IOException when the stream is broken
     */
    int write(ByteBuffer from) throws IOException;

    /** Returns whether bytes that were taken still wait for the channel to be writable. */
    boolean holdsOutput();

    /**
     * Returns whether bytes that the channel has delivered still wait for {@link #read}: no readiness will tell of
     * them.
     */
    boolean holdsInput();

    /** Returns whether {@link #write} would take bytes; not before a handshake has ended. */
    boolean isOpenForOutput();

    /** Ends the stream and closes the channel. Closing again does nothing. */
    void close();
}
