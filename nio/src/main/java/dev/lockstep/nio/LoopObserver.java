package dev.lockstep.nio;

import java.io.IOException;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Receives what happens in a {@link TlsLoop}, for logs and traces. All calls come from the loop's thread and must return
 * quickly; what they throw is dropped.
 */
public interface LoopObserver {

    /** Ignores everything. */
    LoopObserver NONE = new LoopObserver() {};

    /** The loop begins to serve this connection: what its configuration's observer receives next concerns it. */
    default void onTurn(long connection) {}

    /** A connection was accepted. */
    default void onAccepted(long connection) {}

    /**
     * No connection could be accepted, or one was lost while it was accepted. The loop tries again a little later.
     *
     * @param cause for instance that the process is out of descriptors
     */
    default void onAcceptFailed(IOException cause) {}

    /** A connection failed: TLS, its socket or a limit ended it. */
    default void onFailure(long connection, IOException cause) {}

    /** The loop has ended this connection for want of something, which {@link #onShortage} has told. */
    default void onEvicted(long connection) {}

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
