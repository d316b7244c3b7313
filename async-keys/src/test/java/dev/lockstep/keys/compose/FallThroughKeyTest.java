package dev.lockstep.keys.compose;

import static dev.lockstep.keys.Failures.down;
import static dev.lockstep.keys.Operations.done;
import static dev.lockstep.keys.Operations.failure;
import static dev.lockstep.keys.Operations.inProgress;
import static dev.lockstep.keys.Operations.ready;
import static dev.lockstep.keys.Requests.decrypt;
import static dev.lockstep.keys.Requests.sign;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.keys.Requests;
import dev.lockstep.keys.Signal;
import dev.lockstep.testkit.answer.KeyScript;
import dev.lockstep.testkit.answer.RecordingKey;
import dev.lockstep.tls.spec.SignatureScheme;
import dev.lockstep.tls.wait.PendingOperation;
import dev.lockstep.tls.wait.Start;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the second key does for the first, and what it must not do. */
class FallThroughKeyTest {

    private final RecordingKey first = Requests.recordingKey();
    private final RecordingKey second = Requests.recordingKey();
    private final FallThroughKey plain = FallThroughKey.of(first, second);
    private final FallThroughKey failing = FallThroughKey.alsoWhenSigningFails(first, second);
    private final Signal signal = new Signal();

    @AfterEach
    void discipline() {
        first.assertDisciplined();
        second.assertDisciplined();
    }

    @Test
    void theSecondKeyDoesWhatTheFirstLeavesToIt() throws Exception {
        first.then(KeyScript.fallThrough()).then(KeyScript.fallThrough());
        second.then(KeyScript.done((byte) 1)).then(KeyScript.done((byte) 2));

        assertThat(done(ready(plain.startSign(sign(), signal)).resume())).containsExactly(1);
        assertThat(done(ready(plain.startDecrypt(decrypt(), signal)).resume())).containsExactly(2);
    }

    @Test
    void theSecondKeyDoesWhatTheFirstCannotDoWithoutAskingIt() throws Exception {
        first.schemes(SignatureScheme.ED25519);
        first.canDecrypt(false);
        FallThroughKey both = FallThroughKey.of(first, second);
        second.then(KeyScript.done((byte) 1)).then(KeyScript.done((byte) 2));

        assertThat(both.signatureSchemes())
                .containsExactlyInAnyOrder(SignatureScheme.ED25519, SignatureScheme.ECDSA_SECP256R1_SHA256);
        assertThat(both.canDecrypt()).isTrue();
        assertThat(done(ready(both.startSign(sign(), signal)).resume())).containsExactly(1);
        assertThat(done(ready(both.startDecrypt(decrypt(), signal)).resume())).containsExactly(2);
        assertThat(first.starts()).isZero();
    }

    @Test
    void aFailureStandsUnlessAskedForOtherwise() {
        Throwable cause = down();
        first.then(KeyScript.startFails(cause));

        assertThat(failure(plain.startSign(sign(), signal))).isSameAs(cause);
        assertThat(second.starts()).isZero();
    }

    @Test
    void aSignatureThatFailsAtStartGoesToTheSecondKey() throws Exception {
        first.then(KeyScript.startFails(down()));
        second.then(KeyScript.done((byte) 4));

        assertThat(done(ready(failing.startSign(sign(), signal)).resume())).containsExactly(4);
    }

    @Test
    void aSignatureThatFailsLaterGoesToTheSecondKeyOnce() throws Exception {
        PendingOperation<byte[]> operation = inProgress(failing.startSign(sign(), signal));
        first.last().fail(down());
        operation.resume();
        Throwable last = down();
        second.last().fail(last);

        assertThat(failure(operation.resume())).isSameAs(last);
        assertThat(first.starts()).isEqualTo(1);
        assertThat(second.starts()).isEqualTo(1);
    }

    @Test
    void aFailedDecryptionNeverGoesToTheSecondKey() throws Exception {
        first.then(KeyScript.startFails(down()));
        failure(failing.startDecrypt(decrypt(), signal));
        PendingOperation<byte[]> operation = inProgress(failing.startDecrypt(decrypt(), signal));
        first.last().fail(down());
        failure(operation.resume());

        assertThat(second.starts()).isZero();
    }

    @Test
    void cancellingReachesOnlyTheKeyThatWorks() throws Exception {
        PendingOperation<byte[]> operation = inProgress(failing.startSign(sign(), signal));
        first.last().fail(down());
        operation.resume();
        operation.cancel();

        assertThat(first.last().cancels()).isZero();
        assertThat(second.last().cancels()).isEqualTo(1);
    }

    @Test
    void whatBothLeaveFallsThroughToTheCredential() {
        first.then(KeyScript.fallThrough());
        second.then(KeyScript.fallThrough());

        assertThat(plain.startSign(sign(), signal)).isInstanceOf(Start.FallThrough.class);
    }
}
