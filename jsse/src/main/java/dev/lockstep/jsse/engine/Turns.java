package dev.lockstep.jsse.engine;

import java.util.concurrent.locks.ReentrantLock;

/**
 * Lets one call at a time move a connection. Its lock is held while the call runs keys, stores and observers, so nothing takes it
 * that only asks for the status.
 */
public final class Turns {

    private final ReentrantLock lock = new ReentrantLock();
    private final Runnable atEnd;

    /** @param atEnd runs at the end of each call, before the next one */
    public Turns(Runnable atEnd) {
        this.atEnd = atEnd;
    }

    /** A call that moves the connection. */
    @FunctionalInterface
    public interface Call<T, E extends Exception> {
        T run() throws E;
    }

    /** Makes the call when no other thread is in one. */
    public <T, E extends Exception> T make(Call<T, E> call) throws E {
        lock.lock();
        try {
            try {
                return call.run();
            } finally {
                atEnd.run();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Returns whether this thread is in a call. */
    public boolean areMine() {
        return lock.isHeldByCurrentThread();
    }
}
