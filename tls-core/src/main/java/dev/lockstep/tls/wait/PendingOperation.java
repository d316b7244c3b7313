package dev.lockstep.tls.wait;

/**
 * An operation that was started and whose result the connection still waits for.
 *
 * <p>Both methods run on the thread that drives the connection, and must not block. They must not call back into the
 * connection: that is answered with {@link IllegalStateException}. An operation belongs to one connection; whatever it has
 * to remember lives in its own fields.
 *
 * <p><b>Locks.</b> The connection holds none meanwhile. What several threads use does: {@code BlockingTlsChannel} and the sockets
 * of an {@code SSLContext} hold the lock of all their methods that concern the connection, {@code LockstepEngine} that of the
 * methods that move it. So neither method may wait, not even for a short lock of its own, for a thread that may be in such a call
 * for the same connection. To ask a {@code LockstepEngine} for its status or its settings takes no such lock.
 *
 * @param <T> what the operation yields
 */
public interface PendingOperation<T> {

    /**
     * Asks for the result; called at most once per step, possibly before anything is ready, and never again once it
     * has answered {@link Progress#done} or {@link Progress#failed} or has thrown.
     *
     * @return where the operation stands; {@code null} counts as a failure
     * @throws Exception counts as a failure with that cause
     */
    Progress<T> resume() throws Exception;

    /**
     * Cancels the operation: the connection no longer wants the result because it was closed, the peer left, or the
     * deadline passed. Called at most once, and only while the operation is pending; {@link #resume} is not called
     * afterwards. Exceptions are dropped.
     */
    default void cancel() {}
}
