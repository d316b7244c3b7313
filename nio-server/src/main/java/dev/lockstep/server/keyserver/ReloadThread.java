package dev.lockstep.server.keyserver;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Reloads on a thread of its own, since reading files and asking a token for keys takes time. One reload follows another;
 * requests during one, however many, make one more. Thread-safe.
 */
final class ReloadThread implements AutoCloseable {

    private static final long PATIENCE_MILLIS = 2000;

    private final Runnable reload;
    private final ThreadPoolExecutor thread;

    /** @param reload runs on the thread; what it throws ends that reload alone */
    ReloadThread(Runnable reload) {
        this.reload = reload;
        // What waits in the queue has read nothing yet, so that it serves every request that finds it there.
        this.thread = new ThreadPoolExecutor(
                1,
                1,
                0,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(1),
                task -> {
                    Thread made = new Thread(task, "lockstep-keyserver-reload");
                    made.setDaemon(true);
                    return made;
                },
                new ThreadPoolExecutor.DiscardPolicy());
    }

    /** Asks for a reload, and returns. */
    void ask() {
        thread.execute(reload);
    }

    /** Ends it. A reload under way is waited for, but not for long: a pipe that nothing writes may block it for ever. */
    @Override
    public void close() {
        thread.shutdownNow();
        try {
            boolean unused = thread.awaitTermination(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
