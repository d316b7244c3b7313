package dev.lockstep.keys;

import dev.lockstep.tls.wait.OperationException;
import dev.lockstep.tls.wait.OperationException.Reason;
import dev.lockstep.tls.wait.PendingOperation;
import dev.lockstep.tls.wait.Progress;
import dev.lockstep.tls.wait.Start;
import dev.lockstep.tls.wait.Waker;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One operation that waits for a client library's {@link CompletionStage}. */
final class FutureOperation<R, T> implements PendingOperation<T> {

    private final CompletableFuture<R> future;
    private final Function<? super R, ? extends T> result;
    private final Consumer<? super R> discard;
    private final AtomicReference<@Nullable R> unclaimed = new AtomicReference<>();
    private volatile boolean cancelled;

    private FutureOperation(
            CompletableFuture<R> future, Function<? super R, ? extends T> result, Consumer<? super R> discard) {
        this.future = future;
        this.result = result;
        this.discard = discard;
    }

    /** Ready when the stage is complete by now; otherwise its completion, of whatever kind, wakes. */
    static <R, T> Start<T> start(
            CompletionStage<R> stage,
            Function<? super R, ? extends T> result,
            Consumer<? super R> discard,
            Waker waker) {
        CompletableFuture<R> future = stage.toCompletableFuture();
        FutureOperation<R, T> operation = new FutureOperation<>(future, result, discard);
        // Of the stage itself: where the future is a copy, cancelling that does not keep the stage from completing.
        CompletionStage<R> unused = stage.whenComplete((answer, failure) -> operation.arrived(answer));
        if (future.isDone()) {
            return Start.ready(operation);
        }
        // A future that completes between the two lines wakes before start has returned; no wake is ever lost.
        CompletableFuture<R> unusedToo = future.whenComplete((answer, failure) -> waker.wake());
        return Start.inProgress(operation);
    }

    @Override
    public Progress<T> resume() {
        if (!future.isDone()) {
            return Progress.inProgress();
        }
        try {
            R answer = future.join();
            T value = answer == null ? null : result.apply(answer);
            return value == null
                    ? Progress.failed(new OperationException(Reason.INVALID_OUTPUT, "the call completed with null"))
                    : Progress.done(value);
        } catch (CompletionException e) {
            Throwable cause = e.getCause();
            return Progress.failed(cause != null ? cause : e);
        } catch (CancellationException e) {
            return Progress.failed(new OperationException(Reason.REJECTED, "the call was cancelled", e));
        }
    }

    @Override
    public void cancel() {
        cancelled = true;
        future.cancel(true);
        discardUnclaimed();
    }

    /** The answer is stored before the flag is read, and cancel does the reverse: one of the two discards it. */
    private void arrived(@Nullable R answer) {
        unclaimed.set(answer);
        if (cancelled) {
            discardUnclaimed();
        }
    }

    private void discardUnclaimed() {
        R answer = unclaimed.getAndSet(null);
        if (answer != null) {
            discard.accept(answer);
        }
    }
}
