package dev.lockstep.conversations.suspend;

import static dev.lockstep.conversations.fixture.Setting.signingSuite;
import static dev.lockstep.testkit.Conversation.fullAnswer;
import static dev.lockstep.testkit.TestServers.DECRYPTING_SUITE;
import static dev.lockstep.testkit.TestServers.builder;
import static dev.lockstep.testkit.TestServers.decryptingClient;
import static dev.lockstep.testkit.TestServers.local;
import static dev.lockstep.testkit.certificate.TestIdentity.P256;
import static dev.lockstep.testkit.certificate.TestIdentity.RSA_2048;
import static dev.lockstep.testkit.client.ClientMessages.changeCipherSpec;
import static dev.lockstep.testkit.client.ClientMessages.clientHello;
import static dev.lockstep.testkit.client.ClientMessages.fatalAlert;
import static dev.lockstep.testkit.client.ClientMessages.finished;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.conversations.fixture.Setting;
import dev.lockstep.testkit.Conversation;
import dev.lockstep.testkit.Forms;
import dev.lockstep.testkit.answer.KeyScript;
import dev.lockstep.testkit.answer.RecordingKey;
import dev.lockstep.testkit.client.ClientMessages;
import dev.lockstep.testkit.client.ClientOptions;
import dev.lockstep.testkit.client.Seen.Kind;
import dev.lockstep.testkit.util.FakeClock;
import dev.lockstep.tls.StepResult;
import dev.lockstep.tls.config.ConnectionObserver;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.credential.Credential;
import dev.lockstep.tls.credential.CredentialRequest;
import dev.lockstep.tls.credential.CredentialSelector;
import dev.lockstep.tls.spec.AlertDescription;
import dev.lockstep.tls.spec.CipherSuite;
import dev.lockstep.tls.spec.NamedGroup;
import dev.lockstep.tls.spec.SignatureScheme;
import dev.lockstep.tls.wait.PendingOperation;
import dev.lockstep.tls.wait.Progress;
import dev.lockstep.tls.wait.Start;
import dev.lockstep.tls.wait.Suspension;
import dev.lockstep.tls.wait.SuspensionKind;
import dev.lockstep.tls.wait.Waker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Two waits in one handshake: the choice of a credential, then the key's own operation, each ending in every way. */
class ConsecutiveWaitsTest {

    private static final String INPUTS = "dev.lockstep.conversations.fixture.Setting#inputs";
    private static final Duration LIMIT = Duration.ofSeconds(5);
    private static final RuntimeException FAULT = new IllegalStateException("the directory is down");

    private final FakeClock clock = new FakeClock();

    /** A selector that a test answers by hand. */
    private static final class Chooser implements CredentialSelector, PendingOperation<List<Credential>> {
        private final List<CredentialRequest> requests = new ArrayList<>();
        private final List<Waker> wakers = new ArrayList<>();
        private List<Credential> choice;
        private RuntimeException fault;
        private int resumes;
        private int cancels;

        @Override
        public Start<List<Credential>> start(CredentialRequest request, Waker waker) {
            requests.add(request);
            wakers.add(waker);
            return Start.inProgress(this);
        }

        @Override
        public Progress<List<Credential>> resume() {
            assertThat(cancels).as("cancelled before resume").isZero();
            resumes++;
            if (fault != null) {
                throw fault;
            }
            return choice == null ? Progress.inProgress() : Progress.done(choice);
        }

        @Override
        public void cancel() {
            cancels++;
        }

        void chooses(Credential... credentials) {
            choice = List.of(credentials);
            wakers.get(0).wake();
        }
    }

    private Conversation suspended(Chooser chooser, RecordingKey key, Setting setting, ClientOptions options) {
        TlsServerConfig config = builder(key.credential())
                .credentialSelector(chooser)
                .clock(clock)
                .keyOperationTimeout(LIMIT)
                .handshakeTimeout(Duration.ZERO)
                .build();
        Conversation conversation = Conversation.of(config, options, setting.forms());
        conversation.client().sends(clientHello());
        conversation.server().suspendsFor(SuspensionKind.CREDENTIAL_SELECTION);
        conversation.server().hasSent();
        return conversation;
    }

    @ParameterizedTest
    @MethodSource(INPUTS)
    void aChoiceThenASignatureEachStartedOnce(Setting setting) {
        Chooser chooser = new Chooser();
        RecordingKey key = new RecordingKey(setting.identity()).signs(KeyScript.manual());
        Conversation conversation = suspended(chooser, key, setting, setting.signingClient());
        chooser.chooses(key.credential());
        conversation.server().suspendsFor(SuspensionKind.SIGN);
        int resumes = chooser.resumes;
        for (int steps = 0; steps < 5; steps++) {
            assertThat(conversation.server().steps()).isEqualTo(StepResult.ASYNC_IN_PROGRESS);
        }
        key.operation().complete();
        conversation.server().answers(fullAnswer());
        conversation.secondFlight();
        conversation.server().answers(Kind.CHANGE_CIPHER_SPEC, Kind.FINISHED);
        conversation.exchangesData();
        assertThat(chooser.requests).hasSize(1);
        assertThat(chooser.resumes).as("the choice is not asked for again").isEqualTo(resumes);
        assertThat(chooser.cancels).isZero();
        assertThat(key.starts()).isEqualTo(1);
        key.assertDisciplined();
    }

    @ParameterizedTest
    @MethodSource(INPUTS)
    void aChoiceThenADecryptionEachStartedOnce(Setting setting) {
        Chooser chooser = new Chooser();
        RecordingKey key = new RecordingKey(RSA_2048).decrypts(KeyScript.manual());
        Conversation conversation = suspended(chooser, key, setting, decryptingClient());
        chooser.chooses(key.credential());
        conversation.server().answers(Conversation.rsaAnswer());
        conversation.secondFlight();
        conversation.server().suspendsFor(SuspensionKind.DECRYPT);
        key.operation().complete();
        conversation.server().answers(Kind.CHANGE_CIPHER_SPEC, Kind.FINISHED);
        conversation.exchangesData();
        assertThat(chooser.requests).hasSize(1);
        key.assertDisciplined();
    }

    @ParameterizedTest
    @MethodSource(INPUTS)
    void aChoiceThatFailsEndsTheHandshakeBeforeTheKeyIsAsked(Setting setting) {
        Chooser chooser = new Chooser();
        RecordingKey key = new RecordingKey(setting.identity());
        Conversation conversation = suspended(chooser, key, setting, setting.signingClient());
        chooser.fault = FAULT;
        conversation.server().refuses(AlertDescription.INTERNAL_ERROR);
        assertThat(conversation.server().failure()).hasRootCause(FAULT);
        assertThat(chooser.cancels).isZero();
        assertThat(key.starts()).isZero();
    }

    @ParameterizedTest
    @MethodSource(INPUTS)
    void aChoiceThatTakesTooLongIsCancelledOnce(Setting setting) {
        Chooser chooser = new Chooser();
        RecordingKey key = new RecordingKey(setting.identity());
        Conversation conversation = suspended(chooser, key, setting, setting.signingClient());
        assertThat(chooser.requests.get(0).deadlineNanos()).hasValue(clock.getAsLong() + LIMIT.toNanos());
        clock.advance(LIMIT);
        conversation.server().refuses(AlertDescription.INTERNAL_ERROR);
        assertThat(chooser.cancels).isEqualTo(1);
        assertThat(key.starts()).isZero();
    }

    /** Each wait has a limit of its own: the time that the first took is not held against the second. */
    @ParameterizedTest
    @MethodSource(INPUTS)
    void theSecondWaitHasItsOwnLimit(Setting setting) {
        Chooser chooser = new Chooser();
        RecordingKey key = new RecordingKey(setting.identity()).signs(KeyScript.manual());
        Conversation conversation = suspended(chooser, key, setting, setting.signingClient());
        clock.advance(LIMIT.minusNanos(1));
        chooser.chooses(key.credential());
        conversation.server().suspendsFor(SuspensionKind.SIGN);
        clock.advance(LIMIT.minusNanos(1));
        assertThat(conversation.server().steps()).isEqualTo(StepResult.ASYNC_IN_PROGRESS);
        clock.advance(Duration.ofNanos(1));
        conversation.server().refuses(AlertDescription.INTERNAL_ERROR, Kind.SERVER_HELLO, Kind.CERTIFICATE);
        assertThat(key.operation().cancels()).isEqualTo(1);
        assertThat(chooser.cancels).as("a wait that is over is not cancelled").isZero();
        key.assertDisciplined();
    }

    @ParameterizedTest
    @MethodSource(INPUTS)
    void closeDuringTheChoiceCancelsItAndNothingElse(Setting setting) {
        Chooser chooser = new Chooser();
        RecordingKey key = new RecordingKey(setting.identity());
        Conversation conversation = suspended(chooser, key, setting, setting.signingClient());
        conversation.server().closes();
        conversation.server().hasCancelled();
        conversation.server().isDead();
        assertThat(chooser.cancels).isEqualTo(1);
        chooser.chooses(key.credential());
        conversation.server().isDead();
        assertThat(key.starts()).isZero();
    }

    @ParameterizedTest
    @MethodSource(INPUTS)
    void closeDuringTheSignatureLeavesTheChoiceAlone(Setting setting) {
        Chooser chooser = new Chooser();
        RecordingKey key = new RecordingKey(setting.identity()).signs(KeyScript.never());
        Conversation conversation = suspended(chooser, key, setting, setting.signingClient());
        chooser.chooses(key.credential());
        conversation.server().suspendsFor(SuspensionKind.SIGN);
        conversation.server().closes();
        conversation.server().hasCancelled(Kind.SERVER_HELLO, Kind.CERTIFICATE);
        assertThat(chooser.cancels).isZero();
        assertThat(key.operation().cancels()).isEqualTo(1);
        key.assertDisciplined();
    }

    @ParameterizedTest
    @MethodSource(INPUTS)
    void aFatalAlertDuringTheChoiceCancelsIt(Setting setting) {
        Chooser chooser = new Chooser();
        RecordingKey key = new RecordingKey(setting.identity());
        Conversation conversation = suspended(chooser, key, setting, setting.signingClient());
        conversation.client().sends(fatalAlert(AlertDescription.USER_CANCELED));
        assertThat(conversation.server().stepsThroughInput()).isEqualTo(StepResult.CLOSED);
        conversation.server().hasSent();
        conversation.server().isDead();
        assertThat(chooser.cancels).isEqualTo(1);
        assertThat(key.starts()).isZero();
    }

    @ParameterizedTest
    @MethodSource(INPUTS)
    void anotherMessageDuringTheChoiceIsUnexpected(Setting setting) {
        Chooser chooser = new Chooser();
        Conversation conversation =
                suspended(chooser, new RecordingKey(setting.identity()), setting, setting.signingClient());
        conversation.client().sends(ClientMessages.handshake(16, new byte[33]));
        conversation.server().stepsThroughInput();
        conversation.server().hasRefused(AlertDescription.UNEXPECTED_MESSAGE);
        assertThat(chooser.cancels).isEqualTo(1);
    }

    /** Envoy #29002: a wake of one kind must not complete another. */
    @ParameterizedTest
    @MethodSource(INPUTS)
    void theWakeOfTheFirstWaitDoesNotCompleteTheSecond(Setting setting) {
        Chooser chooser = new Chooser();
        RecordingKey key = new RecordingKey(setting.identity()).signs(KeyScript.manual());
        Conversation conversation = suspended(chooser, key, setting, setting.signingClient());
        chooser.chooses(key.credential());
        conversation.server().suspendsFor(SuspensionKind.SIGN);
        conversation.server().wakeUps();
        chooser.wakers.get(0).wake();
        assertThat(conversation.server().wakeUps()).isZero();
        assertThat(conversation.server().steps()).isEqualTo(StepResult.ASYNC_IN_PROGRESS);
        assertThat(key.operation().isPending()).isTrue();
    }

    @Test
    void theRequestSaysWhatTheClientOffers() {
        Chooser chooser = new Chooser();
        RecordingKey key = new RecordingKey(P256);
        ClientOptions options = ClientOptions.defaults()
                .suiteCodes(0x0a0a, CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256.code(), 0x00ff)
                .groupCodes(0x1a1a, 29, 23)
                .schemeCodes(0x2a2a, 0x0403)
                .protocols("h2", "http/1.1")
                .serverName("Shop.Example.ORG");
        suspended(chooser, key, new Setting(Forms.PLAIN, P256), options);
        CredentialRequest request = chooser.requests.get(0);
        assertThat(request.serverName()).isEqualToIgnoringCase("shop.example.org");
        assertThat(request.cipherSuites()).containsExactly(CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256);
        assertThat(request.groups()).containsExactly(NamedGroup.X25519, NamedGroup.SECP256R1);
        assertThat(request.signatureSchemes()).containsExactly(SignatureScheme.ECDSA_SECP256R1_SHA256);
        assertThat(request.applicationProtocols()).containsExactly("h2", "http/1.1");
    }

    static Stream<Arguments> answersOfStart() {
        Credential rsa = local(RSA_2048);
        Credential ec = local(P256);
        CredentialSelector chooses = (request, waker) -> Start.done(List.of(ec));
        CredentialSelector both = (request, waker) -> Start.done(List.of(rsa, ec));
        CredentialSelector empty = (request, waker) -> Start.done(List.of());
        CredentialSelector fallsThrough = (request, waker) -> Start.fallThrough();
        return Stream.of(
                Arguments.of("one at once", chooses, signingSuite(P256)),
                Arguments.of("several, the first that fits", both, null),
                Arguments.of("an empty list", empty, signingSuite(RSA_2048)),
                Arguments.of("fall through", fallsThrough, signingSuite(RSA_2048)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("answersOfStart")
    void theChoiceOrTheConfiguredOnes(String name, CredentialSelector selector, CipherSuite expected) {
        TlsServerConfig config =
                builder(local(RSA_2048)).credentialSelector(selector).build();
        ClientOptions options = ClientOptions.offering(signingSuite(P256), signingSuite(RSA_2048), DECRYPTING_SUITE);
        Conversation conversation = Conversation.of(config, options, Forms.PLAIN);
        conversation.completes();
        if (expected != null) {
            assertThat(conversation.client().cipherSuite()).isEqualTo(expected);
        }
    }

    static Stream<Arguments> failingSelectors() {
        CredentialSelector fails = (request, waker) -> Start.failed(FAULT);
        CredentialSelector throwing = (request, waker) -> {
            throw FAULT;
        };
        CredentialSelector nothing = (request, waker) -> null;
        return Stream.of(
                Arguments.of("failed", fails), Arguments.of("throws", throwing), Arguments.of("null", nothing));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("failingSelectors")
    void aSelectorThatCannotStartEndsTheHandshake(String name, CredentialSelector selector) {
        TlsServerConfig config =
                builder(local(RSA_2048)).credentialSelector(selector).build();
        Conversation conversation = Conversation.of(config, decryptingClient(), Forms.PLAIN);
        conversation.client().sends(clientHello());
        conversation.server().refuses(AlertDescription.INTERNAL_ERROR);
    }

    /** What the observer is told: every suspension with its end, in order, and how long it took. */
    @Test
    void theObserverSeesEachWaitBeginAndEnd() {
        List<String> seen = new ArrayList<>();
        ConnectionObserver observer = new ConnectionObserver() {
            @Override
            public void onSuspend(Suspension suspension) {
                seen.add("suspend " + suspension.kind());
            }

            @Override
            public void onResume(SuspensionKind kind, long waitedNanos) {
                seen.add("resume " + kind + " after " + waitedNanos);
            }
        };
        Chooser chooser = new Chooser();
        RecordingKey key = new RecordingKey(RSA_2048).decrypts(KeyScript.manual());
        TlsServerConfig config = builder(key.credential())
                .credentialSelector(chooser)
                .clock(clock)
                .observer(observer)
                .build();
        Conversation conversation = Conversation.of(config, decryptingClient(), Forms.PLAIN);
        conversation.client().sends(clientHello());
        conversation.server().suspendsFor(SuspensionKind.CREDENTIAL_SELECTION);
        clock.advance(Duration.ofNanos(70));
        chooser.chooses(key.credential());
        conversation.server().answers(Conversation.rsaAnswer());
        conversation.client().sends(ClientMessages.clientKeyExchange(), changeCipherSpec(), finished());
        conversation.server().suspendsFor(SuspensionKind.DECRYPT);
        clock.advance(Duration.ofNanos(30));
        key.operation().complete();
        conversation.server().answers(Kind.CHANGE_CIPHER_SPEC, Kind.FINISHED);
        assertThat(seen)
                .containsExactly(
                        "suspend CREDENTIAL_SELECTION",
                        "resume CREDENTIAL_SELECTION after 70",
                        "suspend DECRYPT",
                        "resume DECRYPT after 30");
    }
}
