package dev.lockstep.nio;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

/** The threads that wait in calls of one blocking channel, and what an interrupt of them means. Thread-safe. */
final class Waiters {

    private final Set<Wait> waiting = ConcurrentHashMap.newKeySet();
    private volatile Predicate<Thread> interruptible = thread -> true;

    /** Sets which threads an interrupt ends the wait of. */
    void interruptible(Predicate<Thread> threads) {
        interruptible = threads;
    }

    /** One call of the current thread; what it waits for may come from before its first attempt on. */
    final class Wait implements AutoCloseable {

        private final Thread self = Thread.currentThread();
        private boolean interrupted;

        /** Stays set until the next park: a lock that is waited for in between may use up the permit of a thread. */
        private volatile boolean signalled;

        private Wait() {
            waiting.add(this);
        }

        private void signal() {
            signalled = true;
            LockSupport.unpark(self);
        }

        /**
         * Waits for a signal, or for no reason.
         *
         * @return false when an interrupt ends the wait; the thread is still interrupted then
         */
        boolean park(Object blocker, long nanos) {
            if (!signalled) {
                LockSupport.parkNanos(blocker, nanos);
            }
            signalled = false; // what was signalled until now, the next attempt finds
            if (!self.isInterrupted()) {
                return true;
            }
            if (interruptible.test(self)) {
                return false;
            }
            interrupted |= Thread.interrupted(); // no park waits while it is set; the application sees it afterwards
            return true;
        }

        @Override
        public void close() {
            waiting.remove(this);
            if (interrupted) {
                self.interrupt();
            }
        }
    }

    Wait begin() {
        return new Wait();
    }

    /** From any thread, also the one that is waiting for its own attempt: an answer can arrive before the wait begins. */
    void signal() {
        waiting.forEach(Wait::signal);
    }

    void signalOthers() {
        Thread self = Thread.currentThread();
        for (Wait wait : waiting) {
            if (wait.self != self) {
                wait.signal();
            }
        }
    }
}
