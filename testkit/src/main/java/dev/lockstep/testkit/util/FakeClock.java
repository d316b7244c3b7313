package dev.lockstep.testkit.util;

import java.time.Duration;
import java.util.function.LongSupplier;

/** A clock that a test moves. Starts just below the wrap-around, where comparing instead of subtracting goes wrong. */
public final class FakeClock implements LongSupplier {

    private long nanos = Long.MAX_VALUE - Duration.ofSeconds(1).toNanos();

    /** A clock that stands still until it is moved. */
    public FakeClock() {}

    @Override
    public long getAsLong() {
        return nanos;
    }

    /** Moves forward. */
    public void advance(Duration by) {
        nanos += by.toNanos();
    }

    /** Moves to an instant of this clock, such as a deadline. */
    public void set(long newNanos) {
        nanos = newNanos;
    }
}
