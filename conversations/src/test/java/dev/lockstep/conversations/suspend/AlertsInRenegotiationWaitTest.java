package dev.lockstep.conversations.suspend;

import static dev.lockstep.testkit.TestServers.builder;
import static dev.lockstep.testkit.client.ClientMessages.applicationData;
import static dev.lockstep.testkit.client.ClientMessages.changeCipherSpec;
import static dev.lockstep.testkit.client.ClientMessages.clientKeyExchange;
import static dev.lockstep.testkit.client.ClientMessages.closeNotify;
import static dev.lockstep.testkit.client.ClientMessages.fatalAlert;
import static dev.lockstep.testkit.client.ClientMessages.finished;
import static dev.lockstep.testkit.client.ClientMessages.renegotiatingClientHello;
import static dev.lockstep.testkit.client.ClientMessages.warningAlert;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.testkit.Conversation;
import dev.lockstep.testkit.Forms;
import dev.lockstep.testkit.answer.KeyScript;
import dev.lockstep.testkit.answer.RecordingKey;
import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.testkit.client.ClientMessage;
import dev.lockstep.testkit.client.ClientOptions;
import dev.lockstep.testkit.client.Seen.Kind;
import dev.lockstep.tls.StepResult;
import dev.lockstep.tls.config.RenegotiationPolicy;
import dev.lockstep.tls.spec.AlertDescription;
import dev.lockstep.tls.spec.CipherSuite;
import dev.lockstep.tls.wait.SuspensionKind;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Alerts, and the end of the input, of a client whose renegotiation waits for the key: they are encrypted. */
class AlertsInRenegotiationWaitTest {

    private static final String INPUT_FORMS = "dev.lockstep.testkit.Forms#inputs";

    private RecordingKey key;

    private Conversation connected(CipherSuite suite, Forms forms) {
        key = new RecordingKey(TestIdentity.RSA_2048).answers(KeyScript.ready());
        RenegotiationPolicy often = RenegotiationPolicy.ALLOWED.withMinInterval(Duration.ZERO);
        Conversation conversation = Conversation.of(
                        builder(key.credential()).renegotiation(often).build(), ClientOptions.offering(suite), forms)
                .completes();
        key.answers(KeyScript.manual());
        conversation.client().sends(renegotiatingClientHello());
        return conversation;
    }

    private Conversation signing(Forms forms) {
        Conversation conversation = connected(CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, forms);
        conversation.server().suspendsFor(SuspensionKind.SIGN);
        conversation.client().takeSeen();
        return conversation;
    }

    private Conversation decrypting(Forms forms) {
        Conversation conversation = connected(CipherSuite.TLS_RSA_WITH_AES_128_CBC_SHA256, forms);
        conversation.server().settle();
        conversation.client().takeSeen();
        conversation.client().sends(clientKeyExchange());
        conversation.server().suspendsFor(SuspensionKind.DECRYPT);
        return conversation;
    }

    /** An answer that only says that the connection is established is followed by a read. */
    private static void settlesToTheEnd(Conversation conversation) {
        StepResult result = conversation.server().settle();
        for (int calls = 0; calls < 3 && result == StepResult.ESTABLISHED; calls++) {
            result = conversation.server().settle();
        }
        assertThat(result).isEqualTo(StepResult.CLOSED);
    }

    private void cancelled(Conversation conversation) {
        conversation.server().isDead();
        assertThat(key.last().cancels()).isOne();
        key.last().complete();
        conversation.server().isDead();
        key.assertDisciplined();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource(INPUT_FORMS)
    void aCloseNotifyCancelsAndEndsTheConnection(Forms forms) {
        closesInGoodOrder(signing(forms), closeNotify());
        closesInGoodOrder(decrypting(forms), closeNotify());
    }

    /** A warning in front of it changes nothing. */
    @ParameterizedTest(name = "{0}")
    @MethodSource(INPUT_FORMS)
    void aCloseNotifyBehindAWarningCancelsToo(Forms forms) {
        closesInGoodOrder(signing(forms), warningAlert(AlertDescription.NO_RENEGOTIATION), closeNotify());
    }

    private void closesInGoodOrder(Conversation conversation, ClientMessage... last) {
        conversation.client().sends(last);
        assertThat(conversation.server().stepsThroughInput()).isEqualTo(StepResult.CLOSED);
        assertThat(conversation.server().failure()).isNull();
        conversation.server().closes();
        assertThat(conversation.client().takeSeen()).last().satisfies(seen -> assertThat(seen.body())
                .containsExactly(1, 0));
        cancelled(conversation);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource(INPUT_FORMS)
    void aFatalAlertCancelsAndEndsTheConnection(Forms forms) {
        for (boolean signs : new boolean[] {true, false}) {
            Conversation conversation = signs ? signing(forms) : decrypting(forms);
            conversation.client().sends(fatalAlert(AlertDescription.BAD_CERTIFICATE));
            assertThat(conversation.server().stepsThroughInput()).isEqualTo(StepResult.CLOSED);
            assertThat(conversation.server().failure().fromPeer()).isTrue();
            assertThat(conversation.server().failure().alert()).isEqualTo(AlertDescription.BAD_CERTIFICATE);
            cancelled(conversation);
        }
    }

    /** The warning is a record under the keys in force: the next record's number counts on from it. */
    @ParameterizedTest(name = "{0}")
    @MethodSource(INPUT_FORMS)
    void aWarningLeavesTheOperationPendingAndTheRenegotiationCompletes(Forms forms) {
        Conversation conversation = decrypting(forms);
        conversation.client().sends(warningAlert(AlertDescription.NO_RENEGOTIATION), applicationData("meanwhile"));
        assertThat(conversation.server().stepsThroughInput()).isEqualTo(StepResult.ASYNC_IN_PROGRESS);
        key.last().complete();
        conversation.server().settle();
        conversation.server().hasReceived("meanwhile");
        conversation.client().sends(changeCipherSpec(), finished());
        conversation.server().answers(Kind.CHANGE_CIPHER_SPEC, Kind.FINISHED);
        conversation.exchangesData();
        key.assertDisciplined();
    }

    /** Data in front of an alert hides it while more may come: it is delivered after the wait, in order. */
    @ParameterizedTest(name = "{0}")
    @MethodSource(INPUT_FORMS)
    void anAlertBehindDataIsReadAfterTheWait(Forms forms) {
        Conversation conversation = signing(forms);
        conversation.client().sends(applicationData("the rest"), closeNotify());
        assertThat(conversation.server().stepsThroughInput()).isEqualTo(StepResult.ASYNC_IN_PROGRESS);
        key.last().complete();
        settlesToTheEnd(conversation);
        conversation.server().hasReceived("the rest");
        assertThat(conversation.server().failure()).isNull();
    }

    /** Where nothing more can come, the data is delivered and the client's close_notify is believed. */
    @ParameterizedTest(name = "{0}")
    @MethodSource(INPUT_FORMS)
    void afterTheEndOfTheInputDataAndCloseNotifyBehindItAreRead(Forms forms) {
        for (boolean signs : new boolean[] {true, false}) {
            Conversation conversation = signs ? signing(forms) : decrypting(forms);
            conversation.client().sends(applicationData("the "), applicationData("rest"), closeNotify());
            conversation.server().stepsThroughInput();
            conversation.server().meetsEndOfStream();
            settlesToTheEnd(conversation);
            conversation.server().hasReceived("the rest");
            assertThat(conversation.server().failure()).isNull();
            assertThat(conversation.server().unreadInput()).isZero();
            cancelled(conversation);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource(INPUT_FORMS)
    void afterTheEndOfTheInputDataWithoutCloseNotifyIsReadAndThenTruncated(Forms forms) {
        Conversation conversation = signing(forms);
        conversation.client().sends(applicationData("half of "));
        conversation.server().stepsThroughInput();
        conversation.server().meetsEndOfStream();
        settlesToTheEnd(conversation);
        conversation.server().hasReceived("half of ");
        assertThat(conversation.server().failure()).hasMessageContaining("without close_notify");
        cancelled(conversation);
    }

    /** The rest of the client's flight is of no use, and behind ChangeCipherSpec nothing can be opened. */
    @ParameterizedTest(name = "{0}")
    @MethodSource(INPUT_FORMS)
    void afterTheEndOfTheInputAChangeOfKeysHidesTheRest(Forms forms) {
        Conversation conversation = decrypting(forms);
        conversation.client().sends(changeCipherSpec(), finished(), closeNotify());
        conversation.server().stepsThroughInput();
        conversation.server().meetsEndOfStream();
        settlesToTheEnd(conversation);
        assertThat(conversation.server().failure()).hasMessageContaining("without close_notify");
        cancelled(conversation);
    }
}
