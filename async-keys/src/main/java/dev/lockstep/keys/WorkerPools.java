package dev.lockstep.keys;

import java.net.InetAddress;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Executors of daemon threads that suit the bridges and decorators. The caller shuts them down. */
public final class WorkerPools {

    private static final int LONGEST_QUEUE = 1_000_000;

    private WorkerPools() {}

    /**
     * Returns a pool for work that blocks or computes. Keys in memory are fastest with as many threads as the device has
     * cores.
     *
     * @param threads how many operations run at the same time, at least 1
     * @param queued how many more may wait, at least 1; what does not fit is rejected
     * @throws IllegalArgumentException when a number is less than 1
     */
    public static ThreadPoolExecutor boundedPool(int threads, int queued) {
        return new ThreadPoolExecutor(
                threads,
                threads,
                60,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(queued),
                daemons("lockstep-worker-"),
                new ThreadPoolExecutor.AbortPolicy());
    }

    /**
     * Returns a pool whose queue stays useful under a flood of handshakes. It accepts every operation; when more than
     * {@code queued} wait, or more than {@code perClient} of one client's address (of IPv6: of one /64), the oldest gives way
     * and fails with {@link dev.lockstep.tls.wait.OperationException.Reason#REJECTED}. Addresses take turns. Within an
     * address the oldest operation is next while few wait, and the newest while many do: under load the client that has
     * waited longest is the likeliest to have left.
     *
     * @param threads how many operations run at the same time, at least 1
     * @param queued how many more may wait, at least 1
     * @param perClient how many of them may be of one address, at least 1; those of unknown addresses count as one
     *     address's
     * @param displaced is told of each operation that gave way, on the thread that brought the newer one: the address,
     *     null where it is not known
     * @throws IllegalArgumentException when a number is less than 1
     */
    public static ThreadPoolExecutor fairPool(
            int threads, int queued, int perClient, Consumer<@Nullable InetAddress> displaced) {
        return new ThreadPoolExecutor(
                threads,
                threads,
                60,
                TimeUnit.SECONDS,
                new FairQueue(queued, perClient, Math.max(1, perClient / 8), displaced),
                daemons("lockstep-worker-"),
                new ThreadPoolExecutor.AbortPolicy());
    }

    /**
     * Returns a scheduler that forgets a cancelled operation immediately, not when its time comes.
     *
     * @param threads how many operations run at the same time when their delays end together, at least 1
     */
    public static ScheduledExecutorService scheduler(int threads) {
        ScheduledThreadPoolExecutor scheduler =
                new ScheduledThreadPoolExecutor(threads, daemons("lockstep-scheduler-"));
        scheduler.setRemoveOnCancelPolicy(true);
        return scheduler;
    }

    static ThreadPoolExecutor requireBounded(ThreadPoolExecutor pool) {
        if (pool.getQueue().remainingCapacity() > LONGEST_QUEUE) {
            throw new IllegalArgumentException(
                    "pool: its queue has no bound, so a peer could fill the memory; use WorkerPools.boundedPool");
        }
        return pool;
    }

    private static ThreadFactory daemons(String prefix) {
        AtomicInteger count = new AtomicInteger();
        return work -> {
            Thread thread = new Thread(work, prefix + count.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }
}
