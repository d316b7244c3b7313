package dev.lockstep.keys;

/**
 * Answers a question before the call returns, and may block until it can: a look-up in a database, a check that asks an
 * OCSP responder. {@link ExecutorAsk} makes a question of the SPI out of it. Called from several threads at the same time.
 *
 * @param <Q> the question
 * @param <T> the answer
 */
@FunctionalInterface
public interface BlockingFunction<Q, T> {

    /**
     * Returns the answer, never null. It passes to the caller.
     *
     * @throws Exception when there is no answer, or when the thread is interrupted because the connection gave up
     */
    T apply(Q question) throws Exception;
}
