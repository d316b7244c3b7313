package dev.lockstep.keys.compose;

import dev.lockstep.tls.wait.Asks;
import dev.lockstep.tls.wait.OperationException;
import dev.lockstep.tls.wait.OperationException.Reason;
import dev.lockstep.tls.wait.PendingOperation;
import dev.lockstep.tls.wait.Progress;
import dev.lockstep.tls.wait.Start;
import dev.lockstep.tls.wait.Waker;
import java.util.function.UnaryOperator;

/** Calls of decorated code, under the SPI's rule that an exception or {@code null} counts as a failure. */
final class GuardedCalls {

    private GuardedCalls() {}

    /** Asks a question; never null, never throws. */
    static <Q, T> Start<T> start(Asks<Q, T> asks, Q question, Waker waker) {
        try {
            Start<T> start = asks.start(question, waker);
            return start != null ? start : Start.failed(nothing("start"));
        } catch (Exception | Error e) {
            // boundary: what is decorated is the application's, native drivers included
            if (e instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
            return Start.failed(e);
        }
    }

    /** Asks for the result; never null, never throws. */
    static <T> Progress<T> resume(PendingOperation<T> operation) {
        try {
            Progress<T> progress = operation.resume();
            return progress != null ? progress : Progress.failed(nothing("resume"));
        } catch (Exception | Error e) {
            // boundary: what is decorated is the application's, native drivers included
            return Progress.thrown(e);
        }
    }

    /** Cancels an operation for a reason of the decorator's own; exceptions are dropped, as the SPI says. */
    static void cancel(PendingOperation<?> operation) {
        try {
            operation.cancel();
        } catch (RuntimeException e) {
            // boundary: what is decorated is the application's, and the operation has ended already
        }
    }

    /** Returns {@code start} with its operation, if it has one, inside another. */
    static <T> Start<T> wrap(Start<T> start, UnaryOperator<PendingOperation<T>> wrapper) {
        if (start instanceof Start.Ready<T> ready) {
            return Start.ready(wrapper.apply(ready.operation()));
        }
        if (start instanceof Start.InProgress<T> started) {
            return Start.inProgress(wrapper.apply(started.operation()));
        }
        return start;
    }

    private static OperationException nothing(String method) {
        return new OperationException(Reason.INVALID_OUTPUT, method + " returned null");
    }
}
