package dev.lockstep.keys.compose;

import dev.lockstep.tls.wait.Asks;
import dev.lockstep.tls.wait.OperationException.Reason;
import dev.lockstep.tls.wait.Start;
import dev.lockstep.tls.wait.Waker;
import java.util.Objects;

/**
 * Asks a question again after a failure that may pass ({@link Reason#KEY_UNAVAILABLE}, {@link Reason#TIMED_OUT}, or an
 * exception other than {@link dev.lockstep.tls.wait.OperationException}, an I/O error for instance): immediately, and a
 * bounded number of times. A refusal stands.
 *
 * <p>The retries share the time limit of one wait. Never retry what fails or succeeds depending on a secret, as a
 * decryption does: a second operation would tell the peer. {@link RetryingKey} retries signatures only.
 *
 * @param <Q> the question
 * @param <T> the answer
 */
public final class RetryingAsk<Q, T> implements Asks<Q, T> {

    private static final int MOST = 10;

    private final Asks<Q, T> asks;
    private final int attempts;

    private RetryingAsk(Asks<Q, T> asks, int attempts) {
        this.asks = Objects.requireNonNull(asks, "asks");
        this.attempts = attempts;
    }

    /**
     * Retries {@code asks}.
     *
     * @param attempts how often one question is asked in all, the first time included; 2 to 10
     * @throws IllegalArgumentException when the number is out of that range
     */
    public static <Q, T> RetryingAsk<Q, T> of(Asks<Q, T> asks, int attempts) {
        if (attempts < 2 || attempts > MOST) {
            throw new IllegalArgumentException("attempts: " + attempts + " is out of range; give 2 to " + MOST);
        }
        return new RetryingAsk<>(asks, attempts);
    }

    @Override
    public Start<T> start(Q question, Waker waker) {
        return FailoverOperation.start(
                GuardedCalls.start(asks, question, waker),
                asks,
                question,
                waker,
                attempts - 1,
                TransientFailures::isTransient);
    }
}
