package dev.lockstep.tls.internal.handshake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.lockstep.tls.config.ConnectionObserver;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.internal.handshake.Question.Ask;
import dev.lockstep.tls.internal.handshake.Question.FallThrough;
import dev.lockstep.tls.internal.handshake.Question.Late;
import dev.lockstep.tls.internal.handshake.Question.Limit;
import dev.lockstep.tls.internal.handshake.Question.OnFailure;
import dev.lockstep.tls.internal.handshake.phase.Handshake;
import dev.lockstep.tls.internal.handshake.phase.HandshakeOutput;
import dev.lockstep.tls.internal.handshake.phase.History;
import dev.lockstep.tls.internal.wire.FatalAlert;
import dev.lockstep.tls.spec.AlertDescription;
import dev.lockstep.tls.wait.OperationException;
import dev.lockstep.tls.wait.OperationException.Reason;
import dev.lockstep.tls.wait.PendingOperation;
import dev.lockstep.tls.wait.Progress;
import dev.lockstep.tls.wait.RefusedException;
import dev.lockstep.tls.wait.Start;
import dev.lockstep.tls.wait.Suspension;
import dev.lockstep.tls.wait.SuspensionKind;
import dev.lockstep.tls.wait.Waker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** One wait without a connection: which calls an operation gets, and what becomes of each of its answers. */
class WaitTest {

    private static final Duration LIMIT = Duration.ofSeconds(5);
    private static final Exception FAULT = new Exception("the holder is down");
    private static final RefusedException REFUSAL = new RefusedException(AlertDescription.ACCESS_DENIED, "not you");

    private long now = Long.MAX_VALUE - 1; // the deadlines are beyond the wrap-around of nanoTime
    private final List<Suspension> suspensions = new ArrayList<>();
    private final List<Throwable> failures = new ArrayList<>();
    private final List<String> disposedOf = new ArrayList<>();
    private final Operation operation = new Operation();
    private int wakes;

    private final ConnectionObserver observer = new ConnectionObserver() {
        @Override
        public void onSuspend(Suspension suspension) {
            suspensions.add(suspension);
        }

        @Override
        public void onOperationFailed(SuspensionKind kind, Throwable cause) {
            assertThat(kind).isEqualTo(SuspensionKind.SIGN);
            failures.add(cause);
        }
    };

    /** Answers as a test says, and keeps what it was given. */
    private static final class Operation implements PendingOperation<String> {
        private Progress<String> answer = Progress.inProgress();
        private Waker waker = () -> {};
        private OptionalLong deadlineNanos = OptionalLong.empty();
        private int cancels;

        @Override
        public Progress<String> resume() throws Exception {
            return answer;
        }

        @Override
        public void cancel() {
            cancels++;
            throw new IllegalStateException("dropped by the connection");
        }
    }

    private Handshake handshake(Duration handshakeTimeout) {
        TlsServerConfig config = TlsServerConfig.builder()
                .preSharedKeys((request, waker) -> Start.fallThrough())
                .clock(() -> now)
                .keyOperationTimeout(LIMIT)
                .handshakeTimeout(handshakeTimeout)
                .observer(observer)
                .build();
        HandshakeOutput nowhere = null;
        Handshake handshake = new Handshake(config, nowhere, new History(config));
        handshake.begin();
        return handshake;
    }

    private final Handshake handshake = handshake(Duration.ZERO);

    private Wait<String> asking(OnFailure onFailure, FallThrough fallThrough, Ask<String> ask) {
        Ask<String> keeping = (asking, waker, deadlineNanos) -> {
            operation.waker = waker;
            operation.deadlineNanos = deadlineNanos;
            return ask.start(asking, waker, deadlineNanos);
        };
        Late<String> late = new Late<>("kept", disposedOf::add);
        Question<String> question =
                new Question<>(SuspensionKind.SIGN, keeping, Limit.KEY, onFailure, fallThrough, any -> "instead", late);
        return new Wait<>(question, handshake, () -> wakes++);
    }

    private Wait<String> asking(OnFailure onFailure, Start<String> answer) {
        return asking(onFailure, FallThrough.FAILURE, (asking, waker, deadlineNanos) -> answer);
    }

    private Wait<String> pending(OnFailure onFailure) {
        Wait<String> wait = asking(onFailure, Start.inProgress(operation));
        assertThat(wait.start()).as("polled in the same step").isFalse();
        return wait;
    }

    // ---- the calls of an operation

    @Test
    void anAnswerThatIsThereIsTakenWithoutASuspension() {
        Wait<String> wait = asking(OnFailure.INTERNAL_ERROR, Start.done("answer"));
        assertThat(wait.start()).isTrue();
        assertThat(wait.poll()).isTrue();
        assertThat(wait.settle()).isEqualTo("answer");
        assertThat(wait.wasSuspended()).isFalse();
        assertThat(suspensions).isEmpty();
        assertThat(failures).isEmpty();
    }

    @Test
    void aReadyOperationThatIsInProgressSuspendsOnce() {
        Wait<String> wait = asking(OnFailure.INTERNAL_ERROR, Start.ready(operation));
        assertThat(wait.start()).isTrue();
        assertThat(wait.poll()).isFalse();
        assertThat(wait.wasSuspended()).isTrue();
        assertThat(wait.poll()).isFalse();
        assertThat(suspensions).containsExactly(wait.suspension());
        operation.answer = Progress.done("answer");
        assertThat(wait.poll()).isTrue();
        assertThat(wait.poll()).as("polled again after the end").isTrue();
        assertThat(wait.settle()).isEqualTo("answer");
    }

    @Test
    void aWakeCountsOncePerPollAndNotAfterTheEnd() {
        Wait<String> wait = pending(OnFailure.INTERNAL_ERROR);
        for (int polls = 1; polls <= 3; polls++) {
            operation.waker.wake();
            operation.waker.wake();
            assertThat(wakes).isEqualTo(polls);
            assertThat(wait.poll()).isFalse();
        }
        operation.answer = Progress.done("answer");
        assertThat(wait.poll()).isTrue();
        operation.waker.wake();
        assertThat(wakes).as("after the end").isEqualTo(3);
    }

    @Test
    void aCancelReachesTheOperationOnceAndItsWakerNoMore() {
        Wait<String> wait = pending(OnFailure.INTERNAL_ERROR);
        wait.cancel();
        wait.cancel();
        operation.waker.wake();
        assertThat(operation.cancels).isEqualTo(1);
        assertThat(wakes).isZero();
        assertThat(disposedOf).isEmpty();
    }

    @Test
    void anAnswerThatIsNotTakenIsDisposedOf() {
        Wait<String> wait = asking(OnFailure.INTERNAL_ERROR, Start.done("answer"));
        wait.start();
        wait.poll();
        wait.cancel();
        assertThat(disposedOf).containsExactly("answer");
    }

    @ParameterizedTest
    @EnumSource(names = {"INTERNAL_ERROR", "MASKED_TO_FINISHED"})
    void whatIsPendingCannotBeSettled(OnFailure onFailure) {
        assertThatIllegalStateException().isThrownBy(pending(onFailure)::settle).withMessage("SIGN is still pending");
    }

    // ---- failures

    @Test
    void whatAStartAnswersInPlaceOfAnOperationIsTheCause() {
        RuntimeException thrown = new IllegalArgumentException("a fault of its own");
        assertThat(causeOf(asking(OnFailure.INTERNAL_ERROR, FallThrough.FAILURE, (asking, waker, deadlineNanos) -> {
                    throw thrown;
                })))
                .isSameAs(thrown);
        assertThat(causeOf(asking(OnFailure.INTERNAL_ERROR, Start.failed(FAULT))))
                .isSameAs(FAULT);
        assertReason(Reason.UNSUPPORTED, causeOf(asking(OnFailure.INTERNAL_ERROR, Start.fallThrough())));
        Start<String> broken = null;
        assertReason(Reason.INVALID_OUTPUT, causeOf(asking(OnFailure.INTERNAL_ERROR, broken)));
        assertThat(operation.cancels).isZero();
    }

    @Test
    void whatAnOperationAnswersInPlaceOfAValueIsTheCause() {
        operation.answer = Progress.failed(FAULT);
        assertThat(causeOf(asking(OnFailure.INTERNAL_ERROR, Start.ready(operation))))
                .isSameAs(FAULT);
        operation.answer = null;
        assertReason(Reason.INVALID_OUTPUT, causeOf(asking(OnFailure.INTERNAL_ERROR, Start.ready(operation))));
        PendingOperation<String> throwing = () -> {
            throw FAULT;
        };
        assertThat(causeOf(asking(OnFailure.INTERNAL_ERROR, Start.ready(throwing))))
                .isSameAs(FAULT);
        assertThat(operation.cancels).isZero();
    }

    /** Runs a wait to its failure, which is internal_error and told to the observer, and after which nothing wakes. */
    private Throwable causeOf(Wait<String> wait) {
        failures.clear();
        assertThat(wait.start()).isTrue();
        assertThat(wait.poll()).isTrue();
        Throwable cause = refusal(AlertDescription.INTERNAL_ERROR, wait).getCause();
        assertThat(failures).containsExactly(cause);
        operation.waker.wake();
        assertThat(wakes).isZero();
        wait.cancel();
        assertThat(disposedOf).isEmpty();
        return cause;
    }

    private static FatalAlert refusal(AlertDescription alert, Wait<String> wait) {
        FatalAlert refusal = catchThrowableOfType(FatalAlert.class, wait::settle);
        assertThat(refusal).isNotNull();
        assertThat(refusal.description()).isEqualTo(alert);
        return refusal;
    }

    private static void assertReason(Reason reason, Throwable cause) {
        assertThat(cause).isInstanceOfSatisfying(OperationException.class, failure -> assertThat(failure.reason())
                .isEqualTo(reason));
    }

    private Wait<String> ended(OnFailure onFailure, Start<String> answer) {
        Wait<String> wait = asking(onFailure, answer);
        wait.start();
        wait.poll();
        return wait;
    }

    @Test
    void aFallThroughMayBeAnAnswer() {
        Wait<String> wait =
                asking(OnFailure.FULL_HANDSHAKE, FallThrough.ANSWER, (asking, waker, deadline) -> Start.fallThrough());
        wait.start();
        wait.poll();
        assertThat(wait.settle()).isEqualTo("instead");
        assertThat(failures).isEmpty();
    }

    @Test
    void aFailureMayMeanAFullHandshake() {
        assertThat(ended(OnFailure.FULL_HANDSHAKE, Start.failed(FAULT)).settle())
                .isEqualTo("instead");
        assertThat(failures).containsExactly(FAULT);
    }

    @Test
    void aRefusalHasItsAlertWhereOneIsAskedFor() {
        refusal(AlertDescription.ACCESS_DENIED, ended(OnFailure.REFUSAL_OR_ERROR, Start.failed(REFUSAL)));
        assertThat(failures).as("told to the observer").isEmpty();
        refusal(AlertDescription.INTERNAL_ERROR, ended(OnFailure.REFUSAL_OR_ERROR, Start.failed(FAULT)));
        refusal(AlertDescription.INTERNAL_ERROR, ended(OnFailure.INTERNAL_ERROR, Start.failed(REFUSAL)));
        assertThat(failures).containsExactly(FAULT, REFUSAL);
    }

    @Test
    void aMaskedFailureIsReportedLater() {
        assertThat(ended(OnFailure.MASKED_TO_FINISHED, Start.failed(FAULT)).settle())
                .isEqualTo("instead");
        assertThat(failures).isEmpty();
        handshake.maskedFailures.report(observer);
        assertThat(failures).containsExactly(FAULT);
        assertThat(ended(OnFailure.MASKED_TO_FINISHED, Start.done("answer")).settle())
                .isEqualTo("answer");
        handshake.maskedFailures.report(observer);
        assertThat(failures).containsExactly(FAULT);
    }

    // ---- time

    @Test
    void anAnswerMayTakeUntilJustBeforeTheDeadline() {
        long begun = now;
        Wait<String> wait = pending(OnFailure.INTERNAL_ERROR);
        OptionalLong deadline = OptionalLong.of(begun + LIMIT.toNanos());
        assertThat(operation.deadlineNanos).isEqualTo(deadline);
        assertThat(wait.suspension()).isEqualTo(new Suspension(SuspensionKind.SIGN, begun, deadline));
        now += LIMIT.toNanos() - 1;
        assertThat(wait.poll()).isFalse();
        now++;
        operation.answer = Progress.done("too late");
        assertThat(wait.poll()).isTrue();
        assertReason(
                Reason.TIMED_OUT, refusal(AlertDescription.INTERNAL_ERROR, wait).getCause());
        assertThat(operation.cancels).isEqualTo(1);
        operation.waker.wake();
        assertThat(wakes).isZero();
    }

    @Test
    void aStartThatUsesTheTimeUpIsPolledInTheSameStep() {
        Wait<String> wait = asking(OnFailure.INTERNAL_ERROR, FallThrough.FAILURE, (asking, waker, deadlineNanos) -> {
            now = deadlineNanos.getAsLong();
            return Start.inProgress(operation);
        });
        assertThat(wait.start()).isTrue();
        assertThat(wait.poll()).isTrue();
        assertReason(
                Reason.TIMED_OUT, refusal(AlertDescription.INTERNAL_ERROR, wait).getCause());
    }

    private Wait<String> lateFrom(Start<String> answer) {
        Wait<String> wait = asking(OnFailure.INTERNAL_ERROR, FallThrough.FAILURE, (asking, waker, deadlineNanos) -> {
            now = deadlineNanos.getAsLong();
            return answer;
        });
        assertThat(wait.start()).isTrue();
        assertThat(wait.poll()).isTrue();
        return wait;
    }

    private Throwable lateCause(Start<String> answer) {
        return refusal(AlertDescription.INTERNAL_ERROR, lateFrom(answer)).getCause();
    }

    /** It is an answer that came too late, and the operation has ended: nothing is left to cancel. */
    @Test
    void anAnswerThatStartReturnsTooLateIsDisposedOf() {
        operation.answer = Progress.done("too late");
        assertReason(Reason.TIMED_OUT, lateCause(Start.ready(operation)));
        assertThat(disposedOf).containsExactly("too late");
        assertThat(operation.cancels).isZero();
    }

    @Test
    void aReadyOperationThatIsInProgressAndLateIsCancelled() {
        assertReason(Reason.TIMED_OUT, lateCause(Start.ready(operation)));
        assertThat(operation.cancels).isEqualTo(1);
        assertThat(suspensions).isEmpty();
    }

    @Test
    void aFailureThatStartReturnsTooLateKeepsItsCause() {
        operation.answer = Progress.failed(FAULT);
        assertThat(lateCause(Start.ready(operation))).isSameAs(FAULT);
        assertThat(operation.cancels).isZero();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 4, 5, 6, 60})
    void theEarlierOfTwoLimitsCounts(long seconds) {
        Handshake limited = handshake(Duration.ofSeconds(seconds));
        Wait<byte[]> wait = new Wait<>(Waits.SIGNATURE, limited, () -> {});
        assertThat(wait.suspension().deadlineNanos())
                .hasValue(now + Duration.ofSeconds(Math.min(5, seconds)).toNanos());
    }
}
