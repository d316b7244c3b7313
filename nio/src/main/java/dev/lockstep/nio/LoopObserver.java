package dev.lockstep.nio;

import java.io.IOException;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Receives what happens in a {@link TlsLoop}, for logs, metrics and traces. All calls come from the loop's thread and must
 * return quickly; what they throw is dropped. An observer may ask the {@link Session} that it is given, and must not
 * send, close or abort through it.
 */
public interface LoopObserver {

    /** Ignores everything. */
    LoopObserver NONE = new LoopObserver() {};

    /** The loop begins to serve this connection: what its configuration's observer receives next concerns it. */
    default void onTurn(long connection) {}

    /** A connection was accepted. */
    default void onAccepted(Session session) {}

    /**
     * No connection could be accepted, or one was lost while it was accepted. The loop tries again a little later.
     *
     * @param cause for instance that the process is out of descriptors
     */
    default void onAcceptFailed(IOException cause) {}

    /** A handshake waits for an answer from outside; {@link Session#suspension} says for which. */
    default void onSuspended(Session session) {}

    /** The answer has arrived, or the wait has ended without one. Not called when the connection ends with the wait. */
    default void onResumed(Session session) {}

    /** The first handshake of a connection is complete. */
    default void onEstablished(Session session) {}

    /** A connection failed: TLS, its socket or a limit ended it. {@link #onClosed} follows after the farewell. */
    default void onFailure(Session session, IOException cause) {}

    /** The loop has ended this connection for want of something, which {@link #onShortage} has told. */
    default void onEvicted(Session session) {}

    /**
     * The socket of a connection is closed.
     *
     * @param cause what ended the connection; null if it ended in good order
     */
    default void onClosed(Session session, @Nullable Throwable cause) {}

    /**
     * The loop ends or refuses connections because something has run out. Called for each of them, which under attack is
     * often: for a log, count the calls.
     *
     * @param client the address of a client that is refused, or whose network loses another connection; null where the
     *     shortage is that of all clients
     */
    default void onShortage(Shortage shortage, @Nullable SocketAddress client) {}

    /**
     * A handler, or the loop itself, threw what it should not have: an unchecked exception or an {@link Error}.
     *
     * @param connection which ended for it; 0 if it concerns none
     */
    default void onDefect(long connection, Throwable cause) {}
}
