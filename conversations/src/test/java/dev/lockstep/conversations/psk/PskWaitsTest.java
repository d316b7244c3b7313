package dev.lockstep.conversations.psk;

import static dev.lockstep.testkit.TestServers.builder;
import static dev.lockstep.testkit.certificate.TestIdentity.RSA_2048;
import static dev.lockstep.testkit.client.ClientMessages.changeCipherSpec;
import static dev.lockstep.testkit.client.ClientMessages.clientHello;
import static dev.lockstep.testkit.client.ClientMessages.clientKeyExchange;
import static dev.lockstep.testkit.client.ClientMessages.closeNotify;
import static dev.lockstep.testkit.client.ClientMessages.fatalAlert;
import static dev.lockstep.testkit.client.ClientMessages.finished;
import static dev.lockstep.testkit.client.ClientMessages.renegotiatingClientHello;
import static dev.lockstep.testkit.client.ClientMessages.strayHandshake;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.conversations.fixture.Offering;
import dev.lockstep.conversations.fixture.SessionFixture;
import dev.lockstep.testkit.Conversation;
import dev.lockstep.testkit.Forms;
import dev.lockstep.testkit.SecretHunt;
import dev.lockstep.testkit.answer.KeyScript;
import dev.lockstep.testkit.answer.RecordingKey;
import dev.lockstep.testkit.answer.RecordingPsk;
import dev.lockstep.testkit.client.ClientOptions;
import dev.lockstep.testkit.client.ClientSession;
import dev.lockstep.testkit.client.Seen.Kind;
import dev.lockstep.testkit.util.FakeClock;
import dev.lockstep.tls.ConnectionInfo;
import dev.lockstep.tls.StepResult;
import dev.lockstep.tls.config.ClientAuthentication;
import dev.lockstep.tls.config.RenegotiationPolicy;
import dev.lockstep.tls.config.TlsServerConfigBuilder;
import dev.lockstep.tls.credential.Credential;
import dev.lockstep.tls.peer.Verdict;
import dev.lockstep.tls.psk.PskIdentity;
import dev.lockstep.tls.psk.PskRequest;
import dev.lockstep.tls.psk.PskSource;
import dev.lockstep.tls.spec.AlertDescription;
import dev.lockstep.tls.spec.CipherSuite;
import dev.lockstep.tls.wait.PendingOperation;
import dev.lockstep.tls.wait.Progress;
import dev.lockstep.tls.wait.Start;
import dev.lockstep.tls.wait.SuspensionKind;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The wait for a pre-shared key, alone and followed by the wait for a decryption: cases 8 and 9 of Mbed TLS's own, and every
 * way of ending early.
 */
class PskWaitsTest {

    private static final CipherSuite PSK = CipherSuite.TLS_ECDHE_PSK_WITH_AES_128_GCM_SHA256;
    private static final CipherSuite RSA_PSK = CipherSuite.TLS_RSA_PSK_WITH_AES_128_GCM_SHA256;
    private static final Duration LIMIT = Duration.ofSeconds(1);
    private static final String INPUTS = "dev.lockstep.testkit.Forms#inputs";

    private final FakeClock clock = new FakeClock();
    private final RecordingPsk psk = new RecordingPsk();
    private final RecordingKey key = new RecordingKey(RSA_2048);

    private TlsServerConfigBuilder server() {
        return builder(key.credential())
                .preSharedKeys(psk)
                .clock(clock)
                .keyOperationTimeout(LIMIT)
                .handshakeTimeout(Duration.ZERO);
    }

    /** Up to where the look-up is waited for, all of the client's flight sent. */
    private Conversation lookingUp(CipherSuite suite, Forms forms) {
        psk.answers(KeyScript.manual());
        key.answers(KeyScript.manual());
        Conversation conversation = Conversation.of(server().build(), ClientOptions.offering(suite), forms);
        conversation.clientHelloAndAnswer();
        conversation.client().sends(clientKeyExchange());
        conversation.server().suspendsFor(SuspensionKind.PSK_LOOKUP);
        return conversation;
    }

    private void disciplined() {
        psk.assertDisciplined();
        key.assertDisciplined();
    }

    static Stream<KeyScript> atOnceAndLater() {
        return Stream.of(KeyScript.ready(), KeyScript.inProgress(1), KeyScript.inProgress(2));
    }

    /** A 8 (d0) and A 9 (d1): the client's message is parsed once, however often the waits are polled. */
    @ParameterizedTest
    @MethodSource("atOnceAndLater")
    void decryptionsOfRsaPskMayTakeTheirTime(KeyScript decryption) {
        for (KeyScript lookup : atOnceAndLater().toList()) {
            RecordingPsk keys = new RecordingPsk().answers(lookup);
            RecordingKey decrypting = new RecordingKey(RSA_2048).decrypts(decryption);
            Conversation conversation = Conversation.of(
                    builder(decrypting.credential()).preSharedKeys(keys).build(),
                    ClientOptions.offering(RSA_PSK).serverName("www.example.org"),
                    Forms.PLAIN);
            conversation.completes();
            assertThat(keys.requests()).hasSize(1);
            PskRequest request = keys.requests().get(0);
            assertThat(request.identity()).isEqualTo(PskIdentity.of(ClientOptions.PSK_IDENTITY));
            assertThat(request.serverName()).isEqualTo("www.example.org");
            assertThat(request.deadlineNanos()).isPresent();
            assertThat(decrypting.starts()).isEqualTo(1);
            keys.assertDisciplined();
            decrypting.assertDisciplined();
        }
    }

    /** I: choice of the credential, look-up and decryption, each suspended and each started once. */
    @ParameterizedTest
    @MethodSource(INPUTS)
    void threeWaitsInOneHandshake(Forms forms) {
        psk.answers(KeyScript.manual());
        key.answers(KeyScript.manual());
        AtomicBoolean chosen = new AtomicBoolean();
        PendingOperation<List<Credential>> choice =
                () -> chosen.get() ? Progress.done(List.of(key.credential())) : Progress.inProgress();
        Conversation conversation = Conversation.of(
                server().credentialSelector((request, waker) -> Start.inProgress(choice))
                        .build(),
                ClientOptions.offering(RSA_PSK),
                forms);
        conversation.client().sends(clientHello());
        conversation.server().suspendsFor(SuspensionKind.CREDENTIAL_SELECTION);
        chosen.set(true);
        conversation.server().answers(Kind.SERVER_HELLO, Kind.CERTIFICATE, Kind.SERVER_HELLO_DONE);
        conversation.secondFlight();
        conversation.server().suspendsFor(SuspensionKind.PSK_LOOKUP);
        int polls = psk.operation().resumes();
        assertThat(key.starts()).isZero();
        psk.operation().complete();
        conversation.server().suspendsFor(SuspensionKind.DECRYPT);
        assertThat(psk.operation().resumes()).isEqualTo(polls + 1);
        psk.operation().waker().wake();
        assertThat(conversation.server().steps()).isEqualTo(StepResult.ASYNC_IN_PROGRESS);
        key.operation().complete();
        conversation.server().answers(Kind.CHANGE_CIPHER_SPEC, Kind.FINISHED);
        conversation.exchangesData();
        assertThat(psk.requests()).hasSize(1);
        assertThat(psk.operation().handedOver()).as("wiped").containsOnly(0);
        assertThat(key.starts()).isEqualTo(1);
        disciplined();
    }

    /** Each wait has a limit of its own, and neither limit is an alert of its own: both end at Finished. */
    @ParameterizedTest
    @MethodSource(INPUTS)
    void bothWaitsMayTimeOutOneAfterTheOther(Forms forms) {
        Conversation conversation = lookingUp(RSA_PSK, forms);
        conversation.client().sends(changeCipherSpec(), finished());
        clock.advance(LIMIT.minusNanos(1));
        assertThat(conversation.server().steps()).isEqualTo(StepResult.ASYNC_IN_PROGRESS);
        clock.advance(Duration.ofNanos(1));
        conversation.server().suspendsFor(SuspensionKind.DECRYPT);
        assertThat(psk.operation().cancels()).isEqualTo(1);
        clock.advance(LIMIT.minusNanos(1));
        assertThat(conversation.server().steps()).isEqualTo(StepResult.ASYNC_IN_PROGRESS);
        clock.advance(Duration.ofNanos(1));
        conversation.server().refuses(AlertDescription.BAD_RECORD_MAC);
        assertThat(key.operation().cancels()).isEqualTo(1);
        disciplined();
    }

    /** A source that takes its time in start: its key is late although nothing was waited for. */
    @ParameterizedTest
    @MethodSource(INPUTS)
    void aKeyThatStartReturnsTooLateIsWiped(Forms forms) {
        byte[] known = ClientOptions.PSK.clone();
        PskSource slow = (request, waker) -> {
            clock.advance(LIMIT);
            return Start.done(Optional.of(known));
        };
        Conversation conversation =
                Conversation.of(server().preSharedKeys(slow).build(), ClientOptions.offering(PSK), forms);
        conversation.clientHelloAndAnswer();
        conversation.secondFlight();
        conversation.server().refuses(AlertDescription.BAD_RECORD_MAC);
        assertThat(known).containsOnly(0);
        SecretHunt.assertNoneIn(conversation.server().connection(), List.of(ClientOptions.PSK));
    }

    @ParameterizedTest
    @MethodSource(INPUTS)
    void closeCancelsTheLookUpOnceAndTheKeyIsNeverAsked(Forms forms) {
        Conversation conversation = lookingUp(RSA_PSK, forms);
        conversation.server().closes();
        assertThat(psk.operation().cancels()).isEqualTo(1);
        assertThat(key.starts()).isZero();
        psk.operation().complete();
        SecretHunt.assertNoneIn(conversation.server().connection(), List.of(ClientOptions.PSK));
        disciplined();
    }

    @ParameterizedTest
    @MethodSource(INPUTS)
    void closeDuringTheDecryptionLeavesTheLookUpAlone(Forms forms) {
        Conversation conversation = lookingUp(RSA_PSK, forms);
        psk.operation().complete();
        conversation.server().suspendsFor(SuspensionKind.DECRYPT);
        conversation.server().closes();
        assertThat(psk.operation().cancels()).isZero();
        assertThat(psk.operation().handedOver()).as("wiped").containsOnly(0);
        assertThat(key.operation().cancels()).isEqualTo(1);
        SecretHunt.assertNoneIn(conversation.server().connection(), List.of(ClientOptions.PSK));
        disciplined();
    }

    /** D: what the client says meanwhile ends the wait, waits itself, or has no business there. */
    @ParameterizedTest
    @MethodSource(INPUTS)
    void theInputIsWatchedDuringTheLookUp(Forms forms) {
        Conversation leaving = lookingUp(PSK, forms);
        leaving.client().sends(closeNotify());
        assertThat(leaving.server().stepsThroughInput()).isEqualTo(StepResult.CLOSED);
        assertThat(psk.operation().cancels()).isEqualTo(1);
    }

    @Test
    void aFatalAlertDuringTheLookUpCancelsIt() {
        Conversation conversation = lookingUp(PSK, Forms.PLAIN);
        conversation.client().sends(fatalAlert(AlertDescription.INTERNAL_ERROR));
        assertThat(conversation.server().stepsThroughInput()).isEqualTo(StepResult.CLOSED);
        assertThat(conversation.server().failure().fromPeer()).isTrue();
        assertThat(psk.operation().cancels()).isEqualTo(1);
        conversation.server().isDead();
    }

    @Test
    void theEndOfTheTransportDuringTheLookUpCancelsIt() {
        Conversation conversation = lookingUp(PSK, Forms.PLAIN);
        conversation.server().meetsEndOfStream();
        assertThat(conversation.server().steps()).isEqualTo(StepResult.CLOSED);
        assertThat(conversation.server().failure()).as("truncation").isNotNull();
        assertThat(psk.operation().cancels()).isEqualTo(1);
    }

    /** A message that is not due waits as those that are, and is refused when the key is there. */
    @Test
    void aStrayMessageIsRefusedAfterTheLookUp() {
        Conversation conversation = lookingUp(PSK, Forms.PLAIN);
        conversation.client().sends(strayHandshake(16, new byte[4]));
        conversation.server().suspendsFor(SuspensionKind.PSK_LOOKUP);
        psk.operation().complete();
        conversation.server().refuses(AlertDescription.UNEXPECTED_MESSAGE);
        assertThat(psk.operation().cancels()).isZero();
        disciplined();
    }

    /** A key that comes when the connection is gone is cleared by the code that has it last. */
    @Test
    void twoConnectionsOnOneSourceMayBeAnsweredInReverseOrder() {
        psk.answers(KeyScript.manual()).knows(new byte[] {9}, new byte[] {8, 8, 8});
        Conversation first = Conversation.of(server().build(), ClientOptions.offering(PSK), Forms.PLAIN);
        Conversation second = Conversation.of(
                server().build(), ClientOptions.offering(PSK).psk(new byte[] {9}, new byte[] {8, 8, 8}), Forms.PLAIN);
        for (Conversation conversation : List.of(first, second)) {
            conversation.clientHelloAndAnswer();
            conversation.secondFlight();
            conversation.server().suspendsFor(SuspensionKind.PSK_LOOKUP);
        }
        psk.operations().get(1).complete();
        psk.operations().get(0).complete();
        for (Conversation conversation : List.of(second, first)) {
            conversation.server().answers(Kind.CHANGE_CIPHER_SPEC, Kind.FINISHED);
            conversation.exchangesData();
        }
        assertThat(second.server().connection().info().pskIdentity()).isEqualTo(PskIdentity.of(new byte[] {9}));
        disciplined();
    }

    // ---- with what else a connection can do

    /** The identity goes with the session; the source is not asked for the key again. */
    @ParameterizedTest
    @EnumSource(Offering.class)
    void aResumedSessionKeepsItsIdentity(Offering by) {
        SessionFixture sessions = new SessionFixture();
        var config = sessions.builder(key.credential()).preSharedKeys(psk).build();
        for (CipherSuite suite : PskConversationTest.oneOfEachKind()) {
            ClientOptions options = ClientOptions.offering(suite);
            Conversation full =
                    Conversation.of(config, by == Offering.BY_ID ? options : options.wantingTicket(), Forms.PLAIN);
            full.client().sends(clientHello());
            full.server().settle();
            full.secondFlight();
            full.server().settle();
            full.client().takeSeen();
            full.exchangesData();
            full.client().sends(closeNotify());
            full.server().settle();
            ClientSession session = full.client().session();
            int lookups = psk.requests().size();
            Conversation conversation =
                    Conversation.of(config, by.offering(ClientOptions.offering(suite), session), Forms.PLAIN);
            SessionFixture.resumes(conversation, SessionFixture.shortAnswer());
            ConnectionInfo info = conversation.server().connection().info();
            assertThat(info.pskIdentity()).isEqualTo(PskIdentity.of(ClientOptions.PSK_IDENTITY));
            assertThat(info.resumed()).isTrue();
            assertThat(psk.requests()).hasSize(lookups);
        }
    }

    /** Both waits suspend read as they suspend step. */
    @Test
    void aRenegotiationLooksTheKeyUpAgain() {
        Conversation conversation = Conversation.of(
                server().renegotiation(RenegotiationPolicy.ALLOWED
                                .withMaxRenegotiations(2)
                                .withMinInterval(Duration.ZERO))
                        .build(),
                ClientOptions.offering(RSA_PSK),
                Forms.PLAIN);
        conversation.completes();
        psk.answers(KeyScript.inProgress(2));
        key.answers(KeyScript.inProgress(2));
        conversation.client().sends(renegotiatingClientHello());
        conversation.server().answers(Kind.SERVER_HELLO, Kind.CERTIFICATE, Kind.SERVER_HELLO_DONE);
        conversation.secondFlight();
        conversation.server().answers(Kind.CHANGE_CIPHER_SPEC, Kind.FINISHED);
        conversation.exchangesData();
        assertThat(psk.requests()).hasSize(2);
        assertThat(key.starts()).isEqualTo(2);
        disciplined();
    }

    /** Who requires a certificate takes no key in its place, and another suite where the client has one. */
    @Test
    void aRequiredClientCertificateRulesPreSharedKeysOut() {
        var config = server().clientAuthentication(
                        ClientAuthentication.required((request, waker) -> Start.done(Verdict.accepted())))
                .build();
        Conversation refused = Conversation.of(config, ClientOptions.offering(PSK), Forms.PLAIN);
        refused.client().sends(clientHello());
        refused.server().refuses(AlertDescription.HANDSHAKE_FAILURE);
        Conversation other = Conversation.of(
                config, ClientOptions.offering(PSK, CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA), Forms.PLAIN);
        other.client().sends(clientHello());
        other.server()
                .answers(
                        Kind.SERVER_HELLO,
                        Kind.CERTIFICATE,
                        Kind.SERVER_KEY_EXCHANGE,
                        Kind.CERTIFICATE_REQUEST,
                        Kind.SERVER_HELLO_DONE);
    }
}
