package dev.lockstep.tls.internal.handshake;

import dev.lockstep.tls.wait.Waker;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The waker of one wait: a flag of its own, so that a waker kept beyond its wait cannot touch a later one. The only
 * code of a connection that other threads may run.
 */
final class WakeFlag implements Waker {

    private static final int QUIET = 0;
    private static final int RAISED = 1;
    private static final int RETIRED = 2;

    private final AtomicInteger state = new AtomicInteger(QUIET);
    private final Runnable handler;

    WakeFlag(Runnable handler) {
        this.handler = handler;
    }

    @Override
    public void wake() {
        if (state.compareAndSet(QUIET, RAISED)) {
            handler.run();
        }
    }

    /** Called before polling, so that a wake during the poll is a new one: the other order would lose it. */
    void clear() {
        state.compareAndSet(RAISED, QUIET);
    }

    /** The wait is over: whoever still holds this waker wakes nobody. */
    void retire() {
        state.set(RETIRED);
    }
}
