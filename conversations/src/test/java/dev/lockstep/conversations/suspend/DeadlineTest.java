package dev.lockstep.conversations.suspend;

import static dev.lockstep.testkit.Conversation.fullAnswer;
import static dev.lockstep.testkit.TestServers.builder;
import static dev.lockstep.testkit.TestServers.decryptingClient;
import static dev.lockstep.testkit.certificate.TestIdentity.RSA_2048;
import static dev.lockstep.testkit.client.ClientMessages.changeCipherSpec;
import static dev.lockstep.testkit.client.ClientMessages.clientHello;
import static dev.lockstep.testkit.client.ClientMessages.clientKeyExchange;
import static dev.lockstep.testkit.client.ClientMessages.finished;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.conversations.fixture.Setting;
import dev.lockstep.testkit.Conversation;
import dev.lockstep.testkit.Forms;
import dev.lockstep.testkit.answer.KeyScript;
import dev.lockstep.testkit.answer.RecordingKey;
import dev.lockstep.testkit.client.Seen.Kind;
import dev.lockstep.testkit.util.FakeClock;
import dev.lockstep.tls.StepResult;
import dev.lockstep.tls.TlsServerConnection;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.spec.AlertDescription;
import dev.lockstep.tls.wait.OperationException;
import dev.lockstep.tls.wait.SuspensionKind;
import java.time.Duration;
import java.util.OptionalLong;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Time limits, under a clock that the test moves across the wrap-around of nanoTime. */
class DeadlineTest {

    private static final String INPUTS = "dev.lockstep.conversations.fixture.Setting#inputs";
    private static final String INPUT_FORMS = "dev.lockstep.testkit.Forms#inputs";
    private static final Duration LIMIT = Duration.ofSeconds(5);

    private final FakeClock clock = new FakeClock();

    private TlsServerConfig config(RecordingKey key) {
        return builder(key.credential())
                .clock(clock)
                .keyOperationTimeout(LIMIT)
                .handshakeTimeout(Duration.ZERO)
                .build();
    }

    @ParameterizedTest
    @MethodSource(INPUTS)
    void aSignatureThatNeverComesIsCancelledOnceWithAnAlert(Setting setting) {
        RecordingKey key = new RecordingKey(setting.identity()).signs(KeyScript.never());
        Conversation conversation = signing(key, setting);
        assertThat(conversation.server().connection().nextDeadlineNanos())
                .hasValue(clock.getAsLong() + LIMIT.toNanos());
        clock.advance(LIMIT.minusNanos(1));
        assertThat(conversation.server().steps()).isEqualTo(StepResult.ASYNC_IN_PROGRESS);
        assertThat(key.operation().cancels()).isZero();
        clock.advance(Duration.ofNanos(1));
        assertThat(conversation.server().steps()).isEqualTo(StepResult.CLOSED);
        conversation.server().hasRefused(AlertDescription.INTERNAL_ERROR, Kind.SERVER_HELLO, Kind.CERTIFICATE);
        assertThat(conversation.server().failure()).hasRootCauseInstanceOf(OperationException.class);
        assertThat(key.operation().cancels()).isEqualTo(1);
        key.assertDisciplined();
    }

    private Conversation signing(RecordingKey key, Setting setting) {
        Conversation conversation = Conversation.of(config(key), setting.signingClient(), setting.forms());
        conversation.client().sends(clientHello());
        conversation.server().suspendsFor(SuspensionKind.SIGN);
        return conversation;
    }

    @ParameterizedTest
    @MethodSource(INPUT_FORMS)
    void aDecryptionThatNeverComesIsCancelledOnceAndMasked(Forms forms) {
        RecordingKey key = new RecordingKey(RSA_2048).decrypts(KeyScript.never());
        Conversation conversation = decrypting(key, forms);
        clock.advance(LIMIT);
        conversation.client().sends(changeCipherSpec());
        conversation.server().answers();
        assertThat(conversation.server().failure()).isNull();
        assertThat(key.operation().cancels()).isEqualTo(1);
        assertThat(conversation.server().connection().nextDeadlineNanos()).isEmpty();
        conversation.client().sends(finished());
        conversation.server().refuses(AlertDescription.BAD_RECORD_MAC);
        assertThat(key.operation().cancels()).isEqualTo(1);
        key.assertDisciplined();
    }

    private Conversation decrypting(RecordingKey key, Forms forms) {
        Conversation conversation = Conversation.of(config(key), decryptingClient(), forms);
        conversation.clientHelloAndAnswer();
        conversation.client().sends(clientKeyExchange());
        conversation.server().suspendsFor(SuspensionKind.DECRYPT);
        return conversation;
    }

    @ParameterizedTest
    @MethodSource(INPUTS)
    void aSignatureJustBeforeTheDeadlineIsUsed(Setting setting) {
        RecordingKey key = new RecordingKey(setting.identity()).signs(KeyScript.manual());
        Conversation conversation = signing(key, setting);
        clock.advance(LIMIT.minusNanos(1));
        key.operation().complete();
        conversation.server().answers(fullAnswer());
        clock.advance(LIMIT);
        conversation.secondFlight();
        conversation.server().answers(Kind.CHANGE_CIPHER_SPEC, Kind.FINISHED);
        conversation.exchangesData();
        assertThat(key.operation().cancels()).isZero();
        key.assertDisciplined();
    }

    @ParameterizedTest
    @MethodSource(INPUTS)
    void aSignatureJustAfterTheDeadlineIsNotUsed(Setting setting) {
        RecordingKey key = new RecordingKey(setting.identity()).signs(KeyScript.manual());
        Conversation conversation = signing(key, setting);
        clock.advance(LIMIT);
        key.operation().complete();
        conversation.server().refuses(AlertDescription.INTERNAL_ERROR, Kind.SERVER_HELLO, Kind.CERTIFICATE);
        assertThat(key.operation().resumes()).isZero();
        assertThat(key.operation().cancels()).isEqualTo(1);
        key.assertDisciplined();
    }

    @ParameterizedTest
    @MethodSource(INPUT_FORMS)
    void aPremasterSecretJustBeforeTheDeadlineIsUsed(Forms forms) {
        RecordingKey key = new RecordingKey(RSA_2048).decrypts(KeyScript.manual());
        Conversation conversation = decrypting(key, forms);
        clock.advance(LIMIT.minusNanos(1));
        key.operation().complete();
        conversation.client().sends(changeCipherSpec(), finished());
        conversation.server().answers(Kind.CHANGE_CIPHER_SPEC, Kind.FINISHED);
        conversation.exchangesData();
        key.assertDisciplined();
    }

    @ParameterizedTest
    @MethodSource(INPUT_FORMS)
    void aPremasterSecretJustAfterTheDeadlineIsNotUsed(Forms forms) {
        RecordingKey key = new RecordingKey(RSA_2048).decrypts(KeyScript.manual());
        Conversation conversation = decrypting(key, forms);
        clock.advance(LIMIT);
        key.operation().complete();
        conversation.client().sends(changeCipherSpec(), finished());
        conversation.server().refuses(AlertDescription.BAD_RECORD_MAC);
        assertThat(key.operation().resumes()).isZero();
        key.assertDisciplined();
    }

    @ParameterizedTest
    @MethodSource(INPUTS)
    void nothingHappensWhenNothingIsPending(Setting setting) {
        RecordingKey key = new RecordingKey(setting.identity()).signs(KeyScript.inProgress(0));
        Conversation conversation = Conversation.of(config(key), setting.signingClient(), setting.forms());
        assertThat(conversation.server().connection().nextDeadlineNanos()).isEmpty();
        clock.advance(LIMIT.multipliedBy(3));
        conversation.client().sends(clientHello());
        conversation.server().answers(fullAnswer());
        assertThat(conversation.server().connection().nextDeadlineNanos()).isEmpty();
        clock.advance(LIMIT.multipliedBy(3));
        conversation.secondFlight();
        conversation.server().answers(Kind.CHANGE_CIPHER_SPEC, Kind.FINISHED);
        clock.advance(LIMIT.multipliedBy(3));
        conversation.exchangesData();
        assertThat(conversation.server().connection().nextDeadlineNanos()).isEmpty();
        key.assertDisciplined();
    }

    @ParameterizedTest
    @MethodSource(INPUTS)
    void theRequestAndTheSuspensionCarryTheDeadline(Setting setting) {
        RecordingKey key = new RecordingKey(setting.identity()).signs(KeyScript.never());
        Conversation conversation = signing(key, setting);
        OptionalLong deadline = OptionalLong.of(clock.getAsLong() + LIMIT.toNanos());
        assertThat(key.operation().signRequest().deadlineNanos()).isEqualTo(deadline);
        TlsServerConnection tls = conversation.server().connection();
        assertThat(tls.suspension()).isNotNull();
        assertThat(tls.suspension().deadlineNanos()).isEqualTo(deadline);
        assertThat(tls.suspension().sinceNanos()).isEqualTo(clock.getAsLong());
    }

    @ParameterizedTest
    @MethodSource(INPUT_FORMS)
    void theDecryptRequestCarriesTheDeadline(Forms forms) {
        RecordingKey key = new RecordingKey(RSA_2048).decrypts(KeyScript.never());
        decrypting(key, forms);
        assertThat(key.operation().decryptRequest().deadlineNanos()).hasValue(clock.getAsLong() + LIMIT.toNanos());
    }

    @ParameterizedTest
    @MethodSource(INPUTS)
    void withoutALimitAKeyMayTakeForEver(Setting setting) {
        RecordingKey key = new RecordingKey(setting.identity()).signs(KeyScript.manual());
        TlsServerConfig config = builder(key.credential())
                .clock(clock)
                .keyOperationTimeout(Duration.ZERO)
                .handshakeTimeout(Duration.ZERO)
                .build();
        Conversation conversation = Conversation.of(config, setting.signingClient(), setting.forms());
        conversation.client().sends(clientHello());
        conversation.server().suspendsFor(SuspensionKind.SIGN);
        assertThat(conversation.server().connection().nextDeadlineNanos()).isEmpty();
        assertThat(key.operation().signRequest().deadlineNanos()).isEmpty();
        clock.advance(Duration.ofDays(365));
        assertThat(conversation.server().steps()).isEqualTo(StepResult.ASYNC_IN_PROGRESS);
        key.operation().complete();
        conversation.server().answers(fullAnswer());
    }

    /** The earlier of the two limits counts. */
    @ParameterizedTest
    @MethodSource(INPUTS)
    void theLimitOfTheHandshakeCancelsTooAndCountsFromTheFirstStep(Setting setting) {
        RecordingKey key = new RecordingKey(setting.identity()).signs(KeyScript.never());
        TlsServerConfig config = builder(key.credential())
                .clock(clock)
                .keyOperationTimeout(LIMIT)
                .handshakeTimeout(Duration.ofSeconds(7))
                .build();
        Conversation conversation = Conversation.of(config, setting.signingClient(), setting.forms());
        conversation.server().steps();
        long begun = clock.getAsLong();
        assertThat(conversation.server().connection().nextDeadlineNanos())
                .hasValue(begun + Duration.ofSeconds(7).toNanos());
        clock.advance(Duration.ofSeconds(3));
        conversation.client().sends(clientHello());
        conversation.server().suspendsFor(SuspensionKind.SIGN);
        assertThat(conversation.server().connection().nextDeadlineNanos())
                .hasValue(begun + Duration.ofSeconds(7).toNanos());
        clock.advance(Duration.ofSeconds(4));
        assertThat(conversation.server().steps()).isEqualTo(StepResult.CLOSED);
        conversation.client().takeSeen();
        conversation.server().isDead();
        assertThat(key.operation().cancels()).isEqualTo(1);
        key.assertDisciplined();
    }

    @ParameterizedTest
    @MethodSource(INPUT_FORMS)
    void aClientThatSaysNothingMeetsTheLimitOfTheHandshake(Forms forms) {
        RecordingKey key = new RecordingKey(RSA_2048);
        TlsServerConfig config =
                builder(key.credential()).clock(clock).handshakeTimeout(LIMIT).build();
        Conversation conversation = Conversation.of(config, decryptingClient(), forms);
        assertThat(conversation.server().steps()).isEqualTo(StepResult.NEED_INPUT);
        clock.advance(LIMIT.minusNanos(1));
        assertThat(conversation.server().steps()).isEqualTo(StepResult.NEED_INPUT);
        clock.advance(Duration.ofNanos(1));
        assertThat(conversation.server().steps()).isEqualTo(StepResult.CLOSED);
        assertThat(conversation.server().failure()).isNotNull();
        conversation.client().takeSeen();
        conversation.server().isDead();
    }

    @ParameterizedTest
    @MethodSource(INPUT_FORMS)
    void theLimitOfTheHandshakeEndsWithTheHandshake(Forms forms) {
        RecordingKey key = new RecordingKey(RSA_2048);
        TlsServerConfig config =
                builder(key.credential()).clock(clock).handshakeTimeout(LIMIT).build();
        Conversation conversation = Conversation.of(config, decryptingClient(), forms);
        conversation.completes();
        assertThat(conversation.server().connection().nextDeadlineNanos()).isEmpty();
        clock.advance(LIMIT.multipliedBy(2));
        conversation.exchangesData();
    }
}
