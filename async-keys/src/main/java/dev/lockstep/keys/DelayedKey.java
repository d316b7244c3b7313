package dev.lockstep.keys;

import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;

/**
 * A key that answers some time later, as a slow or distant device would: {@link ExecutorAsk#delayed} for a key's two
 * operations, for demonstrations and tests. Signatures are verified where they are made ({@link VerifyingKey}).
 */
public final class DelayedKey extends WorkerKey {

    /** @param key verifies what it signs */
    private DelayedKey(BlockingKey key, Duration delay, ScheduledExecutorService scheduler) {
        super(
                key,
                ExecutorAsk.delayed(key::sign, Discard::bytes, delay, scheduler),
                ExecutorAsk.delayed(key::decrypt, Discard::bytes, delay, scheduler));
    }

    /**
     * Delays {@code key}.
     *
     * @param delay from start to the beginning of the work; zero or more, at most an hour
     * @param scheduler does the work once the delay is over; its owner shuts it down
     * @throws IllegalArgumentException when the delay is out of its range
     */
    public static DelayedKey of(BlockingKey key, Duration delay, ScheduledExecutorService scheduler) {
        return new DelayedKey(VerifyingKey.of(key), delay, scheduler);
    }
}
