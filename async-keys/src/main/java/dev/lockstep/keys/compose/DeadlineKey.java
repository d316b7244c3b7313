package dev.lockstep.keys.compose;

import dev.lockstep.keys.DelayedKey;
import dev.lockstep.tls.key.DecryptRequest;
import dev.lockstep.tls.key.ExternalPrivateKey;
import dev.lockstep.tls.key.SignRequest;
import dev.lockstep.tls.spec.SignatureScheme;
import dev.lockstep.tls.wait.OperationException.Reason;
import dev.lockstep.tls.wait.Start;
import dev.lockstep.tls.wait.Waker;
import java.time.Duration;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.LongSupplier;

/**
 * Gives each operation of a key a time limit of its own, shorter than the connection's: when it has passed, the
 * operation is cancelled and fails with {@link Reason#TIMED_OUT}, also when its result has come in the meantime. A
 * failed decryption is masked by the connection as every other.
 *
 * <p>The request that the key sees carries the earlier of the two deadlines, so that a remote call can use it. A timer
 * only wakes the connection; the cancellation happens on the thread that drives it, as the SPI promises.
 */
public final class DeadlineKey implements ExternalPrivateKey {

    private final ExternalPrivateKey key;
    private final long limitNanos;
    private final ScheduledExecutorService timer;
    private final LongSupplier clock;

    private DeadlineKey(ExternalPrivateKey key, Duration limit, ScheduledExecutorService timer, LongSupplier clock) {
        this.key = Objects.requireNonNull(key, "key");
        this.limitNanos = limit.toNanos();
        this.timer = Objects.requireNonNull(timer, "timer");
        this.clock = Objects.requireNonNull(clock, "clock");
    }

    /**
     * Limits {@code key}, by the clock {@link System#nanoTime}.
     *
     * @param limit from start to the step that fetches the result; more than zero, at most an hour
     * @param timer wakes connections, one thread is plenty ({@link DelayedKey#scheduler} makes one that forgets
     *     operations that ended in time); whoever made it shuts it down
     */
    public static DeadlineKey of(ExternalPrivateKey key, Duration limit, ScheduledExecutorService timer) {
        return of(key, limit, timer, System::nanoTime);
    }

    /**
     * Limits {@code key}.
     *
     * @param clock nanoseconds; the clock of the connections' configuration
     */
    public static DeadlineKey of(
            ExternalPrivateKey key, Duration limit, ScheduledExecutorService timer, LongSupplier clock) {
        if (limit.isNegative() || limit.isZero() || limit.compareTo(Duration.ofHours(1)) > 0) {
            throw new IllegalArgumentException("limit: " + limit + " is out of range; give more than zero to one hour");
        }
        return new DeadlineKey(key, limit, timer, clock);
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
        long deadline = clock.getAsLong() + limitNanos;
        SignRequest limited = new SignRequest(
                request.scheme(),
                request.message(),
                request.chain(),
                request.serverName(),
                earlier(deadline, request.deadlineNanos()));
        return limit(w -> key.startSign(limited, w), deadline, waker);
    }

    @Override
    public Start<byte[]> startDecrypt(DecryptRequest request, Waker waker) {
        long deadline = clock.getAsLong() + limitNanos;
        DecryptRequest limited = new DecryptRequest(
                request.ciphertext(),
                request.chain(),
                request.serverName(),
                earlier(deadline, request.deadlineNanos()));
        return limit(w -> key.startDecrypt(limited, w), deadline, waker);
    }

    private Start<byte[]> limit(Attempt attempt, long deadline, Waker waker) {
        Start<byte[]> start = Attempt.begin(attempt, waker);
        if (start instanceof Start.Ready<byte[]> ready) {
            return Start.ready(new DeadlineOperation(ready.operation(), deadline, timer, clock, waker));
        }
        if (start instanceof Start.InProgress<byte[]> started) {
            DeadlineOperation operation = new DeadlineOperation(started.operation(), deadline, timer, clock, waker);
            Throwable refused = operation.arm();
            return refused == null ? Start.inProgress(operation) : Start.failed(refused);
        }
        return start;
    }

    /** Nanosecond clocks wrap: only differences can be compared. */
    private static OptionalLong earlier(long own, OptionalLong connection) {
        return connection.isPresent() && connection.getAsLong() - own < 0 ? connection : OptionalLong.of(own);
    }
}
