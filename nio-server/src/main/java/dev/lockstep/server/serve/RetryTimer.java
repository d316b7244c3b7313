package dev.lockstep.server.serve;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * When a configuration that was refused, or waits for a key, is loaded again though its files are the same: what stood in
 * the way may be gone. For one thread.
 */
final class RetryTimer {

    private static final long REFUSED_FIRST = TimeUnit.SECONDS.toNanos(5);
    private static final long REFUSED_LONGEST = TimeUnit.MINUTES.toNanos(5);
    private static final long AWAITED_FIRST = TimeUnit.SECONDS.toNanos(1);
    private static final long AWAITED_LONGEST = TimeUnit.SECONDS.toNanos(30);

    private boolean running;
    private long due;
    private long pause;

    /** All is well. */
    void stop() {
        running = false;
        pause = 0;
    }

    /**
     * A configuration was refused.
     *
     * @param goneAt when its fault is gone, null if that is not known
     */
    void refused(@Nullable Instant goneAt, Instant wallClock, long now) {
        next(REFUSED_FIRST, REFUSED_LONGEST, now);
        if (goneAt != null) {
            long left = Math.max(0, Duration.between(wallClock, goneAt).toSeconds()) + 1;
            due = Math.min(due, now + TimeUnit.SECONDS.toNanos(Math.min(left, TimeUnit.DAYS.toSeconds(1))));
        }
    }

    /** A key could not be tried, because its holder was away. */
    void awaiting(long now) {
        next(AWAITED_FIRST, AWAITED_LONGEST, now);
    }

    private void next(long first, long longest, long now) {
        pause = pause == 0 ? first : Math.min(2 * pause, longest);
        due = now + pause;
        running = true;
    }

    /** Something has changed: the next pause is a short one again. */
    void restart() {
        pause = 0;
    }

    boolean isDue(long now) {
        return running && now - due >= 0;
    }
}
