package dev.lockstep.keys;

import dev.lockstep.tls.wait.Asks;
import dev.lockstep.tls.wait.OperationException;
import dev.lockstep.tls.wait.OperationException.Reason;
import dev.lockstep.tls.wait.Start;
import dev.lockstep.tls.wait.Waker;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A question that a thread of an executor answers while the handshake is suspended. It serves session look-ups, ticket
 * openings, pre-shared keys, credential selection and verdicts; {@link ExecutorKey} is its form for private keys.
 *
 * <pre>{@code
 * PskSource keys = ExecutorAsk.of(database::find, Discard::psk, WorkerPools.boundedPool(4, 1000))::start;
 * }</pre>
 *
 * <p>If queue and threads are full, the operation fails with {@link Reason#REJECTED} instead of waiting: peers can make
 * a server queue operations faster than any database or device answers them. In a {@linkplain WorkerPools#fairPool fair
 * pool} an older operation fails so instead. Cancelling removes a queued operation from
 * the queue and interrupts one that runs. An answer that arrives after that is discarded.
 *
 * @param <Q> the question
 * @param <T> the answer
 */
public final class ExecutorAsk<Q, T> implements Asks<Q, T> {

    private final BlockingFunction<Q, T> function;
    private final Consumer<? super T> discard;
    private final WorkerTask.Submission submission;
    private final Function<? super Q, @Nullable InetAddress> client;

    private ExecutorAsk(
            BlockingFunction<Q, T> function,
            Consumer<? super T> discard,
            WorkerTask.Submission submission,
            Function<? super Q, @Nullable InetAddress> client) {
        this.function = Objects.requireNonNull(function, "function");
        this.discard = Objects.requireNonNull(discard, "discard");
        this.submission = submission;
        this.client = Objects.requireNonNull(client, "client");
    }

    /**
     * Answers on {@code pool}, which several questions may share. The owner of the pool shuts it down; an operation still
     * queued then ends with its deadline.
     *
     * @param discard clears an answer that arrives too late, on any thread; see {@link Discard}
     * @throws IllegalArgumentException when the pool's queue has no bound, or takes more than a million operations
     */
    public static <Q, T> ExecutorAsk<Q, T> of(
            BlockingFunction<Q, T> function, Consumer<? super T> discard, ThreadPoolExecutor pool) {
        WorkerPools.requireBounded(pool);
        return new ExecutorAsk<>(
                function,
                discard,
                task -> {
                    pool.execute(task);
                    return () -> pool.remove(task);
                },
                question -> null);
    }

    /**
     * Answers some time later, as a slow or distant service would: for demonstrations and tests. No thread waits while
     * the delay runs, so ten thousand operations at the same time cost one timer queue.
     *
     * @param discard clears an answer that arrives too late, on any thread; see {@link Discard}
     * @param delay from the start to the beginning of the work; zero or more, at most an hour
     * @param scheduler does the work once the delay is over; its owner shuts it down
     * @throws IllegalArgumentException when the delay is out of its range
     */
    public static <Q, T> ExecutorAsk<Q, T> delayed(
            BlockingFunction<Q, T> function,
            Consumer<? super T> discard,
            Duration delay,
            ScheduledExecutorService scheduler) {
        if (delay.isNegative() || delay.compareTo(Duration.ofHours(1)) > 0) {
            throw new IllegalArgumentException("delay: " + delay + " is out of range; give zero to one hour");
        }
        Objects.requireNonNull(scheduler, "scheduler");
        long delayNanos = delay.toNanos();
        return new ExecutorAsk<>(
                function,
                discard,
                task -> {
                    ScheduledFuture<?> turn = scheduler.schedule(task, delayNanos, TimeUnit.NANOSECONDS);
                    return () -> turn.cancel(false);
                },
                question -> null);
    }

    /**
     * As this, and tells the pool which client each question is for: a {@linkplain WorkerPools#fairPool fair pool} bounds
     * what one client takes up.
     *
     * @param client returns the client's address; null where it is not known
     */
    public ExecutorAsk<Q, T> sharedBy(Function<? super Q, @Nullable InetAddress> client) {
        return new ExecutorAsk<>(function, discard, submission, client);
    }

    @Override
    public Start<T> start(Q question, Waker waker) {
        try {
            return Start.inProgress(new WorkerTask<>(
                    () -> function.apply(question), discard, waker, submission, client.apply(question)));
        } catch (RejectedExecutionException e) {
            return Start.failed(new OperationException(
                    Reason.REJECTED, "no room for another operation, or the executor is shut down", e));
        }
    }
}
