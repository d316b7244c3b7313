package dev.lockstep.conversations.conversation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.conversations.fixture.Scene;
import dev.lockstep.testkit.Conversation;
import dev.lockstep.testkit.client.ClientMessage;
import dev.lockstep.testkit.client.ScriptedClient;
import dev.lockstep.tls.StepResult;
import dev.lockstep.tls.TlsException;
import dev.lockstep.tls.TlsServerConnection;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** An output buffer may have no room at every point of a handshake, and the least room that serves is enough. */
class NoRoomTest {

    private final ByteBuffer noRoom = ByteBuffer.allocate(0);
    private final ByteBuffer netOut = ByteBuffer.allocate(TlsServerConnection.NETWORK_BUFFER_SIZE);
    private final ByteBuffer appOut = ByteBuffer.allocate(TlsServerConnection.APPLICATION_BUFFER_SIZE);
    private TlsServerConnection tls;
    private ScriptedClient client;

    static Stream<Scene> scenes() {
        return Stream.of(Scene.Form.values())
                .flatMap(form -> Stream.of(Scene.Speed.IMMEDIATE, Scene.Speed.AFTER_ONE_RESUME)
                        .map(speed -> Scene.of(Scene.SUITES.get(0), form, speed)));
    }

    /** Every call is made without room until that moves nothing; then there is a byte more of it in each. */
    @ParameterizedTest
    @MethodSource("scenes")
    void aHandshakeCompletesWithRoomThatGrowsByOneByte(Scene scene) throws TlsException {
        connect(scene);
        for (ClientMessage[] flight : scene.flights()) {
            client.sends(flight);
            ByteBuffer netIn = input();
            StepResult result = StepResult.PROGRESSED;
            int polls = 0;
            while (waits(result) || tls.wantsOutput()) {
                result = call(netIn, noRoom);
                polls = result == StepResult.ASYNC_IN_PROGRESS ? polls + 1 : 0;
                assertThat(polls).isLessThan(10);
                if (result == StepResult.NEED_OUTPUT) {
                    assertThat(tls.wantsOutput()).isTrue();
                    growUntilItMoves(netIn);
                }
            }
            assertThat(netIn.hasRemaining()).isFalse();
        }
        assertThat(tls.isEstablished()).isTrue();
        assertThat(client.isFinished()).isTrue();
        scene.assertDisciplined();
    }

    private static boolean waits(StepResult result) {
        return result == StepResult.PROGRESSED
                || result == StepResult.ASYNC_IN_PROGRESS
                || result == StepResult.NEED_OUTPUT;
    }

    private void growUntilItMoves(ByteBuffer netIn) throws TlsException {
        for (int room = 1; netOut.position() == 0; room++) {
            assertThat(room).as("room that is said to be enough").isLessThanOrEqualTo(1024);
            netOut.limit(room);
            call(netIn, netOut);
        }
        client.receives(Arrays.copyOf(netOut.array(), netOut.position()));
        netOut.clear();
    }

    /** Without any room the first flight is made as far as it goes, and nothing is lost. */
    @ParameterizedTest
    @MethodSource("scenes")
    void aCallWithoutRoomWritesNothingAndRepeats(Scene scene) throws TlsException {
        connect(scene);
        client.sends(scene.flights().get(0));
        ByteBuffer netIn = input();
        for (int calls = 0; calls < 60; calls++) {
            call(netIn, noRoom);
        }
        assertThat(call(netIn, noRoom)).isEqualTo(StepResult.NEED_OUTPUT);
        assertThat(tls.isClosed()).isFalse();
        assertThat(tls.wantsOutput()).isTrue();
        StepResult result = StepResult.PROGRESSED;
        while (waits(result)) {
            result = call(netIn, netOut);
        }
        assertThat(result).isEqualTo(StepResult.NEED_INPUT);
        client.receives(Arrays.copyOf(netOut.array(), netOut.position()));
        assertThat(client.cipherSuite()).isNotNull();
        assertThat(client.hasWholeMessagesOnly()).isTrue();
    }

    private void connect(Scene scene) {
        client = scene.client();
        tls = TlsServerConnection.create(scene.config(), waiting -> {});
    }

    private ByteBuffer input() {
        ByteBuffer netIn = ByteBuffer.allocate(TlsServerConnection.NETWORK_BUFFER_SIZE);
        client.takeRecords().forEach(netIn::put);
        return netIn.flip();
    }

    private StepResult call(ByteBuffer netIn, ByteBuffer out) throws TlsException {
        StepResult[] result = new StepResult[1];
        boolean reads = tls.isEstablished() && !tls.wantsOutput();
        Conversation.markedStep(() -> result[0] = reads ? tls.read(netIn, appOut) : tls.step(netIn, out));
        return result[0];
    }
}
