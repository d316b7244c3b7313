package dev.lockstep.keys.compose;

import dev.lockstep.tls.wait.OperationException;
import dev.lockstep.tls.wait.OperationException.Reason;
import dev.lockstep.tls.wait.PendingOperation;
import dev.lockstep.tls.wait.Progress;
import dev.lockstep.tls.wait.Start;
import dev.lockstep.tls.wait.Waker;

/** One way to get an operation done, and the SPI's rule that whatever is thrown or null counts as a failure. */
@FunctionalInterface
interface Attempt {

    /** Starts the operation, once for each call. */
    Start<byte[]> start(Waker waker) throws Exception;

    /** Starts {@code attempt}; never null, never throws. */
    static Start<byte[]> begin(Attempt attempt, Waker waker) {
        try {
            Start<byte[]> start = attempt.start(waker);
            return start != null ? start : Start.failed(nothing("start"));
        } catch (Exception | LinkageError | StackOverflowError | AssertionError e) {
            // boundary: the wrapped key is the application's, native drivers included
            return Start.failed(kept(e));
        }
    }

    /** Asks for the result; never null, never throws. */
    static Progress<byte[]> poll(PendingOperation<byte[]> operation) {
        try {
            Progress<byte[]> progress = operation.resume();
            return progress != null ? progress : Progress.failed(nothing("resume"));
        } catch (Exception | LinkageError | StackOverflowError | AssertionError e) {
            // boundary: the wrapped key is the application's, native drivers included
            return Progress.thrown(e);
        }
    }

    /** Cancels an operation for a reason of this module's own: what that throws is dropped, as the SPI says. */
    static void abandon(PendingOperation<byte[]> operation) {
        try {
            operation.cancel();
        } catch (RuntimeException e) {
            // boundary: the wrapped key is the application's, and the operation has ended already
        }
    }

    private static Throwable kept(Throwable cause) {
        if (cause instanceof InterruptedException) {
            Thread.currentThread().interrupt();
        }
        return cause;
    }

    private static OperationException nothing(String method) {
        return new OperationException(Reason.INVALID_OUTPUT, "the key's " + method + " answered null");
    }
}
