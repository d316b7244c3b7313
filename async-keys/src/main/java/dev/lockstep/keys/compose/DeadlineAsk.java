package dev.lockstep.keys.compose;

import dev.lockstep.keys.WorkerPools;
import dev.lockstep.tls.wait.Asks;
import dev.lockstep.tls.wait.OperationException.Reason;
import dev.lockstep.tls.wait.Start;
import dev.lockstep.tls.wait.Waker;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.LongSupplier;

/**
 * Gives each operation a time limit of its own, shorter than the connection's: when it has passed, the operation is
 * cancelled and fails with {@link Reason#TIMED_OUT}, even if its result has arrived in the meantime.
 *
 * <pre>{@code
 * PskSource limited = DeadlineAsk.of(source, Deadlines::limit, Duration.ofMillis(300), timer)::start;
 * }</pre>
 *
 * <p>A timer only wakes the connection; the cancellation happens on the thread that drives it, as the SPI promises.
 *
 * @param <Q> the question
 * @param <T> the answer
 */
public final class DeadlineAsk<Q, T> implements Asks<Q, T> {

    /**
     * Puts a deadline into a question: {@link Deadlines} has one for each question of the SPI.
     *
     * @param <Q> the question
     */
    @FunctionalInterface
    public interface Limiter<Q> {
        /** Returns the question with the earlier of its own deadline and {@code deadlineNanos}. */
        Q limit(Q question, long deadlineNanos);
    }

    private final Asks<Q, T> asks;
    private final Limiter<Q> limiter;
    private final long limitNanos;
    private final ScheduledExecutorService timer;
    private final LongSupplier clock;

    private DeadlineAsk(
            Asks<Q, T> asks, Limiter<Q> limiter, Duration limit, ScheduledExecutorService timer, LongSupplier clock) {
        this.asks = Objects.requireNonNull(asks, "asks");
        this.limiter = Objects.requireNonNull(limiter, "limiter");
        this.limitNanos = limit.toNanos();
        this.timer = Objects.requireNonNull(timer, "timer");
        this.clock = Objects.requireNonNull(clock, "clock");
    }

    /**
     * Limits {@code asks}, by the clock {@link System#nanoTime}.
     *
     * @param limiter tells the question its deadline, {@code Deadlines::limit} for those of the SPI
     * @param limit from start to the step that fetches the result; more than zero, at most an hour
     * @param timer wakes connections; one thread is enough ({@link WorkerPools#scheduler} makes one that forgets
     *     operations that ended in time). Its owner shuts it down
     * @throws IllegalArgumentException when the limit is out of its range
     */
    public static <Q, T> DeadlineAsk<Q, T> of(
            Asks<Q, T> asks, Limiter<Q> limiter, Duration limit, ScheduledExecutorService timer) {
        return of(asks, limiter, limit, timer, System::nanoTime);
    }

    /**
     * Limits {@code asks}, as the other form.
     *
     * @param clock nanoseconds; the clock of the connections' configuration
     * @throws IllegalArgumentException when the limit is out of its range
     */
    public static <Q, T> DeadlineAsk<Q, T> of(
            Asks<Q, T> asks, Limiter<Q> limiter, Duration limit, ScheduledExecutorService timer, LongSupplier clock) {
        if (limit.isNegative() || limit.isZero() || limit.compareTo(Duration.ofHours(1)) > 0) {
            throw new IllegalArgumentException("limit: " + limit + " is out of range; give more than zero to one hour");
        }
        return new DeadlineAsk<>(asks, limiter, limit, timer, clock);
    }

    @Override
    public Start<T> start(Q question, Waker waker) {
        long deadline = clock.getAsLong() + limitNanos;
        Start<T> start = GuardedCalls.start(asks, limiter.limit(question, deadline), waker);
        if (start instanceof Start.InProgress<T> started) {
            DeadlineOperation<T> operation =
                    new DeadlineOperation<>(started.operation(), deadline, timer, clock, waker);
            Throwable refused = operation.arm();
            return refused == null ? Start.inProgress(operation) : Start.failed(refused);
        }
        return GuardedCalls.wrap(start, operation -> new DeadlineOperation<>(operation, deadline, timer, clock, waker));
    }
}
