package dev.lockstep.keys;

import dev.lockstep.tls.wait.Waker;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** A waker that a test can wait for. */
public final class Signal implements Waker {

    private final Semaphore wakes = new Semaphore(0);

    @Override
    public void wake() {
        wakes.release();
    }

    /** Takes one wake; fails loudly when none comes. */
    public void await() throws InterruptedException {
        if (!wakes.tryAcquire(20, TimeUnit.SECONDS)) {
            throw new AssertionError("wake() was not called");
        }
    }

    public int pending() {
        return wakes.availablePermits();
    }
}
