package dev.lockstep.keys;

import dev.lockstep.tls.key.DecryptRequest;
import dev.lockstep.tls.key.SignRequest;
import dev.lockstep.tls.wait.OperationException.Reason;
import java.util.concurrent.ThreadPoolExecutor;

/**
 * A blocking key behind a bounded pool of threads: the handshake is suspended while one of them works.
 *
 * <p>{@link ExecutorAsk} for a key's two operations: without room an operation fails with {@link Reason#REJECTED}, and
 * cancelling removes it from the queue or interrupts it. Results that arrive too late are wiped. The thread that makes a
 * signature with ECDSA or EdDSA verifies it as well ({@link VerifyingKey}), so that the one that drives connections need not.
 */
public final class ExecutorKey extends WorkerKey {

    /** @param key verifies what it signs */
    private ExecutorKey(BlockingKey key, ThreadPoolExecutor pool) {
        super(
                key,
                ExecutorAsk.<SignRequest, byte[]>of(key::sign, Discard::bytes, pool)
                        .sharedBy(SignRequest::clientAddress),
                ExecutorAsk.<DecryptRequest, byte[]>of(key::decrypt, Discard::bytes, pool)
                        .sharedBy(DecryptRequest::clientAddress));
    }

    /**
     * Puts {@code key} behind {@code pool}, which several keys may share. The owner of the pool shuts it down; an
     * operation still queued then ends with its deadline.
     *
     * @throws IllegalArgumentException when the pool's queue has no bound, or takes more than a million operations
     */
    public static ExecutorKey of(BlockingKey key, ThreadPoolExecutor pool) {
        return new ExecutorKey(VerifyingKey.of(key), pool);
    }
}
