package dev.lockstep.keys.compose;

import dev.lockstep.tls.wait.OperationException;
import dev.lockstep.tls.wait.OperationException.Reason;
import dev.lockstep.tls.wait.PendingOperation;
import dev.lockstep.tls.wait.Progress;
import dev.lockstep.tls.wait.Start;
import org.jspecify.annotations.Nullable;

/** One operation for the connection, made of several in turn: each failure may be followed by another start. */
final class Relay implements PendingOperation<byte[]> {

    /** Who comes next. Answers a bounded number of starts. */
    @FunctionalInterface
    interface Successor {
        /** The start that follows {@code failure}, or null when the failure stands. Never throws. */
        @Nullable
        Start<byte[]> after(Throwable failure);
    }

    private final Successor successor;
    private PendingOperation<byte[]> current;

    private Relay(PendingOperation<byte[]> current, Successor successor) {
        this.current = current;
        this.successor = successor;
    }

    /** What the connection sees of {@code first} and of all that may follow it. */
    static Start<byte[]> run(Start<byte[]> first, Successor successor) {
        Start<byte[]> start = settle(first, successor);
        if (start instanceof Start.Ready<byte[]> ready) {
            return Start.ready(new Relay(ready.operation(), successor));
        }
        if (start instanceof Start.InProgress<byte[]> started) {
            return Start.inProgress(new Relay(started.operation(), successor));
        }
        return start;
    }

    /** The first start that did not fail, or the last failure. */
    private static Start<byte[]> settle(Start<byte[]> first, Successor successor) {
        Start<byte[]> start = first;
        while (start instanceof Start.Failed<byte[]> failed) {
            Start<byte[]> next = successor.after(failed.cause());
            if (next == null) {
                return start;
            }
            start = next;
        }
        return start;
    }

    @Override
    public Progress<byte[]> resume() {
        while (true) {
            Progress<byte[]> progress = Attempt.poll(current);
            if (!(progress instanceof Progress.Failed<byte[]> failed)) {
                return progress;
            }
            Start<byte[]> next = settle(Start.failed(failed.cause()), successor);
            if (next instanceof Start.Ready<byte[]> ready) {
                current = ready.operation(); // its result is due in this step
            } else if (next instanceof Start.InProgress<byte[]> started) {
                current = started.operation(); // it wakes the same wait
                return Progress.inProgress();
            } else if (next instanceof Start.Failed<byte[]> last) {
                return Progress.failed(last.cause());
            } else {
                // Falling through is an answer to start alone, and the connection's start is long over.
                return Progress.failed(new OperationException(
                        Reason.KEY_UNAVAILABLE,
                        "the key failed and the next one left it to a local key",
                        failed.cause()));
            }
        }
    }

    @Override
    public void cancel() {
        current.cancel();
    }
}
