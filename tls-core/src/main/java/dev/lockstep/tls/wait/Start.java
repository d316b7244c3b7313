package dev.lockstep.tls.wait;

import java.util.Objects;

/**
 * The result of a {@code start} method of this SPI: one of the four outcomes of Mbed TLS's start callbacks.
 *
 * @param <T> what the operation yields
 */
public sealed interface Start<T> {

    /** Started; {@link PendingOperation#resume} is called in the same step (and may still say "in progress"). */
    record Ready<T>(PendingOperation<T> operation) implements Start<T> {
        public Ready {
            Objects.requireNonNull(operation, "operation");
        }
    }

    /** Started; the connection suspends and {@link PendingOperation#resume} is called in a later step. */
    record InProgress<T>(PendingOperation<T> operation) implements Start<T> {
        public InProgress {
            Objects.requireNonNull(operation, "operation");
        }
    }

    /** Not mine: use what is configured locally (the local key, the configured credentials). */
    record FallThrough<T>() implements Start<T> {
        private static final FallThrough<?> INSTANCE = new FallThrough<>();
    }

    /** Could not be started: no resume and no cancel follow. */
    record Failed<T>(Throwable cause) implements Start<T> {
        public Failed {
            Objects.requireNonNull(cause, "cause");
        }
    }

    /** Returns a start whose result can be fetched immediately. */
    static <T> Start<T> ready(PendingOperation<T> operation) {
        return new Ready<>(operation);
    }

    /** Returns a start that has its result already. */
    static <T> Start<T> done(T value) {
        Progress<T> done = Progress.done(value);
        return new Ready<>(() -> done);
    }

    /** Returns a start whose result will come later; the waker that was passed to {@code start} announces it. */
    static <T> Start<T> inProgress(PendingOperation<T> operation) {
        return new InProgress<>(operation);
    }

    /** Returns a start that leaves the operation to the local key or the configured credentials. */
    @SuppressWarnings("unchecked") // holds no T
    static <T> Start<T> fallThrough() {
        return (Start<T>) FallThrough.INSTANCE;
    }

    /** Returns a start that failed: the operation was refused, or could not be submitted. */
    static <T> Start<T> failed(Throwable cause) {
        return new Failed<>(cause);
    }
}
