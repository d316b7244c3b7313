package dev.lockstep.tls.session;

import java.util.concurrent.TimeUnit;

/**
 * A point in time by two clocks. A wall clock may be set back, and a monotonic one may stand still while the machine sleeps:
 * what has to end in time ends by the first that says so.
 *
 * @param second of the wall clock, since 1970
 * @param nano of the monotonic clock
 */
record Moment(long second, long nano) {

    /** Tells whether at least so many seconds have passed from here to {@code now}. */
    boolean isBefore(Moment now, long seconds) {
        return now.second - second >= seconds || now.nano - nano >= TimeUnit.SECONDS.toNanos(seconds);
    }
}
