package dev.lockstep.keys.compose;

import dev.lockstep.tls.wait.OperationException.Reason;
import java.time.Duration;
import java.util.Objects;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a service's health, shared by all operations that go to it: several {@link CircuitBreakerAsk} may
 * have one breaker in common, when one service answers different questions.
 *
 * <p>After so many outages in a row ({@link Reason#KEY_UNAVAILABLE}, {@link Reason#TIMED_OUT}, or an exception other
 * than {@link dev.lockstep.tls.wait.OperationException}) the breaker opens, and operations fail without reaching the
 * service. When the open time is over, one operation is let through as a probe while others still fail: its success
 * closes the breaker, another outage opens it again. A probe that is cancelled or refused says nothing, and the next
 * operation takes its place. A cancelled operation does not count, so a service that hangs is noticed only with a
 * {@link DeadlineAsk} inside.
 *
 * <p>Safe for any number of threads.
 */
public final class CircuitBreaker {

    /** What the breaker does. */
    public enum State {
        /** The service works as far as is known; operations reach it. */
        CLOSED,
        /** The service is down; the next operation after the open time is a probe. */
        OPEN,
        /** One operation is under way as a probe; others fail. */
        HALF_OPEN
    }

    private final int threshold;
    private final long openNanos;
    private final LongSupplier clock;

    private State state = State.CLOSED;
    private int failures;
    private long generation;
    /** When not closed: from then on the next operation is a probe. */
    private long probeAtNanos;

    private CircuitBreaker(int threshold, long openNanos, LongSupplier clock) {
        this.threshold = threshold;
        this.openNanos = openNanos;
        this.clock = clock;
    }

    /**
     * Makes a closed breaker.
     *
     * @param outages how many in a row open the breaker, at least 1
     * @param open how long it stays open, more than zero, at most an hour
     * @param clock nanoseconds, {@code System::nanoTime} for example; called from any thread
     * @throws IllegalArgumentException when one of them is out of its range
     */
    public static CircuitBreaker of(int outages, Duration open, LongSupplier clock) {
        Objects.requireNonNull(clock, "clock");
        if (outages < 1) {
            throw new IllegalArgumentException("outages: " + outages + " is out of range; give at least 1");
        }
        if (open.isNegative() || open.isZero() || open.compareTo(Duration.ofHours(1)) > 0) {
            throw new IllegalArgumentException("open: " + open + " is out of range; give more than zero to one hour");
        }
        return new CircuitBreaker(outages, open.toNanos(), clock);
    }

    /** Returns what the breaker does at this moment. */
    public synchronized State state() {
        return state;
    }

    /** Returns the permit for an operation that counts, or null to refuse it. */
    synchronized @Nullable Permit tryAcquire() {
        if (state != State.CLOSED) {
            if (!probeIsDue()) {
                return null;
            }
            generation++;
            state = State.HALF_OPEN;
            // A probe that never ends, not even by cancellation, must not keep the breaker open for good.
            probeAtNanos = clock.getAsLong() + openNanos;
        }
        return new Permit(generation);
    }

    /** Returns whether an operation whose outcome must not count may reach the service. Changes nothing. */
    synchronized boolean admitsUncounted() {
        return state == State.CLOSED || probeIsDue();
    }

    private synchronized void onSuccess(Permit permit) {
        if (permit.generation == generation) {
            failures = 0;
            state = State.CLOSED;
        }
    }

    private synchronized void onOutage(Permit permit) {
        if (permit.generation == generation) {
            failures++;
            if (state == State.HALF_OPEN || failures >= threshold) {
                open(openNanos);
            }
        }
    }

    /** The operation ended without saying anything about the service. */
    private synchronized void onUnknown(Permit permit) {
        if (permit.generation == generation && state == State.HALF_OPEN) {
            open(0); // the next operation is the probe
        }
    }

    private void open(long nanos) {
        generation++;
        failures = 0;
        state = State.OPEN;
        probeAtNanos = clock.getAsLong() + nanos;
    }

    private boolean probeIsDue() {
        return clock.getAsLong() - probeAtNanos >= 0;
    }

    /** Lets one operation through. Its outcome counts only while the breaker has not changed its state since. */
    final class Permit implements ReportingOperation.EndListener {

        private final long generation;

        private Permit(long generation) {
            this.generation = generation;
        }

        @Override
        public void onDone() {
            onSuccess(this);
        }

        @Override
        public void onFailed(Throwable cause) {
            if (TransientFailures.isTransient(cause)) {
                onOutage(this);
            } else {
                onUnknown(this);
            }
        }

        @Override
        public void onCancelled() {
            onUnknown(this);
        }

        @Override
        public void onFellThrough() {
            onUnknown(this);
        }
    }
}
