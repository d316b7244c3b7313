package dev.lockstep.server.keyserver;

import dev.lockstep.keys.WorkerPools;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** The threads of a key server, with a bound on what waits for them; on request as slow as a device. */
final class KeyserverWorkers implements Executor, AutoCloseable {

    private final ExecutorService pool;
    private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1);
    private final AtomicInteger delayed = new AtomicInteger();
    private final int bound;
    private final int delayMillis;

    /** @param delayMillis how much later everything begins */
    KeyserverWorkers(int threads, int bound, int delayMillis) {
        this.pool = WorkerPools.boundedPool(threads, bound);
        this.bound = bound;
        this.delayMillis = delayMillis;
        timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    @Override
    public void execute(Runnable work) {
        if (delayMillis == 0) {
            pool.execute(work);
            return;
        }
        if (delayed.incrementAndGet() > bound) {
            delayed.decrementAndGet();
            throw new RejectedExecutionException("too much is waiting");
        }
        var unused = timer.schedule(
                () -> {
                    delayed.decrementAndGet();
                    passOn(work);
                },
                delayMillis,
                TimeUnit.MILLISECONDS);
    }

    /** It was accepted: if the pool is full by now, the timer waits for it. */
    private void passOn(Runnable work) {
        try {
            pool.execute(work);
        } catch (RejectedExecutionException e) {
            work.run();
        }
    }

    /** What runs has two seconds to end, what waits is dropped. */
    @Override
    public void close() {
        timer.shutdownNow();
        pool.shutdownNow();
        try {
            boolean unused = pool.awaitTermination(2, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
