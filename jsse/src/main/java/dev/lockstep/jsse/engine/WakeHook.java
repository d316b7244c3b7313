package dev.lockstep.jsse.engine;

import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What makes a parked server try again. It runs until the server moves the engine, at growing intervals: a hook that comes too
 * early is lost in some servers. After about a minute the server has dropped the engine without closing it, and nothing may keep
 * that and its secrets. Thread-safe.
 */
final class WakeHook {

    private static final long FIRST_REPEAT = TimeUnit.MILLISECONDS.toNanos(10);
    private static final int MOST_REPEATS = 64;
    private static final long LAST_REPEAT = TimeUnit.SECONDS.toNanos(1);

    private final AtomicLong moves = new AtomicLong();
    private final long lastRepeat;
    private volatile Runnable hook = () -> {};

    WakeHook() {
        this(LAST_REPEAT);
    }

    /** @param lastRepeat the longest time between two calls, in nanoseconds */
    WakeHook(long lastRepeat) {
        this.lastRepeat = lastRepeat;
    }

    void set(Runnable onWake) {
        hook = onWake;
    }

    /** The server moves the engine: it needs no hook any more for what was before. */
    void moved() {
        moves.incrementAndGet();
    }

    /** Returns what runs the hook, and repeats it; nothing, if the engine is moved before that. */
    Runnable ringing() {
        long before = moves.get();
        return () -> ring(before, Math.min(FIRST_REPEAT, lastRepeat), MOST_REPEATS);
    }

    private void ring(long before, long repeatNanos, int repeats) {
        if (moves.get() != before) {
            return;
        }
        if (repeats > 0) {
            long next = Math.min(lastRepeat, 2 * repeatNanos);
            Future<?> unused = Timers.schedule(() -> ring(before, next, repeats - 1), repeatNanos);
        }
        hook.run();
    }
}
