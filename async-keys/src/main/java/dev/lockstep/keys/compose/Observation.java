package dev.lockstep.keys.compose;

import dev.lockstep.keys.compose.ObservedOperation.Outcome;
import dev.lockstep.tls.wait.Asks;
import dev.lockstep.tls.wait.Start;
import dev.lockstep.tls.wait.Waker;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** What {@link ObservedAsk} knows of one operation. The times may be written by the thread that does the work. */
final class Observation<Q> implements ReportingOperation.EndListener {

    private final Q question;
    private final boolean queued;
    private final Consumer<? super ObservedOperation<Q>> observer;
    private final LongSupplier clock;
    private final long startedNanos;

    private long begunNanos; // published by begun
    private volatile boolean begun;
    private volatile OptionalLong answeredNanos = OptionalLong.empty();

    /** @param queued whether {@link #work} will be called, so that waiting differs from working */
    Observation(Q question, boolean queued, Consumer<? super ObservedOperation<Q>> observer, LongSupplier clock) {
        this.question = question;
        this.queued = queued;
        this.observer = observer;
        this.clock = clock;
        this.startedNanos = clock.getAsLong();
    }

    Q question() {
        return question;
    }

    /** Does the work of a queued operation, and notes when it begins and ends. */
    <T> T work(Callable<T> work) throws Exception {
        begunNanos = clock.getAsLong();
        begun = true;
        try {
            return work.call();
        } finally {
            answered();
        }
    }

    /** Starts the operation and reports its end, whichever it is. */
    <T> Start<T> start(Asks<Observation<Q>, T> asks, Waker waker) {
        // Of several wakes the last before the end counts: the earlier ones did not announce the answer.
        Waker noting = queued
                ? waker
                : () -> {
                    answered();
                    waker.wake();
                };
        return ReportingOperation.start(asks, this, noting, this);
    }

    @Override
    public void onDone() {
        report(Outcome.DONE, null);
    }

    @Override
    public void onFailed(Throwable cause) {
        report(Outcome.FAILED, cause);
    }

    @Override
    public void onCancelled() {
        report(Outcome.CANCELLED, null);
    }

    @Override
    public void onFellThrough() {
        report(Outcome.FELL_THROUGH, null);
    }

    private void answered() {
        answeredNanos = OptionalLong.of(clock.getAsLong());
    }

    private void report(Outcome outcome, @Nullable Throwable failure) {
        long now = clock.getAsLong();
        // Cancelled work may still run: then its end so far is now.
        long end = outcome == Outcome.CANCELLED ? now : answeredNanos.orElse(now);
        boolean working = !queued || begun;
        long begin = !queued ? startedNanos : begun ? begunNanos : now;
        OptionalLong queueNanos = queued ? OptionalLong.of(begin - startedNanos) : OptionalLong.empty();
        try {
            observer.accept(new ObservedOperation<>(question, queueNanos, working ? end - begin : 0, outcome, failure));
        } catch (RuntimeException e) {
            // boundary: an observer must not end a handshake
        }
    }
}
