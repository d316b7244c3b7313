package dev.lockstep.nio;

import java.io.IOException;

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

    /** The loop is full and has ended this connection, whose handshake was the oldest, in favour of a new one. */
    default void onEvicted(long connection) {}

    /**
     * A handler, or the loop itself, threw what it should not have: an unchecked exception or an {@link Error}.
     *
     * @param connection which ended for it; 0 if it concerns none
     */
    default void onDefect(long connection, Throwable cause) {}
}
