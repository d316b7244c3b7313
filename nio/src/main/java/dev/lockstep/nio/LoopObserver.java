package dev.lockstep.nio;

import java.io.IOException;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * An observer of a {@link TlsLoop}, for logs, metrics and traces. The loop's thread calls every method. A method must return
 * quickly, and the loop drops what it throws. It may query the {@link Session} that it receives, but must not send, close or
 * abort through it.
 */
public interface LoopObserver {

    /** An observer that does nothing. */
    LoopObserver NONE = new LoopObserver() {};

    /** Called before the loop serves a connection. The next calls of its configuration's observer are about it. */
    default void onTurn(long connection) {}

    /** Called when the loop has accepted a connection. */
    default void onAccepted(Session session) {}

    /**
     * Called when the loop failed to accept a connection. It tries again a little later.
     *
     * @param cause for example that the process has no more file descriptors
     */
    default void onAcceptFailed(IOException cause) {}

    /** Called when a handshake suspends; {@link Session#suspension} has the reason. */
    default void onSuspended(Session session) {}

    /** Called when a suspension ends, with or without a result, unless the connection ends with it. */
    default void onResumed(Session session) {}

    /** Called when the first handshake of a connection is complete. */
    default void onEstablished(Session session) {}

    /** Called when TLS, the socket, a limit, or an {@link IOException} of the handler ended a connection. {@link #onClosed} follows when the alert is sent. */
    default void onFailure(Session session, IOException cause) {}

    /** Called when the loop has ended a connection because of a shortage, after {@link #onShortage}. */
    default void onEvicted(Session session) {}

    /**
     * Called when the socket of a connection is closed.
     *
     * @param cause what ended the connection; null if it ended in good order
     */
    default void onClosed(Session session, @Nullable Throwable cause) {}

    /**
     * Called for each connection that the loop ends or refuses because of a shortage. Under attack this is often; a log should
     * count the calls.
     *
     * @param client the address of a client that is refused, or whose network loses another connection; null where the
     *     shortage is that of all clients
     */
    default void onShortage(Shortage shortage, @Nullable SocketAddress client) {}

    /**
     * Called when a handler, or the loop itself, threw an unchecked exception or an {@link Error}.
     *
     * @param connection the connection that ended because of it; 0 if there is none
     */
    default void onDefect(long connection, Throwable cause) {}
}
