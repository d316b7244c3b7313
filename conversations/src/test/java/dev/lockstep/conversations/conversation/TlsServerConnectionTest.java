package dev.lockstep.conversations.conversation;

import static dev.lockstep.testkit.TestServers.builder;
import static dev.lockstep.testkit.TestServers.config;
import static dev.lockstep.testkit.TestServers.local;
import static dev.lockstep.testkit.certificate.TestIdentity.P256;
import static dev.lockstep.testkit.client.ClientMessages.applicationData;
import static dev.lockstep.testkit.client.ClientMessages.clientHello;
import static dev.lockstep.testkit.client.ClientMessages.closeNotify;
import static dev.lockstep.testkit.client.ClientMessages.raw;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.conversations.fixture.Setting;
import dev.lockstep.testkit.Conversation;
import dev.lockstep.testkit.Forms;
import dev.lockstep.testkit.answer.KeyScript;
import dev.lockstep.testkit.answer.RecordingKey;
import dev.lockstep.testkit.client.ClientOptions;
import dev.lockstep.testkit.client.ScriptedClient;
import dev.lockstep.testkit.client.Seen.Kind;
import dev.lockstep.testkit.util.Bytes;
import dev.lockstep.tls.ConnectionInfo;
import dev.lockstep.tls.StepResult;
import dev.lockstep.tls.TlsException;
import dev.lockstep.tls.TlsServerConnection;
import dev.lockstep.tls.config.ConnectionObserver;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.spec.AlertDescription;
import dev.lockstep.tls.spec.CipherSuite;
import dev.lockstep.tls.spec.NamedGroup;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The methods of a connection, one by one: what they answer, what they leave in the buffers, and misuse. */
class TlsServerConnectionTest {

    private static final CipherSuite SUITE = CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256;

    private final ByteBuffer nothing = ByteBuffer.allocate(0);
    private final ByteBuffer out = ByteBuffer.allocate(TlsServerConnection.NETWORK_BUFFER_SIZE);
    private final ByteBuffer app = ByteBuffer.allocate(TlsServerConnection.APPLICATION_BUFFER_SIZE);

    private static Conversation connected() {
        return Conversation.of(config(local(P256)), ClientOptions.offering(SUITE), Forms.PLAIN)
                .completes();
    }

    @Test
    void readAndWriteBeforeTheHandshakeIsOverAreMisuseAndDoNoHarm() {
        Conversation conversation = Conversation.of(config(local(P256)), ClientOptions.offering(SUITE), Forms.PLAIN);
        TlsServerConnection tls = conversation.server().connection();
        assertThatIllegalStateException().isThrownBy(() -> tls.read(nothing, app));
        assertThatIllegalStateException().isThrownBy(() -> tls.write(nothing, out));
        assertThatIllegalStateException().isThrownBy(tls::info);
        conversation.completes();
    }

    @Test
    void stepOfAnEstablishedConnectionTouchesNoInput() throws TlsException {
        Conversation conversation = connected();
        ByteBuffer in = ByteBuffer.wrap(conversation
                .client()
                .sends(applicationData("later"))
                .takeRecords()
                .get(0));
        TlsServerConnection tls = conversation.server().connection();
        assertThat(tls.step(in, out)).isEqualTo(StepResult.ESTABLISHED);
        assertThat(in.position()).isZero();
        assertThat(out.position()).isZero();
        assertThat(tls.read(in, app)).isEqualTo(StepResult.PROGRESSED);
        assertThat(in.hasRemaining()).isFalse();
        assertThat(app.position()).isEqualTo("later".length());
    }

    @Test
    void readOpensOneRecordPerCallAndCountsAnEmptyOne() throws TlsException {
        Conversation conversation = connected();
        List<byte[]> records = conversation
                .client()
                .sends(applicationData("one"), applicationData(""), applicationData("two"))
                .takeRecords();
        ByteBuffer in = ByteBuffer.wrap(Bytes.concat(records.toArray(byte[][]::new)));
        TlsServerConnection tls = conversation.server().connection();
        assertThat(tls.read(in, app)).isEqualTo(StepResult.PROGRESSED);
        assertThat(app.position()).isEqualTo(3);
        assertThat(tls.read(in, app)).isEqualTo(StepResult.PROGRESSED);
        assertThat(app.position()).isEqualTo(3);
        assertThat(tls.read(in, app)).isEqualTo(StepResult.PROGRESSED);
        assertThat(app.position()).isEqualTo(6);
        assertThat(tls.read(in, app)).isEqualTo(StepResult.NEED_INPUT);
    }

    @Test
    void readWithTooLittleRoomLeavesTheRecordWhereItIs() throws TlsException {
        Conversation conversation = connected();
        ByteBuffer in = ByteBuffer.wrap(conversation
                .client()
                .sends(applicationData("does not fit"))
                .takeRecords()
                .get(0));
        TlsServerConnection tls = conversation.server().connection();
        ByteBuffer small = ByteBuffer.allocate(5);
        for (int i = 0; i < 3; i++) {
            assertThat(tls.read(in, small)).isEqualTo(StepResult.NEED_OUTPUT);
            assertThat(in.position()).isZero();
            assertThat(small.position()).isZero();
        }
        assertThat(tls.read(in, app)).isEqualTo(StepResult.PROGRESSED);
        assertThat(app.position()).isEqualTo("does not fit".length());
    }

    @Test
    void writeOfNothingSendsNothing() throws TlsException {
        TlsServerConnection tls = connected().server().connection();
        assertThat(tls.write(nothing, out)).isEqualTo(StepResult.ESTABLISHED);
        assertThat(out.position()).isZero();
    }

    @Test
    void writeFillsTheRoomThereIsAndContinuesLater() throws TlsException {
        Conversation conversation = connected();
        TlsServerConnection tls = conversation.server().connection();
        ByteBuffer text = ByteBuffer.allocate(40_000);
        int calls = 0;
        StepResult result;
        do {
            out.clear().limit(1200);
            result = tls.write(text, out);
            conversation.client().receives(Bytes.slice(out.array(), 0, out.position()));
            calls++;
        } while (result == StepResult.NEED_OUTPUT && calls < 1000);
        assertThat(result).isEqualTo(StepResult.ESTABLISHED);
        assertThat(calls).isGreaterThan(30);
        assertThat(conversation.client().takeReceived()).isEqualTo(new byte[40_000]);
    }

    @Test
    void writeWithoutAnyRoomAsksForSome() throws TlsException {
        TlsServerConnection tls = connected().server().connection();
        ByteBuffer text = ByteBuffer.wrap(new byte[10]);
        assertThat(tls.write(text, nothing)).isEqualTo(StepResult.NEED_OUTPUT);
        assertThat(text.position()).isZero();
        assertThat(tls.write(text, out)).isEqualTo(StepResult.ESTABLISHED);
    }

    @Test
    void withoutRoomForOutputAStepAsksForItAndLosesNothing() throws TlsException {
        TlsServerConnection tls = TlsServerConnection.create(config(local(P256)), waiting -> {});
        ScriptedClient client = new ScriptedClient(ClientOptions.offering(SUITE));
        ByteBuffer in =
                ByteBuffer.wrap(client.sends(clientHello()).takeRecords().get(0));
        StepResult result;
        do {
            result = tls.step(in, nothing);
        } while (result == StepResult.PROGRESSED);
        assertThat(result).isEqualTo(StepResult.NEED_OUTPUT);
        assertThat(tls.wantsOutput()).isTrue();
        assertThat(tls.step(in, nothing)).isEqualTo(StepResult.NEED_OUTPUT);
        do {
            result = tls.step(in, out);
        } while (result == StepResult.PROGRESSED);
        assertThat(result).isEqualTo(StepResult.NEED_INPUT);
        client.receives(Bytes.slice(out.array(), 0, out.position()));
        assertThat(client.takeSeen()).hasSize(4);
        assertThat(tls.wantsOutput()).isFalse();
    }

    @Test
    void theAlertOfAFailureIsInTheBufferOrWaitsForClose() {
        for (ByteBuffer room : List.of(out, nothing)) {
            TlsServerConnection tls = TlsServerConnection.create(config(local(P256)), waiting -> {});
            ByteBuffer in = ByteBuffer.wrap(new byte[] {99, 3, 3, 0, 0});
            assertThatThrownBy(() -> tls.step(in, room))
                    .isInstanceOf(TlsException.class)
                    .hasMessageContaining("unexpected_message")
                    .hasMessageContaining("READ_CLIENT_HELLO");
            assertThat(tls.wantsOutput()).isEqualTo(room == nothing);
            assertThat(tls.close(nothing)).isEqualTo(room == nothing ? StepResult.NEED_OUTPUT : StepResult.CLOSED);
            assertThat(tls.close(out)).isEqualTo(StepResult.CLOSED);
            assertThat(Bytes.slice(out.array(), 0, out.position())).containsExactly(21, 3, 3, 0, 2, 2, 10);
            assertThat(tls.close(out)).isEqualTo(StepResult.CLOSED);
            assertThat(out.position()).as("sent once").isEqualTo(7);
            out.clear();
        }
    }

    @Test
    void aFailureOfReadWaitsForClose() {
        Conversation conversation = connected();
        TlsServerConnection tls = conversation.server().connection();
        ByteBuffer in = ByteBuffer.wrap(conversation
                .client()
                .sends(raw(new byte[] {99, 3, 3, 0, 0}))
                .takeRecords()
                .get(0));
        assertThatThrownBy(() -> tls.read(in, app)).isInstanceOf(TlsException.class);
        assertThat(tls.wantsOutput()).isTrue();
        assertThat(tls.close(out)).isEqualTo(StepResult.CLOSED);
        conversation.client().receives(Bytes.slice(out.array(), 0, out.position()));
        conversation.server().hasSent(Kind.ALERT);
    }

    @Test
    void afterCloseNothingIsWrittenAndNothingRead() throws TlsException {
        Conversation conversation = connected();
        TlsServerConnection tls = conversation.server().connection();
        assertThat(tls.close(out)).isEqualTo(StepResult.CLOSED);
        int closed = out.position();
        assertThat(tls.write(ByteBuffer.wrap(new byte[5]), out)).isEqualTo(StepResult.CLOSED);
        ByteBuffer in = ByteBuffer.wrap(conversation
                .client()
                .sends(applicationData("late"))
                .takeRecords()
                .get(0));
        assertThat(tls.read(in, app)).isEqualTo(StepResult.CLOSED);
        assertThat(tls.step(in, out)).isEqualTo(StepResult.CLOSED);
        assertThat(tls.close(out)).isEqualTo(StepResult.CLOSED);
        assertThat(out.position()).isEqualTo(closed);
        assertThat(app.position()).isZero();
        assertThat(tls.failure()).isNull();
    }

    @Test
    void theInfoSaysWhatWasNegotiatedAndStaysAfterTheEnd() {
        ClientOptions options = ClientOptions.offering(SUITE)
                .groups(NamedGroup.X448, NamedGroup.SECP256R1)
                .serverName("p256.example.org")
                .protocols("h2");
        Conversation conversation = Conversation.of(
                builder(local(P256))
                        .groups(List.of(NamedGroup.X448))
                        .applicationProtocols(List.of("http/1.1", "h2"))
                        .build(),
                options,
                Forms.PLAIN);
        conversation.completes();
        conversation.server().closes();
        ConnectionInfo info = conversation.server().connection().info();
        assertThat(info.cipherSuite()).isEqualTo(SUITE);
        assertThat(info.namedGroup()).isEqualTo(NamedGroup.X448);
        assertThat(info.signatureScheme()).isNotNull();
        assertThat(info.signatureScheme().code())
                .isEqualTo(conversation.client().scheme());
        assertThat(info.serverName()).isEqualTo("p256.example.org");
        assertThat(info.applicationProtocol()).isEqualTo("h2");
        assertThat(info.extendedMasterSecret()).isTrue();
        assertThat(info.encryptThenMac()).isFalse();
        assertThat(info.credential().certificate()).isEqualTo(P256.certificate());
    }

    @Test
    void theWakeHandlerGetsTheConnectionOnceForEachAnswer() throws TlsException {
        RecordingKey key = new RecordingKey(P256).signs(KeyScript.manual());
        List<TlsServerConnection> woken = new ArrayList<>();
        TlsServerConnection tls = TlsServerConnection.create(config(key.credential()), woken::add);
        ScriptedClient client = new ScriptedClient(new Setting(Forms.PLAIN, P256).signingClient());
        ByteBuffer in =
                ByteBuffer.wrap(client.sends(clientHello()).takeRecords().get(0));
        Conversation.markedStep(() -> {
            StepResult result;
            do {
                result = tls.step(in, out);
            } while (result == StepResult.PROGRESSED);
            assertThat(result).isEqualTo(StepResult.ASYNC_IN_PROGRESS);
        });
        key.operation().complete();
        assertThat(woken).as("delivered once").containsExactly(tls);
    }

    @Test
    void theObserverIsToldOfTheEndOnce() {
        List<String> ends = new ArrayList<>();
        ConnectionObserver observer = new ConnectionObserver() {
            @Override
            public void onClosed(String state, IOException failure) {
                ends.add(state + " " + (failure instanceof TlsException tls ? tls.alert() : failure));
            }
        };
        Conversation good = Conversation.of(
                builder(local(P256)).observer(observer).build(), ClientOptions.offering(SUITE), Forms.PLAIN);
        good.completes();
        good.client().sends(closeNotify());
        good.server().answers(Kind.ALERT);
        good.server().closes();
        Conversation bad = Conversation.of(
                builder(local(P256)).observer(observer).build(), ClientOptions.offering(SUITE), Forms.PLAIN);
        bad.client().sends(applicationData("early"));
        bad.server().refuses(AlertDescription.UNEXPECTED_MESSAGE);
        bad.server().closes();
        assertThat(ends).containsExactly("CONNECTED null", "READ_CLIENT_HELLO UNEXPECTED_MESSAGE");
    }

    /** The line that a packet analyser needs, and nothing else. */
    @Test
    void theKeyLogGetsTheMasterSecretOfEachHandshake() {
        List<String> lines = new ArrayList<>();
        Conversation conversation = Conversation.of(
                builder(local(P256)).keyLog(lines::add).build(), ClientOptions.offering(SUITE), Forms.PLAIN);
        conversation.completes();
        assertThat(lines)
                .containsExactly(
                        "CLIENT_RANDOM " + Bytes.hex(conversation.client().clientRandom()) + " "
                                + Bytes.hex(conversation.client().masterSecret()));
    }

    /** CONFORMANCE: randoms and key shares are fresh in every handshake. */
    @Test
    void nothingRandomRepeats() {
        // RFC 5246 7.4.1.3-1
        TlsServerConfig config = builder(local(P256)).random(new SecureRandom()).build();
        List<String> randoms = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            Conversation conversation = Conversation.of(config, ClientOptions.offering(SUITE), Forms.PLAIN);
            conversation.completes();
            randoms.add(Bytes.hex(conversation.client().serverRandom()));
            randoms.add(Bytes.hex(conversation.client().premasterSecret()));
        }
        assertThat(randoms).doesNotHaveDuplicates();
    }
}
