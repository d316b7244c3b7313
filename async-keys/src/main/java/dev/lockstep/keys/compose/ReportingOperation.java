package dev.lockstep.keys.compose;

import dev.lockstep.tls.wait.Asks;
import dev.lockstep.tls.wait.PendingOperation;
import dev.lockstep.tls.wait.Progress;
import dev.lockstep.tls.wait.Start;
import dev.lockstep.tls.wait.Waker;

/** An operation that reports its end, whichever it is, exactly once. */
final class ReportingOperation<T> implements PendingOperation<T> {

    /** Hears how one operation ended. Exactly one method is called, on the thread that drives the connection. */
    interface EndListener {

        void onDone();

        void onFailed(Throwable cause);

        void onCancelled();

        void onFellThrough();
    }

    private final PendingOperation<T> operation;
    private final EndListener listener;

    private ReportingOperation(PendingOperation<T> operation, EndListener listener) {
        this.operation = operation;
        this.listener = listener;
    }

    /** Asks a question and reports the end of its operation to {@code listener}. */
    static <Q, T> Start<T> start(Asks<Q, T> asks, Q question, Waker waker, EndListener listener) {
        Start<T> start = GuardedCalls.start(asks, question, waker);
        if (start instanceof Start.Failed<T> failed) {
            listener.onFailed(failed.cause());
        } else if (start instanceof Start.FallThrough<T>) {
            listener.onFellThrough();
        }
        return GuardedCalls.wrap(start, operation -> new ReportingOperation<>(operation, listener));
    }

    @Override
    public Progress<T> resume() {
        Progress<T> progress = GuardedCalls.resume(operation);
        if (progress instanceof Progress.Done<T>) {
            listener.onDone();
        } else if (progress instanceof Progress.Failed<T> failed) {
            listener.onFailed(failed.cause());
        }
        return progress;
    }

    @Override
    public void cancel() {
        try {
            listener.onCancelled();
        } finally {
            operation.cancel();
        }
    }
}
