package dev.lockstep.keys.keyserver;

import dev.lockstep.crypto.Wipe;
import dev.lockstep.tls.wait.OperationException;
import dev.lockstep.tls.wait.OperationException.Reason;
import dev.lockstep.tls.wait.PendingOperation;
import dev.lockstep.tls.wait.Progress;
import dev.lockstep.tls.wait.Waker;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One request to a key server, from being sent until its answer is fetched. On the loop's thread alone. */
final class KeyServerOperation implements PendingOperation<byte[]> {

    final long id;
    private final Waker waker;
    private final int resultLength;
    private final Consumer<KeyServerOperation> onCancel;
    private @Nullable Progress<byte[]> outcome;
    private boolean cancelled;

    /**
     * @param resultLength what the answer must have, 0 for any length
     * @param onCancel called when the connection cancels the operation before the answer has come
     */
    KeyServerOperation(long id, Waker waker, int resultLength, Consumer<KeyServerOperation> onCancel) {
        this.id = id;
        this.waker = waker;
        this.resultLength = resultLength;
        this.onCancel = onCancel;
    }

    @Override
    public Progress<byte[]> resume() {
        Progress<byte[]> result = outcome;
        return result == null ? Progress.inProgress() : result;
    }

    @Override
    public void cancel() {
        if (cancelled) {
            return;
        }
        cancelled = true;
        if (outcome instanceof Progress.Done<byte[]> done) {
            Wipe.bytes(done.value());
        } else if (outcome == null) {
            onCancel.accept(this);
        }
    }

    /**
     * The key server has answered. The connection fetches the result; after a cancellation it is wiped.
     *
     * @param verified whether the key server says that it verified its signatures
     */
    void complete(byte[] result, boolean verified) {
        if (cancelled) {
            Wipe.bytes(result);
        } else if (resultLength > 0 && result.length != resultLength) {
            String lengths = result.length + " bytes instead of " + resultLength;
            Wipe.bytes(result);
            fail(new OperationException(Reason.INVALID_OUTPUT, "the key server answered " + lengths));
        } else {
            end(verified ? Progress.verified(result) : Progress.done(result));
        }
    }

    void fail(OperationException cause) {
        if (!cancelled) {
            end(Progress.failed(cause));
        }
    }

    private void end(Progress<byte[]> result) {
        outcome = result;
        waker.wake();
    }
}
