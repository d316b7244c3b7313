package dev.lockstep.keys;

import dev.lockstep.crypto.Wipe;
import dev.lockstep.tls.key.DecryptRequest;
import dev.lockstep.tls.key.ExternalPrivateKey;
import dev.lockstep.tls.key.SignRequest;
import dev.lockstep.tls.spec.SignatureScheme;
import dev.lockstep.tls.wait.OperationException;
import dev.lockstep.tls.wait.OperationException.Reason;
import dev.lockstep.tls.wait.Start;
import dev.lockstep.tls.wait.Waker;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A blocking key behind a bounded pool of threads: the handshake suspends while one of them works.
 *
 * <p>When queue and threads are full the operation fails with {@link Reason#REJECTED} instead of waiting: a peer can
 * make a server queue operations faster than any key answers them. Cancelling takes a queued operation out of the
 * queue and interrupts one that runs.
 */
public final class ExecutorKey implements ExternalPrivateKey {

    private final BlockingKey key;
    private final ThreadPoolExecutor pool;

    private ExecutorKey(BlockingKey key, ThreadPoolExecutor pool) {
        this.key = Objects.requireNonNull(key, "key");
        this.pool = Objects.requireNonNull(pool, "pool");
    }

    /**
     * Puts {@code key} behind {@code pool}, which several keys may share. Whoever made the pool shuts it down; an
     * operation still queued then ends with its deadline.
     *
     * @throws IllegalArgumentException when the pool's queue has no bound, or takes more than a million operations
     */
    public static ExecutorKey of(BlockingKey key, ThreadPoolExecutor pool) {
        return new ExecutorKey(key, requireBounded(pool));
    }

    static ThreadPoolExecutor requireBounded(ThreadPoolExecutor pool) {
        if (pool.getQueue().remainingCapacity() > 1_000_000) {
            throw new IllegalArgumentException(
                    "pool: its queue has no bound, so a peer could fill the memory; use ExecutorKey.boundedPool");
        }
        return pool;
    }

    /**
     * A pool of daemon threads for key operations. Keys are fastest with as many threads as the device has cores.
     *
     * @param threads how many operations run at once, at least 1
     * @param queued how many more may wait, at least 1
     */
    public static ThreadPoolExecutor boundedPool(int threads, int queued) {
        return new ThreadPoolExecutor(
                threads,
                threads,
                60,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(queued),
                daemons("lockstep-key-"),
                new ThreadPoolExecutor.AbortPolicy());
    }

    static ThreadFactory daemons(String prefix) {
        AtomicInteger count = new AtomicInteger();
        return work -> {
            Thread thread = new Thread(work, prefix + count.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }

    @Override
    public Set<SignatureScheme> signatureSchemes() {
        return key.signatureSchemes();
    }

    @Override
    public boolean canDecrypt() {
        return key.canDecrypt();
    }

    @Override
    public Start<byte[]> startSign(SignRequest request, Waker waker) {
        return submit(() -> key.sign(request), waker);
    }

    @Override
    public Start<byte[]> startDecrypt(DecryptRequest request, Waker waker) {
        return submit(() -> key.decrypt(request), waker);
    }

    private Start<byte[]> submit(Callable<byte[]> work, Waker waker) {
        try {
            return Start.inProgress(new KeyTask<>(work, (byte[] late) -> Wipe.bytes(late), waker, task -> {
                pool.execute(task);
                return () -> pool.remove(task);
            }));
        } catch (RejectedExecutionException e) {
            return Start.failed(new OperationException(
                    Reason.REJECTED, "no room for another key operation, or the pool is shut down", e));
        }
    }
}
