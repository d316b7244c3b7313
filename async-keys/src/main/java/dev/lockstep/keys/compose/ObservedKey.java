package dev.lockstep.keys.compose;

import dev.lockstep.keys.BlockingKey;
import dev.lockstep.keys.ExecutorKey;
import dev.lockstep.tls.key.DecryptRequest;
import dev.lockstep.tls.key.ExternalPrivateKey;
import dev.lockstep.tls.key.SignRequest;
import dev.lockstep.tls.spec.SignatureScheme;
import dev.lockstep.tls.wait.Start;
import dev.lockstep.tls.wait.Waker;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Tells a {@link KeyObserver} of each operation of a key: which kind, whose key, how long it waited and was worked on,
 * and how it ended. Put it outside of other decorators to see what connections see, inside to see what the key does.
 */
public final class ObservedKey implements ExternalPrivateKey {

    /** The key for one operation: its own for each where the work itself is timed. */
    @FunctionalInterface
    private interface Instrumented {
        ExternalPrivateKey with(Observation observation);
    }

    private final ExternalPrivateKey key;
    private final boolean queued;
    private final Instrumented instrumented;
    private final KeyObserver observer;
    private final LongSupplier clock;

    private ObservedKey(
            ExternalPrivateKey key,
            boolean queued,
            Instrumented instrumented,
            KeyObserver observer,
            LongSupplier clock) {
        this.key = key;
        this.queued = queued;
        this.instrumented = instrumented;
        this.observer = Objects.requireNonNull(observer, "observer");
        this.clock = Objects.requireNonNull(clock, "clock");
    }

    /**
     * Observes {@code key} from outside. Its waiting and its work are one: {@link KeyOperation#queueNanos} is empty.
     *
     * @param clock nanoseconds, {@code System::nanoTime} for example; called from any thread
     */
    public static ObservedKey of(ExternalPrivateKey key, KeyObserver observer, LongSupplier clock) {
        Objects.requireNonNull(key, "key");
        return new ObservedKey(key, false, observation -> key, observer, clock);
    }

    /**
     * An {@link ExecutorKey} whose waiting in the pool's queue and work on the pool's thread are told apart.
     *
     * @param clock nanoseconds, {@code System::nanoTime} for example; called from any thread
     * @throws IllegalArgumentException as {@link ExecutorKey#of} does
     */
    public static ObservedKey onPool(
            BlockingKey key, ThreadPoolExecutor pool, KeyObserver observer, LongSupplier clock) {
        ExternalPrivateKey plain = ExecutorKey.of(key, pool);
        return new ObservedKey(
                plain, true, observation -> ExecutorKey.of(new Timed(key, observation), pool), observer, clock);
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
        Observation observation = new Observation(
                KeyOperation.Kind.SIGN, request.certificate(), request.scheme(), queued, observer, clock);
        return observation.start(w -> instrumented.with(observation).startSign(request, w), waker);
    }

    @Override
    public Start<byte[]> startDecrypt(DecryptRequest request, Waker waker) {
        @Nullable SignatureScheme none = null;
        Observation observation =
                new Observation(KeyOperation.Kind.DECRYPT, request.certificate(), none, queued, observer, clock);
        return observation.start(w -> instrumented.with(observation).startDecrypt(request, w), waker);
    }

    /** Notes when the work of one operation begins and ends. */
    private record Timed(BlockingKey key, Observation observation) implements BlockingKey {

        @Override
        public Set<SignatureScheme> signatureSchemes() {
            return key.signatureSchemes();
        }

        @Override
        public boolean canDecrypt() {
            return key.canDecrypt();
        }

        @Override
        public byte[] sign(SignRequest request) throws Exception {
            return observation.work(() -> key.sign(request));
        }

        @Override
        public byte[] decrypt(DecryptRequest request) throws Exception {
            return observation.work(() -> key.decrypt(request));
        }
    }
}
