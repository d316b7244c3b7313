package dev.lockstep.conversations.suspend;

import static dev.lockstep.testkit.TestServers.config;
import static dev.lockstep.testkit.TestServers.decryptingClient;
import static dev.lockstep.testkit.certificate.TestIdentity.RSA_2048;
import static dev.lockstep.testkit.client.ClientMessages.applicationData;
import static dev.lockstep.testkit.client.ClientMessages.changeCipherSpec;
import static dev.lockstep.testkit.client.ClientMessages.clientHello;
import static dev.lockstep.testkit.client.ClientMessages.clientKeyExchange;
import static dev.lockstep.testkit.client.ClientMessages.closeNotify;
import static dev.lockstep.testkit.client.ClientMessages.fatalAlert;
import static dev.lockstep.testkit.client.ClientMessages.finished;
import static dev.lockstep.testkit.client.ClientMessages.handshake;
import static dev.lockstep.testkit.client.ClientMessages.raw;
import static dev.lockstep.testkit.client.ClientMessages.record;
import static dev.lockstep.testkit.client.ClientMessages.warningAlert;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.conversations.fixture.Setting;
import dev.lockstep.testkit.Conversation;
import dev.lockstep.testkit.Forms;
import dev.lockstep.testkit.answer.KeyScript;
import dev.lockstep.testkit.answer.RecordingKey;
import dev.lockstep.testkit.client.ClientMessage;
import dev.lockstep.testkit.client.Seen.Kind;
import dev.lockstep.testkit.util.Bytes;
import dev.lockstep.tls.StepResult;
import dev.lockstep.tls.spec.AlertDescription;
import dev.lockstep.tls.wait.SuspensionKind;
import java.util.HexFormat;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What the client's bytes do to a handshake that waits for its key. */
class InputWhileSuspendedTest {

    private static final String INPUTS = "dev.lockstep.conversations.fixture.Setting#inputs";
    private static final String INPUT_FORMS = "dev.lockstep.testkit.Forms#inputs";

    @ParameterizedTest
    @MethodSource(INPUTS)
    void aFatalAlertWhileSigningCancelsAndEndsTheConnection(Setting setting) {
        RecordingKey key = new RecordingKey(setting.identity()).signs(KeyScript.manual());
        Conversation conversation = signing(key, setting);
        conversation.client().sends(fatalAlert(AlertDescription.BAD_CERTIFICATE));
        endsByThePeer(conversation, key, AlertDescription.BAD_CERTIFICATE);
    }

    @ParameterizedTest
    @MethodSource(INPUT_FORMS)
    void aFatalAlertWhileDecryptingCancelsAndEndsTheConnection(Forms forms) {
        RecordingKey key = new RecordingKey(RSA_2048).decrypts(KeyScript.manual());
        Conversation conversation = decrypting(key, forms);
        conversation.client().sends(fatalAlert(AlertDescription.INTERNAL_ERROR));
        endsByThePeer(conversation, key, AlertDescription.INTERNAL_ERROR);
    }

    /** RFC 5246 6.2.1: it may not know the version before it has ServerHello. OpenSSL writes 3.1 until then. */
    @ParameterizedTest
    @MethodSource(INPUTS)
    void anAlertOfAClientThatDoesNotKnowTheVersionYet(Setting setting) {
        RecordingKey key = new RecordingKey(setting.identity()).signs(KeyScript.manual());
        Conversation conversation = signing(key, setting);
        conversation.client().sends(raw(HexFormat.of().parseHex("1503010002022f")));
        endsByThePeer(conversation, key, AlertDescription.ILLEGAL_PARAMETER);
    }

    private static void endsByThePeer(Conversation conversation, RecordingKey key, AlertDescription alert) {
        assertThat(conversation.server().stepsThroughInput()).isEqualTo(StepResult.CLOSED);
        assertThat(conversation.server().failure()).isNotNull();
        assertThat(conversation.server().failure().fromPeer()).isTrue();
        assertThat(conversation.server().failure().alert()).isEqualTo(alert);
        conversation.server().hasSent(); // CONFORMANCE: a fatal alert is never answered
        cancelled(conversation, key);
    }

    private static void cancelled(Conversation conversation, RecordingKey key) {
        conversation.server().isDead();
        assertThat(key.operation().cancels()).isEqualTo(1);
        key.operation().complete();
        conversation.server().isDead();
        key.assertDisciplined();
    }

    @ParameterizedTest
    @MethodSource(INPUTS)
    void aCloseNotifyWhileSigningCancelsAndEndsTheConnection(Setting setting) {
        RecordingKey key = new RecordingKey(setting.identity()).signs(KeyScript.manual());
        Conversation conversation = signing(key, setting);
        conversation.client().sends(closeNotify());
        endsByCloseNotify(conversation, key);
    }

    @ParameterizedTest
    @MethodSource(INPUT_FORMS)
    void aCloseNotifyWhileDecryptingCancelsAndEndsTheConnection(Forms forms) {
        RecordingKey key = new RecordingKey(RSA_2048).decrypts(KeyScript.manual());
        Conversation conversation = decrypting(key, forms);
        conversation.client().sends(closeNotify());
        endsByCloseNotify(conversation, key);
    }

    private static void endsByCloseNotify(Conversation conversation, RecordingKey key) {
        assertThat(conversation.server().stepsThroughInput()).isEqualTo(StepResult.CLOSED);
        conversation.server().closes();
        assertThat(conversation.client().takeSeen())
                .allSatisfy(seen -> assertThat(seen.body()).containsExactly(1, 0))
                .hasSizeLessThanOrEqualTo(1);
        cancelled(conversation, key);
    }

    @ParameterizedTest
    @MethodSource(INPUTS)
    void theEndOfTheStreamWhileSigningCancelsAtTheNextStep(Setting setting) {
        RecordingKey key = new RecordingKey(setting.identity()).signs(KeyScript.manual());
        endsWithTheStream(signing(key, setting), key);
    }

    @ParameterizedTest
    @MethodSource(INPUT_FORMS)
    void theEndOfTheStreamWhileDecryptingCancelsAtTheNextStep(Forms forms) {
        RecordingKey key = new RecordingKey(RSA_2048).decrypts(KeyScript.manual());
        endsWithTheStream(decrypting(key, forms), key);
    }

    private static void endsWithTheStream(Conversation conversation, RecordingKey key) {
        conversation.server().meetsEndOfStream();
        assertThat(key.operation().cancels()).as("cancelled outside of a step").isZero();
        assertThat(conversation.server().steps()).isEqualTo(StepResult.CLOSED);
        assertThat(conversation.server().failure()).as("truncation").isNotNull();
        conversation.client().takeSeen();
        cancelled(conversation, key);
    }

    @ParameterizedTest
    @MethodSource(INPUTS)
    void aWarningAlertWhileSigningLeavesItPending(Setting setting) {
        RecordingKey key = new RecordingKey(setting.identity()).signs(KeyScript.manual());
        Conversation conversation = signing(key, setting);
        conversation.client().sends(warningAlert(AlertDescription.NO_RENEGOTIATION));
        assertThat(conversation.server().stepsThroughInput()).isEqualTo(StepResult.ASYNC_IN_PROGRESS);
        key.operation().complete();
        conversation.server().answers(Kind.SERVER_KEY_EXCHANGE, Kind.SERVER_HELLO_DONE);
        conversation.secondFlight();
        conversation.server().answers(Kind.CHANGE_CIPHER_SPEC, Kind.FINISHED);
        conversation.exchangesData();
        key.assertDisciplined();
    }

    @ParameterizedTest
    @MethodSource(INPUT_FORMS)
    void aWarningAlertWhileDecryptingLeavesItPending(Forms forms) {
        RecordingKey key = new RecordingKey(RSA_2048).decrypts(KeyScript.manual());
        Conversation conversation = decrypting(key, forms);
        conversation.client().sends(warningAlert(AlertDescription.NO_RENEGOTIATION));
        assertThat(conversation.server().stepsThroughInput()).isEqualTo(StepResult.ASYNC_IN_PROGRESS);
        key.operation().complete();
        conversation.client().sends(changeCipherSpec(), finished());
        conversation.server().answers(Kind.CHANGE_CIPHER_SPEC, Kind.FINISHED);
        conversation.exchangesData();
        key.assertDisciplined();
    }

    /** One too many is refused; but after the flight that the key was needed for, as with a key that answers immediately. */
    @ParameterizedTest
    @MethodSource(INPUTS)
    void tooManyWarningAlertsWhileSigningAreRefusedAfterTheFlight(Setting setting) {
        RecordingKey key = new RecordingKey(setting.identity()).signs(KeyScript.manual());
        Conversation conversation = signing(key, setting);
        for (int i = 0; i < 5; i++) {
            conversation.client().sends(warningAlert(AlertDescription.NO_RENEGOTIATION));
        }
        refusedAfterTheFlight(conversation, key);
    }

    /** RFC 5246 6: "an unexpected record type" gets its alert, in its turn. */
    @ParameterizedTest
    @MethodSource(INPUTS)
    void aRecordOfUnknownTypeWhileSigningIsRefusedAfterTheFlight(Setting setting) {
        // RFC 5246 6-2
        for (String record : new String[] {"18030300020000", "00030300020000"}) {
            RecordingKey key = new RecordingKey(setting.identity()).signs(KeyScript.manual());
            Conversation conversation = signing(key, setting);
            conversation.client().sends(raw(HexFormat.of().parseHex(record)));
            refusedAfterTheFlight(conversation, key);
        }
    }

    private static void refusedAfterTheFlight(Conversation conversation, RecordingKey key) {
        assertThat(conversation.server().stepsThroughInput()).isEqualTo(StepResult.ASYNC_IN_PROGRESS);
        conversation.server().hasSent();
        key.operation().complete();
        conversation
                .server()
                .refuses(AlertDescription.UNEXPECTED_MESSAGE, Kind.SERVER_KEY_EXCHANGE, Kind.SERVER_HELLO_DONE);
        assertThat(key.operation().cancels()).isZero();
        key.assertDisciplined();
    }

    static Stream<Arguments> unexpectedWhileSigning() {
        Map<String, ClientMessage> messages = Map.of(
                "ClientHello", clientHello(),
                "ClientKeyExchange", handshake(16, Bytes.vector(1, new byte[32])),
                "an unknown handshake message", handshake(77, new byte[3]),
                "ChangeCipherSpec", record(20, new byte[] {1}),
                "application data", applicationData("early"));
        return messages.entrySet().stream().flatMap(message -> Setting.inputs()
                .map(setting -> Arguments.of(message.getKey(), message.getValue(), setting)));
    }

    @ParameterizedTest(name = "{0}: {2}")
    @MethodSource("unexpectedWhileSigning")
    void anythingButAnAlertWhileSigningIsUnexpected(String what, ClientMessage message, Setting setting) {
        RecordingKey key = new RecordingKey(setting.identity()).signs(KeyScript.manual());
        Conversation conversation = signing(key, setting);
        conversation.client().sends(message);
        failsNow(conversation, key, AlertDescription.UNEXPECTED_MESSAGE);
    }

    private static void failsNow(Conversation conversation, RecordingKey key, AlertDescription alert) {
        assertThat(conversation.server().stepsThroughInput()).isEqualTo(StepResult.CLOSED);
        conversation.server().hasRefused(alert);
        cancelled(conversation, key);
    }

    @ParameterizedTest
    @MethodSource(INPUT_FORMS)
    void changeCipherSpecAndFinishedWhileDecryptingWaitAndAreTakenInOrder(Forms forms) {
        RecordingKey key = new RecordingKey(RSA_2048).decrypts(KeyScript.manual());
        Conversation conversation = decrypting(key, forms);
        conversation.client().sends(changeCipherSpec(), finished());
        for (int steps = 0; steps < 5; steps++) {
            assertThat(conversation.server().stepsThroughInput()).isEqualTo(StepResult.ASYNC_IN_PROGRESS);
        }
        conversation.server().hasSent();
        assertThat(conversation.server().unreadInput())
                .as("left in the caller's buffer")
                .isPositive();
        key.operation().complete();
        conversation.server().answers(Kind.CHANGE_CIPHER_SPEC, Kind.FINISHED);
        assertThat(conversation.server().unreadInput()).isZero();
        conversation.exchangesData();
        assertThat(key.operation().cancels()).isZero();
        key.assertDisciplined();
    }

    /** They came in order; a look at the first must not let a wrong second through. */
    @ParameterizedTest
    @MethodSource(INPUT_FORMS)
    void finishedWithoutChangeCipherSpecWhileDecryptingIsRefusedAfterwards(Forms forms) {
        RecordingKey key = new RecordingKey(RSA_2048).decrypts(KeyScript.manual());
        Conversation conversation = decrypting(key, forms);
        conversation.client().sends(finished());
        conversation.server().stepsThroughInput();
        key.operation().complete();
        conversation.server().refuses(AlertDescription.UNEXPECTED_MESSAGE);
        key.assertDisciplined();
    }

    @ParameterizedTest
    @MethodSource(INPUT_FORMS)
    void applicationDataWhileDecryptingIsUnexpected(Forms forms) {
        RecordingKey key = new RecordingKey(RSA_2048).decrypts(KeyScript.manual());
        Conversation conversation = decrypting(key, forms);
        conversation.client().sends(applicationData("early"));
        conversation.server().stepsThroughInput();
        if (key.operation().isPending()) {
            key.operation().complete();
        }
        conversation.server().refuses(AlertDescription.UNEXPECTED_MESSAGE);
        key.assertDisciplined();
    }

    static Stream<Arguments> malformedHeaders() {
        return Stream.of(
                Arguments.of("over 2^14 + 2048", "1603034801", AlertDescription.RECORD_OVERFLOW),
                Arguments.of("of version 3.1", "16030100020000", AlertDescription.PROTOCOL_VERSION));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("malformedHeaders")
    void aMalformedRecordHeaderWhileSigningFailsNow(String what, String hex, AlertDescription alert) {
        for (Setting setting : Setting.inputs().toList()) {
            RecordingKey key = new RecordingKey(setting.identity()).signs(KeyScript.manual());
            Conversation conversation = signing(key, setting);
            conversation.client().sends(raw(HexFormat.of().parseHex(hex)));
            failsNow(conversation, key, alert);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("malformedHeaders")
    void aMalformedRecordHeaderWhileDecryptingFailsNow(String what, String hex, AlertDescription alert) {
        for (Forms forms : Forms.inputs().toList()) {
            RecordingKey key = new RecordingKey(RSA_2048).decrypts(KeyScript.manual());
            Conversation conversation = decrypting(key, forms);
            conversation.client().sends(raw(HexFormat.of().parseHex(hex)));
            failsNow(conversation, key, alert);
        }
    }

    /** The client's second flight stands in line behind it, so it is refused in its turn. */
    @ParameterizedTest
    @MethodSource(INPUT_FORMS)
    void aRecordOfUnknownTypeWhileDecryptingIsRefusedAfterwards(Forms forms) {
        RecordingKey key = new RecordingKey(RSA_2048).decrypts(KeyScript.manual());
        Conversation conversation = decrypting(key, forms);
        conversation.client().sends(raw(HexFormat.of().parseHex("18030300020000")));
        assertThat(conversation.server().stepsThroughInput()).isEqualTo(StepResult.ASYNC_IN_PROGRESS);
        key.operation().complete();
        conversation.server().refuses(AlertDescription.UNEXPECTED_MESSAGE);
        assertThat(key.operation().cancels()).isZero();
        key.assertDisciplined();
    }

    @ParameterizedTest
    @MethodSource(INPUTS)
    void anAlertOfTheApplicationWhileSigningIsWellFormed(Setting setting) {
        RecordingKey key = new RecordingKey(setting.identity()).signs(KeyScript.manual());
        Conversation conversation = signing(key, setting);
        conversation.server().closes();
        conversation.server().hasCancelled();
        assertThat(conversation.server().recordsSent())
                .last()
                .asString()
                .contains("type=21")
                .contains("length=2");
        cancelled(conversation, key);
    }

    private static Conversation signing(RecordingKey key, Setting setting) {
        Conversation conversation = Conversation.of(config(key.credential()), setting.signingClient(), setting.forms());
        conversation.client().sends(clientHello());
        conversation.server().suspendsFor(SuspensionKind.SIGN);
        conversation.server().hasSent(Kind.SERVER_HELLO, Kind.CERTIFICATE);
        return conversation;
    }

    private static Conversation decrypting(RecordingKey key, Forms forms) {
        Conversation conversation = Conversation.of(config(key.credential()), decryptingClient(), forms);
        conversation.clientHelloAndAnswer();
        conversation.client().sends(clientKeyExchange());
        conversation.server().suspendsFor(SuspensionKind.DECRYPT);
        return conversation;
    }
}
