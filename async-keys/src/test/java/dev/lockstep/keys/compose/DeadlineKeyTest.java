package dev.lockstep.keys.compose;

import static dev.lockstep.keys.Failures.reason;
import static dev.lockstep.keys.Operations.done;
import static dev.lockstep.keys.Operations.failure;
import static dev.lockstep.keys.Operations.inProgress;
import static dev.lockstep.keys.Operations.ready;
import static dev.lockstep.keys.Requests.decrypt;
import static dev.lockstep.keys.Requests.sign;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.keys.Failures;
import dev.lockstep.keys.Requests;
import dev.lockstep.keys.Signal;
import dev.lockstep.keys.WorkerPools;
import dev.lockstep.testkit.answer.KeyScript;
import dev.lockstep.testkit.answer.RecordingKey;
import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.tls.key.SignRequest;
import dev.lockstep.tls.spec.SignatureScheme;
import dev.lockstep.tls.wait.OperationException.Reason;
import dev.lockstep.tls.wait.PendingOperation;
import dev.lockstep.tls.wait.Progress;
import dev.lockstep.tls.wait.Start;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The limit of a single operation: just before, just after, never, and nothing left behind. */
@Timeout(60)
class DeadlineKeyTest {

    private static final Duration LIMIT = Duration.ofMinutes(10);

    private final ScheduledThreadPoolExecutor timer = (ScheduledThreadPoolExecutor) WorkerPools.scheduler(1);
    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5); // a clock that wraps while it is used
    private final RecordingKey key = Requests.recordingKey();
    private final Signal signal = new Signal();

    @AfterEach
    void stop() {
        timer.shutdownNow();
        key.assertDisciplined();
    }

    private DeadlineKey limited() {
        return DeadlineKey.of(key, LIMIT, timer, now::get);
    }

    @Test
    void aResultJustBeforeTheLimitCounts() throws Exception {
        PendingOperation<byte[]> operation = inProgress(limited().startSign(sign(), signal));
        now.addAndGet(LIMIT.toNanos() - 1);
        key.last().complete((byte) 3);

        assertThat(done(operation.resume())).containsExactly(3);
        assertThat(timer.getQueue()).isEmpty();
        assertThat(key.last().cancels()).isZero();
    }

    @Test
    void aResultThatIsFetchedAtTheLimitIsLateAndTheOperationIsCancelledOnce() throws Exception {
        PendingOperation<byte[]> operation = inProgress(limited().startDecrypt(decrypt(), signal));
        key.last().complete((byte) 3);
        now.addAndGet(LIMIT.toNanos());

        assertThat(reason(failure(operation.resume()))).isEqualTo(Reason.TIMED_OUT);
        assertThat(key.last().cancels()).isEqualTo(1);
        assertThat(key.last().resumes()).isZero();
        assertThat(timer.getQueue()).isEmpty();
    }

    @Test
    void aKeyThatNeverAnswersIsGivenUpByTheTimer() throws Exception {
        DeadlineKey limited = DeadlineKey.of(key, Duration.ofMillis(20), timer);
        PendingOperation<byte[]> operation = inProgress(limited.startSign(sign(), signal));
        signal.await();

        assertThat(reason(failure(operation.resume()))).isEqualTo(Reason.TIMED_OUT);
        assertThat(key.last().cancels()).isEqualTo(1);
    }

    @Test
    void anAlarmThatRingsTooEarlyIsSetAgain() throws Exception {
        DeadlineKey limited = DeadlineKey.of(key, Duration.ofMillis(5), timer, now::get);
        PendingOperation<byte[]> operation = inProgress(limited.startSign(sign(), signal));
        Progress<byte[]> early = Progress.inProgress();
        for (int rings = 0; rings < 3; rings++) {
            signal.await();
            while (timer.getActiveCount() > 0) {
                Thread.onSpinWait(); // the alarm has rung and is not yet done
            }
            early = operation.resume();
        }
        assertThat(early).isInstanceOf(Progress.InProgress.class);
        now.addAndGet(Duration.ofMillis(5).toNanos());

        assertThat(reason(failure(operation.resume()))).isEqualTo(Reason.TIMED_OUT);
    }

    @Test
    void cancellingForgetsTheAlarmAndCancelsTheKeyOnce() {
        PendingOperation<byte[]> operation = inProgress(limited().startSign(sign(), signal));
        assertThat(timer.getQueue()).hasSize(1);
        operation.cancel();

        assertThat(timer.getQueue()).isEmpty();
        assertThat(key.last().cancels()).isEqualTo(1);
        key.last().complete((byte) 1);
    }

    @Test
    void aReadyOperationThatIsStillInProgressGetsItsAlarmThen() throws Exception {
        key.then(KeyScript.readyAfter(1).changed(signature -> new byte[] {9}));
        PendingOperation<byte[]> operation = ready(limited().startSign(sign(), signal));
        assertThat(timer.getQueue()).isEmpty();

        assertThat(operation.resume()).isInstanceOf(Progress.InProgress.class);
        assertThat(timer.getQueue()).hasSize(1);
        assertThat(done(operation.resume())).containsExactly(9);
    }

    @Test
    void theKeySeesTheEarlierOfTheTwoDeadlines() {
        long own = now.get() + LIMIT.toNanos();
        for (long connection : new long[] {own - 7, own + 7}) {
            limited()
                    .startSign(
                            new SignRequest(
                                    SignatureScheme.ECDSA_SECP256R1_SHA256,
                                    new byte[1],
                                    TestIdentity.P256.chain(),
                                    null,
                                    OptionalLong.of(connection)),
                            signal);
            assertThat(key.last().signRequest().deadlineNanos()).hasValue(connection - own < 0 ? connection : own);
        }
        limited().startDecrypt(decrypt(), signal);
        assertThat(key.last().decryptRequest().deadlineNanos()).hasValue(own);
    }

    @Test
    void aTimerThatIsShutDownMakesTheOperationFailInsteadOfHang() {
        timer.shutdown();

        assertThat(reason(failure(limited().startSign(sign(), signal)))).isEqualTo(Reason.REJECTED);
        assertThat(key.last().cancels()).isEqualTo(1);
    }

    @Test
    void failuresAndFallThroughPassUnchanged() {
        Throwable cause = Failures.refusal();
        key.then(KeyScript.startFails(cause)).then(KeyScript.fallThrough()).then(KeyScript.startReturnsNull());

        assertThat(failure(limited().startSign(sign(), signal))).isSameAs(cause);
        assertThat(limited().startSign(sign(), signal)).isInstanceOf(Start.FallThrough.class);
        assertThat(reason(failure(limited().startSign(sign(), signal)))).isEqualTo(Reason.INVALID_OUTPUT);
        assertThat(timer.getQueue()).isEmpty();
    }

    @Test
    void aLimitOfZeroIsRefused() {
        assertThatThrownBy(() -> DeadlineKey.of(key, Duration.ZERO, timer))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("limit:");
    }
}
