package dev.lockstep.keys.compose;

import dev.lockstep.tls.wait.Asks;
import dev.lockstep.tls.wait.OperationException;
import dev.lockstep.tls.wait.OperationException.Reason;
import dev.lockstep.tls.wait.Start;
import dev.lockstep.tls.wait.Waker;
import java.util.Objects;

/**
 * Fails immediately with {@link Reason#KEY_UNAVAILABLE} while a service is down, instead of letting every handshake find
 * out by itself, and probes it again; {@link CircuitBreaker} has the rules.
 *
 * <p>Every outcome counts. Where outcomes depend on a secret, as those of decryptions do, a peer could open the breaker
 * or read it: {@link CircuitBreakerKey} counts signatures only.
 *
 * @param <Q> the question
 * @param <T> the answer
 */
public final class CircuitBreakerAsk<Q, T> implements Asks<Q, T> {

    private final Asks<Q, T> asks;
    private final CircuitBreaker breaker;

    private CircuitBreakerAsk(Asks<Q, T> asks, CircuitBreaker breaker) {
        this.asks = Objects.requireNonNull(asks, "asks");
        this.breaker = Objects.requireNonNull(breaker, "breaker");
    }

    /** Guards {@code asks} with {@code breaker}, which may guard others too. */
    public static <Q, T> CircuitBreakerAsk<Q, T> of(Asks<Q, T> asks, CircuitBreaker breaker) {
        return new CircuitBreakerAsk<>(asks, breaker);
    }

    @Override
    public Start<T> start(Q question, Waker waker) {
        CircuitBreaker.Permit permit = breaker.tryAcquire();
        return permit == null ? refused() : ReportingOperation.start(asks, question, waker, permit);
    }

    /** The answer while the breaker is open. */
    static <T> Start<T> refused() {
        return Start.failed(new OperationException(
                Reason.KEY_UNAVAILABLE, "the service was down a moment ago and is not asked again yet"));
    }
}
