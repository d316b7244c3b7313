package dev.lockstep.jmh.slow;

import java.io.IOException;
import java.nio.ByteBuffer;

/** A server whose key takes its time, driven by one thread that never waits for it. */
interface SlowServer extends AutoCloseable {

    /** What a turn came to. */
    enum Turn {
        /** The key works; the connection's {@code wake} is run when there is something to do again. */
        WAITS,
        /** The client's bytes are awaited. */
        MORE,
        ESTABLISHED
    }

    /** One connection of it. */
    interface Session extends AutoCloseable {

        /**
         * Does what can be done now.
         *
         * @param in the client's bytes, in read mode
         * @param out with room for a whole flight
         */
        Turn step(ByteBuffer in, ByteBuffer out) throws IOException;

        @Override
        default void close() {}
    }

    /** @param wake run from any thread when a turn makes sense again */
    Session accept(Runnable wake) throws IOException;

    /**
     * Does what the same thread has to do for the key, where that is not on threads of its own.
     *
     * @param wait until there is something to do
     * @return false when others wake the connections
     */
    default boolean turn(boolean wait) throws IOException {
        return false;
    }

    /** Ends its threads. */
    @Override
    void close();
}
