package dev.lockstep.conversations.suspend;

import static dev.lockstep.testkit.TestServers.builder;
import static dev.lockstep.testkit.client.ClientMessages.applicationData;
import static dev.lockstep.testkit.client.ClientMessages.clientHello;
import static dev.lockstep.testkit.client.ClientMessages.renegotiatingClientHello;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.testkit.Conversation;
import dev.lockstep.testkit.Forms;
import dev.lockstep.testkit.answer.KeyScript;
import dev.lockstep.testkit.answer.RecordingKey;
import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.testkit.client.ClientOptions;
import dev.lockstep.testkit.client.ScriptedClient;
import dev.lockstep.testkit.util.Bytes;
import dev.lockstep.testkit.util.FakeClock;
import dev.lockstep.tls.StepResult;
import dev.lockstep.tls.TlsException;
import dev.lockstep.tls.TlsServerConnection;
import dev.lockstep.tls.config.RenegotiationPolicy;
import dev.lockstep.tls.config.TlsServerConfig;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every call acts on the deadlines that have passed before anything else, also when nothing can be sent. */
class DeadlinesFirstTest {

    private static final Duration WAIT = Duration.ofSeconds(5);
    private static final Duration HANDSHAKE = Duration.ofSeconds(60);

    private final FakeClock clock = new FakeClock();
    private final ByteBuffer noRoom = ByteBuffer.allocate(0);
    private final ByteBuffer nothing = ByteBuffer.allocate(0);

    private TlsServerConfig config(RecordingKey key) {
        return builder(key.credential())
                .clock(clock)
                .keyOperationTimeout(WAIT)
                .handshakeTimeout(HANDSHAKE)
                .renegotiation(RenegotiationPolicy.ALLOWED.withMinInterval(Duration.ZERO))
                .build();
    }

    /** The peer does not read: its output stays, and so would the connection. */
    @Test
    void aStepWhoseOutputIsBlockedMeetsTheDeadlineOfTheHandshake() throws TlsException {
        RecordingKey key = new RecordingKey(TestIdentity.P256).signs(KeyScript.manual());
        TlsServerConnection tls = blocked(key);
        assertThat(tls.step(nothing, noRoom)).isEqualTo(StepResult.NEED_OUTPUT);
        clock.advance(HANDSHAKE);
        assertThatThrownBy(() -> tls.step(nothing, noRoom))
                .isInstanceOf(TlsException.class)
                .hasMessageContaining("deadline");
        assertThat(tls.isClosed()).isTrue();
        assertThat(tls.nextDeadlineNanos()).isEmpty();
        ByteBuffer room = ByteBuffer.allocate(1024);
        assertThat(tls.close(room)).isEqualTo(StepResult.CLOSED);
        assertThat(room.position()).as("the alert, which waited for room").isEqualTo(7);
    }

    /** A connection with its first flight queued and no room to send it. */
    private TlsServerConnection blocked(RecordingKey key) throws TlsException {
        TlsServerConnection tls = TlsServerConnection.create(config(key), waiting -> {});
        ByteBuffer hello = ByteBuffer.wrap(new ScriptedClient(ClientOptions.defaults())
                .sends(clientHello())
                .takeRecords()
                .get(0));
        for (int steps = 0; tls.step(hello, noRoom) == StepResult.PROGRESSED; steps++) {
            assertThat(steps).isLessThan(20);
        }
        assertThat(tls.wantsOutput()).isTrue();
        return tls;
    }

    /** An operation that is pending while a renegotiation's output is blocked is given up in time, and once. */
    @ParameterizedTest
    @MethodSource("calls")
    void anAnswerThatIsLateIsGivenUpWhileTheOutputIsBlocked(Call call) {
        RecordingKey key =
                new RecordingKey(TestIdentity.P256).signs(KeyScript.never()).then(KeyScript.ready());
        Conversation conversation = Conversation.of(config(key), ClientOptions.defaults(), Forms.PLAIN)
                .completes();
        TlsServerConnection tls = conversation.server().connection();
        conversation.client().sends(renegotiatingClientHello());
        ByteBuffer hello = ByteBuffer.wrap(conversation.client().takeRecords().get(0));
        ByteBuffer app = ByteBuffer.allocate(TlsServerConnection.APPLICATION_BUFFER_SIZE);
        assertThat(quietly(() -> tls.read(hello, app))).isEqualTo(StepResult.ASYNC_IN_PROGRESS);
        assertThat(tls.wantsOutput()).as("ServerHello and Certificate wait").isTrue();
        assertThat(tls.nextDeadlineNanos()).hasValue(clock.getAsLong() + WAIT.toNanos());

        clock.advance(WAIT);
        assertThatThrownBy(() -> call.run(tls, nothing, noRoom)).isInstanceOf(TlsException.class);
        assertThat(tls.isClosed()).isTrue();
        assertThat(key.operations().get(1).cancels()).isEqualTo(1);
    }

    /** A renegotiating client that falls silent meets the deadline of its handshake in every call. */
    @ParameterizedTest
    @MethodSource("calls")
    void aRenegotiationThatFallsSilentEndsInEveryCall(Call call) {
        RecordingKey key = new RecordingKey(TestIdentity.P256).signs(KeyScript.ready());
        Conversation conversation = Conversation.of(config(key), ClientOptions.defaults(), Forms.PLAIN)
                .completes();
        TlsServerConnection tls = conversation.server().connection();
        conversation.client().sends(renegotiatingClientHello());
        conversation.server().settle();
        OptionalLong deadline = tls.nextDeadlineNanos();
        assertThat(deadline).hasValue(clock.getAsLong() + HANDSHAKE.toNanos());
        clock.advance(HANDSHAKE);
        assertThatThrownBy(() -> call.run(tls, nothing, noRoom))
                .isInstanceOf(TlsException.class)
                .hasMessageContaining("deadline");
        assertThat(tls.nextDeadlineNanos()).isEmpty();
    }

    /**
     * The client has sent data and gone, while its renegotiation waits. Only the application can do anything now, by a read: a
     * deadline of the answer, which is of no use any more, would bring an event loop back at once, again and again.
     */
    @Test
    void whileDataWaitsForItsReaderTheDeadlineOfTheAnswerCallsForNothing() throws TlsException {
        RecordingKey key = new RecordingKey(TestIdentity.P256).signs(KeyScript.ready());
        Conversation conversation = Conversation.of(config(key), ClientOptions.defaults(), Forms.PLAIN)
                .completes();
        key.answers(KeyScript.manual());
        TlsServerConnection tls = conversation.server().connection();
        conversation.client().sends(renegotiatingClientHello(), applicationData("the rest"));
        ByteBuffer in =
                ByteBuffer.wrap(Bytes.concat(conversation.client().takeRecords().toArray(byte[][]::new)));
        ByteBuffer out = ByteBuffer.allocate(TlsServerConnection.NETWORK_BUFFER_SIZE);
        ByteBuffer app = ByteBuffer.allocate(TlsServerConnection.APPLICATION_BUFFER_SIZE);
        assertThat(quietly(() -> tls.read(in, app))).isEqualTo(StepResult.ASYNC_IN_PROGRESS);
        OptionalLong handshake = OptionalLong.of(clock.getAsLong() + HANDSHAKE.toNanos());
        tls.inputClosed();
        assertThat(quietly(() -> tls.step(in, out))).isEqualTo(StepResult.ESTABLISHED);
        clock.advance(WAIT);
        assertThat(quietly(() -> tls.step(in, out))).isEqualTo(StepResult.ESTABLISHED);
        assertThat(tls.wantsOutput()).isFalse();
        assertThat(tls.wantsInput()).isFalse();
        assertThat(tls.nextDeadlineNanos()).isEqualTo(handshake);

        assertThat(quietly(() -> tls.read(in, app))).isEqualTo(StepResult.PROGRESSED);
        assertThat(app.position()).isEqualTo("the rest".length());
        assertThatThrownBy(() -> tls.read(in, app)).hasMessageContaining("without close_notify");
        assertThat(key.last().cancels()).isOne();
    }

    @FunctionalInterface
    private interface Call {
        StepResult run(TlsServerConnection tls, ByteBuffer in, ByteBuffer out) throws TlsException;
    }

    static Stream<Call> calls() {
        return Stream.of(
                TlsServerConnection::step,
                TlsServerConnection::read,
                (tls, in, out) -> tls.write(ByteBuffer.wrap(new byte[10]), out),
                (tls, in, out) -> tls.closeOutput(out));
    }

    @FunctionalInterface
    private interface Quiet {
        StepResult run() throws TlsException;
    }

    /** Calls the connection as the driver of a conversation does, so that the recording key knows of it. */
    private static StepResult quietly(Quiet call) {
        StepResult[] result = new StepResult[1];
        try {
            Conversation.markedStep(() -> result[0] = call.run());
        } catch (TlsException e) {
            throw new AssertionError(e);
        }
        return result[0];
    }
}
