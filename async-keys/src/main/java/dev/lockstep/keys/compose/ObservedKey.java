package dev.lockstep.keys.compose;

import dev.lockstep.keys.BlockingKey;
import dev.lockstep.keys.Discard;
import dev.lockstep.keys.ExecutorKey;
import dev.lockstep.keys.VerifyingKey;
import dev.lockstep.tls.key.DecryptRequest;
import dev.lockstep.tls.key.ExternalPrivateKey;
import dev.lockstep.tls.key.SignRequest;
import dev.lockstep.tls.wait.Asks;
import java.util.Objects;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.function.LongSupplier;

/**
 * Reports each operation of a key to a {@link KeyObserver}: which kind, whose key, how long it waited, how long the work
 * took and how it ended. Put it outside of other decorators to see what connections see, inside to see what the key
 * does. It is {@link ObservedAsk} for a key's two operations.
 */
public final class ObservedKey extends ForwardingKey {

    private ObservedKey(ExternalPrivateKey key, Asks<SignRequest, byte[]> sign, Asks<DecryptRequest, byte[]> decrypt) {
        super(key, sign, decrypt);
    }

    /**
     * Observes {@code key} from outside. Its waiting and its work are one: {@link KeyOperation#queueNanos} is empty.
     *
     * @param clock nanoseconds, {@code System::nanoTime} for example; called from any thread
     */
    public static ObservedKey of(ExternalPrivateKey key, KeyObserver observer, LongSupplier clock) {
        Objects.requireNonNull(observer, "observer");
        return new ObservedKey(
                key,
                ObservedAsk.of(key::startSign, ended -> observer.onOperation(KeyOperation.signature(ended)), clock),
                ObservedAsk.of(
                        key::startDecrypt, ended -> observer.onOperation(KeyOperation.decryption(ended)), clock));
    }

    /**
     * Returns an {@link ExecutorKey} that reports waiting in the pool's queue and work on the pool's thread separately.
     *
     * @param clock nanoseconds, {@code System::nanoTime} for example; called from any thread
     * @throws IllegalArgumentException as {@link ExecutorKey#of} does
     */
    public static ObservedKey onPool(
            BlockingKey key, ThreadPoolExecutor pool, KeyObserver observer, LongSupplier clock) {
        Objects.requireNonNull(observer, "observer");
        BlockingKey verifying = VerifyingKey.of(key);
        ObservedAsk<SignRequest, byte[]> signing = ObservedAsk.onPool(
                verifying::sign,
                Discard::bytes,
                pool,
                ended -> observer.onOperation(KeyOperation.signature(ended)),
                clock);
        return new ObservedKey(
                ExecutorKey.of(verifying, pool),
                (request, waker) -> VerifyingKey.declared(request, signing.start(request, waker)),
                ObservedAsk.onPool(
                        key::decrypt,
                        Discard::bytes,
                        pool,
                        ended -> observer.onOperation(KeyOperation.decryption(ended)),
                        clock));
    }
}
