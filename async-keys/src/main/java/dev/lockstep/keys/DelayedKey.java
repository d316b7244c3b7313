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
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * A key that answers some time later, as a slow or distant device would: for demonstrations and tests. Nothing blocks
 * while the delay runs, so ten thousand operations at once cost one timer queue.
 */
public final class DelayedKey implements ExternalPrivateKey {

    private final BlockingKey key;
    private final long delayNanos;
    private final ScheduledExecutorService scheduler;

    private DelayedKey(BlockingKey key, Duration delay, ScheduledExecutorService scheduler) {
        this.key = Objects.requireNonNull(key, "key");
        this.delayNanos = delay.toNanos();
        this.scheduler = Objects.requireNonNull(scheduler, "scheduler");
    }

    /**
     * Delays {@code key}.
     *
     * @param delay from start to the beginning of the work; zero or more, at most an hour
     * @param scheduler does the work once the delay is over; whoever made it shuts it down
     */
    public static DelayedKey of(BlockingKey key, Duration delay, ScheduledExecutorService scheduler) {
        if (delay.isNegative() || delay.compareTo(Duration.ofHours(1)) > 0) {
            throw new IllegalArgumentException("delay: " + delay + " is out of range; give zero to one hour");
        }
        return new DelayedKey(key, delay, scheduler);
    }

    /**
     * A scheduler of daemon threads that forgets cancelled operations at once.
     *
     * @param threads how many operations run at once when their delays end together, at least 1
     */
    public static ScheduledExecutorService scheduler(int threads) {
        ScheduledThreadPoolExecutor scheduler =
                new ScheduledThreadPoolExecutor(threads, ExecutorKey.daemons("lockstep-delayed-key-"));
        scheduler.setRemoveOnCancelPolicy(true);
        return scheduler;
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
        return schedule(() -> key.sign(request), waker);
    }

    @Override
    public Start<byte[]> startDecrypt(DecryptRequest request, Waker waker) {
        return schedule(() -> key.decrypt(request), waker);
    }

    private Start<byte[]> schedule(Callable<byte[]> work, Waker waker) {
        try {
            return Start.inProgress(new KeyTask<>(work, (byte[] late) -> Wipe.bytes(late), waker, task -> {
                ScheduledFuture<?> turn = scheduler.schedule(task, delayNanos, TimeUnit.NANOSECONDS);
                return () -> turn.cancel(false);
            }));
        } catch (RejectedExecutionException e) {
            return Start.failed(new OperationException(Reason.REJECTED, "the scheduler is shut down", e));
        }
    }
}
