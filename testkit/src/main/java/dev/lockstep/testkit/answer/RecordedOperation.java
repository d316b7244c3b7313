package dev.lockstep.testkit.answer;

import dev.lockstep.testkit.util.Bytes;
import dev.lockstep.testkit.util.Expect;
import dev.lockstep.tls.key.DecryptRequest;
import dev.lockstep.tls.key.SignRequest;
import dev.lockstep.tls.wait.PendingOperation;
import dev.lockstep.tls.wait.Progress;
import dev.lockstep.tls.wait.Waker;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One operation of a {@link RecordingKey}: answers by script, and notes every breach of the call discipline. */
public final class RecordedOperation implements PendingOperation<byte[]> {

    private enum Phase {
        STARTING,
        PENDING,
        ENDED,
        CANCELLED
    }

    private final KeyScript script;
    private final Callable<byte[]> work;
    private final Consumer<String> violations;
    private final boolean needsConnection;
    private final Thread driver = Thread.currentThread();
    private final @Nullable Long startMark = StepMark.current();
    private final @Nullable SignRequest sign;
    private final @Nullable DecryptRequest decrypt;
    private final Waker waker;

    private final CountDownLatch cancelled = new CountDownLatch(1);
    private Phase phase = Phase.STARTING;
    private boolean suspendsFirst;
    private @Nullable Long lastMark;
    private boolean resumedWhenStarted;
    private int resumes;
    private int cancels;
    private byte @Nullable [] handedOver;

    private @Nullable PendingOperation<byte[]> behind;
    private final AtomicInteger wakes = new AtomicInteger();
    private volatile byte @Nullable [] published;
    private volatile @Nullable Throwable publishedFailure;

    RecordedOperation(
            KeyScript script,
            Callable<byte[]> work,
            @Nullable SignRequest sign,
            @Nullable DecryptRequest decrypt,
            Waker waker,
            Consumer<String> violations,
            boolean needsConnection) {
        this.script = script;
        this.work = work;
        this.sign = sign;
        this.decrypt = decrypt;
        this.waker = waker;
        this.violations = violations;
        this.needsConnection = needsConnection;
        check(startMark != null || !needsConnection, "start outside of a step");
    }

    void started(boolean inProgress) {
        phase = Phase.PENDING;
        suspendsFirst = inProgress;
    }

    /** As {@link #started(boolean)}, by another key whose answer this one passes on. */
    void startedBehind(PendingOperation<byte[]> other, boolean inProgress) {
        behind = other;
        started(inProgress);
    }

    void neverPending() {
        phase = Phase.ENDED;
    }

    /** Computes the result, publishes it and wakes the connection; from any thread. */
    public void complete() {
        publish();
        wake();
    }

    /** Publishes this result instead of the computed one and wakes the connection; from any thread. */
    public void complete(byte... result) {
        published = result;
        wake();
    }

    /** Publishes a failure and wakes the connection; from any thread. */
    public void fail(Throwable cause) {
        publishedFailure = cause;
        wake();
    }

    /** Wakes the connection, with or without an answer; from any thread. */
    public void wake() {
        waker.wake();
        wakes.incrementAndGet(); // last: a test that waits for it may look at what the wake did
    }

    /** Computes and publishes the result without waking the connection. */
    public void publish() {
        try {
            published = result();
        } catch (Exception e) { // whatever it is, it is the result of the operation
            publishedFailure = e;
        }
    }

    @Override
    public Progress<byte[]> resume() throws Exception {
        resumes++;
        Long mark = StepMark.current();
        check(Thread.currentThread() == driver, "resume on another thread");
        check(mark != null || !needsConnection, "resume outside of a step");
        check(phase != Phase.STARTING, "resume before start returned");
        check(phase != Phase.ENDED, "resume after the end");
        check(phase != Phase.CANCELLED, "resume after cancel");
        check(mark == null || !mark.equals(lastMark), "resume twice in one step");
        check(
                !suspendsFirst || startMark == null || !startMark.equals(mark),
                "resume in the step that was told 'in progress'");
        resumedWhenStarted |= startMark != null && startMark.equals(mark);
        lastMark = mark;
        script.onResume.run();
        if (behind != null) {
            return passedOn(behind);
        }
        if (script.source == KeyScript.Source.PUBLISHED) {
            return fetched();
        }
        return resumes <= script.inProgressAnswers ? notYet() : ended(result());
    }

    private Progress<byte[]> passedOn(PendingOperation<byte[]> other) throws Exception {
        phase = Phase.ENDED; // should it throw
        Progress<byte[]> progress = other.resume();
        if (progress instanceof Progress.InProgress<byte[]>) {
            phase = Phase.PENDING;
            return notYet();
        }
        if (progress instanceof Progress.Done<byte[]> done) {
            handedOver = done.value();
        }
        return progress;
    }

    private byte[] result() throws Exception {
        return script.value != null ? script.value.clone() : script.change.apply(work.call());
    }

    private Progress<byte[]> notYet() {
        script.afterEmptyPoll.run();
        return Progress.inProgress();
    }

    private Progress<byte[]> fetched() {
        Throwable failure = publishedFailure;
        if (failure != null) {
            phase = Phase.ENDED;
            return Progress.failed(failure);
        }
        return published == null ? notYet() : ended(published);
    }

    private Progress<byte[]> ended(byte[] value) {
        phase = Phase.ENDED;
        if (script.resumeThrows != null) {
            throw script.resumeThrows;
        }
        if (script.ending != null) {
            return script.ending.get();
        }
        handedOver = value;
        return Progress.done(value);
    }

    @Override
    public void cancel() {
        cancels++;
        check(Thread.currentThread() == driver, "cancel on another thread");
        check(StepMark.current() != null || !needsConnection, "cancel outside of a call of the connection");
        check(phase != Phase.STARTING, "cancel before start returned");
        check(phase != Phase.ENDED, "cancel after the end");
        check(phase != Phase.CANCELLED, "cancel twice");
        phase = Phase.CANCELLED;
        cancelled.countDown();
        script.onCancel.run();
        if (behind != null) {
            behind.cancel();
        }
        if (script.cancelThrows != null) {
            throw Faults.<RuntimeException>undeclared(script.cancelThrows);
        }
    }

    private void check(boolean holds, String otherwise) {
        if (!holds) {
            violations.accept(otherwise);
        }
    }

    /** What was to be signed. */
    public SignRequest signRequest() {
        return Objects.requireNonNull(sign, "not a signature");
    }

    /** What was to be decrypted. */
    public DecryptRequest decryptRequest() {
        return Objects.requireNonNull(decrypt, "not a decryption");
    }

    /** Returns the waker that start was given. */
    public Waker waker() {
        return waker;
    }

    /** Whether resume was called in the step that called start. */
    public boolean resumedInTheStepThatStarted() {
        return resumedWhenStarted;
    }

    /** Returns how often the connection asked for the result. */
    public int resumes() {
        return resumes;
    }

    /** Returns how often the connection cancelled the operation. */
    public int cancels() {
        return cancels;
    }

    /** How often the key woke the connection, or the test in its place. */
    public int wakes() {
        return wakes.get();
    }

    /** Waits up to 30 seconds until it is cancelled, for connections that another thread drives. */
    public void awaitCancel() {
        try {
            Expect.that(cancelled.await(30, TimeUnit.SECONDS), "the operation was not cancelled");
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Returns whether the operation has neither ended nor been cancelled. */
    public boolean isPending() {
        return phase == Phase.PENDING;
    }

    /** Whether a secret that the connection was given is cleared; true where it was given none. */
    public boolean isWiped() {
        byte[] secret = decrypt == null ? null : handedOver;
        return secret == null || Bytes.isZero(secret);
    }

    /** The array given to the connection as the result, or null. */
    public byte @Nullable [] handedOver() {
        return handedOver;
    }
}
