package dev.lockstep.netty;

import java.time.Duration;

/**
 * Bounds on the end of a connection. The last bytes are sent, TCP's output is shut down, and the input is read and dropped
 * until the client's end: a socket that is closed with unread input is reset, and the reset can overtake close_notify or an
 * alert.
 *
 * @param flush how long the client may take to receive the last bytes, positive, at most a day
 * @param drain how long it may then take to close its side, at most a day; zero to close without waiting for it
 * @param drainBytes how many bytes are read and dropped meanwhile, 0 or more
 */
public record CloseLimits(Duration flush, Duration drain, int drainBytes) {

    private static final Duration LONGEST = Duration.ofDays(1);

    /** 5 seconds for the last bytes, then 5 seconds and 1 MiB for the client's end. */
    public static final CloseLimits DEFAULT = new CloseLimits(Duration.ofSeconds(5), Duration.ofSeconds(5), 1 << 20);

    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException when a value is out of its range
     */
    public CloseLimits {
        if (flush.isNegative() || flush.isZero() || flush.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException("flush: " + flush + " is out of range; give more than zero to one day");
        }
        if (drain.isNegative() || drain.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException("drain: " + drain + " is out of range; give zero to one day");
        }
        if (drainBytes < 0) {
            throw new IllegalArgumentException("drainBytes: " + drainBytes + " is negative; give 0 or more");
        }
    }
}
