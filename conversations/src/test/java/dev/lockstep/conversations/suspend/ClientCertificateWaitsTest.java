package dev.lockstep.conversations.suspend;

import static dev.lockstep.conversations.fixture.ClientAuthFixture.askingAnswer;
import static dev.lockstep.conversations.fixture.ClientAuthFixture.ends;
import static dev.lockstep.conversations.fixture.ClientAuthFixture.shows;
import static dev.lockstep.testkit.TestServers.DECRYPTING_SUITE;
import static dev.lockstep.testkit.TestServers.builder;
import static dev.lockstep.testkit.TestServers.local;
import static dev.lockstep.testkit.certificate.TestIdentity.P256;
import static dev.lockstep.testkit.certificate.TestIdentity.RSA_2048;
import static dev.lockstep.testkit.client.ClientAuthMessages.certificate;
import static dev.lockstep.testkit.client.ClientAuthMessages.certificateVerifyOf;
import static dev.lockstep.testkit.client.ClientMessages.clientHello;
import static dev.lockstep.testkit.client.ClientMessages.clientKeyExchange;
import static dev.lockstep.testkit.client.ClientMessages.fatalAlert;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.testkit.Conversation;
import dev.lockstep.testkit.Forms;
import dev.lockstep.testkit.SecretHunt;
import dev.lockstep.testkit.answer.KeyScript;
import dev.lockstep.testkit.answer.RecordedOperation;
import dev.lockstep.testkit.answer.RecordingKey;
import dev.lockstep.testkit.answer.RecordingVerifier;
import dev.lockstep.testkit.client.ClientOptions;
import dev.lockstep.testkit.client.Seen.Kind;
import dev.lockstep.testkit.util.FakeClock;
import dev.lockstep.tls.StepResult;
import dev.lockstep.tls.config.ClientAuthentication;
import dev.lockstep.tls.config.ConnectionObserver;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.config.TlsServerConfigBuilder;
import dev.lockstep.tls.credential.Credential;
import dev.lockstep.tls.peer.Verdict;
import dev.lockstep.tls.spec.AlertDescription;
import dev.lockstep.tls.spec.CipherSuite;
import dev.lockstep.tls.wait.PendingOperation;
import dev.lockstep.tls.wait.Progress;
import dev.lockstep.tls.wait.Start;
import dev.lockstep.tls.wait.Suspension;
import dev.lockstep.tls.wait.SuspensionKind;
import dev.lockstep.tls.wait.Waker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The verdict on a client's certificate beside every other wait of its handshake, each of the two ending in every way. */
class ClientCertificateWaitsTest {

    private static final Duration LIMIT = Duration.ofSeconds(5);
    private static final RuntimeException FAULT = new IllegalStateException("the responder is down");
    private static final CipherSuite ECDHE = CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256;
    private static final Kind[] SIGNED = askingAnswer(true);

    /** The wait that comes before the verdict, or after it. */
    private enum Other {
        SELECTION(SuspensionKind.CREDENTIAL_SELECTION, ECDHE),
        SIGN(SuspensionKind.SIGN, ECDHE),
        DECRYPT(SuspensionKind.DECRYPT, DECRYPTING_SUITE);

        private final SuspensionKind kind;
        private final CipherSuite suite;

        Other(SuspensionKind kind, CipherSuite suite) {
            this.kind = kind;
            this.suite = suite;
        }

        boolean isFirst() {
            return this != DECRYPT;
        }
    }

    private enum End {
        FAILS,
        TIMES_OUT,
        CLOSED,
        END_OF_STREAM
    }

    /** One handshake in which two things are waited for, each answered by hand. */
    private static final class Pair implements ConnectionObserver {
        private final FakeClock clock = new FakeClock();
        private final RecordingVerifier verifier = new RecordingVerifier().answers(KeyScript.manual());
        private final RecordingKey key = new RecordingKey(RSA_2048);
        private final List<Waker> selectionWakers = new ArrayList<>();
        private final List<SuspensionKind> suspended = new ArrayList<>();
        private final List<SuspensionKind> resumed = new ArrayList<>();
        private final List<SuspensionKind> failed = new ArrayList<>();
        private final Other other;
        private final Conversation conversation;
        private boolean selected;
        private int selections;
        private int selectionResumes;
        private int selectionCancels;

        Pair(Other other, Forms forms) {
            this.other = other;
            if (other == Other.SIGN) {
                key.signs(KeyScript.manual());
            } else if (other == Other.DECRYPT) {
                key.decrypts(KeyScript.manual());
            }
            TlsServerConfigBuilder builder = builder(key.credential())
                    .observer(this)
                    .clock(clock)
                    .keyOperationTimeout(LIMIT)
                    .handshakeTimeout(Duration.ZERO)
                    .clientAuthentication(ClientAuthentication.required(verifier));
            if (other == Other.SELECTION) {
                builder.credentialSelector((request, waker) -> {
                    selections++;
                    selectionWakers.add(waker);
                    return Start.inProgress(new Selection());
                });
            }
            TlsServerConfig config = builder.build();
            conversation = Conversation.of(config, ClientOptions.offering(other.suite), forms);
            conversation.client().sends(clientHello());
        }

        private final class Selection implements PendingOperation<List<Credential>> {
            @Override
            public Progress<List<Credential>> resume() {
                selectionResumes++;
                return selected ? Progress.done(List.of(key.credential())) : Progress.inProgress();
            }

            @Override
            public void cancel() {
                selectionCancels++;
            }
        }

        @Override
        public void onSuspend(Suspension suspension) {
            suspended.add(suspension.kind());
        }

        @Override
        public void onResume(SuspensionKind kind, long waitedNanos) {
            resumed.add(kind);
        }

        @Override
        public void onOperationFailed(SuspensionKind kind, Throwable cause) {
            failed.add(kind);
        }

        /** Up to the wait for the verdict. */
        Pair toVerdict() {
            if (other.isFirst()) {
                conversation.server().suspendsFor(other.kind);
                completeOther();
            }
            conversation.server().settle();
            conversation.server().hasSent(askingAnswer(other != Other.DECRYPT));
            shows(conversation, P256);
            conversation.server().suspendsFor(SuspensionKind.CLIENT_CERTIFICATE);
            return this;
        }

        /** Up to the other wait, the verdict being given where it comes first. */
        Pair toOther() {
            if (other.isFirst()) {
                conversation.server().suspendsFor(other.kind);
                return this;
            }
            toVerdict();
            verifier.operation().complete();
            conversation.server().suspendsFor(other.kind);
            return this;
        }

        void completeOther() {
            if (other == Other.SELECTION) {
                selected = true;
                selectionWakers.get(0).wake();
            } else {
                key.operation().complete();
            }
        }

        int otherStarts() {
            return other == Other.SELECTION ? selections : key.starts();
        }

        int otherCancels() {
            return other == Other.SELECTION
                    ? selectionCancels
                    : key.operations().stream()
                            .mapToInt(RecordedOperation::cancels)
                            .sum();
        }

        int verdictCancels() {
            return verifier.operations().stream()
                    .mapToInt(RecordedOperation::cancels)
                    .sum();
        }

        /** Makes what is pending end badly; what is pending fails by its own script. */
        void ends(End end) {
            switch (end) {
                case FAILS -> {}
                case TIMES_OUT -> clock.advance(LIMIT);
                case CLOSED -> conversation.server().closes();
                case END_OF_STREAM -> conversation.server().meetsEndOfStream();
            }
        }
    }

    static Stream<Arguments> pairsAndInputs() {
        return Arrays.stream(Other.values()).flatMap(other -> Forms.inputs().map(forms -> Arguments.of(other, forms)));
    }

    @ParameterizedTest
    @MethodSource("pairsAndInputs")
    void bothAreWaitedForOneAfterTheOtherAndEachIsStartedOnce(Other other, Forms forms) {
        Pair pair = new Pair(other, forms).toVerdict();
        for (int steps = 0; steps < 5; steps++) {
            assertThat(pair.conversation.server().steps()).isEqualTo(StepResult.ASYNC_IN_PROGRESS);
        }
        int resumes = pair.selectionResumes;
        pair.verifier.operation().complete();
        if (other == Other.DECRYPT) {
            pair.conversation.server().suspendsFor(SuspensionKind.DECRYPT);
            pair.completeOther();
        }
        ends(pair.conversation, P256);
        assertThat(pair.otherStarts()).isEqualTo(1);
        assertThat(pair.verifier.starts()).isEqualTo(1);
        assertThat(pair.selectionResumes)
                .as("what is answered is not asked again")
                .isEqualTo(resumes);
        assertThat(pair.otherCancels() + pair.verdictCancels()).isZero();
        List<SuspensionKind> order = other.isFirst()
                ? List.of(other.kind, SuspensionKind.CLIENT_CERTIFICATE)
                : List.of(SuspensionKind.CLIENT_CERTIFICATE, other.kind);
        assertThat(pair.suspended).isEqualTo(order);
        assertThat(pair.resumed).isEqualTo(order);
        assertThat(pair.failed).isEmpty();
        pair.key.assertDisciplined();
        pair.verifier.assertDisciplined();
    }

    /** A failed selection or signature never gets as far as the client's certificate. */
    @ParameterizedTest
    @EnumSource(value = Other.class, names = "DECRYPT", mode = EnumSource.Mode.EXCLUDE)
    void theVerdictIsNotAskedForWhenTheWaitBeforeItTimesOut(Other other) {
        Pair pair = new Pair(other, Forms.PLAIN).toOther();
        pair.ends(End.TIMES_OUT);
        pair.conversation
                .server()
                .refuses(
                        AlertDescription.INTERNAL_ERROR,
                        other == Other.SIGN ? new Kind[] {Kind.SERVER_HELLO, Kind.CERTIFICATE} : new Kind[0]);
        assertThat(pair.otherCancels()).isEqualTo(1);
        assertThat(pair.verifier.requests()).isEmpty();
        assertThat(pair.failed).containsExactly(other.kind);
    }

    static Stream<Arguments> pairsAndEnds() {
        return Arrays.stream(Other.values())
                .flatMap(other -> Arrays.stream(End.values()).map(end -> Arguments.of(other, end)));
    }

    /** Whatever ends the wait for the verdict, the other operation is not touched: it is over, or was never begun. */
    @ParameterizedTest
    @MethodSource("pairsAndEnds")
    void aVerdictThatNeverComesEndsTheHandshake(Other other, End end) {
        Pair pair = new Pair(other, Forms.PLAIN);
        if (end == End.FAILS) {
            pair.verifier.answers(KeyScript.inProgress(2).thenFails(FAULT));
        }
        pair.toVerdict();
        int starts = pair.otherStarts();
        pair.ends(end);
        switch (end) {
            case FAILS, TIMES_OUT -> {
                pair.conversation.server().refuses(AlertDescription.INTERNAL_ERROR);
                assertThat(pair.failed).containsExactly(SuspensionKind.CLIENT_CERTIFICATE);
            }
            case CLOSED -> pair.conversation.server().hasCancelled();
            default -> {
                assertThat(pair.conversation.server().settle()).isEqualTo(StepResult.CLOSED);
                assertThat(pair.conversation.server().failure()).isNotNull();
            }
        }
        assertThat(pair.verdictCancels()).isEqualTo(end == End.FAILS ? 0 : 1);
        assertThat(pair.otherStarts()).isEqualTo(starts).isEqualTo(other.isFirst() ? 1 : 0);
        assertThat(pair.otherCancels()).isZero();
        assertThat(pair.conversation.server().connection().info().peerCertificates())
                .isEmpty();
        SecretHunt.assertHandshakeHoldsNone(pair.conversation.server().connection());
        pair.key.assertDisciplined();
        pair.verifier.assertDisciplined();
    }

    /** A decryption that fails after the verdict is masked as ever, CertificateVerify in between or not. */
    @ParameterizedTest
    @EnumSource(End.class)
    void aDecryptionThatNeverComesAfterTheVerdict(End end) {
        Pair pair = new Pair(Other.DECRYPT, Forms.PLAIN);
        if (end == End.FAILS) {
            pair.key.decrypts(KeyScript.inProgress(2).thenFails(FAULT));
        }
        pair.toOther();
        pair.ends(end);
        switch (end) {
            case FAILS, TIMES_OUT -> {
                pair.conversation.server().refuses(AlertDescription.BAD_RECORD_MAC);
                assertThat(pair.failed).containsExactly(SuspensionKind.DECRYPT);
            }
            case CLOSED -> pair.conversation.server().hasCancelled();
            default -> {
                assertThat(pair.conversation.server().settle()).isEqualTo(StepResult.CLOSED);
                assertThat(pair.conversation.server().failure()).isNotNull();
            }
        }
        assertThat(pair.otherCancels()).isEqualTo(end == End.FAILS ? 0 : 1);
        assertThat(pair.verdictCancels())
                .as("a wait that is over is not cancelled")
                .isZero();
        assertThat(pair.verifier.starts()).isEqualTo(1);
        pair.key.assertDisciplined();
        pair.verifier.assertDisciplined();
    }

    /** The proof is checked before the change of keys: under a wrong premaster a wrong proof is still a wrong proof. */
    @Test
    void aWrongProofAfterAMaskedDecryptionIsADecryptError() {
        Pair pair = new Pair(Other.DECRYPT, Forms.PLAIN);
        pair.key.decrypts(KeyScript.ready().thenFails(FAULT));
        pair.conversation.server().answers(askingAnswer(false));
        pair.conversation
                .client()
                .sends(certificate(P256), clientKeyExchange(), certificateVerifyOf(0x0403, new byte[70]));
        pair.conversation.server().suspendsFor(SuspensionKind.CLIENT_CERTIFICATE);
        pair.verifier.operation().complete();
        pair.conversation.server().refuses(AlertDescription.DECRYPT_ERROR);
    }

    @ParameterizedTest
    @EnumSource(Other.class)
    void aWakeOfOneDoesNotCompleteTheOther(Other other) {
        Pair pair = new Pair(other, Forms.PLAIN).toVerdict();
        Waker stale = other == Other.SELECTION
                ? pair.selectionWakers.get(0)
                : other == Other.SIGN ? pair.key.operation().waker() : null;
        if (stale != null) {
            pair.conversation.server().wakeUps();
            stale.wake();
            assertThat(pair.conversation.server().wakeUps())
                    .as("a waker of a wait that is over")
                    .isZero();
            assertThat(pair.conversation.server().steps()).isEqualTo(StepResult.ASYNC_IN_PROGRESS);
        }
        pair.verifier.operation().complete();
        if (other == Other.DECRYPT) {
            pair.conversation.server().suspendsFor(SuspensionKind.DECRYPT);
            pair.conversation.server().wakeUps();
            pair.verifier.operation().waker().wake();
            assertThat(pair.conversation.server().wakeUps()).isZero();
            assertThat(pair.conversation.server().steps()).isEqualTo(StepResult.ASYNC_IN_PROGRESS);
            pair.completeOther();
        }
        ends(pair.conversation, P256);
    }

    /** Each wait has a limit of its own. */
    @ParameterizedTest
    @EnumSource(Other.class)
    void theTimeOfOneIsNotHeldAgainstTheOther(Other other) {
        Pair pair = new Pair(other, Forms.PLAIN);
        if (other.isFirst()) {
            pair.toOther();
            pair.clock.advance(LIMIT.minusNanos(1));
        }
        pair.toVerdict();
        pair.clock.advance(LIMIT.minusNanos(1));
        assertThat(pair.conversation.server().steps()).isEqualTo(StepResult.ASYNC_IN_PROGRESS);
        pair.verifier.operation().complete();
        if (other == Other.DECRYPT) {
            pair.conversation.server().suspendsFor(SuspensionKind.DECRYPT);
            pair.clock.advance(LIMIT.minusNanos(1));
            assertThat(pair.conversation.server().steps()).isEqualTo(StepResult.ASYNC_IN_PROGRESS);
            pair.completeOther();
        }
        ends(pair.conversation, P256);
    }

    static Stream<KeyScript> badBeginnings() {
        return Stream.of(
                KeyScript.startFails(FAULT),
                KeyScript.startThrows(new java.io.IOException("no route")),
                KeyScript.startThrowsError(new LinkageError("no library")),
                KeyScript.startReturnsNull(),
                KeyScript.fallThrough(),
                KeyScript.ready().thenThrows(FAULT),
                KeyScript.inProgress(1).thenReturnsNull());
    }

    /** RFC 5246 7.2.2: nothing is known of the certificate, so the alert says nothing of it. */
    @ParameterizedTest
    @MethodSource("badBeginnings")
    void aVerifierThatBreaksIsAnInternalError(KeyScript script) {
        RecordingVerifier verifier = new RecordingVerifier().answers(script);
        List<SuspensionKind> told = new ArrayList<>();
        TlsServerConfig config = builder(local(RSA_2048))
                .clientAuthentication(ClientAuthentication.wanted(verifier))
                .observer(new ConnectionObserver() {
                    @Override
                    public void onOperationFailed(SuspensionKind kind, Throwable cause) {
                        told.add(kind);
                    }
                })
                .build();
        Conversation conversation = Conversation.of(config, ClientOptions.offering(ECDHE), Forms.PLAIN);
        conversation.client().sends(clientHello());
        conversation.server().answers(SIGNED);
        shows(conversation, P256);
        conversation.server().refuses(AlertDescription.INTERNAL_ERROR);
        assertThat(told).containsExactly(SuspensionKind.CLIENT_CERTIFICATE);
    }

    /** What the client says next is looked at, as far as it is an alert. */
    @Test
    void aFatalAlertCancelsTheExamination() {
        Pair pair = new Pair(Other.SIGN, Forms.PLAIN).toOther();
        pair.completeOther();
        pair.conversation.server().answers(SIGNED);
        pair.conversation.client().sends(certificate(P256));
        pair.conversation.server().suspendsFor(SuspensionKind.CLIENT_CERTIFICATE);
        pair.conversation.client().sends(fatalAlert(AlertDescription.USER_CANCELED));
        assertThat(pair.conversation.server().stepsThroughInput()).isEqualTo(StepResult.CLOSED);
        assertThat(pair.conversation.server().failure().alert()).isEqualTo(AlertDescription.USER_CANCELED);
        assertThat(pair.conversation.server().failure().fromPeer()).isTrue();
        assertThat(pair.verdictCancels()).isEqualTo(1);
        pair.verifier.assertDisciplined();
    }

    /** A verdict that comes after the wait has ended changes nothing. */
    @Test
    void aLateVerdictIsIgnored() {
        Pair pair = new Pair(Other.SIGN, Forms.PLAIN);
        pair.verifier.judges(request -> Verdict.rejected(AlertDescription.CERTIFICATE_REVOKED, "late"));
        pair.toVerdict();
        pair.conversation.server().closes();
        pair.conversation.server().hasCancelled();
        pair.verifier.operation().complete();
        assertThat(pair.conversation.server().steps()).isEqualTo(StepResult.CLOSED);
        assertThat(pair.conversation.server().failure()).isNull();
    }
}
