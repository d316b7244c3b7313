package dev.lockstep.tls.wait;

/**
 * An asynchronous question of a handshake to the outside: the common form of session look-ups, ticket openings,
 * credential selection, client-certificate verdicts, pre-shared keys and the two operations of a private key. Bridges
 * and decorators written for it serve all of them; a key's operations fit as {@code key::startSign} and {@code
 * key::startDecrypt}.
 *
 * <p>The connection calls {@link #start} once for each question, on the thread that drives it, under the rules of {@link
 * PendingOperation} for locks. An implementation must not block and must not call the connection. Thread-safe: one
 * implementation serves all connections.
 *
 * @param <Q> the question
 * @param <T> the answer
 */
@FunctionalInterface
public interface Asks<Q, T> {

    /**
     * Starts to answer.
     *
     * @param question what is asked; immutable
     * @param waker announces, from any thread, the answer of an operation that is in progress
     * @throws Exception counts as {@link Start#failed} with that cause
     */
    Start<T> start(Q question, Waker waker) throws Exception;
}
