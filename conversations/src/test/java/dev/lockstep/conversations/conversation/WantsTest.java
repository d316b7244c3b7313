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
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What a connection says that it wants is true in every state of every handshake: a driver that trusts it alone, and
 * reads its socket one record at a time, is never stuck and never asks in vain.
 */
class WantsTest {

    private static final int MAX_CALLS = 400;

    static Stream<Scene> scenes() {
        return Scene.all();
    }

    @ParameterizedTest
    @MethodSource("scenes")
    void aDriverThatTrustsItCompletesEveryHandshake(Scene scene) throws TlsException {
        Run run = new Run(scene, MAX_CALLS);
        run.goesThrough();
        assertThat(run.tls.isEstablished()).isTrue();
        assertThat(run.client.isFinished()).isTrue();
        assertThat(run.tls.wantsInput()).isTrue();
        assertThat(run.tls.wantsOutput()).isFalse();
        scene.assertDisciplined();
    }

    /** The transport ends behind every call of the handshake: stepping while the connection wants it finds the end. */
    @ParameterizedTest
    @MethodSource("plainScenes")
    void theEndOfTheInputIsReportedByStepsThatAreWanted(Scene.Form form) throws TlsException {
        boolean established = false;
        for (int calls = 1; !established; calls++) {
            Scene scene = Scene.of(Scene.SUITES.get(0), form, Scene.Speed.AFTER_ONE_RESUME);
            Run run = new Run(scene, calls);
            run.goesThrough();
            established = run.tls.isEstablished();
            run.endsInput();
            assertThat(run.tls.failure()).hasMessageContaining("without close_notify");
            assertThat(run.tls.wantsInput()).isFalse();
            assertThat(run.tls.wantsOutput()).isFalse();
            scene.assertDisciplined();
        }
    }

    static Stream<Scene.Form> plainScenes() {
        return Stream.of(Scene.Form.PLAIN, Scene.Form.CLIENT_AUTH_PACKED, Scene.Form.RESUMED_BY_ID);
    }

    /** One connection and its driver. */
    private static final class Run {

        private final ScriptedClient client;
        private final Scene scene;
        private final TlsServerConnection tls;
        private final int maxCalls;
        private final ByteBuffer netIn =
                ByteBuffer.allocate(TlsServerConnection.NETWORK_BUFFER_SIZE).flip();
        private final ByteBuffer netOut = ByteBuffer.allocate(TlsServerConnection.NETWORK_BUFFER_SIZE);
        private final ByteBuffer appOut = ByteBuffer.allocate(TlsServerConnection.APPLICATION_BUFFER_SIZE);
        private final Deque<byte[]> socket = new ArrayDeque<>();
        private int calls;

        Run(Scene scene, int maxCalls) {
            this.scene = scene;
            this.client = scene.client();
            this.tls = TlsServerConnection.create(scene.config(), waiting -> {});
            this.maxCalls = maxCalls;
        }

        void goesThrough() throws TlsException {
            for (ClientMessage[] flight : scene.flights()) {
                client.sends(flight);
                socket.addAll(client.takeRecords());
                while (calls < maxCalls && turn()) {
                    calls++;
                }
                assertThat(calls).as("calls: it is not stuck in a loop").isLessThan(MAX_CALLS);
                if (calls == maxCalls) {
                    return;
                }
                assertThat(socket).as("unread").isEmpty();
            }
        }

        /** Reads the socket if that is wanted, and makes one call; false when there is nothing to do but wait. */
        private boolean turn() throws TlsException {
            boolean wantsInput = tls.wantsInput();
            boolean wantsOutput = tls.wantsOutput();
            boolean waits = tls.suspension() != null;
            assertThat(wantsInput || wantsOutput).as("it wants something").isTrue();
            if (wantsOutput) {
                StepResult result = call(false);
                boolean moved = result == StepResult.PROGRESSED || netOut.position() > 0;
                assertThat(moved || result == StepResult.ASYNC_IN_PROGRESS)
                        .as("wanted to step, and it was %s", result)
                        .isTrue();
                deliver();
                return true;
            }
            if (!waits) {
                assertThat(call(false)).as("no input").isIn(StepResult.NEED_INPUT, StepResult.ESTABLISHED);
                assertThat(netOut.position()).as("output without a wish").isZero();
                if (socket.isEmpty()) {
                    return false;
                }
                netIn.compact().put(socket.remove()).flip();
            }
            call(tls.isEstablished());
            deliver();
            return true;
        }

        private StepResult call(boolean reads) throws TlsException {
            StepResult[] result = new StepResult[1];
            Conversation.markedStep(() -> result[0] = reads ? tls.read(netIn, appOut) : tls.step(netIn, netOut));
            return result[0];
        }

        private void deliver() {
            client.receives(Arrays.copyOf(netOut.array(), netOut.position()));
            netOut.clear();
        }

        /** The input has ended: what is wanted is called, and an established connection is read. */
        void endsInput() {
            tls.inputClosed();
            for (int more = 0; !tls.isClosed(); more++) {
                assertThat(more).as("calls after the end of the input").isLessThan(40);
                assertThat(tls.wantsInput()).isFalse();
                assertThat(tls.isEstablished() || tls.wantsOutput())
                        .as("a step is wanted")
                        .isTrue();
                try {
                    call(tls.isEstablished() && !tls.wantsOutput());
                    deliver();
                } catch (TlsException e) {
                    assertThat(tls.failure()).isSameAs(e);
                }
            }
        }
    }
}
