package dev.lockstep.keys.compose;

import dev.lockstep.keys.BlockingFunction;
import dev.lockstep.keys.ExecutorAsk;
import dev.lockstep.tls.wait.Asks;
import dev.lockstep.tls.wait.Start;
import dev.lockstep.tls.wait.Waker;
import java.util.Objects;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Reports each operation when it has ended, exactly once: how long it waited, how long the work took and how it ended.
 * Put it outside of other decorators to see what connections see, inside to see what the service does.
 *
 * <p>The observer runs on the thread that drives the connection, before the handshake continues: it must not block.
 * Runtime exceptions are dropped.
 *
 * @param <Q> the question
 * @param <T> the answer
 */
public final class ObservedAsk<Q, T> implements Asks<Q, T> {

    private final Asks<Observation<Q>, T> asks;
    private final boolean queued;
    private final Consumer<? super ObservedOperation<Q>> observer;
    private final LongSupplier clock;

    private ObservedAsk(
            Asks<Observation<Q>, T> asks,
            boolean queued,
            Consumer<? super ObservedOperation<Q>> observer,
            LongSupplier clock) {
        this.asks = asks;
        this.queued = queued;
        this.observer = Objects.requireNonNull(observer, "observer");
        this.clock = Objects.requireNonNull(clock, "clock");
    }

    /**
     * Observes {@code asks} from outside. Its waiting and its work are one: {@link ObservedOperation#queueNanos} is empty.
     *
     * @param clock nanoseconds, {@code System::nanoTime} for example; called from any thread
     */
    public static <Q, T> ObservedAsk<Q, T> of(
            Asks<Q, T> asks, Consumer<? super ObservedOperation<Q>> observer, LongSupplier clock) {
        Objects.requireNonNull(asks, "asks");
        return new ObservedAsk<>(
                (observation, waker) -> asks.start(observation.question(), waker), false, observer, clock);
    }

    /**
     * Creates an {@link ExecutorAsk} that reports waiting in the pool's queue and work on the pool's thread separately.
     *
     * @param discard clears an answer that arrives too late, on any thread
     * @param clock nanoseconds, {@code System::nanoTime} for example; called from any thread
     * @throws IllegalArgumentException as {@link ExecutorAsk#of} does
     */
    public static <Q, T> ObservedAsk<Q, T> onPool(
            BlockingFunction<Q, T> function,
            Consumer<? super T> discard,
            ThreadPoolExecutor pool,
            Consumer<? super ObservedOperation<Q>> observer,
            LongSupplier clock) {
        Objects.requireNonNull(function, "function");
        Asks<Observation<Q>, T> timed = ExecutorAsk.of(
                observation -> observation.work(() -> function.apply(observation.question())), discard, pool);
        return new ObservedAsk<>(timed, true, observer, clock);
    }

    @Override
    public Start<T> start(Q question, Waker waker) {
        return new Observation<>(question, queued, observer, clock).start(asks, waker);
    }
}
