package dev.lockstep.conversations.conversation;

import static dev.lockstep.testkit.TestServers.builder;
import static dev.lockstep.testkit.TestServers.decryptingClient;
import static dev.lockstep.testkit.certificate.TestIdentity.RSA_2048;
import static dev.lockstep.testkit.client.ClientMessages.clientHello;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.conversations.fixture.SessionFixture;
import dev.lockstep.conversations.fixture.Setting;
import dev.lockstep.testkit.Conversation;
import dev.lockstep.testkit.Forms;
import dev.lockstep.testkit.SecretHunt;
import dev.lockstep.testkit.TestServers;
import dev.lockstep.testkit.answer.KeyScript;
import dev.lockstep.testkit.answer.RecordedOperation;
import dev.lockstep.testkit.answer.RecordingKey;
import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.testkit.client.ClientMessages;
import dev.lockstep.testkit.client.ClientOptions;
import dev.lockstep.testkit.client.ScriptedClient;
import dev.lockstep.testkit.client.Seen.Kind;
import dev.lockstep.testkit.util.Bytes;
import dev.lockstep.tls.StepResult;
import dev.lockstep.tls.TlsException;
import dev.lockstep.tls.TlsServerConnection;
import dev.lockstep.tls.config.ConnectionObserver;
import dev.lockstep.tls.config.ConnectionOptions;
import dev.lockstep.tls.config.RenegotiationPolicy;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.setting.ConfigException;
import dev.lockstep.tls.spec.AlertDescription;
import dev.lockstep.tls.spec.CipherSuite;
import dev.lockstep.tls.wait.Suspension;
import dev.lockstep.tls.wait.SuspensionKind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** An observer or a key log that throws is the application's fault; it must not leave a secret or a wait behind. */
class FaultyListenerTest {

    private static final RuntimeException FAULT = new IllegalStateException("a fault of the application's own");

    enum Hook {
        ON_TRANSITION,
        ON_SUSPEND,
        ON_RESUME,
        ON_OPERATION_FAILED,
        ON_CLOSED,
        KEY_LOG
    }

    /** Throws from the chosen hook once it is armed. */
    private static final class Faulty implements ConnectionObserver {
        private final Hook hook;
        private boolean armed;

        Faulty(Hook hook) {
            this.hook = hook;
        }

        private void at(Hook here) {
            if (armed && here == hook) {
                throw FAULT;
            }
        }

        @Override
        public void onTransition(String from, String event, String to) {
            at(Hook.ON_TRANSITION);
        }

        @Override
        public void onSuspend(Suspension suspension) {
            at(Hook.ON_SUSPEND);
        }

        @Override
        public void onResume(SuspensionKind kind, long waitedNanos) {
            at(Hook.ON_RESUME);
        }

        @Override
        public void onOperationFailed(SuspensionKind kind, Throwable cause) {
            at(Hook.ON_OPERATION_FAILED);
        }

        @Override
        public void onClosed(String state, IOException failure) {
            at(Hook.ON_CLOSED);
        }
    }

    @ParameterizedTest
    @EnumSource(Hook.class)
    void nothingIsLeftBehindWhenItThrowsWhileDecrypting(Hook hook) throws TlsException {
        RecordingKey key = new RecordingKey(RSA_2048).decrypts(KeyScript.manual());
        endsWithNothingLeft(hook, key, decryptingClient(), true);
    }

    @ParameterizedTest
    @EnumSource(Hook.class)
    void nothingIsLeftBehindWhenItThrowsAfterAFailedDecryption(Hook hook) throws TlsException {
        RecordingKey key =
                new RecordingKey(RSA_2048).decrypts(KeyScript.inProgress(1).thenFails(FAULT));
        endsWithNothingLeft(hook, key, decryptingClient(), false);
    }

    @ParameterizedTest
    @EnumSource(Hook.class)
    void nothingIsLeftBehindWhenItThrowsWhileSigning(Hook hook) throws TlsException {
        RecordingKey key = new RecordingKey(RSA_2048).signs(KeyScript.manual());
        endsWithNothingLeft(hook, key, ClientOptions.offering(Setting.signingSuite(RSA_2048)), true);
    }

    /** The answer is fetched before the observer hears of it, and is the library's to clear then. */
    @Test
    void aPremasterSecretThatWasFetchedIsClearedWhenTheObserverThrows() throws TlsException {
        AtomicReference<byte[]> fetched = new AtomicReference<>();
        KeyScript script = KeyScript.inProgress(1).changed(value -> {
            fetched.set(value);
            return value;
        });
        endsWithNothingLeft(Hook.ON_RESUME, new RecordingKey(RSA_2048).decrypts(script), decryptingClient(), false);
        assertThat(fetched.get()).isNotEmpty().containsOnly(0);
    }

    /** A caller of step and its siblings gets nothing but a TlsException, however the connection ends. */
    @ParameterizedTest
    @EnumSource(
            value = Hook.class,
            names = {"ON_CLOSED", "ON_OPERATION_FAILED"})
    void aFaultAtTheEndOfAFailedConnectionIsSuppressed(Hook hook) {
        Faulty observer = new Faulty(hook);
        Conversation conversation = connectedToAStoreThatIsLost(observer);
        conversation.client().sends(ClientMessages.finished());
        conversation.server().refuses(AlertDescription.UNEXPECTED_MESSAGE);
        assertThat(conversation.server().failure()).hasSuppressedException(FAULT);
    }

    /** Connected, and the observer throws from now on. */
    private static Conversation connectedToAStoreThatIsLost(Faulty observer) {
        SessionFixture sessions = new SessionFixture();
        TlsServerConfig config = sessions.storeOnly(TestServers.local(TestIdentity.P256))
                .observer(observer)
                .build();
        Conversation conversation = Conversation.of(config, ClientOptions.defaults(), Forms.PLAIN);
        SessionFixture.fullHandshake(conversation);
        observer.armed = true;
        sessions.store().throwsFromPut(new IllegalStateException("the store is down"));
        return conversation;
    }

    @Test
    void aFaultAtAGoodEndIsTheConnectionsFailure() {
        Faulty observer = new Faulty(Hook.ON_CLOSED);
        observer.armed = true;
        TlsServerConfig config =
                builder(TestServers.local(TestIdentity.P256)).observer(observer).build();
        Conversation closedByPeer =
                Conversation.of(config, ClientOptions.defaults(), Forms.PLAIN).completes();
        closedByPeer.client().sends(ClientMessages.closeNotify());
        assertThat(closedByPeer.server().settle()).isEqualTo(StepResult.CLOSED);
        assertThat(closedByPeer.server().connection().failure()).hasCause(FAULT);

        Conversation closed =
                Conversation.of(config, ClientOptions.defaults(), Forms.PLAIN).completes();
        closed.server().closes();
        assertThat(closed.server().connection().failure()).hasCause(FAULT);
        assertThat(closed.server().connection().isClosed()).isTrue();
    }

    /** {@code renegotiate} declares no exception: it ends the connection, and the next call throws. */
    @Test
    void aFaultInACallThatAsksForARenegotiationEndsTheConnection() {
        Faulty observer = new Faulty(Hook.ON_TRANSITION);
        TlsServerConfig config = builder(TestServers.local(TestIdentity.P256))
                .observer(observer)
                .renegotiation(RenegotiationPolicy.ALLOWED.withMinInterval(Duration.ZERO))
                .build();
        Conversation conversation =
                Conversation.of(config, ClientOptions.defaults(), Forms.PLAIN).completes();
        observer.armed = true;
        assertThat(conversation.server().connection().renegotiate()).isFalse();
        conversation.server().steps();
        conversation.server().hasRefused(AlertDescription.INTERNAL_ERROR);
        assertThat(conversation.server().failure()).hasCause(FAULT);
    }

    /** Changes that do not fit are the caller's mistake, and change nothing. */
    @Test
    void optionsThatDoNotFitLeaveTheConnectionOpen() {
        TlsServerConfig config = builder(TestServers.local(TestIdentity.P256))
                .renegotiation(RenegotiationPolicy.ALLOWED.withMinInterval(Duration.ZERO))
                .build();
        Conversation conversation =
                Conversation.of(config, ClientOptions.defaults(), Forms.PLAIN).completes();
        ConnectionOptions unfit =
                ConnectionOptions.NONE.withCipherSuites(List.of(CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256));
        TlsServerConnection tls = conversation.server().connection();
        assertThatThrownBy(() -> tls.renegotiate(unfit)).isInstanceOf(ConfigException.class);
        conversation.exchangesData();
    }

    /** The observer hears of each session that the store did not remove, and each removal is tried. */
    @Test
    void aFaultInACallThatInvalidatesSessionsEndsTheConnection() {
        Faulty observer = new Faulty(Hook.ON_OPERATION_FAILED);
        Conversation conversation = connectedToAStoreThatIsLost(observer);
        conversation.server().connection().invalidateSession();
        conversation.server().steps();
        conversation.server().hasRefused(AlertDescription.INTERNAL_ERROR);
        assertThat(conversation.server().failure()).hasCause(FAULT);
    }

    /** Drives until the handshake gets no further, closes, and looks at what is left. */
    private static void endsWithNothingLeft(
            Hook hook, RecordingKey key, ClientOptions options, boolean closesWhileWaiting) throws TlsException {
        Faulty observer = new Faulty(hook);
        TlsServerConfig config = builder(key.credential())
                .observer(observer)
                .keyLog(line -> observer.at(Hook.KEY_LOG))
                .build();
        TlsServerConnection tls = TlsServerConnection.create(config, waiting -> {});
        ScriptedClient client = new ScriptedClient(options);
        ByteBuffer out = ByteBuffer.allocate(TlsServerConnection.NETWORK_BUFFER_SIZE);
        client.sends(clientHello());
        drive(tls, client, out);
        observer.armed = true;
        if (client.takeSeen().stream().anyMatch(seen -> seen.kind() == Kind.SERVER_HELLO_DONE)) {
            client.sends(ClientMessages.clientKeyExchange(), ClientMessages.changeCipherSpec());
            client.sends(ClientMessages.finished());
        }
        drive(tls, client, out);
        if (!closesWhileWaiting) {
            drive(tls, client, out);
        }
        Conversation.markedStep(() -> tls.close(out));
        assertThat(tls.isClosed()).isTrue();
        assertThat(key.operations()).noneMatch(RecordedOperation::isPending);
        SecretHunt.assertNoneIn(tls, client.secrets());
        SecretHunt.assertHandshakeHoldsNone(tls);
        key.assertDisciplined();
    }

    private static void drive(TlsServerConnection tls, ScriptedClient client, ByteBuffer out) throws TlsException {
        ByteBuffer in = ByteBuffer.wrap(Bytes.concat(client.takeRecords().toArray(byte[][]::new)));
        for (int steps = 0; steps < 40; steps++) {
            out.clear();
            try {
                Conversation.markedStep(() -> {
                    if (!tls.isEstablished()) {
                        tls.step(in, out);
                    }
                });
            } catch (TlsException e) {
                return;
            }
            client.receives(Bytes.slice(out.array(), 0, out.position()));
        }
    }
}
