package dev.lockstep.jsse.engine;

import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The threads that all engines of this process share: one for their deadlines, and a few for the tasks that were kept
 * back.
 */
final class Timers {

    private static final AtomicInteger COUNT = new AtomicInteger();

    private Timers() {}

    /** Started with the first engine that needs them; the threads end when there is nothing to do. */
    private static final class Holder {
        static final ScheduledThreadPoolExecutor TIMER = new ScheduledThreadPoolExecutor(1, Worker::new);

        // The queue is bounded by the number of engines: each has at most the tasks that its server has given out.
        static final ThreadPoolExecutor RUNNERS = new ThreadPoolExecutor(
                processors(), processors(), 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), Worker::new);

        static {
            TIMER.setRemoveOnCancelPolicy(true);
            TIMER.setKeepAliveTime(10, TimeUnit.SECONDS);
            TIMER.allowCoreThreadTimeOut(true);
            RUNNERS.allowCoreThreadTimeOut(true);
        }
    }

    private static int processors() {
        return Math.max(2, Runtime.getRuntime().availableProcessors());
    }

    /** Runs {@code work}, which must be short, after a delay. */
    static Future<?> schedule(Runnable work, long delayNanos) {
        return Holder.TIMER.schedule(work, Math.max(0, delayNanos), TimeUnit.NANOSECONDS);
    }

    /** Returns where tasks run that were kept back until their answer was there. */
    static Executor runners() {
        return Holder.RUNNERS;
    }

    /** Returns whether the current thread is one of these: it must not wait for an answer. */
    static boolean isWorker() {
        return Thread.currentThread() instanceof Worker;
    }

    private static final class Worker extends Thread {
        Worker(Runnable work) {
            super(work, "lockstep-engine-" + COUNT.incrementAndGet());
            setDaemon(true);
        }
    }
}
