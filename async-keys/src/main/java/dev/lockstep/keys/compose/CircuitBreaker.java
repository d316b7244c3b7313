package dev.lockstep.keys.compose;

import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The state of a {@link CircuitBreakerKey}, shared by all connections. Every method is short and never calls out. */
final class Breaker {

    /** How an admitted signature ended, as far as it says something about the signer. */
    enum Verdict {
        ALIVE,
        OUTAGE,
        UNKNOWN
    }

    /** Lets one signature through. Its outcome counts only while the breaker has not changed its mind since. */
    record Pass(long generation) {}

    private final int threshold;
    private final long openNanos;
    private final LongSupplier clock;

    private CircuitBreakerKey.State state = CircuitBreakerKey.State.CLOSED;
    private int failures;
    private long generation;
    /** When not closed: from then on the next signature is a probe. */
    private long probeAtNanos;

    Breaker(int threshold, long openNanos, LongSupplier clock) {
        this.threshold = threshold;
        this.openNanos = openNanos;
        this.clock = clock;
    }

    synchronized CircuitBreakerKey.State state() {
        return state;
    }

    /** A pass for a signature, or null to refuse it. */
    synchronized @Nullable Pass admit() {
        if (state != CircuitBreakerKey.State.CLOSED) {
            if (!probeIsDue()) {
                return null;
            }
            generation++;
            state = CircuitBreakerKey.State.PROBING;
            // A probe that never ends, not even by cancellation, must not keep the breaker open for good.
            probeAtNanos = clock.getAsLong() + openNanos;
        }
        return new Pass(generation);
    }

    /** Whether a decryption may go to the key. Decides on public facts alone and changes nothing. */
    synchronized boolean admitsDecryption() {
        return state == CircuitBreakerKey.State.CLOSED || probeIsDue();
    }

    synchronized void settle(Pass pass, Verdict verdict) {
        if (pass.generation() != generation) {
            return;
        }
        boolean probe = state == CircuitBreakerKey.State.PROBING;
        switch (verdict) {
            case ALIVE -> {
                failures = 0;
                state = CircuitBreakerKey.State.CLOSED;
            }
            case OUTAGE -> {
                failures++;
                if (probe || failures >= threshold) {
                    open(openNanos);
                }
            }
            case UNKNOWN -> {
                if (probe) {
                    open(0); // nothing was learned: the next signature is the probe
                }
            }
        }
    }

    private void open(long nanos) {
        generation++;
        failures = 0;
        state = CircuitBreakerKey.State.OPEN;
        probeAtNanos = clock.getAsLong() + nanos;
    }

    private boolean probeIsDue() {
        return clock.getAsLong() - probeAtNanos >= 0;
    }
}
