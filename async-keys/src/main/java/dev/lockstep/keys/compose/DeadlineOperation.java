package dev.lockstep.keys.compose;

import dev.lockstep.tls.wait.OperationException;
import dev.lockstep.tls.wait.OperationException.Reason;
import dev.lockstep.tls.wait.PendingOperation;
import dev.lockstep.tls.wait.Progress;
import dev.lockstep.tls.wait.Waker;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** An operation of {@link DeadlineAsk}. Its methods run on the thread that drives the connection, but for the wake. */
final class DeadlineOperation<T> implements PendingOperation<T> {

    private final PendingOperation<T> operation;
    private final long deadlineNanos;
    private final ScheduledExecutorService timer;
    private final LongSupplier clock;
    private final Waker waker;
    private @Nullable ScheduledFuture<?> alarm;

    DeadlineOperation(
            PendingOperation<T> operation,
            long deadlineNanos,
            ScheduledExecutorService timer,
            LongSupplier clock,
            Waker waker) {
        this.operation = operation;
        this.deadlineNanos = deadlineNanos;
        this.timer = timer;
        this.clock = clock;
        this.waker = waker;
    }

    /**
     * Has the connection stepped when the limit has passed, unless that is arranged already. An alarm that rang before
     * the clock said so is set again.
     *
     * @return null, or why it cannot be arranged; the operation is cancelled then
     */
    @Nullable
    OperationException arm() {
        if (alarm != null && !alarm.isDone()) {
            return null;
        }
        try {
            long left = Math.max(0, deadlineNanos - clock.getAsLong());
            alarm = timer.schedule(waker::wake, left, TimeUnit.NANOSECONDS);
            return null;
        } catch (RejectedExecutionException e) {
            GuardedCalls.cancel(operation);
            return new OperationException(Reason.REJECTED, "the timer is shut down", e);
        }
    }

    @Override
    public Progress<T> resume() {
        if (clock.getAsLong() - deadlineNanos >= 0) {
            disarm();
            GuardedCalls.cancel(operation);
            return Progress.failed(new OperationException(Reason.TIMED_OUT, "no answer within the time limit"));
        }
        Progress<T> progress = GuardedCalls.resume(operation);
        if (progress instanceof Progress.InProgress<T>) {
            Throwable refused = arm();
            return refused == null ? progress : Progress.failed(refused);
        }
        disarm();
        return progress;
    }

    @Override
    public void cancel() {
        disarm();
        operation.cancel();
    }

    private void disarm() {
        if (alarm != null) {
            alarm.cancel(false);
        }
    }
}
