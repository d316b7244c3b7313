package dev.lockstep.nio;

import java.time.Duration;

/** Durations in nanoseconds that can be added to a clock: times far apart could not be compared. */
final class Nanos {

    /** As good as without end: a century. */
    private static final Duration MOST = Duration.ofDays(36_500);

    private Nanos() {}

    /** Returns how long a duration is, or a century. */
    static long of(Duration duration) {
        return duration.compareTo(MOST) > 0 ? MOST.toNanos() : duration.toNanos();
    }
}
