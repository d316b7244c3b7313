package dev.lockstep.server.keyserver;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Reloads on a thread of its own, since reading files and asking a token for keys takes time. One reload follows another;
 * requests during one, however many, make one more. Thread-safe.
 */
final class ReloadThread implements AutoCloseable {

    private static final long PATIENCE_MILLIS = 2000;

    /** A reload reads files, and checks clients against revocation lists of 100 MB at most. */
    private static final long LONG_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final Runnable reload;
    private final LongConsumer late;
    private final LongSupplier nanoTime;
    private final ThreadPoolExecutor thread;
    private volatile @Nullable Long begunAt;

    /**
     * Begins with nothing to do.
     *
     * @param reload runs on the thread; what it throws ends that reload alone
     * @param late is told, when a reload is asked for, that the one before has not ended after so many seconds
     */
    ReloadThread(Runnable reload, LongConsumer late) {
        this(reload, late, System::nanoTime);
    }

    /** As the other constructor, with another clock. */
    ReloadThread(Runnable reload, LongConsumer late, LongSupplier nanoTime) {
        this.reload = reload;
        this.late = late;
        this.nanoTime = nanoTime;
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
        Long begun = begunAt;
        if (begun != null && nanoTime.getAsLong() - begun >= LONG_NANOS) {
            late.accept(TimeUnit.NANOSECONDS.toSeconds(nanoTime.getAsLong() - begun));
        }
        thread.execute(this::run);
    }

    private void run() {
        begunAt = nanoTime.getAsLong();
        try {
            reload.run();
        } finally {
            begunAt = null;
        }
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
