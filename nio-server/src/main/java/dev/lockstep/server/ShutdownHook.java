package dev.lockstep.server;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Lets a loop end in its own way when the process is told to. Closed by the thread that has ended by then. */
public final class ShutdownHook implements AutoCloseable {

    private static final int PATIENCE_SECONDS = 5;

    private final CountDownLatch ended = new CountDownLatch(1);
    private final Thread thread;

    private Runnable stop = () -> {};
    private boolean told;

    private ShutdownHook() {
        thread = new Thread(
                () -> {
                    try {
                        tell();
                    } finally {
                        await(); // whatever was thrown: the process ends with this thread, and must not before its log
                        // is closed
                    }
                },
                "lockstep-shutdown");
    }

    private void await() {
        try {
            boolean unused = ended.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The thread that the process runs when it ends. */
    Thread thread() {
        return thread;
    }

    /** The process is told to end. */
    synchronized void tell() {
        told = true;
        stop.run();
    }

    /** A hook that waits for {@link #close} when the process is told to end. */
    public static ShutdownHook register() {
        ShutdownHook hook = new ShutdownHook();
        Runtime.getRuntime().addShutdownHook(hook.thread);
        return hook;
    }

    /** What to call first then, without blocking; called here if the process was told to end before. */
    public synchronized void stopping(Runnable action) {
        stop = action;
        if (told) {
            action.run();
        }
    }

    @Override
    public void close() {
        ended.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(thread);
        } catch (IllegalStateException e) {
            // The process is ending, which is why we are here.
        }
    }
}
