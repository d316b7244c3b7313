package dev.lockstep.keys.compose;

import static dev.lockstep.keys.Failures.down;
import static dev.lockstep.keys.Failures.reason;
import static dev.lockstep.keys.Failures.refusal;
import static dev.lockstep.keys.Operations.failure;
import static dev.lockstep.keys.Operations.inProgress;
import static dev.lockstep.keys.Operations.ready;
import static dev.lockstep.keys.Requests.decrypt;
import static dev.lockstep.keys.Requests.sign;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.keys.Requests;
import dev.lockstep.keys.Signal;
import dev.lockstep.keys.compose.CircuitBreaker.State;
import dev.lockstep.testkit.answer.KeyScript;
import dev.lockstep.testkit.answer.RecordedOperation;
import dev.lockstep.testkit.answer.RecordingKey;
import dev.lockstep.tls.wait.OperationException;
import dev.lockstep.tls.wait.OperationException.Reason;
import dev.lockstep.tls.wait.PendingOperation;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Fails fast while the signer is down, probes it again, and learns nothing from decryptions. */
class CircuitBreakerKeyTest {

    private static final Duration OPEN = Duration.ofSeconds(2);

    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5); // a clock that wraps while it is used
    private final RecordingKey key = Requests.recordingKey();
    private final CircuitBreakerKey breaker = CircuitBreakerKey.of(key, 3, OPEN, now::get);
    private final Signal signal = new Signal();

    @AfterEach
    void discipline() {
        key.assertDisciplined();
    }

    private void outage(Exception cause) {
        key.then(KeyScript.startFails(cause));
        assertThat(failure(breaker.startSign(sign(), signal))).isSameAs(cause);
    }

    private void open() {
        for (int i = 0; i < 3; i++) {
            outage(down());
        }
        assertThat(breaker.state()).isEqualTo(State.OPEN);
    }

    private void success() throws Exception {
        key.then(KeyScript.done((byte) 1));
        ready(breaker.startSign(sign(), signal)).resume();
    }

    private void refusedWithoutTheKey() {
        int starts = key.starts();
        assertThat(reason(failure(breaker.startSign(sign(), signal)))).isEqualTo(Reason.KEY_UNAVAILABLE);
        assertThat(key.starts()).isEqualTo(starts);
    }

    @Test
    void outagesInARowOpenItAndThenTheKeyIsNotAsked() throws Exception {
        outage(down());
        outage(new IOException("connection reset"));
        assertThat(breaker.state()).isEqualTo(State.CLOSED);
        PendingOperation<byte[]> third = inProgress(breaker.startSign(sign(), signal));
        key.last().fail(new OperationException(Reason.TIMED_OUT, "slow"));
        third.resume();

        assertThat(breaker.state()).isEqualTo(State.OPEN);
        refusedWithoutTheKey();
        now.addAndGet(OPEN.toNanos() - 1);
        refusedWithoutTheKey();
    }

    @Test
    void aSuccessInBetweenStartsTheCountAgain() throws Exception {
        outage(down());
        outage(down());
        success();
        outage(down());
        outage(down());

        assertThat(breaker.state()).isEqualTo(State.CLOSED);
    }

    @Test
    void aSignerThatSaysNoIsNotDown() {
        for (int i = 0; i < 10; i++) {
            outage(refusal());
        }
        assertThat(breaker.state()).isEqualTo(State.CLOSED);
    }

    @Test
    void oneProbeGoesThroughAndItsSuccessCloses() throws Exception {
        open();
        now.addAndGet(OPEN.toNanos());
        PendingOperation<byte[]> probe = inProgress(breaker.startSign(sign(), signal));
        assertThat(breaker.state()).isEqualTo(State.HALF_OPEN);
        refusedWithoutTheKey();
        key.last().complete((byte) 1);
        probe.resume();

        assertThat(breaker.state()).isEqualTo(State.CLOSED);
        success();
    }

    @Test
    void aFailedProbeOpensForAnotherWholePeriod() {
        open();
        now.addAndGet(OPEN.toNanos());
        outage(down());

        assertThat(breaker.state()).isEqualTo(State.OPEN);
        now.addAndGet(OPEN.toNanos() - 1);
        refusedWithoutTheKey();
        now.addAndGet(1);
        inProgress(breaker.startSign(sign(), signal));
    }

    @Test
    void aProbeThatIsCancelledOrRefusedMakesTheNextSignatureTheProbe() throws Exception {
        open();
        now.addAndGet(OPEN.toNanos());
        inProgress(breaker.startSign(sign(), signal)).cancel();
        assertThat(key.last().cancels()).isEqualTo(1);
        assertThat(breaker.state()).isEqualTo(State.OPEN);
        outage(refusal());
        key.then(KeyScript.fallThrough());
        breaker.startSign(sign(), signal);
        assertThat(breaker.state()).isEqualTo(State.OPEN);
        success();

        assertThat(breaker.state()).isEqualTo(State.CLOSED);
    }

    @Test
    void aProbeThatNeverEndsIsReplacedAfterAnotherPeriod() throws Exception {
        open();
        now.addAndGet(OPEN.toNanos());
        PendingOperation<byte[]> lost = inProgress(breaker.startSign(sign(), signal));
        RecordedOperation lostInKey = key.last();
        now.addAndGet(OPEN.toNanos());
        success();
        assertThat(breaker.state()).isEqualTo(State.CLOSED);

        lostInKey.fail(down());
        lost.resume();
        outage(down());
        outage(down());
        assertThat(breaker.state()).as("the lost probe does not count any more").isEqualTo(State.CLOSED);
    }

    @Test
    void whatWasStartedBeforeItOpenedDoesNotCountAfterwards() throws Exception {
        PendingOperation<byte[]> old = inProgress(breaker.startSign(sign(), signal));
        RecordedOperation oldInKey = key.last();
        open();
        oldInKey.complete((byte) 1);
        old.resume();

        assertThat(breaker.state()).isEqualTo(State.OPEN);
    }

    @Test
    void decryptionsNeverCountForItsStateIsVisibleToThePeer() throws Exception {
        for (int i = 0; i < 10; i++) {
            key.then(KeyScript.startFails(down()));
            breaker.startDecrypt(decrypt(), signal);
        }
        assertThat(breaker.state()).isEqualTo(State.CLOSED);
        outage(down());
        outage(down());
        key.then(KeyScript.done((byte) 1));
        ready(breaker.startDecrypt(decrypt(), signal)).resume();
        outage(down());
        assertThat(breaker.state())
                .as("a successful decryption does not start the count again")
                .isEqualTo(State.OPEN);
    }

    @Test
    void decryptionsAreRefusedWhileOpenAndPassWithoutProbingAfterwards() throws Exception {
        open();
        int starts = key.starts();
        assertThat(reason(failure(breaker.startDecrypt(decrypt(), signal)))).isEqualTo(Reason.KEY_UNAVAILABLE);
        assertThat(key.starts()).isEqualTo(starts);
        now.addAndGet(OPEN.toNanos());
        key.then(KeyScript.done((byte) 1));
        ready(breaker.startDecrypt(decrypt(), signal)).resume();

        assertThat(breaker.state()).isEqualTo(State.OPEN);
    }

    @Test
    void cancelledSignaturesDoNotCount() {
        for (int i = 0; i < 10; i++) {
            inProgress(breaker.startSign(sign(), signal)).cancel();
        }
        assertThat(breaker.state()).isEqualTo(State.CLOSED);
    }
}
