package dev.lockstep.keys;

import dev.lockstep.crypto.Wipe;
import dev.lockstep.tls.wait.OperationException;
import dev.lockstep.tls.wait.OperationException.Reason;
import dev.lockstep.tls.wait.PendingOperation;
import dev.lockstep.tls.wait.Progress;
import dev.lockstep.tls.wait.Start;
import dev.lockstep.tls.wait.Waker;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;

/** One operation that waits for a {@link CompletableFuture} of somebody else's. */
final class FutureOperation<R> implements PendingOperation<byte[]> {

    private final CompletableFuture<R> future;
    private final Function<? super R, byte[]> bytes;
    private final boolean secret;

    private FutureOperation(CompletableFuture<R> future, Function<? super R, byte[]> bytes, boolean secret) {
        this.future = future;
        this.bytes = bytes;
        this.secret = secret;
    }

    /** Ready when the future is complete by now; otherwise its completion, of whatever kind, wakes. */
    static <R> Start<byte[]> start(
            CompletableFuture<R> future, Function<? super R, byte[]> bytes, boolean secret, Waker waker) {
        FutureOperation<R> operation = new FutureOperation<>(future, bytes, secret);
        if (future.isDone()) {
            return Start.ready(operation);
        }
        // A future that completes between the two lines wakes before start has returned; no wake is ever lost.
        CompletableFuture<R> unused = future.whenComplete((result, failure) -> waker.wake());
        return Start.inProgress(operation);
    }

    @Override
    public Progress<byte[]> resume() {
        if (!future.isDone()) {
            return Progress.inProgress();
        }
        try {
            R answer = future.join();
            byte[] result = answer == null ? null : bytes.apply(answer);
            return result == null
                    ? Progress.failed(new OperationException(Reason.INVALID_OUTPUT, "the call completed with null"))
                    : Progress.done(result);
        } catch (CompletionException e) {
            Throwable cause = e.getCause();
            return Progress.failed(cause != null ? cause : e);
        } catch (CancellationException e) {
            return Progress.failed(new OperationException(Reason.REJECTED, "the call was cancelled", e));
        }
    }

    @Override
    public void cancel() {
        if (future.cancel(true) || !secret || future.isCompletedExceptionally()) {
            return;
        }
        // The plaintext was there and nobody came for it.
        R answer = future.join();
        if (answer != null) {
            Wipe.bytes(bytes.apply(answer));
        }
    }
}
