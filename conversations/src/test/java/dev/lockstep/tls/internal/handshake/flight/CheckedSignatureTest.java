package dev.lockstep.tls.internal.handshake.flight;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.testkit.TestServers;
import dev.lockstep.testkit.answer.KeyScript;
import dev.lockstep.testkit.answer.RecordingKey;
import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.credential.Credential;
import dev.lockstep.tls.key.ExternalPrivateKey;
import dev.lockstep.tls.key.SignRequest;
import dev.lockstep.tls.key.SignatureVerification;
import dev.lockstep.tls.spec.SignatureScheme;
import dev.lockstep.tls.wait.PendingOperation;
import dev.lockstep.tls.wait.Progress;
import dev.lockstep.tls.wait.Start;
import dev.lockstep.tls.wait.Waker;
import java.util.ArrayDeque;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A signature from outside on its way into ServerKeyExchange: its size, its verification here or elsewhere, its end. */
class CheckedSignatureTest {

    private static final byte[] MESSAGE = {1, 2, 3};

    private final AtomicInteger wakes = new AtomicInteger();
    private final AtomicInteger verifications = new AtomicInteger();
    private final Queue<Runnable> queue = new ArrayDeque<>();
    private RecordingKey key;
    private boolean verifies = true;
    private boolean fails;

    private PendingOperation<byte[]> started(
            TestIdentity identity, SignatureScheme scheme, KeyScript script, SignatureVerification verification)
            throws Exception {
        key = new RecordingKey(identity).withoutConnection().signs(script);
        return started(scheme, key.credential(), verification);
    }

    private PendingOperation<byte[]> started(
            SignatureScheme scheme, Credential credential, SignatureVerification verification) throws Exception {
        SignRequest request = new SignRequest(
                scheme, MESSAGE, credential.chain(), null, OptionalLong.empty(), null, (s, m, signature) -> {
                    verifications.incrementAndGet();
                    if (fails) {
                        throw new StackOverflowError("on purpose");
                    }
                    return verifies;
                });
        TlsServerConfig config = TestServers.builder(credential)
                .signatureVerification(verification)
                .build();
        Start<byte[]> start = CheckedSignature.start(request, credential, config, wakes::incrementAndGet);
        return start instanceof Start.Ready<byte[]> ready
                ? ready.operation()
                : ((Start.InProgress<byte[]>) start).operation();
    }

    /** A key that says that it has verified what it signed, and a signature of the right length. */
    private record Declaring(SignatureScheme scheme, int length) implements ExternalPrivateKey {

        @Override
        public Set<SignatureScheme> signatureSchemes() {
            return Set.of(scheme);
        }

        @Override
        public Start<byte[]> startSign(SignRequest request, Waker waker) {
            return Start.ready(() -> Progress.verified(new byte[length]));
        }
    }

    /** RSA is cheap to verify, so that no key has to be believed. */
    @ParameterizedTest
    @CsvSource({
        "P256, UNLESS_VERIFIED, 0",
        "P256, ALWAYS, 1",
        "P256, NEVER, 0",
        "RSA_2048, UNLESS_VERIFIED, 1",
        "RSA_2048, ALWAYS, 1",
        "RSA_2048, NEVER, 0"
    })
    void whatAKeyHasVerifiedIsVerifiedWhereThatIsCheapOrAskedFor(
            TestIdentity identity, SignatureVerification.Extent extent, int times) throws Exception {
        SignatureScheme scheme =
                identity.isRsa() ? SignatureScheme.RSA_PKCS1_SHA256 : SignatureScheme.ECDSA_SECP256R1_SHA256;
        Credential credential =
                Credential.external(identity.chain(), new Declaring(scheme, identity.isRsa() ? 256 : 70));
        SignatureVerification verification =
                switch (extent) {
                    case ALWAYS -> SignatureVerification.always();
                    case UNLESS_VERIFIED -> SignatureVerification.unlessVerified();
                    case NEVER -> SignatureVerification.never();
                };
        assertThat(started(scheme, credential, verification.on(queue::add)).resume())
                .isInstanceOf(identity.isRsa() || times == 0 ? Progress.Done.class : Progress.InProgress.class);
        queue.forEach(Runnable::run);
        assertThat(verifications).hasValue(times);
    }

    private PendingOperation<byte[]> ofCurve(KeyScript script, SignatureVerification verification) throws Exception {
        return started(TestIdentity.P256, SignatureScheme.ECDSA_SECP256R1_SHA256, script, verification);
    }

    /** Of an RSA signature the length is known without any verification; of others only that it is there. */
    @ParameterizedTest
    @CsvSource({
        "RSA_2048, 256, true",
        "RSA_2048, 255, false",
        "RSA_2048, 257, false",
        "RSA_2048, 0, false",
        "P256, 1, true",
        "P256, 0, false"
    })
    void aSignatureOfTheWrongLengthIsNoneEvenWhereNothingIsVerified(TestIdentity identity, int length, boolean right)
            throws Exception {
        SignatureScheme scheme =
                identity.isRsa() ? SignatureScheme.RSA_PKCS1_SHA256 : SignatureScheme.ECDSA_SECP256R1_SHA256;
        Progress<byte[]> made = started(
                        identity, scheme, KeyScript.done(new byte[length]), SignatureVerification.never())
                .resume();
        assertThat(made).isInstanceOf(right ? Progress.Done.class : Progress.Failed.class);
        assertThat(verifications).hasValue(0);
    }

    @Test
    void aSignatureThatDoesNotVerifyFails() throws Exception {
        verifies = false;
        assertThat(ofCurve(KeyScript.done((byte) 1), SignatureVerification.always())
                        .resume())
                .isInstanceOf(Progress.Failed.class);
        assertThat(verifications).hasValue(1);
    }

    @Test
    void anExecutorVerifiesAndWakesTheConnection() throws Exception {
        PendingOperation<byte[]> signing =
                ofCurve(KeyScript.done((byte) 1), SignatureVerification.always().on(queue::add));
        assertThat(signing.resume()).isInstanceOf(Progress.InProgress.class);
        assertThat(verifications).hasValue(0);
        int before = wakes.get();
        queue.remove().run();
        assertThat(wakes).hasValue(before + 1);
        assertThat(signing.resume()).isInstanceOf(Progress.Done.class);
        assertThat(key.operation().resumes()).as("the key is not asked again").isEqualTo(1);
    }

    /** The key is not told either: it has answered. */
    @Test
    void whatIsGivenUpIsNotVerified() throws Exception {
        PendingOperation<byte[]> signing =
                ofCurve(KeyScript.done((byte) 1), SignatureVerification.always().on(queue::add));
        signing.resume();
        int before = wakes.get();
        signing.cancel();
        queue.remove().run();
        assertThat(verifications).hasValue(0);
        assertThat(wakes).hasValue(before);
        assertThat(key.operation().cancels()).isZero();
    }

    @Test
    void aKeyThatHasNotAnsweredIsTold() throws Exception {
        PendingOperation<byte[]> signing = ofCurve(KeyScript.manual(), SignatureVerification.always());
        assertThat(signing.resume()).isInstanceOf(Progress.InProgress.class);
        signing.cancel();
        assertThat(key.operation().cancels()).isEqualTo(1);
    }

    @Test
    void aSignatureThatComesLateIsCheckedAsWell() throws Exception {
        verifies = false;
        PendingOperation<byte[]> signing = ofCurve(KeyScript.manual(), SignatureVerification.always());
        assertThat(signing.resume()).isInstanceOf(Progress.InProgress.class);
        key.operation().complete((byte) 1);
        assertThat(signing.resume()).isInstanceOf(Progress.Failed.class);
        assertThat(verifications).hasValue(1);
    }

    @Test
    void anErrorOfTheVerificationEndsTheWait() throws Exception {
        SignatureVerification elsewhere = SignatureVerification.always().on(queue::add);
        PendingOperation<byte[]> signing = ofCurve(KeyScript.done((byte) 1), elsewhere);
        signing.resume();
        fails = true;
        queue.remove().run();
        assertThat(signing.resume()).isInstanceOf(Progress.Failed.class);
    }
}
