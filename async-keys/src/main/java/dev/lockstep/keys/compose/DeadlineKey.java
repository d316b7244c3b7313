package dev.lockstep.keys.compose;

import dev.lockstep.keys.WorkerPools;
import dev.lockstep.tls.key.ExternalPrivateKey;
import dev.lockstep.tls.wait.OperationException.Reason;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.LongSupplier;

/**
 * Gives each operation of a key a time limit of its own, shorter than the connection's: {@link DeadlineAsk} for a key's
 * two operations. An operation that is late is cancelled and fails with {@link Reason#TIMED_OUT}; the connection masks a
 * failed decryption as it does every other.
 *
 * <p>The request that the key sees carries the earlier of the two deadlines, so that a remote call can use it.
 */
public final class DeadlineKey extends ForwardingKey {

    private DeadlineKey(ExternalPrivateKey key, Duration limit, ScheduledExecutorService timer, LongSupplier clock) {
        super(
                key,
                DeadlineAsk.of(key::startSign, Deadlines::limit, limit, timer, clock),
                DeadlineAsk.of(key::startDecrypt, Deadlines::limit, limit, timer, clock));
    }

    /**
     * Limits {@code key}, by the clock {@link System#nanoTime}.
     *
     * @param limit from start to the step that fetches the result; more than zero, at most an hour
     * @param timer wakes connections; one thread is enough ({@link WorkerPools#scheduler} makes one that forgets
     *     operations that ended in time). Its owner shuts it down
     * @throws IllegalArgumentException when the limit is out of its range
     */
    public static DeadlineKey of(ExternalPrivateKey key, Duration limit, ScheduledExecutorService timer) {
        return of(key, limit, timer, System::nanoTime);
    }

    /**
     * Limits {@code key}, as the other form.
     *
     * @param clock nanoseconds; the clock of the connections' configuration
     * @throws IllegalArgumentException when the limit is out of its range
     */
    public static DeadlineKey of(
            ExternalPrivateKey key, Duration limit, ScheduledExecutorService timer, LongSupplier clock) {
        return new DeadlineKey(key, limit, timer, clock);
    }
}
