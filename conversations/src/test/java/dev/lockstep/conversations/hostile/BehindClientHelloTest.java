package dev.lockstep.conversations.hostile;

import static dev.lockstep.testkit.TestServers.builder;
import static dev.lockstep.testkit.client.ClientMessages.applicationData;
import static dev.lockstep.testkit.client.ClientMessages.changeCipherSpecContaining;
import static dev.lockstep.testkit.client.ClientMessages.clientHello;
import static dev.lockstep.testkit.client.ClientMessages.fatalAlert;
import static dev.lockstep.testkit.client.ClientMessages.handshake;
import static dev.lockstep.testkit.client.ClientMessages.raw;
import static dev.lockstep.testkit.client.ClientMessages.record;
import static dev.lockstep.testkit.client.ClientMessages.renegotiatingClientHello;
import static dev.lockstep.testkit.client.ClientMessages.strayHandshake;
import static dev.lockstep.testkit.client.ClientMessages.warningAlert;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.conversations.fixture.SessionFixture;
import dev.lockstep.testkit.Conversation;
import dev.lockstep.testkit.Forms;
import dev.lockstep.testkit.TestServers;
import dev.lockstep.testkit.answer.KeyScript;
import dev.lockstep.testkit.answer.RecordingKey;
import dev.lockstep.testkit.answer.RecordingPsk;
import dev.lockstep.testkit.answer.ScriptedAnswers;
import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.testkit.client.ClientMessage;
import dev.lockstep.testkit.client.ClientOptions;
import dev.lockstep.testkit.client.ClientSession;
import dev.lockstep.testkit.client.Seen;
import dev.lockstep.tls.config.RenegotiationPolicy;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.credential.Credential;
import dev.lockstep.tls.spec.AlertDescription;
import dev.lockstep.tls.spec.CipherSuite;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What stands behind a ClientHello is out of order, however fast the answer to it is: RFC 5246 7.4.7 puts ClientKeyExchange
 * behind ServerHelloDone.
 */
class BehindClientHelloTest {

    private static final CipherSuite SIGNING = CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256;
    private static final CipherSuite PSK = CipherSuite.TLS_PSK_WITH_AES_128_GCM_SHA256;

    /** What answers the ClientHello: how fast, and with or without a question to the outside. */
    private enum Answer {
        LOCAL_KEY(SIGNING),
        READY_KEY(SIGNING),
        KEY_AFTER_A_POLL(SIGNING),
        SLOW_KEY(SIGNING),
        NO_SIGNATURE(TestServers.DECRYPTING_SUITE),
        NO_CERTIFICATE(PSK);

        private final CipherSuite suite;

        Answer(CipherSuite suite) {
            this.suite = suite;
        }

        private Credential credential() {
            RecordingKey key = new RecordingKey(TestIdentity.RSA_2048);
            return switch (this) {
                case LOCAL_KEY -> TestServers.local(TestIdentity.RSA_2048);
                case READY_KEY, NO_SIGNATURE, NO_CERTIFICATE ->
                    key.answers(KeyScript.ready()).credential();
                case KEY_AFTER_A_POLL -> key.answers(KeyScript.inProgress(1)).credential();
                case SLOW_KEY -> key.answers(KeyScript.never()).credential();
            };
        }

        Conversation conversation() {
            TlsServerConfig config = builder(credential())
                    .preSharedKeys(new RecordingPsk())
                    .renegotiation(
                            RenegotiationPolicy.ALLOWED.withMaxRenegotiations(2).withMinInterval(Duration.ZERO))
                    .build();
            return Conversation.of(config, ClientOptions.offering(suite), Forms.PLAIN);
        }
    }

    static Stream<Arguments> whatMayNotStandThere() {
        List<Arguments> followers = List.of(
                Arguments.of("ClientKeyExchange", strayHandshake(16, new byte[] {0, 0})),
                Arguments.of("half a message", raw(new byte[] {22, 3, 3, 0, 3, 16, 0, 0})),
                Arguments.of("the header of a record", raw(new byte[] {22, 3, 3, 0, 40})),
                Arguments.of("the first byte of a record", raw(new byte[] {22})),
                Arguments.of("ClientKeyExchange behind warnings", behindWarnings(22, 16, 0, 0, 0)),
                Arguments.of("ChangeCipherSpec behind warnings", behindWarnings(20, 1)),
                Arguments.of("application data behind warnings", behindWarnings(23, 1, 2, 3)),
                Arguments.of("ChangeCipherSpec", changeCipherSpecContaining(1)),
                Arguments.of("application data", applicationData("early")),
                Arguments.of("another ClientHello", clientHello()));
        return Stream.of(Answer.values()).flatMap(answer -> followers.stream()
                .map(follower -> Arguments.of(answer, follower.get()[0], follower.get()[1])));
    }

    /** Two warnings, each in a record, and then a record of this type. */
    private static ClientMessage behindWarnings(int type, int... content) {
        byte[] body = new byte[content.length];
        for (int i = 0; i < content.length; i++) {
            body[i] = (byte) content[i];
        }
        return client -> {
            warningAlert(AlertDescription.NO_RENEGOTIATION).writeTo(client);
            warningAlert(AlertDescription.USER_CANCELED).writeTo(client);
            record(type, body).writeTo(client);
        };
    }

    /** A message in the record of the ClientHello itself, whole or in part. */
    @ParameterizedTest
    @MethodSource("answersAndLengths")
    void whatSharesTheRecordOfTheHelloIsUnexpected(Answer answer, int length) {
        Conversation conversation = answer.conversation();
        conversation.client().packHandshakeMessages();
        conversation.client().sends(clientHello(), handshake(16, new byte[] {0, 0}));
        byte[] packed = conversation.client().takeRecords().get(0);
        byte[] cut = Arrays.copyOf(packed, packed.length - 6 + length);
        cut[3] = (byte) ((cut.length - 5) >> 8);
        cut[4] = (byte) (cut.length - 5);
        conversation.client().sends(raw(cut));
        conversation.server().buffersInput().refuses(AlertDescription.UNEXPECTED_MESSAGE);
        assertThat(conversation.server().failure()).hasMessageContaining("behind ClientHello");
    }

    static Stream<Arguments> answersAndLengths() {
        return Stream.of(Answer.values())
                .flatMap(answer -> Stream.of(1, 4, 6).map(length -> Arguments.of(answer, length)));
    }

    /** The client's Finished flight may not stand behind a ClientHello that resumes, however fast the store is. */
    @ParameterizedTest
    @EnumSource(
            value = ScriptedAnswers.Form.class,
            names = {"AT_ONCE", "READY_AFTER_ONE", "AFTER_ONE_RESUME", "MANUAL"})
    void aResumptionTakesNothingBehindItsHello(ScriptedAnswers.Form form) {
        SessionFixture sessions = new SessionFixture();
        TlsServerConfig config =
                sessions.builder(TestServers.local(TestIdentity.P256)).build();
        ClientSession byId = SessionFixture.byId(config, ClientOptions.defaults());
        ClientSession byTicket = SessionFixture.byTicket(config, ClientOptions.defaults());
        sessions.answers(form);
        for (ClientOptions options : List.of(
                ClientOptions.defaults().resumingById(byId),
                ClientOptions.defaults().resumingByTicket(byTicket))) {
            Conversation conversation = Conversation.of(config, options, Forms.PLAIN);
            conversation.client().sends(clientHello(), changeCipherSpecContaining(1));
            conversation.server().buffersInput().refuses(AlertDescription.UNEXPECTED_MESSAGE);
            assertThat(conversation.server().failure()).hasMessageContaining("behind ClientHello");
        }
    }

    /** An alert that ends the connection does so, whatever follows it. */
    @ParameterizedTest
    @EnumSource(Answer.class)
    void whatIsBehindAFatalAlertCountsNoMore(Answer answer) {
        Conversation conversation = answer.conversation();
        conversation
                .client()
                .sends(clientHello(), fatalAlert(AlertDescription.INTERNAL_ERROR), strayHandshake(16, new byte[] {0, 0
                }));
        conversation.server().buffersInput().settle();
        assertThat(conversation.server().failure().fromPeer()).isTrue();
        assertThat(conversation.server().failure().alert()).isEqualTo(AlertDescription.INTERNAL_ERROR);
    }

    @ParameterizedTest(name = "{1}, {0}")
    @MethodSource("whatMayNotStandThere")
    void itIsUnexpectedWhateverTheSpeedOfTheKey(Answer answer, String name, ClientMessage follower) {
        Conversation conversation = answer.conversation();
        conversation.client().sends(clientHello(), follower);
        conversation.server().buffersInput().refuses(AlertDescription.UNEXPECTED_MESSAGE);
        assertThat(conversation.server().failure()).hasMessageContaining("behind ClientHello");
    }

    /** A header that no record may have is refused for what is bad in it, when it is here already as when it comes during a wait. */
    @ParameterizedTest
    @EnumSource(Answer.class)
    void aBadHeaderIsRefusedForItselfWhateverTheSpeedOfTheKey(Answer answer) {
        refusesHeader(answer, AlertDescription.PROTOCOL_VERSION, 22, 2, 3, 0, 4);
        refusesHeader(answer, AlertDescription.PROTOCOL_VERSION, 20, 3, 1, 0, 1);
        refusesHeader(answer, AlertDescription.RECORD_OVERFLOW, 22, 3, 3, 0x40, 1);
        refusesHeader(answer, AlertDescription.RECORD_OVERFLOW, 23, 3, 3, 0xff, 0xff);
    }

    private static void refusesHeader(Answer answer, AlertDescription alert, int... header) {
        byte[] bytes = new byte[header.length];
        for (int i = 0; i < header.length; i++) {
            bytes[i] = (byte) header[i];
        }
        Conversation conversation = answer.conversation();
        conversation.client().sends(clientHello(), raw(bytes));
        conversation.server().buffersInput().refuses(alert);
    }

    /** Alerts are no part of a flight: a warning is counted, and the handshake takes its course. */
    @ParameterizedTest
    @MethodSource("dev.lockstep.testkit.Forms#inputs")
    void aWarningAlertIsNotOutOfOrder(Forms forms) {
        TlsServerConfig config = TestServers.config(TestServers.local(TestIdentity.RSA_2048));
        Conversation conversation = Conversation.of(config, ClientOptions.offering(SIGNING), forms);
        conversation.client().sends(clientHello(), warningAlert(AlertDescription.NO_RENEGOTIATION));
        conversation.server().answers(Conversation.fullAnswer());
        conversation.secondFlight();
        conversation.server().answers(Seen.Kind.CHANGE_CIPHER_SPEC, Seen.Kind.FINISHED);
        conversation.exchangesData();
    }

    /** In a renegotiation application data continues under the old keys; a second message of the handshake may not stand there. */
    @ParameterizedTest
    @MethodSource("signingAnswers")
    void aRenegotiationTakesDataBehindItsClientHelloAndNothingElse(Answer answer) {
        Conversation refused = answer.conversation().completes();
        refused.client().sends(renegotiatingClientHello(), strayHandshake(16, new byte[] {0, 0}));
        refused.server().buffersInput().refuses(AlertDescription.UNEXPECTED_MESSAGE);

        Conversation refusedBehindData = answer.conversation().completes();
        refusedBehindData
                .client()
                .sends(renegotiatingClientHello(), applicationData("meanwhile"), strayHandshake(16, new byte[] {0, 0}));
        refusedBehindData.server().buffersInput().refuses(AlertDescription.UNEXPECTED_MESSAGE);

        Conversation served = answer.conversation().completes();
        served.client().sends(renegotiatingClientHello(), applicationData("meanwhile"));
        served.server().settle();
        served.server().hasReceived("meanwhile");
        assertThat(served.server().failure()).isNull();
    }

    static Stream<Answer> signingAnswers() {
        return Stream.of(Answer.LOCAL_KEY, Answer.READY_KEY, Answer.KEY_AFTER_A_POLL);
    }
}
