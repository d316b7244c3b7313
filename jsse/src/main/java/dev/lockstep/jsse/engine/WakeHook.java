package dev.lockstep.jsse.engine;

import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What makes a parked server try again. It runs until the server moves the engine, at growing intervals: a hook that comes too
 * early is lost in some servers. Thread-safe.
 */
final class WakeHook {

    private static final long FIRST_REPEAT = TimeUnit.MILLISECONDS.toNanos(10);
    private static final long LAST_REPEAT = TimeUnit.SECONDS.toNanos(1);

    private final AtomicLong moves = new AtomicLong();
    private volatile Runnable hook = () -> {};

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
        return () -> ring(before, FIRST_REPEAT);
    }

    private void ring(long before, long repeatNanos) {
        if (moves.get() == before) {
            Future<?> unused = Timers.schedule(() -> ring(before, Math.min(LAST_REPEAT, 2 * repeatNanos)), repeatNanos);
            hook.run();
        }
    }
}
