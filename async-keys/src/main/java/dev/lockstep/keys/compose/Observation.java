package dev.lockstep.keys.compose;

import dev.lockstep.tls.spec.SignatureScheme;
import dev.lockstep.tls.wait.PendingOperation;
import dev.lockstep.tls.wait.Progress;
import dev.lockstep.tls.wait.Start;
import dev.lockstep.tls.wait.Waker;
import java.security.cert.X509Certificate;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** What {@link ObservedKey} knows of one operation. The times may be written by the thread that does the work. */
final class Observation {

    private final KeyOperation.Kind kind;
    private final X509Certificate certificate;
    private final @Nullable SignatureScheme scheme;
    private final boolean queued;
    private final KeyObserver observer;
    private final LongSupplier clock;
    private final long startedNanos;

    private long begunNanos; // published by begun
    private volatile boolean begun;
    private volatile OptionalLong answeredNanos = OptionalLong.empty();

    /** @param queued whether the beginning of the work will be told, so that waiting differs from working */
    Observation(
            KeyOperation.Kind kind,
            X509Certificate certificate,
            @Nullable SignatureScheme scheme,
            boolean queued,
            KeyObserver observer,
            LongSupplier clock) {
        this.kind = kind;
        this.certificate = certificate;
        this.scheme = scheme;
        this.queued = queued;
        this.observer = observer;
        this.clock = clock;
        this.startedNanos = clock.getAsLong();
    }

    /** Does the work of a queued operation, and notes when it begins and ends. */
    byte[] work(Callable<byte[]> work) throws Exception {
        begunNanos = clock.getAsLong();
        begun = true;
        try {
            return work.call();
        } finally {
            answered();
        }
    }

    /** Starts the operation and reports its end, whichever it is. */
    Start<byte[]> start(Attempt attempt, Waker waker) {
        // Of several wakes the last before the end counts: the earlier ones did not announce the answer.
        Waker noting = queued
                ? waker
                : () -> {
                    answered();
                    waker.wake();
                };
        Start<byte[]> start = Attempt.begin(attempt, noting);
        if (start instanceof Start.Ready<byte[]> ready) {
            return Start.ready(new Observed(ready.operation()));
        }
        if (start instanceof Start.InProgress<byte[]> started) {
            return Start.inProgress(new Observed(started.operation()));
        }
        if (start instanceof Start.Failed<byte[]> failed) {
            report(KeyOperation.Outcome.FAILED, failed.cause());
        } else {
            report(KeyOperation.Outcome.FELL_THROUGH, null);
        }
        return start;
    }

    private void answered() {
        answeredNanos = OptionalLong.of(clock.getAsLong());
    }

    private void report(KeyOperation.Outcome outcome, @Nullable Throwable failure) {
        long now = clock.getAsLong();
        // Cancelled work may still run: then its end so far is now.
        long end = outcome == KeyOperation.Outcome.CANCELLED ? now : answeredNanos.orElse(now);
        boolean working = !queued || begun;
        long begin = !queued ? startedNanos : begun ? begunNanos : now;
        KeyOperation operation = new KeyOperation(
                kind,
                certificate,
                scheme,
                queued ? OptionalLong.of(begin - startedNanos) : OptionalLong.empty(),
                working ? end - begin : 0,
                outcome,
                failure);
        try {
            observer.onOperation(operation);
        } catch (RuntimeException e) {
            // boundary: watching a handshake must not end it
        }
    }

    private final class Observed implements PendingOperation<byte[]> {

        private final PendingOperation<byte[]> operation;

        Observed(PendingOperation<byte[]> operation) {
            this.operation = operation;
        }

        @Override
        public Progress<byte[]> resume() {
            Progress<byte[]> progress = Attempt.poll(operation);
            if (progress instanceof Progress.Done<byte[]>) {
                report(KeyOperation.Outcome.DONE, null);
            } else if (progress instanceof Progress.Failed<byte[]> failed) {
                report(KeyOperation.Outcome.FAILED, failed.cause());
            }
            return progress;
        }

        @Override
        public void cancel() {
            report(KeyOperation.Outcome.CANCELLED, null);
            operation.cancel();
        }
    }
}
