package dev.lockstep.conversations.suspend;

import static dev.lockstep.testkit.TestServers.builder;
import static dev.lockstep.testkit.client.ClientMessages.changeCipherSpec;
import static dev.lockstep.testkit.client.ClientMessages.clientKeyExchange;
import static dev.lockstep.testkit.client.ClientMessages.closeNotify;
import static dev.lockstep.testkit.client.ClientMessages.finished;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.lockstep.testkit.Conversation;
import dev.lockstep.testkit.Forms;
import dev.lockstep.testkit.answer.RecordingKey;
import dev.lockstep.testkit.answer.RecordingPsk;
import dev.lockstep.testkit.answer.ScriptedAnswers;
import dev.lockstep.testkit.answer.ScriptedAnswers.Form;
import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.testkit.client.ClientOptions;
import dev.lockstep.testkit.client.Seen.Kind;
import dev.lockstep.testkit.util.FakeClock;
import dev.lockstep.tls.StepResult;
import dev.lockstep.tls.config.ConnectionObserver;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.config.TlsServerConfigBuilder;
import dev.lockstep.tls.key.KeyAgreementRequest;
import dev.lockstep.tls.spec.AlertDescription;
import dev.lockstep.tls.spec.CipherSuite;
import dev.lockstep.tls.spec.NamedGroup;
import dev.lockstep.tls.wait.PendingOperation;
import dev.lockstep.tls.wait.Progress;
import dev.lockstep.tls.wait.Start;
import dev.lockstep.tls.wait.SuspensionKind;
import dev.lockstep.tls.wait.Waker;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The shared secret is computed elsewhere in the groups for which the configuration names a place. */
class KeyAgreementWaitTest {

    private static final CipherSuite DHE = CipherSuite.TLS_DHE_RSA_WITH_AES_128_GCM_SHA256;
    private static final CipherSuite ECDHE = CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256;
    private static final CipherSuite DHE_PSK = CipherSuite.TLS_DHE_PSK_WITH_AES_128_GCM_SHA256;
    private static final Duration LIMIT = Duration.ofSeconds(1);

    private final FakeClock clock = new FakeClock();
    private final ScriptedAnswers<byte[]> agreements = new ScriptedAnswers<>();
    private final List<KeyAgreementRequest> requests = new ArrayList<>();
    private final List<byte[]> secrets = new ArrayList<>();
    private final List<SuspensionKind> failed = new ArrayList<>();

    private TlsServerConfigBuilder server() {
        return builder(new RecordingKey(TestIdentity.RSA_2048).credential())
                .groups(List.of(NamedGroup.values()))
                .preSharedKeys(new RecordingPsk())
                .clock(clock)
                .keyOperationTimeout(LIMIT)
                .handshakeTimeout(Duration.ZERO)
                .observer(new ConnectionObserver() {
                    @Override
                    public void onOperationFailed(SuspensionKind kind, Throwable cause) {
                        failed.add(kind);
                    }
                });
    }

    private TlsServerConfig elsewhere(NamedGroup... groups) {
        return server().clientAddress(InetAddress.getLoopbackAddress())
                .keyAgreements(
                        (request, waker) -> {
                            requests.add(request);
                            return agreements.start(
                                    () -> {
                                        secrets.add(request.agree());
                                        return secrets.get(secrets.size() - 1);
                                    },
                                    waker);
                        },
                        groups)
                .build();
    }

    private Conversation agreeing(CipherSuite suite, NamedGroup group, Forms forms) {
        agreements.answers(Form.MANUAL);
        Conversation conversation =
                Conversation.of(elsewhere(), ClientOptions.offering(suite).groups(group), forms);
        conversation.clientHelloAndAnswer();
        conversation.secondFlight();
        conversation.server().suspendsFor(SuspensionKind.KEY_AGREEMENT);
        return conversation;
    }

    @ParameterizedTest
    @MethodSource("dev.lockstep.testkit.Forms#inputs")
    void theHandshakeContinuesWithTheSecretThatComes(Forms forms) {
        for (CipherSuite suite : List.of(DHE, DHE_PSK)) {
            Conversation conversation = agreeing(suite, NamedGroup.FFDHE3072, forms);
            assertThat(conversation.server().steps()).isEqualTo(StepResult.ASYNC_IN_PROGRESS);
            agreements.complete();
            conversation.server().answers(Kind.CHANGE_CIPHER_SPEC, Kind.FINISHED);
            conversation.exchangesData();
        }
        assertThat(requests).hasSize(2).allSatisfy(request -> {
            assertThat(request.group()).isEqualTo(NamedGroup.FFDHE3072);
            assertThat(request.clientAddress()).isEqualTo(InetAddress.getLoopbackAddress());
            assertThat(request.deadlineNanos()).isPresent();
            assertThat(request).hasToString("KeyAgreementRequest[ffdhe3072]");
            assertThatIllegalStateException().isThrownBy(request::agree);
        });
        assertThat(secrets).hasSize(2).allSatisfy(secret -> assertThat(secret).containsOnly(0));
        agreements.assertDisciplined();
    }

    @ParameterizedTest
    @EnumSource(
            value = Form.class,
            names = {"AT_ONCE", "READY_AFTER_ONE", "AFTER_ONE_RESUME", "AFTER_TWO_RESUMES"})
    void theAnswerMayTakeItsTime(Form form) {
        agreements.answers(form);
        Conversation.of(elsewhere(), ClientOptions.offering(DHE).groups(NamedGroup.FFDHE4096), Forms.PLAIN)
                .completes();
        assertThat(requests).hasSize(1);
        agreements.assertDisciplined();
    }

    /** The thread that drives the connection makes the key, another one computes with it. */
    @Test
    void anotherThreadComputes() {
        AtomicReference<byte[]> secret = new AtomicReference<>();
        TlsServerConfig config = server().keyAgreements((request, waker) -> onThread(request, waker, secret))
                .build();
        Conversation conversation =
                Conversation.of(config, ClientOptions.offering(DHE).groups(NamedGroup.FFDHE3072), Forms.PLAIN);
        conversation.clientHelloAndAnswer();
        conversation.secondFlight();
        conversation.server().suspendsFor(SuspensionKind.KEY_AGREEMENT);
        conversation.server().awaitWake();
        conversation.server().answers(Kind.CHANGE_CIPHER_SPEC, Kind.FINISHED);
        conversation.exchangesData();
        assertThat(secret.get()).containsOnly(0);
    }

    private static Start<byte[]> onThread(KeyAgreementRequest request, Waker waker, AtomicReference<byte[]> secret) {
        Thread thread = new Thread(() -> {
            secret.set(request.agree());
            waker.wake();
        });
        thread.start();
        return Start.inProgress(() -> {
            byte[] value = secret.get();
            return value == null ? Progress.inProgress() : Progress.done(value);
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"X25519", "SECP521R1", "X448", "FFDHE2048"})
    void whatIsCheapIsComputedWhereTheConnectionIs(NamedGroup group) {
        Conversation.of(elsewhere(), offering(group), Forms.PLAIN).completes();
        assertThat(requests).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(NamedGroup.class)
    void groupsThatAreNamedAreTheOnesThatAreComputedElsewhere(NamedGroup group) {
        Conversation.of(elsewhere(NamedGroup.X448, group), offering(group), Forms.PLAIN)
                .completes();
        assertThat(requests)
                .singleElement()
                .extracting(KeyAgreementRequest::group)
                .isEqualTo(group);
        requests.clear();
        NamedGroup other = group == NamedGroup.X25519 ? NamedGroup.FFDHE3072 : NamedGroup.X25519;
        Conversation.of(elsewhere(other), offering(group), Forms.PLAIN).completes();
        assertThat(requests).isEmpty();
        agreements.assertDisciplined();
    }

    private static ClientOptions offering(NamedGroup group) {
        return ClientOptions.offering(group.isFiniteField() ? DHE : ECDHE).groups(group);
    }

    /** RFC 8422 5.11: a point off the curve, one of small order, and one of another length, each with the alert it gets here. */
    @ParameterizedTest
    @CsvSource({"SECP256R1, 65, ILLEGAL_PARAMETER", "X25519, 32, ILLEGAL_PARAMETER", "X25519, 31, ILLEGAL_PARAMETER"})
    void aPointThatIsNotOfTheCurveGetsTheAlertThatItGetsOtherwise(
            NamedGroup group, int length, AlertDescription alert) {
        byte[] body = new byte[1 + length];
        body[0] = (byte) length;
        body[1] = (byte) (length == 65 ? 4 : 0);
        for (TlsServerConfig config : List.of(elsewhere(group), server().build())) {
            Conversation conversation = Conversation.of(config, offering(group), Forms.PLAIN);
            conversation.clientHelloAndAnswer();
            conversation.client().sends(clientKeyExchange(unchanged -> body));
            conversation.server().refuses(alert);
        }
        assertThat(requests).hasSize(1);
        assertThat(failed).isEmpty();
    }

    /** RFC 7919 4: what the client gets does not depend on where the value was found to be wrong. */
    @ParameterizedTest
    @CsvSource({"00, ILLEGAL_PARAMETER", "01, ILLEGAL_PARAMETER", "'', DECODE_ERROR"})
    void aValueThatIsNotOfTheGroupGetsTheAlertThatItGetsOtherwise(String value, AlertDescription alert) {
        byte[] y = HexFormat.of().parseHex(value);
        byte[] body = new byte[2 + y.length];
        body[1] = (byte) y.length;
        System.arraycopy(y, 0, body, 2, y.length);
        for (TlsServerConfig config : List.of(elsewhere(), server().build())) {
            Conversation conversation =
                    Conversation.of(config, ClientOptions.offering(DHE).groups(NamedGroup.FFDHE3072), Forms.PLAIN);
            conversation.clientHelloAndAnswer();
            conversation.client().sends(clientKeyExchange(unchanged -> body));
            conversation.server().refuses(alert);
        }
        assertThat(failed).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(
            value = Form.class,
            mode = EnumSource.Mode.MATCH_ANY,
            names = {"FALL_THROUGH", "START_.*", "RESUME_.*"})
    void aFailureEndsTheHandshakeAsThatOfASignatureDoes(Form form) {
        agreements.answers(form);
        Conversation conversation =
                Conversation.of(elsewhere(), ClientOptions.offering(DHE).groups(NamedGroup.FFDHE3072), Forms.PLAIN);
        conversation.clientHelloAndAnswer();
        conversation.secondFlight();
        conversation.server().refuses(AlertDescription.INTERNAL_ERROR);
        assertThat(failed).containsExactly(SuspensionKind.KEY_AGREEMENT);
        agreements.assertDisciplined();
    }

    @Test
    void anAnswerThatDoesNotComeInTimeEndsTheHandshake() {
        Conversation conversation = agreeing(DHE, NamedGroup.FFDHE3072, Forms.PLAIN);
        clock.advance(LIMIT.minusNanos(1));
        assertThat(conversation.server().steps()).isEqualTo(StepResult.ASYNC_IN_PROGRESS);
        clock.advance(Duration.ofNanos(1));
        conversation.server().refuses(AlertDescription.INTERNAL_ERROR);
        assertThat(agreements.cancels()).isEqualTo(1);
        agreements.assertDisciplined();
    }

    @Test
    void aClientThatLeavesCancelsIt() {
        agreements.answers(Form.MANUAL);
        Conversation conversation =
                Conversation.of(elsewhere(), ClientOptions.offering(DHE).groups(NamedGroup.FFDHE3072), Forms.PLAIN);
        conversation.clientHelloAndAnswer();
        conversation.client().sends(clientKeyExchange());
        conversation.server().suspendsFor(SuspensionKind.KEY_AGREEMENT);
        conversation.client().sends(closeNotify());
        assertThat(conversation.server().stepsThroughInput()).isEqualTo(StepResult.CLOSED);
        assertThat(agreements.cancels()).isEqualTo(1);
        agreements.complete();
        agreements.assertDisciplined();
    }

    /** A request that waits in a queue keeps no key of a handshake that has ended: by its client, its limit, or a refusal. */
    @Test
    void theKeyOfAnAgreementThatHasNotBegunEndsWithItsHandshake() {
        agreeing(DHE, NamedGroup.FFDHE3072, Forms.PLAIN).server().closes();
        agreements.answers(Form.START_FAILS);
        Conversation refused =
                Conversation.of(elsewhere(), ClientOptions.offering(DHE).groups(NamedGroup.FFDHE3072), Forms.PLAIN);
        refused.clientHelloAndAnswer();
        refused.secondFlight();
        refused.server().refuses(AlertDescription.INTERNAL_ERROR);
        assertThat(requests).hasSize(2).allSatisfy(request -> assertThatIllegalStateException()
                .isThrownBy(request::agree)
                .withMessageEndingWith("its handshake has ended"));
    }

    /** A request that is answered without a computation leads where every wrong secret leads. */
    @Test
    void aWrongSecretFailsAtFinished() {
        PendingOperation<byte[]> wrong = () -> Progress.done(new byte[384]);
        TlsServerConfig config =
                server().keyAgreements((request, waker) -> Start.ready(wrong)).build();
        Conversation conversation =
                Conversation.of(config, ClientOptions.offering(DHE).groups(NamedGroup.FFDHE3072), Forms.PLAIN);
        conversation.clientHelloAndAnswer();
        conversation.client().sends(clientKeyExchange(), changeCipherSpec(), finished());
        conversation.server().refuses(AlertDescription.BAD_RECORD_MAC);
    }
}
