package dev.lockstep.conversations.learning;

import dev.lockstep.tls.wait.PendingOperation;
import dev.lockstep.tls.wait.Progress;
import dev.lockstep.tls.wait.Start;
import dev.lockstep.tls.wait.SuspensionKind;
import dev.lockstep.tls.wait.Waker;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** The operations of one connection, which answer when they are told to. A breach of the contract fails the query. */
final class Operations {

    private enum Phase {
        PENDING,
        ANSWERED,
        FAILED,
        OVER
    }

    private @Nullable Operation<?> last;
    private @Nullable String breach;

    /** Starts an operation, which suspends. */
    <T> Start<T> start(SuspensionKind kind, Callable<T> value, Waker waker) {
        require(last == null || last.phase == Phase.OVER, kind + " is started while another one is pending");
        Operation<T> operation = new Operation<>(kind, value, waker);
        last = operation;
        return Start.inProgress(operation);
    }

    /** The operation has its answer, or fails. */
    void ends(boolean good) {
        Operation<?> operation = last;
        if (operation != null && operation.phase == Phase.PENDING) {
            operation.phase = good ? Phase.ANSWERED : Phase.FAILED;
            operation.waker.wake();
        }
    }

    /** A wake-up for nothing, or for something that is over. */
    void wakes() {
        if (last != null) {
            last.waker.wake();
        }
    }

    /** Fails unless each operation has ended, once. */
    void requireOver() {
        require(last == null || last.phase == Phase.OVER, "an operation is still pending after the end");
        if (breach != null) {
            throw new AssertionError(breach);
        }
    }

    /** Remembers a breach: the connection takes what its callbacks throw for a failure of theirs, and drops it in a cancel. */
    private void require(boolean holds, String otherwise) {
        if (!holds && breach == null) {
            breach = otherwise;
        }
    }

    private final class Operation<T> implements PendingOperation<T> {
        private final SuspensionKind kind;
        private final Callable<T> value;
        private final Waker waker;
        private Phase phase = Phase.PENDING;

        Operation(SuspensionKind kind, Callable<T> value, Waker waker) {
            this.kind = kind;
            this.value = value;
            this.waker = waker;
        }

        @Override
        public Progress<T> resume() throws Exception {
            require(phase != Phase.OVER, kind + " is resumed after its end");
            if (phase == Phase.PENDING) {
                return Progress.inProgress();
            }
            boolean good = phase == Phase.ANSWERED;
            phase = Phase.OVER;
            return good ? Progress.done(value.call()) : Progress.failed(new IllegalStateException("no " + kind));
        }

        @Override
        public void cancel() {
            require(phase != Phase.OVER, kind + " is cancelled after its end");
            phase = Phase.OVER;
        }
    }
}
