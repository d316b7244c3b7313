package dev.lockstep.keys.compose;

import dev.lockstep.tls.key.ExternalPrivateKey;
import dev.lockstep.tls.wait.OperationException.Reason;
import java.time.Duration;
import java.util.Objects;
import java.util.function.LongSupplier;

/**
 * Fails immediately with {@link Reason#KEY_UNAVAILABLE} while a signer is down, and probes it again:
 * {@link CircuitBreakerAsk} for a key's signatures.
 *
 * <p>Outcomes of decryptions never count: they may depend on padding, so that a peer could open the breaker or read
 * it. Decryptions are refused while it is open and let through, without being probes, from the end of the open time.
 *
 * <p>Safe for any number of threads.
 */
public final class CircuitBreakerKey extends ForwardingKey {

    private final CircuitBreaker breaker;

    private CircuitBreakerKey(ExternalPrivateKey key, CircuitBreaker breaker) {
        super(
                key,
                CircuitBreakerAsk.of(key::startSign, breaker),
                (request, waker) ->
                        breaker.admitsUncounted() ? key.startDecrypt(request, waker) : CircuitBreakerAsk.refused());
        this.breaker = breaker;
    }

    /** Guards {@code key} with {@code breaker}, which may guard other keys of the same signer too. */
    public static CircuitBreakerKey of(ExternalPrivateKey key, CircuitBreaker breaker) {
        return new CircuitBreakerKey(key, Objects.requireNonNull(breaker, "breaker"));
    }

    /**
     * Guards {@code key} with a breaker of its own.
     *
     * @param outages how many in a row open the breaker, at least 1
     * @param open how long it stays open, more than zero, at most an hour
     * @param clock nanoseconds, {@code System::nanoTime} for example; called from any thread
     */
    public static CircuitBreakerKey of(ExternalPrivateKey key, int outages, Duration open, LongSupplier clock) {
        return of(key, CircuitBreaker.of(outages, open, clock));
    }

    /** Returns what the breaker does at this moment. */
    public CircuitBreaker.State state() {
        return breaker.state();
    }
}
