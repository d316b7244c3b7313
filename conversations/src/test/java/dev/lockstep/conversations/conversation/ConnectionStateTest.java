package dev.lockstep.conversations.conversation;

import static dev.lockstep.testkit.TestServers.builder;
import static dev.lockstep.testkit.client.ClientMessages.changeCipherSpec;
import static dev.lockstep.testkit.client.ClientMessages.clientHello;
import static dev.lockstep.testkit.client.ClientMessages.clientKeyExchange;
import static dev.lockstep.testkit.client.ClientMessages.finished;
import static dev.lockstep.testkit.client.ClientMessages.renegotiatingClientHello;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.testkit.Conversation;
import dev.lockstep.testkit.Forms;
import dev.lockstep.testkit.answer.KeyScript;
import dev.lockstep.testkit.answer.RecordingKey;
import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.testkit.client.ClientOptions;
import dev.lockstep.testkit.client.Seen.Kind;
import dev.lockstep.testkit.util.FakeClock;
import dev.lockstep.tls.StepResult;
import dev.lockstep.tls.TlsException;
import dev.lockstep.tls.TlsServerConnection;
import dev.lockstep.tls.config.ConnectionObserver;
import dev.lockstep.tls.config.RenegotiationPolicy;
import dev.lockstep.tls.spec.CipherSuite;
import dev.lockstep.tls.wait.SuspensionKind;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a connection tells of where it is: under way or not, which suite, whether it may still ask the key. */
class ConnectionStateTest {

    private static final CipherSuite SIGNING = CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256;
    private static final CipherSuite DECRYPTING = CipherSuite.TLS_RSA_WITH_AES_128_GCM_SHA256;

    private final RecordingKey key = new RecordingKey(TestIdentity.RSA_2048);

    private Conversation conversation(CipherSuite suite) {
        return Conversation.of(
                builder(key.credential())
                        .renegotiation(RenegotiationPolicy.ALLOWED.withMinInterval(Duration.ZERO))
                        .build(),
                ClientOptions.offering(suite),
                Forms.PLAIN);
    }

    private static void assertUnderWay(Conversation conversation, boolean underWay, int completed) {
        TlsServerConnection tls = conversation.server().connection();
        assertThat(tls.isHandshaking()).isEqualTo(underWay);
        assertThat(tls.handshakes()).isEqualTo(completed);
    }

    @Test
    void handshakesAreUnderWayOrOver() {
        Conversation conversation = conversation(SIGNING);
        TlsServerConnection tls = conversation.server().connection();
        assertUnderWay(conversation, true, 0);
        assertThat(tls.handshakeInfo()).isNull();
        conversation.clientHelloAndAnswer();
        assertUnderWay(conversation, true, 0);
        assertThat(tls.handshakeInfo().cipherSuite()).isEqualTo(SIGNING);
        conversation.secondFlight();
        conversation.server().answers(Kind.CHANGE_CIPHER_SPEC, Kind.FINISHED);
        assertUnderWay(conversation, false, 1);
        assertThat(tls.handshakeInfo()).isNull();

        conversation.client().sends(renegotiatingClientHello());
        conversation.server().answers(Conversation.fullAnswer());
        assertUnderWay(conversation, true, 1);
        assertThat(tls.handshakeInfo().cipherSuite()).isEqualTo(SIGNING);
        conversation.secondFlight();
        conversation.server().answers(Kind.CHANGE_CIPHER_SPEC, Kind.FINISHED);
        assertUnderWay(conversation, false, 2);
        tls.close(ByteBuffer.allocate(1000));
        assertUnderWay(conversation, false, 2);
    }

    @Test
    void aKeyThatSignsIsNeededUntilItHasSigned() {
        key.signs(KeyScript.manual());
        Conversation conversation = conversation(SIGNING);
        TlsServerConnection tls = conversation.server().connection();
        assertThat(tls.needsKey()).isTrue();
        conversation.client().sends(clientHello());
        conversation.server().suspendsFor(SuspensionKind.SIGN);
        assertThat(tls.needsKey()).isTrue();
        key.operation().complete();
        conversation.server().answers(Conversation.fullAnswer());
        assertThat(tls.needsKey()).isFalse();
        conversation.secondFlight();
        conversation.server().answers(Kind.CHANGE_CIPHER_SPEC, Kind.FINISHED);
        assertThat(tls.needsKey()).isFalse();
    }

    @Test
    void aKeyThatDecryptsIsNeededUntilItHasDecrypted() {
        key.decrypts(KeyScript.manual());
        Conversation conversation = conversation(DECRYPTING);
        TlsServerConnection tls = conversation.server().connection();
        conversation.client().sends(clientHello());
        conversation.server().answers(Conversation.rsaAnswer());
        assertThat(tls.needsKey()).isTrue();
        conversation.client().sends(clientKeyExchange(), changeCipherSpec(), finished());
        conversation.server().suspendsFor(SuspensionKind.DECRYPT);
        assertThat(tls.needsKey()).isTrue();
        key.operation().complete();
        conversation.server().answers(Kind.CHANGE_CIPHER_SPEC, Kind.FINISHED);
        assertThat(tls.needsKey()).isFalse();
    }

    /** RFC 8446 6.1, as {@code outputAfterCloseNotify} has it the other way: what this side has ended stays ended. */
    @Test
    void afterCloseNotifyNothingMoreIsSent() throws TlsException {
        Conversation conversation = conversation(SIGNING).completes();
        TlsServerConnection tls = conversation.server().connection();
        ByteBuffer out = ByteBuffer.allocate(1000);
        assertThat(tls.closeOutput(out)).isEqualTo(StepResult.CLOSED);
        int alert = out.position();
        assertThat(alert).isPositive();
        ByteBuffer data = ByteBuffer.wrap(new byte[] {1});
        assertThat(tls.write(data, out)).isEqualTo(StepResult.CLOSED);
        assertThat(tls.closeOutput(out)).isEqualTo(StepResult.CLOSED);
        assertThat(data.remaining()).isEqualTo(1);
        assertThat(out.position()).isEqualTo(alert);
        conversation.client().sends(renegotiatingClientHello());
        conversation.server().answers();
        assertUnderWay(conversation, false, 1);
    }

    @Test
    void theOutputIsNotClosedInTheMiddleOfAHandshake() throws TlsException {
        Conversation conversation = conversation(SIGNING).completes();
        conversation.client().sends(renegotiatingClientHello());
        conversation.server().answers(Conversation.fullAnswer());
        ByteBuffer out = ByteBuffer.allocate(1000);
        assertThat(conversation.server().connection().closeOutput(out)).isEqualTo(StepResult.NEED_INPUT);
        assertThat(out.position()).isZero();
        conversation.secondFlight();
        conversation.server().answers(Kind.CHANGE_CIPHER_SPEC, Kind.FINISHED);
        conversation.exchangesData();
    }

    @Test
    void aHandshakeUnderWayHoldsMoreThanAnEmptyConnection() {
        Conversation conversation = conversation(SIGNING);
        TlsServerConnection tls = conversation.server().connection();
        int silent = tls.heldBytes();
        conversation.clientHelloAndAnswer();
        int underWay = tls.heldBytes();
        assertThat(underWay).isGreaterThanOrEqualTo(silent + 4096);
        conversation.secondFlight();
        conversation.server().answers(Kind.CHANGE_CIPHER_SPEC, Kind.FINISHED);
        assertThat(tls.heldBytes()).isLessThanOrEqualTo(underWay - 4096);
    }

    @Test
    void anObserverSeesEveryTransitionAndHowLongAWaitWas() {
        FakeClock clock = new FakeClock();
        List<String> transitions = new ArrayList<>();
        List<Long> waits = new ArrayList<>();
        ConnectionObserver observer = new ConnectionObserver() {
            @Override
            public void onTransition(String from, String event, String to) {
                transitions.add(from + " " + event + " " + to);
            }

            @Override
            public void onResume(SuspensionKind kind, long waitedNanos) {
                waits.add(waitedNanos);
            }
        };
        key.signs(KeyScript.manual());
        Conversation conversation = Conversation.of(
                builder(key.credential()).clock(clock).observer(observer).build(),
                ClientOptions.offering(SIGNING),
                Forms.PLAIN);
        clock.advance(Duration.ofSeconds(1));
        conversation.client().sends(clientHello());
        conversation.server().suspendsFor(SuspensionKind.SIGN);
        clock.advance(Duration.ofMillis(7));
        key.operation().complete();
        conversation.server().answers(Conversation.fullAnswer());
        assertThat(waits).containsExactly(Duration.ofMillis(7).toNanos());
        assertThat(transitions)
                .startsWith("READ_CLIENT_HELLO CLIENT_HELLO NEGOTIATE", "NEGOTIATE PROCEED SEND_SERVER_HELLO")
                .contains("AWAIT_SIGNATURE ANSWER SEND_SERVER_KEY_EXCHANGE")
                .endsWith("SEND_SERVER_HELLO_DONE PROCEED READ_CLIENT_KEY_EXCHANGE");
    }
}
