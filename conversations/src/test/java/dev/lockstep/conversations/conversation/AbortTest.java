package dev.lockstep.conversations.conversation;

import static dev.lockstep.testkit.client.ClientMessages.changeCipherSpec;
import static dev.lockstep.testkit.client.ClientMessages.clientHello;
import static dev.lockstep.testkit.client.ClientMessages.clientKeyExchange;
import static dev.lockstep.testkit.client.ClientMessages.finished;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.testkit.Conversation;
import dev.lockstep.testkit.Forms;
import dev.lockstep.testkit.SecretHunt;
import dev.lockstep.testkit.TestServers;
import dev.lockstep.testkit.answer.KeyScript;
import dev.lockstep.testkit.answer.RecordingKey;
import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.testkit.client.ClientOptions;
import dev.lockstep.testkit.util.Bytes;
import dev.lockstep.tls.StepResult;
import dev.lockstep.tls.TlsException;
import dev.lockstep.tls.TlsServerConnection;
import dev.lockstep.tls.config.ConnectionObserver;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.spec.CipherSuite;
import dev.lockstep.tls.wait.SuspensionKind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The end of a connection whose transport is gone: no last record is sealed, so no key may wait for it. */
class AbortTest {

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final List<String> observed = new ArrayList<>();

    private TlsServerConfig config(RecordingKey key) {
        return TestServers.builder(key.credential())
                .observer(new ConnectionObserver() {
                    @Override
                    public void onClosed(String state, IOException failure) {
                        observed.add(state + (failure == null ? "" : " failed"));
                    }
                })
                .build();
    }

    private Conversation conversation(RecordingKey key, CipherSuite suite) {
        return Conversation.of(config(key), ClientOptions.offering(suite), Forms.PLAIN);
    }

    private Conversation connected(CipherSuite suite) {
        return conversation(new RecordingKey(TestIdentity.P256).signs(KeyScript.ready()), suite)
                .completes();
    }

    private static void hasKeys(Conversation conversation) {
        assertThatThrownBy(() -> SecretHunt.assertNoneIn(
                        conversation.server().connection(),
                        conversation.client().secrets()))
                .hasMessageContaining("a secret is left in");
    }

    private static void abort(Conversation conversation) throws TlsException {
        TlsServerConnection tls = conversation.server().connection();
        Conversation.markedStep(tls::abort);
        conversation.server().hasSent();
        conversation.server().isDead();
        Conversation.markedStep(tls::abort);
        assertThat(tls.failure()).isNull();
        assertThat(tls.wantsInput()).isFalse();
        assertThat(tls.close(NOTHING)).isEqualTo(StepResult.CLOSED);
        assertThat(tls.read(NOTHING, NOTHING)).isEqualTo(StepResult.CLOSED);
    }

    @ParameterizedTest
    @EnumSource(
            value = CipherSuite.class,
            names = {"TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256"})
    void anEstablishedConnectionKeepsNoKey(CipherSuite suite) throws TlsException {
        Conversation conversation = connected(suite);
        hasKeys(conversation);
        abort(conversation);
        assertThat(observed).containsExactly("CONNECTED");
    }

    @Test
    void neitherDoesOneWhoseCloseNotifyHasFoundNoRoom() throws TlsException {
        Conversation conversation = connected(CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256);
        TlsServerConnection tls = conversation.server().connection();
        assertThat(tls.close(NOTHING)).isEqualTo(StepResult.NEED_OUTPUT);
        hasKeys(conversation); // close_notify is to be sealed
        abort(conversation);
        assertThat(observed).containsExactly("CONNECTED");
    }

    @Test
    void neitherDoesOneThatHasEndedItsOutputWithoutRoom() throws TlsException {
        Conversation conversation = connected(CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256);
        assertThat(conversation.server().connection().closeOutput(NOTHING)).isEqualTo(StepResult.NEED_OUTPUT);
        hasKeys(conversation);
        abort(conversation);
        assertThat(observed).containsExactly("HALF_CLOSED");
    }

    @Test
    void theFailureStaysAndItsAlertIsDropped() {
        Conversation conversation = connected(CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256);
        TlsServerConnection tls = conversation.server().connection();
        Exception cause = new Exception("no memory, say");
        assertThat(tls.fail(cause, NOTHING)).isEqualTo(StepResult.NEED_OUTPUT);
        tls.abort();
        assertThat(tls.failure()).hasCause(cause);
        assertThatThrownBy(() -> tls.step(NOTHING, ByteBuffer.allocate(100))).isSameAs(tls.failure());
        assertThat(tls.wantsOutput()).isFalse();
        SecretHunt.assertNoneIn(tls, conversation.client().secrets());
    }

    /** ChangeCipherSpec waits with the key that is to follow it. */
    @Test
    void aKeyThatIsNotInUseYet() throws TlsException {
        Conversation conversation = conversation(
                new RecordingKey(TestIdentity.P256).signs(KeyScript.ready()),
                CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256);
        conversation.clientHelloAndAnswer();
        TlsServerConnection tls = conversation.server().connection();
        byte[] flight = Bytes.concat(conversation
                .client()
                .sends(clientKeyExchange(), changeCipherSpec(), finished())
                .takeRecords()
                .toArray(byte[][]::new));
        ByteBuffer in = ByteBuffer.wrap(flight);
        Conversation.markedStep(() -> {
            while (tls.step(in, NOTHING) != StepResult.NEED_OUTPUT) {
                // until ChangeCipherSpec waits for room
            }
        });
        hasKeys(conversation);
        abort(conversation);
    }

    @Test
    void anOperationIsCancelled() throws TlsException {
        RecordingKey key = new RecordingKey(TestIdentity.P256).signs(KeyScript.manual());
        Conversation conversation = conversation(key, CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256);
        conversation.client().sends(clientHello());
        conversation.server().suspendsFor(SuspensionKind.SIGN);
        conversation.client().takeSeen();
        abort(conversation);
        assertThat(key.operation().cancels()).isEqualTo(1);
        key.operation().complete();
        conversation.server().isDead();
        key.assertDisciplined();
        assertThat(observed).containsExactly("AWAIT_SIGNATURE");
    }

    @Test
    void aCallbackMustNotAbortItsConnection() {
        TlsServerConnection[] tls = new TlsServerConnection[1];
        List<Throwable> thrown = new ArrayList<>();
        TlsServerConfig config = TestServers.builder(TestServers.local(TestIdentity.P256))
                .observer(new ConnectionObserver() {
                    @Override
                    public void onTransition(String from, String event, String to) {
                        assertThatIllegalStateException()
                                .isThrownBy(() -> tls[0].abort())
                                .satisfies(thrown::add);
                    }
                })
                .build();
        Conversation conversation = Conversation.of(
                config, ClientOptions.offering(CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256), Forms.PLAIN);
        tls[0] = conversation.server().connection();
        conversation.completes();
        assertThat(thrown).isNotEmpty();
    }
}
