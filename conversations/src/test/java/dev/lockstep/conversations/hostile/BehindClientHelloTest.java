package dev.lockstep.conversations.hostile;

import static dev.lockstep.testkit.TestServers.builder;
import static dev.lockstep.testkit.client.ClientMessages.applicationData;
import static dev.lockstep.testkit.client.ClientMessages.changeCipherSpecContaining;
import static dev.lockstep.testkit.client.ClientMessages.clientHello;
import static dev.lockstep.testkit.client.ClientMessages.raw;
import static dev.lockstep.testkit.client.ClientMessages.renegotiatingClientHello;
import static dev.lockstep.testkit.client.ClientMessages.strayHandshake;
import static dev.lockstep.testkit.client.ClientMessages.warningAlert;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.testkit.Conversation;
import dev.lockstep.testkit.Forms;
import dev.lockstep.testkit.TestServers;
import dev.lockstep.testkit.answer.KeyScript;
import dev.lockstep.testkit.answer.RecordingKey;
import dev.lockstep.testkit.answer.RecordingPsk;
import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.testkit.client.ClientMessage;
import dev.lockstep.testkit.client.ClientOptions;
import dev.lockstep.testkit.client.Seen;
import dev.lockstep.tls.config.RenegotiationPolicy;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.credential.Credential;
import dev.lockstep.tls.spec.AlertDescription;
import dev.lockstep.tls.spec.CipherSuite;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
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
                Arguments.of("ChangeCipherSpec", changeCipherSpecContaining(1)),
                Arguments.of("application data", applicationData("early")),
                Arguments.of("another ClientHello", clientHello()));
        return Stream.of(Answer.values()).flatMap(answer -> followers.stream()
                .map(follower -> Arguments.of(answer, follower.get()[0], follower.get()[1])));
    }

    @ParameterizedTest(name = "{1}, {0}")
    @MethodSource("whatMayNotStandThere")
    void itIsUnexpectedWhateverTheSpeedOfTheKey(Answer answer, String name, ClientMessage follower) {
        Conversation conversation = answer.conversation();
        conversation.client().sends(clientHello(), follower);
        conversation.server().buffersInput().refuses(AlertDescription.UNEXPECTED_MESSAGE);
        assertThat(conversation.server().failure()).hasMessageContaining("behind ClientHello");
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

    /** In a renegotiation application data goes on under the old keys; a second message of the handshake may not stand there. */
    @ParameterizedTest
    @MethodSource("signingAnswers")
    void aRenegotiationTakesDataBehindItsClientHelloAndNothingElse(Answer answer) {
        Conversation refused = answer.conversation().completes();
        refused.client().sends(renegotiatingClientHello(), strayHandshake(16, new byte[] {0, 0}));
        refused.server().buffersInput().refuses(AlertDescription.UNEXPECTED_MESSAGE);

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
