package dev.lockstep.conversations.suspend;

import static dev.lockstep.testkit.TestServers.builder;
import static dev.lockstep.testkit.client.ClientMessages.applicationData;
import static dev.lockstep.testkit.client.ClientMessages.changeCipherSpec;
import static dev.lockstep.testkit.client.ClientMessages.clientKeyExchange;
import static dev.lockstep.testkit.client.ClientMessages.finished;
import static dev.lockstep.testkit.client.ClientMessages.renegotiatingClientHello;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.testkit.Conversation;
import dev.lockstep.testkit.Forms;
import dev.lockstep.testkit.ServerSide;
import dev.lockstep.testkit.answer.KeyScript;
import dev.lockstep.testkit.answer.RecordingKey;
import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.testkit.client.ClientOptions;
import dev.lockstep.testkit.client.Seen.Kind;
import dev.lockstep.tls.StepResult;
import dev.lockstep.tls.TlsException;
import dev.lockstep.tls.TlsServerConnection;
import dev.lockstep.tls.config.RenegotiationPolicy;
import dev.lockstep.tls.spec.AlertDescription;
import dev.lockstep.tls.spec.CipherSuite;
import dev.lockstep.tls.wait.OperationException;
import dev.lockstep.tls.wait.SuspensionKind;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The cases 26 to 29 that Mbed TLS tests of its own private-key callbacks: a renegotiation that suspends for the key, and
 * what it means for {@code read} and {@code write}.
 */
class RenegotiationParityTest {

    private static final String ALL_FORMS = "dev.lockstep.testkit.Forms#all";
    private static final String INPUT_FORMS = "dev.lockstep.testkit.Forms#inputs";
    private static final RenegotiationPolicy ALLOWED =
            RenegotiationPolicy.ALLOWED.withMaxRenegotiations(10).withMinInterval(Duration.ZERO);
    private static final CipherSuite SIGNING = CipherSuite.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384;
    private static final CipherSuite DECRYPTING = CipherSuite.TLS_RSA_WITH_AES_128_CBC_SHA256;

    private static Conversation established(RecordingKey key, CipherSuite suite, Forms forms) {
        return Conversation.of(
                        builder(key.credential()).renegotiation(ALLOWED).build(), ClientOptions.offering(suite), forms)
                .completes();
    }

    private static void renegotiates(Conversation conversation, RecordingKey key) {
        conversation.client().sends(renegotiatingClientHello());
        conversation.server().settle();
        conversation.client().takeSeen();
        conversation.secondFlight();
        conversation.server().answers(Kind.CHANGE_CIPHER_SPEC, Kind.FINISHED);
        conversation.exchangesData();
        assertThat(key.operations()).hasSize(2);
        key.assertDisciplined();
    }

    @ParameterizedTest(name = "26 client-initiated, sign: {0}")
    @MethodSource(ALL_FORMS)
    void case26ClientInitiatedSign(Forms forms) {
        RecordingKey key = new RecordingKey(TestIdentity.RSA_2048).signs(forms.script());
        renegotiates(established(key, SIGNING, forms), key);
    }

    @ParameterizedTest(name = "27 server-initiated, sign: {0}")
    @MethodSource(ALL_FORMS)
    void case27ServerInitiatedSign(Forms forms) {
        RecordingKey key = new RecordingKey(TestIdentity.RSA_2048).signs(forms.script());
        Conversation conversation = established(key, SIGNING, forms);
        assertThat(conversation.server().connection().renegotiate()).isTrue();
        conversation.server().answers(Kind.HELLO_REQUEST);
        renegotiates(conversation, key);
    }

    @ParameterizedTest(name = "28 client-initiated, decrypt: {0}")
    @MethodSource(ALL_FORMS)
    void case28ClientInitiatedDecrypt(Forms forms) {
        RecordingKey key = new RecordingKey(TestIdentity.RSA_2048).decrypts(forms.script());
        renegotiates(established(key, DECRYPTING, forms), key);
    }

    @ParameterizedTest(name = "29 server-initiated, decrypt: {0}")
    @MethodSource(ALL_FORMS)
    void case29ServerInitiatedDecrypt(Forms forms) {
        RecordingKey key = new RecordingKey(TestIdentity.RSA_2048).decrypts(forms.script());
        Conversation conversation = established(key, DECRYPTING, forms);
        assertThat(conversation.server().connection().renegotiate()).isTrue();
        conversation.server().answers(Kind.HELLO_REQUEST);
        renegotiates(conversation, key);
    }

    /** While it waits write sends nothing and takes nothing; called again after the wake it sends all of it. */
    @ParameterizedTest(name = "{0}")
    @MethodSource(INPUT_FORMS)
    void writeSuspendsWithTheHandshake(Forms forms) throws TlsException {
        RecordingKey key = new RecordingKey(TestIdentity.RSA_2048).signs(KeyScript.ready());
        Conversation conversation = established(key, SIGNING, forms);
        key.signs(KeyScript.manual());
        conversation.client().sends(renegotiatingClientHello());
        conversation.server().suspendsFor(SuspensionKind.SIGN);
        ByteBuffer data = ByteBuffer.wrap("late".getBytes(StandardCharsets.UTF_8));
        ByteBuffer netOut = ByteBuffer.allocate(TlsServerConnection.NETWORK_BUFFER_SIZE);
        for (int i = 0; i < 3; i++) {
            Conversation.markedStep(
                    () -> assertThat(conversation.server().connection().write(data, netOut))
                            .isEqualTo(StepResult.ASYNC_IN_PROGRESS));
        }
        assertThat(data.remaining()).isEqualTo(4);
        byte[] flight = new byte[netOut.flip().remaining()];
        netOut.get(flight);
        conversation.client().receives(flight);
        conversation.server().hasSent(Kind.SERVER_HELLO, Kind.CERTIFICATE);
        key.operations().get(1).complete();
        conversation.server().sends("late");
        conversation.server().hasSent(Kind.SERVER_KEY_EXCHANGE, Kind.SERVER_HELLO_DONE, Kind.APPLICATION_DATA);
        assertThat(conversation.client().takeReceived()).asString().isEqualTo("late");
        conversation.secondFlight();
        conversation.server().answers(Kind.CHANGE_CIPHER_SPEC, Kind.FINISHED);
        conversation.exchangesData();
        key.assertDisciplined();
    }

    /** What the client says meanwhile under its old keys waits in the caller's buffer and is read afterwards, in order. */
    @ParameterizedTest(name = "{0}")
    @MethodSource(INPUT_FORMS)
    void dataThatComesDuringTheWaitIsReadAfterIt(Forms forms) {
        RecordingKey key = new RecordingKey(TestIdentity.RSA_2048).signs(KeyScript.ready());
        Conversation conversation = established(key, SIGNING, forms);
        key.signs(KeyScript.manual());
        conversation.client().sends(renegotiatingClientHello());
        conversation.server().suspendsFor(SuspensionKind.SIGN);
        conversation.client().sends(applicationData("one "), applicationData("two"));
        conversation.server().suspendsFor(SuspensionKind.SIGN);
        conversation.server().hasReceived("");
        key.operations().get(1).complete();
        conversation.server().settle();
        conversation.server().hasReceived("one two");
        conversation.client().takeSeen();
        conversation.secondFlight();
        conversation.server().answers(Kind.CHANGE_CIPHER_SPEC, Kind.FINISHED);
        conversation.exchangesData();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource(INPUT_FORMS)
    void aSignatureThatFailsEndsTheConnection(Forms forms) {
        RecordingKey key = new RecordingKey(TestIdentity.RSA_2048).signs(KeyScript.ready());
        Conversation conversation = established(key, SIGNING, forms);
        OperationException broken =
                new OperationException(OperationException.Reason.KEY_UNAVAILABLE, "the token was pulled out");
        key.signs(KeyScript.inProgress(1).thenFails(broken));
        conversation.client().sends(renegotiatingClientHello());
        conversation.server().refuses(AlertDescription.INTERNAL_ERROR, Kind.SERVER_HELLO, Kind.CERTIFICATE);
        assertThat(conversation.server().failure()).hasRootCause(broken);
        key.assertDisciplined();
    }

    /** A decryption that fails is masked here as in the first handshake: nothing shows before Finished. */
    @ParameterizedTest(name = "{0}")
    @MethodSource(INPUT_FORMS)
    void aDecryptionThatFailsIsMasked(Forms forms) {
        RecordingKey key = new RecordingKey(TestIdentity.RSA_2048).decrypts(KeyScript.ready());
        Conversation conversation = established(key, DECRYPTING, forms);
        key.decrypts(KeyScript.startFails(
                new OperationException(OperationException.Reason.KEY_UNAVAILABLE, "the token was pulled out")));
        conversation.client().sends(renegotiatingClientHello());
        conversation.server().answers(Conversation.rsaAnswer());
        conversation.client().sends(clientKeyExchange());
        conversation.server().answers();
        conversation.client().sends(changeCipherSpec(), finished());
        conversation.server().refuses(AlertDescription.BAD_RECORD_MAC);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource(INPUT_FORMS)
    void closingDuringTheWaitCancels(Forms forms) {
        RecordingKey key = new RecordingKey(TestIdentity.RSA_2048).signs(KeyScript.ready());
        Conversation conversation = established(key, SIGNING, forms);
        key.signs(KeyScript.never());
        conversation.client().sends(renegotiatingClientHello());
        ServerSide server = conversation.server().suspendsFor(SuspensionKind.SIGN);
        conversation.client().takeSeen();
        server.closes();
        server.hasSent(Kind.ALERT);
        assertThat(key.operations().get(1).cancels()).isOne();
        server.isDead();
    }
}
