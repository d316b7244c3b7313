package dev.lockstep.conversations.suspend;

import static dev.lockstep.testkit.TestServers.config;
import static dev.lockstep.testkit.TestServers.decryptingClient;
import static dev.lockstep.testkit.certificate.TestIdentity.RSA_2048;
import static dev.lockstep.testkit.client.ClientMessages.clientHello;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.conversations.fixture.Setting;
import dev.lockstep.testkit.Conversation;
import dev.lockstep.testkit.Forms;
import dev.lockstep.testkit.answer.KeyScript;
import dev.lockstep.testkit.answer.RecordedOperation;
import dev.lockstep.testkit.answer.RecordingKey;
import dev.lockstep.testkit.client.Seen.Kind;
import dev.lockstep.tls.StepResult;
import dev.lockstep.tls.spec.AlertDescription;
import dev.lockstep.tls.wait.OperationException;
import dev.lockstep.tls.wait.SuspensionKind;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the application's close does to an operation, and what it does not. */
class CancellationTest {

    private static final String ALL = "dev.lockstep.conversations.fixture.Setting#all";
    private static final String INPUTS = "dev.lockstep.conversations.fixture.Setting#inputs";
    private static final String ALL_FORMS = "dev.lockstep.testkit.Forms#all";
    private static final String INPUT_FORMS = "dev.lockstep.testkit.Forms#inputs";

    @ParameterizedTest
    @MethodSource(INPUTS)
    void closeWhileSigningCancelsOnceWithAlertsAndNothingOfTheServerKeyExchange(Setting setting) {
        RecordingKey key = new RecordingKey(setting.identity()).signs(KeyScript.manual());
        Conversation conversation = signing(key, setting);
        conversation.server().closes();
        conversation.server().hasCancelled(Kind.SERVER_HELLO, Kind.CERTIFICATE);
        assertThat(key.operation().cancels()).isEqualTo(1);
        conversation.server().closes();
        conversation.server().isDead();
        assertThat(key.operation().cancels()).isEqualTo(1);
        key.assertDisciplined();
    }

    @ParameterizedTest
    @MethodSource(INPUT_FORMS)
    void closeWhileDecryptingCancelsOnceWithAlerts(Forms forms) {
        RecordingKey key = new RecordingKey(RSA_2048).decrypts(KeyScript.manual());
        Conversation conversation = decrypting(key, forms);
        conversation.server().closes();
        conversation.server().hasCancelled();
        conversation.server().closes();
        conversation.server().isDead();
        assertThat(key.operation().cancels()).isEqualTo(1);
        key.assertDisciplined();
    }

    private static Conversation signing(RecordingKey key, Setting setting) {
        Conversation conversation = Conversation.of(config(key.credential()), setting.signingClient(), setting.forms());
        conversation.client().sends(clientHello());
        conversation.server().suspendsFor(SuspensionKind.SIGN);
        return conversation;
    }

    private static Conversation decrypting(RecordingKey key, Forms forms) {
        Conversation conversation = Conversation.of(config(key.credential()), decryptingClient(), forms);
        conversation.clientHelloAndAnswer().secondFlight();
        conversation.server().suspendsFor(SuspensionKind.DECRYPT);
        return conversation;
    }

    @ParameterizedTest
    @MethodSource(INPUTS)
    void closeBeforeStartCancelsNothing(Setting setting) {
        RecordingKey key = new RecordingKey(setting.identity()).answers(KeyScript.never());
        Conversation fresh = Conversation.of(config(key.credential()), setting.signingClient(), setting.forms());
        fresh.server().closes();
        fresh.server().isDead();
        if (setting.identity().isRsa()) {
            Conversation waiting = Conversation.of(config(key.credential()), decryptingClient(), setting.forms());
            waiting.clientHelloAndAnswer();
            waiting.server().closes();
            waiting.server().hasCancelled();
            waiting.server().isDead();
        }
        assertThat(key.starts()).isZero();
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void closeAfterTheSignatureCancelsNothing(Setting setting) {
        RecordingKey key =
                new RecordingKey(setting.identity()).signs(setting.forms().script());
        Conversation conversation = Conversation.of(config(key.credential()), setting.signingClient(), setting.forms());
        conversation.clientHelloAndAnswer();
        conversation.server().closes();
        conversation.server().hasCancelled();
        neverCancelled(key);
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void closeOfAnEstablishedConnectionCancelsNothing(Setting setting) {
        RecordingKey key =
                new RecordingKey(setting.identity()).answers(setting.forms().script());
        Conversation conversation = Conversation.of(config(key.credential()), setting.signingClient(), setting.forms());
        conversation.completes();
        conversation.server().closes();
        conversation.server().hasSent(Kind.ALERT);
        conversation.server().isDead();
        neverCancelled(key);
    }

    @ParameterizedTest
    @MethodSource(ALL_FORMS)
    void closeAfterTheDecryptionCancelsNothing(Forms forms) {
        RecordingKey key = new RecordingKey(RSA_2048).decrypts(forms.script());
        Conversation conversation = Conversation.of(config(key.credential()), decryptingClient(), forms);
        conversation.completes();
        conversation.server().closes();
        conversation.server().hasSent(Kind.ALERT);
        neverCancelled(key);
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void closeAfterAFailureCancelsNothing(Setting setting) {
        OperationException refused = new OperationException(OperationException.Reason.REJECTED, "the holder said no");
        for (KeyScript script : List.of(setting.forms().script().thenFails(refused), KeyScript.startFails(refused))) {
            RecordingKey key = new RecordingKey(setting.identity()).signs(script);
            Conversation conversation =
                    Conversation.of(config(key.credential()), setting.signingClient(), setting.forms());
            conversation.client().sends(clientHello());
            conversation.server().refuses(AlertDescription.INTERNAL_ERROR, Kind.SERVER_HELLO, Kind.CERTIFICATE);
            conversation.server().closes();
            conversation.server().hasSent();
            neverCancelled(key);
        }
    }

    private static void neverCancelled(RecordingKey key) {
        assertThat(key.operation().cancels()).isZero();
        key.assertDisciplined();
    }

    @ParameterizedTest
    @MethodSource(INPUTS)
    void aResultAfterCancelIsIgnoredWhenSigning(Setting setting) {
        RecordingKey key = new RecordingKey(setting.identity()).signs(KeyScript.manual());
        Conversation conversation = signing(key, setting);
        conversation.server().closes();
        conversation.client().takeSeen();
        ignoresTheResult(conversation, key.operation());
        key.assertDisciplined();
    }

    @ParameterizedTest
    @MethodSource(INPUT_FORMS)
    void aResultAfterCancelIsIgnoredWhenDecrypting(Forms forms) {
        RecordingKey key = new RecordingKey(RSA_2048).decrypts(KeyScript.manual());
        Conversation conversation = decrypting(key, forms);
        conversation.server().closes();
        conversation.client().takeSeen();
        ignoresTheResult(conversation, key.operation());
        key.assertDisciplined();
    }

    private static void ignoresTheResult(Conversation conversation, RecordedOperation operation) {
        conversation.server().wakeUps();
        operation.waker().wake();
        operation.complete();
        assertThat(conversation.server().wakeUps())
                .as("wake-ups of a closed connection")
                .isZero();
        assertThat(conversation.server().steps()).isEqualTo(StepResult.CLOSED);
        conversation.server().hasSent();
        conversation.server().isDead();
        assertThat(operation.resumes()).isZero();
        assertThat(operation.handedOver()).isNull();
    }

    /** Neither side closes it; it is overtaken: the result is there, and the peer's alert came first. */
    @ParameterizedTest
    @MethodSource(INPUTS)
    void whatWasPublishedButNotFetchedIsIgnoredAfterCancel(Setting setting) {
        RecordingKey key = new RecordingKey(setting.identity()).signs(KeyScript.manual());
        Conversation conversation = signing(key, setting);
        key.operation().publish();
        conversation.server().closes();
        conversation.server().hasCancelled(Kind.SERVER_HELLO, Kind.CERTIFICATE);
        assertThat(key.operation().cancels()).isEqualTo(1);
        assertThat(key.operation().resumes()).isZero();
        key.assertDisciplined();
    }
}
