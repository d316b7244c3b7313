package dev.lockstep.keys.compose;

import static dev.lockstep.keys.Failures.down;
import static dev.lockstep.keys.Failures.refusal;
import static dev.lockstep.keys.Operations.done;
import static dev.lockstep.keys.Operations.failure;
import static dev.lockstep.keys.Operations.inProgress;
import static dev.lockstep.keys.Operations.ready;
import static dev.lockstep.keys.Requests.decrypt;
import static dev.lockstep.keys.Requests.sign;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.keys.Requests;
import dev.lockstep.keys.Signal;
import dev.lockstep.testkit.answer.KeyScript;
import dev.lockstep.testkit.answer.RecordingKey;
import dev.lockstep.tls.wait.PendingOperation;
import dev.lockstep.tls.wait.Progress;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Signatures are repeated a bounded number of times, decryptions never. */
class RetryingKeyTest {

    private final RecordingKey key = Requests.recordingKey();
    private final RetryingKey retrying = RetryingKey.of(key, 3);
    private final Signal signal = new Signal();

    @AfterEach
    void discipline() {
        key.assertDisciplined();
    }

    @Test
    void aSignatureThatFailsToStartIsStartedAgain() throws Exception {
        key.then(KeyScript.startFails(down()))
                .then(KeyScript.startFails(new IOException("reset")))
                .then(KeyScript.done((byte) 5));

        assertThat(done(ready(retrying.startSign(sign(), signal)).resume())).containsExactly(5);
        assertThat(key.starts()).isEqualTo(3);
    }

    @Test
    void theLastFailureStandsWhenTheAttemptsAreUsedUp() {
        Throwable last = down();
        key.then(KeyScript.startFails(down()))
                .then(KeyScript.startFails(down()))
                .then(KeyScript.startFails(last))
                .then(KeyScript.done((byte) 5));

        assertThat(failure(retrying.startSign(sign(), signal))).isSameAs(last);
        assertThat(key.starts()).isEqualTo(3);
    }

    @Test
    void aSignatureThatFailsLaterIsStartedAgainInTheSameWait() throws Exception {
        PendingOperation<byte[]> operation = inProgress(retrying.startSign(sign(), signal));
        key.last().fail(down());
        assertThat(operation.resume()).isInstanceOf(Progress.InProgress.class);
        assertThat(key.starts()).isEqualTo(2);
        assertThat(operation.resume()).isInstanceOf(Progress.InProgress.class);
        key.last().complete((byte) 6);
        signal.await();
        signal.await();

        assertThat(done(operation.resume())).containsExactly(6);
        assertThat(key.starts()).isEqualTo(2);
    }

    @Test
    void aRepetitionThatIsReadyIsFetchedInTheSameStep() throws Exception {
        PendingOperation<byte[]> operation = inProgress(retrying.startSign(sign(), signal));
        key.then(KeyScript.startFails(down())).then(KeyScript.done((byte) 7));
        key.last().fail(down());

        assertThat(done(operation.resume())).containsExactly(7);
        assertThat(key.starts()).isEqualTo(3);
    }

    @Test
    void startAndResumeShareTheAttempts() throws Exception {
        Throwable last = down();
        key.then(KeyScript.startFails(down()));
        PendingOperation<byte[]> operation = inProgress(retrying.startSign(sign(), signal));
        key.last().fail(down());
        operation.resume();
        key.last().fail(last);

        assertThat(failure(operation.resume())).isSameAs(last);
        assertThat(key.starts()).isEqualTo(3);
    }

    @Test
    void aSignerThatSaidNoOrWasInterruptedIsNotAskedAgain() {
        key.then(KeyScript.startFails(refusal()))
                .then(KeyScript.startFails(new InterruptedException("stop")))
                .then(KeyScript.startFails(new LinkageError("no driver")));

        failure(retrying.startSign(sign(), signal));
        failure(retrying.startSign(sign(), signal));
        failure(retrying.startSign(sign(), signal));
        assertThat(key.starts()).isEqualTo(3);
    }

    @Test
    void decryptionsAreNeverRepeated() throws Exception {
        key.then(KeyScript.startFails(down()));
        failure(retrying.startDecrypt(decrypt(), signal));
        assertThat(key.starts()).isEqualTo(1);

        PendingOperation<byte[]> operation = inProgress(retrying.startDecrypt(decrypt(), signal));
        key.last().fail(down());
        failure(operation.resume());
        assertThat(key.starts()).isEqualTo(2);
    }

    @Test
    void cancellingReachesTheAttemptThatRuns() throws Exception {
        PendingOperation<byte[]> operation = inProgress(retrying.startSign(sign(), signal));
        key.last().fail(down());
        operation.resume();
        operation.cancel();

        assertThat(key.operations().get(0).cancels()).isZero();
        assertThat(key.operations().get(1).cancels()).isEqualTo(1);
    }

    @Test
    void fallThroughAfterAFailureIsAFailureWithTheFirstCause() throws Exception {
        PendingOperation<byte[]> operation = inProgress(retrying.startSign(sign(), signal));
        Throwable first = down();
        key.then(KeyScript.fallThrough());
        key.last().fail(first);

        assertThat(failure(operation.resume())).hasCause(first);
    }

    @Test
    void unboundedAttemptsAreRefused() {
        assertThatThrownBy(() -> RetryingKey.of(key, 11)).hasMessageStartingWith("attempts:");
        assertThatThrownBy(() -> RetryingKey.of(key, 1)).hasMessageStartingWith("attempts:");
    }
}
