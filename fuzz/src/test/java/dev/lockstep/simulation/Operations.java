package dev.lockstep.simulation;

import dev.lockstep.testkit.util.Bytes;
import dev.lockstep.testkit.util.Expect;
import dev.lockstep.tls.wait.PendingOperation;
import dev.lockstep.tls.wait.Progress;
import dev.lockstep.tls.wait.Start;
import dev.lockstep.tls.wait.SuspensionKind;
import dev.lockstep.tls.wait.Waker;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * The operations of one connection. They begin and end as they are told to; what the connection does with them is held
 * against the contract: one at a time, each ended once.
 */
public final class Operations {

    /** How an operation begins. */
    public enum Begin {
        /** Its result is there at the first question. */
        READY,
        IN_PROGRESS,
        FAILED,
        THROWS,
        ERROR
    }

    /** How one that is in progress ends. */
    public enum End {
        DONE,
        FAILED,
        THROWS,
        ERROR
    }

    /** Is told of an operation that is in progress. */
    @FunctionalInterface
    public interface Listener {
        void onPending(Operation<?> operation);
    }

    private final Fault fault;
    private final List<byte[]> secrets = new ArrayList<>();
    private Begin next = Begin.IN_PROGRESS;
    private Listener listener = operation -> {};
    private @Nullable Operation<?> pending;
    private @Nullable String violation;
    private int started;
    private int ended;

    Operations(Fault fault) {
        this.fault = fault;
    }

    /** Decides how the next operations begin. */
    public void begin(Begin how) {
        next = how;
    }

    /** Sets who is told of operations that are in progress. */
    public void listen(Listener told) {
        listener = told;
    }

    /** Returns the operation that is in progress, or null. */
    public @Nullable Operation<?> pending() {
        return pending;
    }

    /** Fails unless each operation has ended, and each secret that was handed over is wiped. */
    public void requireOver() {
        requireRules();
        for (byte[] secret : secrets) {
            Expect.that(Bytes.isZero(secret), "a secret that was handed over is not wiped after the end");
        }
        Expect.that(pending == null && started == ended, "an operation is pending after the end");
    }

    /** Fails if the connection has broken a rule; the callback that saw it could not, since its exceptions are failures. */
    public void requireRules() {
        Expect.that(violation == null, String.valueOf(violation));
    }

    private void expect(boolean holds, String otherwise) {
        if (!holds && violation == null) {
            violation = otherwise;
        }
    }

    /** Starts an operation that is done elsewhere. */
    @FunctionalInterface
    public interface Question {
        /** @param answered is woken when the outcome can be fetched, and not before */
        Start<byte[]> start(Waker answered) throws Exception;
    }

    /** Starts an operation that is done elsewhere: what the connection does with it is held against the same rules. */
    public Start<byte[]> startElsewhere(SuspensionKind kind, Question question, Waker waker) throws Exception {
        expect(pending == null, kind + " is started while another operation is pending");
        Elsewhere operation = new Elsewhere(kind, waker);
        Start<byte[]> start = question.start(operation::answered);
        if (!(start instanceof Start.InProgress<byte[]> begun)) {
            return start;
        }
        operation.place = begun.operation();
        started++;
        pending = operation;
        return Start.inProgress(operation);
    }

    /** Starts an operation that begins as it was told, and ends when it is told. */
    public <T> Start<T> start(SuspensionKind kind, Callable<T> value, Waker waker) throws Exception {
        expect(pending == null, kind + " is started while another operation is pending");
        switch (next) {
            case FAILED -> {
                return Start.failed(new IllegalStateException("no " + kind));
            }
            case THROWS -> throw new IllegalStateException("no " + kind);
            case ERROR -> throw new StackOverflowError("in " + kind);
            default -> {
                // begins well
            }
        }
        Operation<T> operation = new Operation<>(kind, value, waker);
        started++;
        pending = operation;
        if (next == Begin.READY) {
            operation.end = End.DONE;
            return Start.ready(operation);
        }
        listener.onPending(operation);
        return Start.inProgress(operation);
    }

    /** One operation, from its start until the connection has its result or has cancelled it. */
    public class Operation<T> implements PendingOperation<T> {
        private final SuspensionKind kind;
        private final Callable<T> value;
        private final Waker waker;
        private @Nullable End end;
        private boolean over;

        private Operation(SuspensionKind kind, Callable<T> value, Waker waker) {
            this.kind = kind;
            this.value = value;
            this.waker = waker;
        }

        /** Returns what the connection waits for. */
        public SuspensionKind kind() {
            return kind;
        }

        /** Whether there is a result that the connection has not asked for. */
        boolean isReady() {
            return end != null && !over;
        }

        boolean isOver() {
            return over;
        }

        /** Ends it, unless it has ended or is no longer wanted; the connection is not woken. */
        public boolean ends(End how) {
            if (end != null || over) {
                return false;
            }
            end = how;
            return true;
        }

        /** Wakes the connection, whether or not there is something to say. */
        public void wakes() {
            waker.wake();
        }

        @Override
        public Progress<T> resume() throws Exception {
            expect(!over, kind + " is resumed after its end");
            if (end == null) {
                return Progress.inProgress();
            }
            if (fault == Fault.DOUBLE_COMPLETION && !over) {
                leave();
                return resume();
            }
            leave();
            return switch (end) {
                case DONE -> Progress.done(handedOver(value.call()));
                case FAILED -> Progress.failed(new IllegalStateException("no " + kind));
                case THROWS -> throw new IllegalStateException("no " + kind);
                case ERROR -> throw new StackOverflowError("in " + kind);
            };
        }

        @Override
        public void cancel() {
            expect(!over, kind + " is cancelled after its end");
            leave();
        }

        /** Ownership of a secret passes to the connection, which wipes it. */
        @SuppressWarnings("unchecked")
        private T handedOver(T result) {
            boolean secret = kind == SuspensionKind.DECRYPT || kind == SuspensionKind.KEY_AGREEMENT;
            if (secret && result instanceof byte[] bytes) {
                secrets.add(bytes);
                return fault == Fault.UNWIPED_SECRET ? (T) bytes.clone() : result;
            }
            if (kind == SuspensionKind.PSK_LOOKUP && result instanceof Optional<?> found) {
                found.ifPresent(key -> secrets.add((byte[]) key));
            }
            return result;
        }

        void leave() {
            over = true;
            ended++;
            expect(pending == this, kind + " ends, which is not the one that is pending");
            pending = null;
        }
    }

    /** An operation that ends when it is done elsewhere. */
    private final class Elsewhere extends Operation<byte[]> {
        private PendingOperation<byte[]> place = Progress::inProgress;

        Elsewhere(SuspensionKind kind, Waker waker) {
            super(kind, () -> new byte[0], waker);
        }

        private void answered() {
            expect(ends(End.DONE), kind() + " is answered twice, or after its end");
            wakes();
        }

        @Override
        public Progress<byte[]> resume() throws Exception {
            expect(!isOver(), kind() + " is resumed after its end");
            boolean ready = isReady();
            Progress<byte[]> progress = place.resume();
            boolean ended = !(progress instanceof Progress.InProgress);
            expect(ended == ready, kind() + " has an outcome: " + ended + ", and was woken: " + ready);
            if (ended) {
                leave();
            }
            if (kind() == SuspensionKind.DECRYPT && progress instanceof Progress.Done<byte[]> done) {
                secrets.add(done.value());
            }
            return progress;
        }

        @Override
        public void cancel() {
            super.cancel();
            place.cancel();
        }
    }
}
