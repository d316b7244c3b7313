package dev.lockstep.tls.internal.handshake;

import dev.lockstep.tls.config.ConnectionObserver;
import dev.lockstep.tls.wait.OperationException;
import dev.lockstep.tls.wait.OperationException.Reason;
import dev.lockstep.tls.wait.PendingOperation;
import dev.lockstep.tls.wait.Progress;
import dev.lockstep.tls.wait.Start;
import dev.lockstep.tls.wait.Suspension;
import dev.lockstep.tls.wait.SuspensionKind;
import dev.lockstep.tls.wait.Waker;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The one wait that a connection may have: start, poll, deadline, cancel and the discipline of these calls, written once for
 * every question. Each operation is started exactly once; it ends by an answer, a failure or a cancel.
 *
 * @param <T> what is waited for
 */
final class Wait<T> {

    /** A {@code start} method of the SPI; the deadline goes into its request. */
    @FunctionalInterface
    interface Starter<T> {
        @Nullable
        Start<T> start(Waker waker, OptionalLong deadlineNanos) throws Exception;
    }

    private final SuspensionKind kind;
    private final long sinceNanos;
    private final OptionalLong deadlineNanos;
    private final ConnectionObserver observer;
    private final Consumer<T> discard;
    private final WakeFlag waker;

    private @Nullable PendingOperation<T> operation;
    private @Nullable Progress<T> answer;
    private boolean fellThrough;
    private boolean pollNow;
    private boolean suspended;

    /**
     * @param discard clears a value that will not be used
     * @param wakeHandler what the waker runs, on any thread
     */
    Wait(
            SuspensionKind kind,
            LongSupplier clock,
            OptionalLong deadlineNanos,
            ConnectionObserver observer,
            Consumer<T> discard,
            Runnable wakeHandler) {
        this.kind = kind;
        this.sinceNanos = clock.getAsLong();
        this.deadlineNanos = deadlineNanos;
        this.observer = observer;
        this.discard = discard;
        this.waker = new WakeFlag(wakeHandler);
    }

    /** Runs {@code starter}; afterwards the wait is answered, to be polled at once, or pending. */
    void start(Starter<T> starter) {
        @Nullable Start<T> start;
        try {
            start = starter.start(waker, deadlineNanos);
        } catch (Exception | Error e) {
            // The boundary to foreign code: whatever it throws is a failed operation, not a failed server.
            end(Progress.thrown(e));
            return;
        }
        if (start instanceof Start.Ready<T> ready) {
            operation = ready.operation();
            pollNow = true;
        } else if (start instanceof Start.InProgress<T> inProgress) {
            operation = inProgress.operation();
        } else if (start instanceof Start.FallThrough<T>) {
            fellThrough = true;
            end(Progress.failed(new OperationException(Reason.UNSUPPORTED, "start fell through, nothing is below")));
        } else if (start instanceof Start.Failed<T> failed) {
            end(Progress.failed(failed.cause()));
        } else {
            end(Progress.failed(new OperationException(Reason.INVALID_OUTPUT, "start returned null")));
        }
    }

    /** Whether the step that started the operation also asks for its answer, or has no time to wait for one. */
    boolean continuesAtOnce(long nowNanos) {
        return answer != null || pollNow || isLate(nowNanos);
    }

    /**
     * Asks once for the answer.
     *
     * @return whether there is one now, good or bad
     */
    boolean poll(long nowNanos) {
        PendingOperation<T> pending = operation;
        pollNow = false;
        if (answer != null || pending == null) {
            return true;
        }
        waker.clear();
        if (isLate(nowNanos)) {
            cancelOperation();
            end(Progress.failed(new OperationException(Reason.TIMED_OUT, kind + ": no answer before the deadline")));
            return true;
        }
        @Nullable Progress<T> progress;
        try {
            progress = pending.resume();
        } catch (Exception | Error e) {
            progress = Progress.thrown(e); // the boundary to foreign code, as in start
        }
        if (progress == null) {
            progress = Progress.failed(new OperationException(Reason.INVALID_OUTPUT, "resume returned null"));
        }
        if (progress instanceof Progress.InProgress<T>) {
            if (!suspended) {
                suspend();
            }
            return false;
        }
        operation = null;
        end(progress);
        return true;
    }

    /** Tells the observer, once, that the connection stands still from now on. */
    void suspend() {
        if (!suspended) {
            suspended = true;
            observer.onSuspend(suspension());
        }
    }

    /** Gives the operation up if it is still pending. An answer that nobody took is cleared. */
    void cancel() {
        if (operation != null) {
            cancelOperation();
            end(Progress.failed(new OperationException(Reason.REJECTED, kind + ": cancelled")));
        } else if (answer instanceof Progress.Done<T> done) {
            discard.accept(done.value());
        }
    }

    /** The answer: never InProgress. */
    Progress<T> answer() {
        if (answer == null) {
            throw new IllegalStateException(kind + " is still pending");
        }
        return answer;
    }

    /** Whether start left it to whatever is configured locally. */
    boolean fellThrough() {
        return fellThrough;
    }

    SuspensionKind kind() {
        return kind;
    }

    Suspension suspension() {
        return new Suspension(kind, sinceNanos, deadlineNanos);
    }

    long sinceNanos() {
        return sinceNanos;
    }

    boolean wasSuspended() {
        return suspended;
    }

    private boolean isLate(long nowNanos) {
        return deadlineNanos.isPresent() && nowNanos - deadlineNanos.getAsLong() >= 0;
    }

    private void cancelOperation() {
        PendingOperation<T> pending = operation;
        operation = null;
        if (pending != null) {
            try {
                pending.cancel();
            } catch (RuntimeException | Error e) {
                // The SPI says that exceptions of cancel are dropped: the connection is past caring.
            }
        }
    }

    private void end(Progress<T> result) {
        answer = result;
        waker.retire();
    }
}
