package dev.lockstep.keys.compose;

import dev.lockstep.tls.wait.Asks;
import dev.lockstep.tls.wait.OperationException;
import dev.lockstep.tls.wait.OperationException.Reason;
import dev.lockstep.tls.wait.PendingOperation;
import dev.lockstep.tls.wait.Progress;
import dev.lockstep.tls.wait.Start;
import dev.lockstep.tls.wait.Waker;
import java.util.function.Predicate;

/** One operation for the connection, made of several in turn: another start may follow a failure. */
final class FailoverOperation<T> implements PendingOperation<T> {

    /** The starts that are left to one operation. */
    private static final class Successors<Q, T> {

        private final Asks<Q, T> asks;
        private final Q question;
        private final Waker waker;
        private final Predicate<Throwable> worthwhile;
        private int left;

        Successors(Asks<Q, T> asks, Q question, Waker waker, int starts, Predicate<Throwable> worthwhile) {
            this.asks = asks;
            this.question = question;
            this.waker = waker;
            this.worthwhile = worthwhile;
            this.left = starts;
        }

        /** Returns the first start that did not fail, or the last failure. */
        Start<T> settle(Start<T> first) {
            Start<T> start = first;
            while (start instanceof Start.Failed<T> failed && left > 0 && worthwhile.test(failed.cause())) {
                left--;
                start = GuardedCalls.start(asks, question, waker);
            }
            return start;
        }
    }

    private final Successors<?, T> successors;
    private PendingOperation<T> current;

    private FailoverOperation(PendingOperation<T> current, Successors<?, T> successors) {
        this.current = current;
        this.successors = successors;
    }

    /**
     * Returns what the connection sees of {@code first} and of all that may follow it.
     *
     * @param next what is asked after a failure
     * @param starts how often it is asked at most
     * @param worthwhile whether a failure is followed by another start
     */
    static <Q, T> Start<T> start(
            Start<T> first, Asks<Q, T> next, Q question, Waker waker, int starts, Predicate<Throwable> worthwhile) {
        Successors<Q, T> successors = new Successors<>(next, question, waker, starts, worthwhile);
        return GuardedCalls.wrap(successors.settle(first), operation -> new FailoverOperation<>(operation, successors));
    }

    @Override
    public Progress<T> resume() {
        while (true) {
            Progress<T> progress = GuardedCalls.resume(current);
            if (!(progress instanceof Progress.Failed<T> failed)) {
                return progress;
            }
            Start<T> next = successors.settle(Start.failed(failed.cause()));
            if (next instanceof Start.Ready<T> ready) {
                current = ready.operation(); // its result is due in this step
            } else if (next instanceof Start.InProgress<T> started) {
                current = started.operation(); // it wakes the same wait
                return Progress.inProgress();
            } else if (next instanceof Start.Failed<T> last) {
                return Progress.failed(last.cause());
            } else {
                // Only a start may fall through, and the connection's start returned long ago.
                return Progress.failed(new OperationException(
                        Reason.KEY_UNAVAILABLE, "the operation failed and the next one fell through", failed.cause()));
            }
        }
    }

    @Override
    public void cancel() {
        current.cancel();
    }
}
