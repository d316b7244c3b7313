package dev.lockstep.conversations.suspend;

import static dev.lockstep.testkit.Conversation.fullAnswer;
import static dev.lockstep.testkit.TestServers.builder;
import static dev.lockstep.testkit.TestServers.local;
import static dev.lockstep.testkit.client.ClientMessages.clientHello;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.conversations.fixture.Failures;
import dev.lockstep.conversations.fixture.Setting;
import dev.lockstep.conversations.fixture.Undeclared;
import dev.lockstep.testkit.BufferForm;
import dev.lockstep.testkit.Conversation;
import dev.lockstep.testkit.Forms;
import dev.lockstep.testkit.InputForm;
import dev.lockstep.testkit.answer.KeyForm;
import dev.lockstep.testkit.answer.KeyScript;
import dev.lockstep.testkit.answer.RecordingKey;
import dev.lockstep.testkit.certificate.SchemeSignatures;
import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.testkit.client.ClientOptions;
import dev.lockstep.testkit.client.Seen.Kind;
import dev.lockstep.testkit.util.Bytes;
import dev.lockstep.testkit.util.FakeClock;
import dev.lockstep.tls.StepResult;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.credential.Credential;
import dev.lockstep.tls.key.ExternalPrivateKey;
import dev.lockstep.tls.key.SignRequest;
import dev.lockstep.tls.key.SignatureVerification;
import dev.lockstep.tls.spec.AlertDescription;
import dev.lockstep.tls.spec.SignatureScheme;
import dev.lockstep.tls.wait.PendingOperation;
import dev.lockstep.tls.wait.Progress;
import dev.lockstep.tls.wait.Start;
import dev.lockstep.tls.wait.SuspensionKind;
import dev.lockstep.tls.wait.Waker;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Which signatures the connection verifies and where; and that a wrong one never reaches the wire. */
class SignatureVerificationTest {

    private static final ExecutorService THREAD = Executors.newSingleThreadExecutor(task -> {
        Thread thread = new Thread(task, "verifying");
        thread.setDaemon(true);
        return thread;
    });

    /** Runs what it was given when a test says so. */
    private final Queue<Runnable> queue = new ArrayDeque<>();

    @AfterAll
    static void stop() {
        THREAD.shutdownNow();
    }

    /** A key that says of every signature that it has verified it. */
    private record Declaring(ExternalPrivateKey key) implements ExternalPrivateKey {

        @Override
        public Set<SignatureScheme> signatureSchemes() {
            return key.signatureSchemes();
        }

        @Override
        public Start<byte[]> startSign(SignRequest request, Waker waker) throws Exception {
            Start<byte[]> start = key.startSign(request, waker);
            return start instanceof Start.Ready<byte[]> ready
                    ? Start.ready(declared(ready.operation()))
                    : Start.inProgress(declared(((Start.InProgress<byte[]>) start).operation()));
        }

        private static PendingOperation<byte[]> declared(PendingOperation<byte[]> signing) {
            return () -> signing.resume() instanceof Progress.Done<byte[]> made
                    ? Progress.verified(made.value())
                    : Progress.inProgress();
        }
    }

    /** How a signature is wrong. */
    enum Wrong {
        FLIPPED {
            @Override
            RecordingKey key(TestIdentity identity, KeyScript script) {
                return new RecordingKey(identity)
                        .signs(script.changed(signature -> Bytes.flipped(signature, signature.length - 1)));
            }
        },
        OVER_ANOTHER_MESSAGE {
            @Override
            RecordingKey key(TestIdentity identity, KeyScript script) {
                return new RecordingKey(identity)
                        .signs(script)
                        .signer((request, message) -> SchemeSignatures.sign(
                                request.scheme(), identity.privateKey(), Bytes.flipped(message, 0)));
            }
        };

        abstract RecordingKey key(TestIdentity identity, KeyScript script);
    }

    private static List<SignatureVerification> verifications() {
        List<SignatureVerification> all = new ArrayList<>();
        for (SignatureVerification extent :
                List.of(SignatureVerification.unlessVerified(), SignatureVerification.always())) {
            all.add(extent);
            all.add(extent.on(THREAD));
            all.add(extent.on(Runnable::run));
            all.add(extent.on(task -> {
                throw new RejectedExecutionException("full");
            }));
        }
        return all;
    }

    private static Forms forms(KeyForm key) {
        return new Forms(InputForm.WHOLE, key, BufferForm.HEAP);
    }

    private static Stream<TestIdentity> identities() {
        return Stream.of(
                TestIdentity.RSA_2048,
                TestIdentity.RSA_PSS,
                TestIdentity.P256,
                TestIdentity.P384,
                TestIdentity.ED25519,
                TestIdentity.ED448);
    }

    static Stream<Arguments> everyWrongSignature() {
        return identities()
                .flatMap(identity -> verifications().stream().flatMap(verification -> Stream.of(Wrong.values())
                        .flatMap(wrong -> Stream.of(KeyForm.AT_ONCE, KeyForm.OTHER_THREAD)
                                .map(form -> Arguments.of(identity, verification, wrong, form)))));
    }

    private static Conversation refused(
            Credential credential, SignatureVerification verification, TestIdentity identity) {
        TlsServerConfig config =
                builder(credential).signatureVerification(verification).build();
        Conversation conversation = Conversation.of(
                config,
                new Setting(forms(KeyForm.OTHER_THREAD), identity).signingClient(),
                forms(KeyForm.OTHER_THREAD));
        conversation.client().sends(clientHello());
        conversation.server().refuses(AlertDescription.INTERNAL_ERROR, Kind.SERVER_HELLO, Kind.CERTIFICATE);
        assertThat(conversation.server().failure()).hasStackTraceContaining("does not verify");
        return conversation;
    }

    @ParameterizedTest(name = "{0}, {1}, {2}, {3}")
    @MethodSource("everyWrongSignature")
    void aWrongSignatureOfAKeyThatDeclaresNothingNeverReachesTheWire(
            TestIdentity identity, SignatureVerification verification, Wrong wrong, KeyForm form) {
        RecordingKey key = wrong.key(identity, form.script());
        refused(key.credential(), verification, identity);
        assertThat(key.starts()).isEqualTo(1);
        key.assertDisciplined();
    }

    @ParameterizedTest(name = "{0}, {1}, {2}, {3}")
    @MethodSource("everyWrongSignature")
    void aWrongSignatureThatIsDeclaredRightNeverReachesTheWireWhereTheConnectionVerifiesItAllTheSame(
            TestIdentity identity, SignatureVerification verification, Wrong wrong, KeyForm form) {
        if (!identity.isRsa() && verification.extent() != SignatureVerification.Extent.ALWAYS) {
            return; // the choice: such a signature is its maker's affair, as the next test has it
        }
        RecordingKey key = wrong.key(identity, form.script());
        Credential credential = Credential.external(identity.chain(), new Declaring(key));
        refused(credential, verification, identity);
        key.assertDisciplined();
    }

    /** What the default rests on, and what it saves. */
    @ParameterizedTest
    @MethodSource("identities")
    void aDeclarationSavesTheVerificationOfEcdsaAndEdDsaAndNotThatOfRsa(TestIdentity identity) {
        for (boolean declaring : new boolean[] {true, false}) {
            RecordingKey key = new RecordingKey(identity).signs(KeyScript.ready());
            Credential credential = Credential.external(identity.chain(), declaring ? new Declaring(key) : key);
            List<Runnable> verified = new ArrayList<>();
            SignatureVerification counting = SignatureVerification.unlessVerified()
                    .on(task -> {
                        verified.add(task);
                        task.run();
                    });
            TlsServerConfig config =
                    builder(credential).signatureVerification(counting).build();
            Conversation.of(config, new Setting(Forms.PLAIN, identity).signingClient(), Forms.PLAIN)
                    .completes();
            // RSA is verified by the driving thread whatever the executor, as the wrong ones above show.
            assertThat(verified).hasSize(identity.isRsa() || declaring ? 0 : 1);
        }
    }

    /** The local key was tried when it was loaded; only those who ask for it have each of its signatures verified. */
    @ParameterizedTest
    @MethodSource("identities")
    void aLocalKeyIsVerifiedWhereAllKeysAre(TestIdentity identity) {
        for (SignatureVerification extent : List.of(
                SignatureVerification.unlessVerified(),
                SignatureVerification.always(),
                SignatureVerification.never())) {
            TlsServerConfig config = builder(local(identity))
                    .signatureVerification(extent.on(queue::add))
                    .build();
            Conversation conversation =
                    Conversation.of(config, new Setting(Forms.PLAIN, identity).signingClient(), Forms.PLAIN);
            if (extent == SignatureVerification.always() && !identity.isRsa()) {
                conversation.client().sends(clientHello());
                conversation.server().suspendsFor(SuspensionKind.SIGN);
                queue.remove().run();
                conversation.server().answers(fullAnswer());
            } else {
                conversation.completes();
            }
            assertThat(queue).isEmpty();
        }
    }

    private Conversation suspended(RecordingKey key, FakeClock clock) {
        TlsServerConfig config = builder(key.credential())
                .signatureVerification(SignatureVerification.unlessVerified().on(queue::add))
                .clock(clock)
                .keyOperationTimeout(Duration.ofSeconds(5))
                .build();
        Conversation conversation =
                Conversation.of(config, ClientOptions.offering(Setting.signingSuite(TestIdentity.P256)), Forms.PLAIN);
        conversation.client().sends(clientHello());
        conversation.server().suspendsFor(SuspensionKind.SIGN);
        assertThat(queue).hasSize(1);
        return conversation;
    }

    /** One wait from the start of the signature to its verification: nothing is started, resumed or cancelled twice. */
    @ParameterizedTest
    @MethodSource("dev.lockstep.testkit.Forms#all")
    void theConnectionWaitsForTheExecutorAsForTheKey(Forms forms) {
        RecordingKey key = new RecordingKey(TestIdentity.P256).signs(forms.script());
        TlsServerConfig config = builder(key.credential())
                .signatureVerification(
                        SignatureVerification.always().on(forms.key().wakes() ? THREAD : Runnable::run))
                .build();
        Conversation.of(config, ClientOptions.offering(Setting.signingSuite(TestIdentity.P256)), forms)
                .completes();
        assertThat(key.starts()).isEqualTo(1);
        key.assertDisciplined();
    }

    @Test
    void theVerificationWakesTheConnectionAndStepsBeforeItChangeNothing() {
        RecordingKey key = new RecordingKey(TestIdentity.P256).signs(KeyScript.ready());
        Conversation conversation = suspended(key, new FakeClock());
        assertThat(conversation.server().steps()).isEqualTo(StepResult.ASYNC_IN_PROGRESS);
        assertThat(conversation.server().wakeUps()).isZero();
        assertThat(key.operation().resumes()).isEqualTo(1);
        queue.remove().run();
        assertThat(conversation.server().wakeUps()).isEqualTo(1);
        conversation.server().answers(fullAnswer());
        conversation.secondFlight();
        conversation.server().answers(Kind.CHANGE_CIPHER_SPEC, Kind.FINISHED);
        conversation.exchangesData();
        key.assertDisciplined();
    }

    @Test
    void aVerificationThatIsNeverDoneEndsWithTheTimeLimitOfTheKey() {
        FakeClock clock = new FakeClock();
        RecordingKey key = new RecordingKey(TestIdentity.P256).signs(KeyScript.ready());
        Conversation conversation = suspended(key, clock);
        clock.advance(Duration.ofSeconds(5));
        assertThat(conversation.server().steps()).isEqualTo(StepResult.CLOSED);
        conversation.server().hasRefused(AlertDescription.INTERNAL_ERROR, Kind.SERVER_HELLO, Kind.CERTIFICATE);
        assertThat(key.operation().cancels()).as("the key had answered").isZero();
        queue.remove().run();
        assertThat(conversation.server().wakeUps()).isZero();
        conversation.server().isDead();
        key.assertDisciplined();
    }

    @Test
    void aConnectionThatIsClosedMeanwhileSendsNothingOfTheSignature() {
        RecordingKey key = new RecordingKey(TestIdentity.P256).signs(KeyScript.ready());
        Conversation conversation = suspended(key, new FakeClock());
        conversation.server().closes();
        conversation.server().hasCancelled(Kind.SERVER_HELLO, Kind.CERTIFICATE);
        queue.remove().run();
        assertThat(conversation.server().wakeUps()).isZero();
        key.assertDisciplined();
    }

    static Stream<Executor> failingExecutors() {
        return Stream.of(
                task -> {
                    throw new IllegalStateException("no pool");
                },
                task -> {
                    throw new OutOfMemoryError("unable to create native thread");
                },
                task -> {
                    throw Undeclared.thrown(new IOException("no pool"));
                });
    }

    /** The thread of the connection verifies then. */
    @ParameterizedTest
    @MethodSource("failingExecutors")
    void anExecutorThatFailsEndsNoHandshakeAndIsReported(Executor executor) {
        List<Throwable> reported = new ArrayList<>();
        RecordingKey key = new RecordingKey(TestIdentity.P256).signs(KeyScript.ready());
        TlsServerConfig config = builder(key.credential())
                .observer(Failures.into(reported))
                .signatureVerification(SignatureVerification.unlessVerified().on(executor))
                .build();
        Conversation.of(config, ClientOptions.offering(Setting.signingSuite(TestIdentity.P256)), Forms.PLAIN)
                .completes();
        assertThat(reported).hasSize(1);
        key.assertDisciplined();
    }

    @Test
    void aFullExecutorIsNotReported() {
        List<Throwable> reported = new ArrayList<>();
        TlsServerConfig config = builder(new RecordingKey(TestIdentity.P256)
                        .signs(KeyScript.ready())
                        .credential())
                .observer(Failures.into(reported))
                .signatureVerification(SignatureVerification.unlessVerified().on(task -> {
                    throw new RejectedExecutionException("full");
                }))
                .build();
        Conversation.of(config, ClientOptions.offering(Setting.signingSuite(TestIdentity.P256)), Forms.PLAIN)
                .completes();
        assertThat(reported).isEmpty();
    }
}
