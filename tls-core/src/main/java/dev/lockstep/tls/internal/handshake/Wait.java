package dev.lockstep.tls.internal.handshake;

import dev.lockstep.tls.internal.handshake.Question.FallThrough;
import dev.lockstep.tls.internal.handshake.Question.OnFailure;
import dev.lockstep.tls.internal.handshake.phase.Handshake;
import dev.lockstep.tls.internal.wire.FatalAlert;
import dev.lockstep.tls.wait.OperationException;
import dev.lockstep.tls.wait.OperationException.Reason;
import dev.lockstep.tls.wait.PendingOperation;
import dev.lockstep.tls.wait.Progress;
import dev.lockstep.tls.wait.RefusedException;
import dev.lockstep.tls.wait.Start;
import dev.lockstep.tls.wait.Suspension;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The one wait that a connection may have: start, poll, deadline, cancel and the discipline of these calls, written once for
 * every question. Each operation is started exactly once; it ends by an answer, a failure or a cancel.
 *
 * @param <T> what is waited for
 */
final class Wait<T> {

    private final Question<T> question;
    private final Handshake handshake;
    private final Suspension suspension;
    private final WakeFlag waker;

    private @Nullable PendingOperation<T> operation;
    private @Nullable Progress<T> answer;
    private boolean fellThrough;
    private boolean suspended;

    /** The operation may have its answer since its start; it was not polled yet. */
    private boolean ready;

    /**
     * A wait that begins now.
     *
     * @param wakeHandler what the waker runs, on any thread
     */
    Wait(Question<T> question, Handshake handshake, Runnable wakeHandler) {
        this.question = question;
        this.handshake = handshake;
        this.waker = new WakeFlag(wakeHandler);
        long now = handshake.config.clock().getAsLong();
        OptionalLong limit = OptionalLong.empty();
        try {
            limit = question.limit().nanos(handshake.config);
        } catch (Exception | Error e) {
            end(Progress.thrown(e)); // the boundary to foreign code, as in start, which has nothing to do then
        }
        OptionalLong deadline = handshake.deadlineNanos();
        if (limit.isPresent()) {
            long own = now + limit.getAsLong();
            boolean handshakeEndsFirst = deadline.isPresent() && deadline.getAsLong() - own < 0;
            deadline = handshakeEndsFirst ? deadline : OptionalLong.of(own);
        }
        this.suspension = new Suspension(question.kind(), now, deadline);
    }

    /**
     * Asks the question; afterwards the wait is answered or pending.
     *
     * @return whether the step that asked also polls: there is an answer, or one that is ready, or no time to wait for it
     */
    boolean start() {
        if (answer != null) {
            return true;
        }
        @Nullable Start<T> start;
        try {
            start = question.ask().start(handshake, waker, suspension.deadlineNanos());
        } catch (Exception | Error e) {
            // The boundary to foreign code: whatever it throws is a failed operation, not a failed server.
            end(Progress.thrown(e));
            return true;
        }
        if (start instanceof Start.Ready<T> started) {
            operation = started.operation();
            ready = true;
            return true;
        } else if (start instanceof Start.InProgress<T> inProgress) {
            operation = inProgress.operation();
            return isLate();
        } else if (start instanceof Start.FallThrough<T>) {
            fellThrough = true;
            fail(Reason.UNSUPPORTED, "start fell through, nothing is below");
        } else if (start instanceof Start.Failed<T> failed) {
            end(Progress.failed(failed.cause()));
        } else {
            fail(Reason.INVALID_OUTPUT, "start returned null");
        }
        return true;
    }

    /**
     * Asks once for the answer.
     *
     * @return whether there is one now, good or bad
     */
    boolean poll() {
        PendingOperation<T> pending = operation;
        if (pending == null) {
            return true;
        }
        waker.clear();
        boolean late = isLate();
        if (late && !ready) {
            timeOut();
            return true;
        }
        // A late one is polled all the same if it was there already: such an answer is disposed of and not cancelled.
        ready = false;
        @Nullable Progress<T> progress;
        try {
            progress = pending.resume();
        } catch (Exception | Error e) {
            progress = Progress.thrown(e); // the boundary to foreign code, as in start
        }
        if (progress instanceof Progress.InProgress<T>) {
            if (late) {
                timeOut();
                return true;
            }
            suspend();
            return false;
        }
        operation = null;
        if (progress == null) {
            fail(Reason.INVALID_OUTPUT, "resume returned null");
        } else if (late && progress instanceof Progress.Done<T> done) {
            question.late().disposal().accept(done.value());
            timeOut();
        } else {
            end(progress);
        }
        return true;
    }

    /** Tells the observer, once, that the connection stands still from now on. */
    void suspend() {
        if (!suspended) {
            suspended = true;
            handshake.config.observer().onSuspend(suspension);
        }
    }

    /** Gives the operation up if it is still pending. An answer that was not taken is cleared. */
    void cancel() {
        waker.retire();
        cancelOperation();
        if (answer instanceof Progress.Done<T> done) {
            question.late().disposal().accept(done.value());
        }
    }

    /** Returns the answer of a wait that has ended, or what its failure means. */
    T settle() {
        OnFailure onFailure = question.onFailure();
        if (onFailure == OnFailure.MASKED_TO_FINISHED) {
            return settleMasked();
        }
        if (answer instanceof Progress.Done<T> done) {
            return done.value();
        }
        if (fellThrough && question.fallThrough() == FallThrough.ANSWER) {
            return question.instead().apply(handshake);
        }
        if (!(answer instanceof Progress.Failed<T> failed)) {
            throw new IllegalStateException(question.kind() + " is still pending");
        }
        Throwable cause = failed.cause();
        if (onFailure == OnFailure.REFUSAL_OR_ERROR && cause instanceof RefusedException refusal) {
            throw FatalAlert.of(refusal.alert(), refusal.reason(), refusal);
        }
        handshake.config.observer().onOperationFailed(question.kind(), cause);
        if (onFailure == OnFailure.FULL_HANDSHAKE) {
            return question.instead().apply(handshake);
        }
        throw FatalAlert.internalError(question.kind() + " failed", cause);
    }

    /** Answer and failure take the same steps: which of them it is can depend on what the client encrypted. */
    private T settleMasked() {
        Progress<T> end = answer;
        if (end == null) {
            throw new IllegalStateException(question.kind() + " is still pending");
        }
        handshake.maskedFailures.keep(question.kind(), end);
        T nothing = question.instead().apply(handshake);
        return end.valueOr(nothing);
    }

    Suspension suspension() {
        return suspension;
    }

    boolean wasSuspended() {
        return suspended;
    }

    private boolean isLate() {
        OptionalLong deadline = suspension.deadlineNanos();
        return deadline.isPresent() && handshake.config.clock().getAsLong() - deadline.getAsLong() >= 0;
    }

    private void timeOut() {
        cancelOperation();
        fail(Reason.TIMED_OUT, question.kind() + ": no answer before the deadline");
    }

    private void fail(Reason reason, String message) {
        end(Progress.failed(new OperationException(reason, message)));
    }

    private void cancelOperation() {
        PendingOperation<T> pending = operation;
        operation = null;
        if (pending != null) {
            try {
                pending.cancel();
            } catch (Exception | Error e) { // not every language declares its checked exceptions
                // The SPI says that exceptions of cancel are dropped: the connection is past caring.
            }
        }
    }

    private void end(Progress<T> result) {
        answer = result;
        waker.retire();
    }
}
