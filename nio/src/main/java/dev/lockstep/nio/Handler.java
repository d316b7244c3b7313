package dev.lockstep.nio;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The application behind one connection of a {@link TlsLoop}: one object for each connection. The loop's thread calls
 * every method, so none of them may block. Whatever a method throws ends its connection and no other.
 */
@FunctionalInterface
public interface Handler {

    /** The first handshake is complete. */
    default void onEstablished(Session session) throws IOException {}

    /** A handshake waits for an answer from outside, typically from a private key. */
    default void onSuspended(Session session) throws IOException {}

    /** The answer has arrived, or the wait has ended without one. */
    default void onResumed(Session session) throws IOException {}

    /**
     * The content of a record arrived.
     *
     * @param data 1 to 2^14 bytes in read mode. It may be passed to {@link Session#send}, as it is or in slices, during the
     *     call; otherwise it is valid until this method returns
     */
    void onData(Session session, ByteBuffer data) throws IOException;

    /** The socket has taken everything that was passed to {@link Session#send}, or it is sealed and about to be sent. */
    default void onSent(Session session) throws IOException {}

    /** The time that {@link Duplex#alarm} was given has passed. */
    default void onAlarm(Session session) throws IOException {}

    /**
     * The client has sent close_notify. Nothing can be sent any more (RFC 5246 &sect;7.2.1), unless the configuration has
     * {@code outputAfterCloseNotify}: {@link Duplex#canSend} tells. By default closes.
     */
    default void onEnd(Session session) throws IOException {
        session.close();
    }

    /**
     * The loop is about to end ({@link TlsLoop#drain}) and accepts no connections any more. Called when that begins, or when
     * the connection is established after it, and every 50 milliseconds until the connection is closed or the time is over.
     * A handler finishes what is under way and then closes; by default it closes when everything is sent.
     */
    default void onDrain(Session session) throws IOException {
        session.close();
    }

    /**
     * Returns whether the stream may end here. The loop asks this before it ends a connection because a time is over: that of
     * {@link TlsLoop#drain}, {@link Limits#idle}, or its own life. If not, the socket is closed without close_notify, which
     * would tell the client that it has received everything (RFC 5246 &sect;7.2.1). Never asked while something passed to
     * {@link Session#send} waits: the stream does not end there. True by default.
     */
    default boolean mayEnd(Session session) {
        return true;
    }

    /**
     * The socket is closed. Called once, and last.
     *
     * @param cause what ended the connection; null if it ended in good order
     */
    default void onClosed(Session session, @Nullable Throwable cause) {}
}
