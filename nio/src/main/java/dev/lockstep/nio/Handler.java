package dev.lockstep.nio;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The application side of one connection of a {@link TlsLoop}. Each connection has its own. The loop's thread
 * calls every method, so none of them may block. An exception of a method, an {@link IOException} too, ends its connection and
 * no other: what waits to be sent is dropped, and the client gets a fatal internal_error, since close_notify would tell it that
 * it has received everything.
 */
@FunctionalInterface
public interface Handler {

    /** Called when the first handshake is complete. */
    default void onEstablished(Session session) throws IOException {}

    /** Called when a handshake suspends, typically for a private key. */
    default void onSuspended(Session session) throws IOException {}

    /** Called when a suspension ends, with or without a result. */
    default void onResumed(Session session) throws IOException {}

    /**
     * Called with the content of a record of application data.
     *
     * @param data 1 to 2^14 bytes in read mode. It may be passed to {@link Session#send}, as it is or in slices, during the
     *     call; otherwise it is valid until this method returns
     */
    void onData(Session session, ByteBuffer data) throws IOException;

    /** Called when everything passed to {@link Session#send} is sent, or sealed and about to be sent. */
    default void onSent(Session session) throws IOException {}

    /** Called at the time set with {@link Duplex#alarm}. */
    default void onAlarm(Session session) throws IOException {}

    /**
     * Called when the client has sent close_notify. The handler cannot send any more (RFC 5246 &sect;7.2.1), unless the
     * configuration has {@code outputAfterCloseNotify}; see {@link Duplex#canSend}. Closes by default.
     */
    default void onEnd(Session session) throws IOException {
        session.close();
    }

    /**
     * Called once when the loop drains ({@link TlsLoop#drain}) and accepts no more connections: at the beginning, or when the
     * connection is established after that. A handler finishes what is under way and then closes; {@link Duplex#alarm} calls
     * it again later. By default it closes when everything is sent.
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
     * Called once, after all other methods, when the socket is closed.
     *
     * @param cause what ended the connection; null if it ended in good order
     */
    default void onClosed(Session session, @Nullable Throwable cause) {}
}
