package dev.lockstep.jmh.engine;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * One connection of a server, in memory. Each method does what the engine's own interface needs for the task and nothing
 * else, since the time inside these calls is what is measured. All buffers are the caller's.
 */
public interface ServerSession extends AutoCloseable {

    /**
     * Takes the client's bytes, as many as the engine wants, and adds the answer to {@code netOut}.
     *
     * @param netIn in read mode; what is left over is offered again with what follows it
     * @param netOut in write mode, with room for a whole flight
     */
    void handshake(ByteBuffer netIn, ByteBuffer netOut) throws IOException;

    /** Whether application data can flow. */
    boolean isEstablished();

    /**
     * Opens the record at the position of {@code netIn}, which holds at least that record, and moves behind it.
     *
     * @param appOut with at least 2^15 bytes of room: some engines refuse with less, whatever the record holds
     */
    void read(ByteBuffer netIn, ByteBuffer appOut) throws IOException;

    /**
     * Seals the whole of {@code appIn}, at most 2^14 bytes, as one record.
     *
     * @param netOut with at least 2^15 bytes of room
     */
    void write(ByteBuffer appIn, ByteBuffer netOut) throws IOException;

    /** Gives back what the garbage collector would not. Not measured. */
    @Override
    default void close() {}
}
