package dev.lockstep.tls.internal.handshake;

import dev.lockstep.tls.wait.Waker;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The waker of one wait: a flag of its own, so that a waker kept beyond its wait cannot touch a later one. The only
 * code of a connection that other threads may run. They belong to keys and stores, so a fault of the handler does not reach
 * them; the next wake-up runs the handler again.
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
            try {
                handler.run();
            } catch (Exception | Error e) {
                clear(); // the handler may not have enqueued the connection
            }
        }
    }

    /** Called before polling, so that a wake during the poll is a new one: the other order would lose it. */
    void clear() {
        state.compareAndSet(RAISED, QUIET);
    }

    /** The wait is over: from now on this waker does nothing. */
    void retire() {
        state.set(RETIRED);
    }
}
