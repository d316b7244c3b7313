package dev.lockstep.conversations.suspend;

import static dev.lockstep.testkit.client.ClientMessages.clientHello;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.lockstep.testkit.Conversation;
import dev.lockstep.testkit.TestServers;
import dev.lockstep.testkit.answer.KeyScript;
import dev.lockstep.testkit.answer.RecordingKey;
import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.testkit.client.ClientOptions;
import dev.lockstep.testkit.client.ScriptedClient;
import dev.lockstep.tls.StepResult;
import dev.lockstep.tls.TlsException;
import dev.lockstep.tls.TlsServerConnection;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A wake handler that throws is the application's fault, and the thread that wakes belongs to the key. */
class FaultyWakeTest {

    private final AtomicInteger wakes = new AtomicInteger();
    private final ByteBuffer out = ByteBuffer.allocate(TlsServerConnection.NETWORK_BUFFER_SIZE);

    static Stream<Throwable> faults() {
        return Stream.of(
                new IllegalStateException("the selector is closed"),
                new NoClassDefFoundError("of the application"),
                new AssertionError("of the application"));
    }

    private Consumer<TlsServerConnection> throwing(Throwable fault) {
        return waiting -> {
            wakes.incrementAndGet();
            if (fault instanceof Error error) {
                throw error;
            }
            throw (RuntimeException) fault;
        };
    }

    @ParameterizedTest
    @MethodSource("faults")
    void aWakerReturnsAndTheNextWakeRunsTheHandlerAgain(Throwable fault) throws TlsException {
        RecordingKey key = new RecordingKey(TestIdentity.P256).signs(KeyScript.manual());
        TlsServerConnection tls = TlsServerConnection.create(TestServers.config(key.credential()), throwing(fault));
        assertThat(stepsToTheEnd(tls)).isEqualTo(StepResult.ASYNC_IN_PROGRESS);
        assertThatCode(() -> key.operation().waker().wake()).doesNotThrowAnyException();
        assertThatCode(() -> key.operation().complete()).doesNotThrowAnyException();
        assertThat(wakes).as("the handler ran for both").hasValue(2);
        assertThat(stepsToTheEnd(tls)).isEqualTo(StepResult.NEED_INPUT);
        assertThat(tls.failure()).isNull();
        key.assertDisciplined();
    }

    /** A key that wakes inside its start method has not failed because of that. */
    @ParameterizedTest
    @MethodSource("faults")
    void aWakeInsideStartDoesNotFailTheOperation(Throwable fault) throws TlsException {
        RecordingKey key =
                new RecordingKey(TestIdentity.P256).signs(KeyScript.manual().wakesInsideStart());
        TlsServerConnection tls = TlsServerConnection.create(TestServers.config(key.credential()), throwing(fault));
        StepResult result = stepsToTheEnd(tls);
        assertThat(wakes.get()).isPositive();
        assertThat(tls.failure()).isNull();
        assertThat(result).isIn(StepResult.ASYNC_IN_PROGRESS, StepResult.NEED_INPUT);
        assertThat(stepsToTheEnd(tls)).isEqualTo(StepResult.NEED_INPUT);
        key.assertDisciplined();
    }

    private final ByteBuffer in = ByteBuffer.wrap(new ScriptedClient(ClientOptions.defaults())
            .sends(clientHello())
            .takeRecords()
            .get(0));

    private StepResult stepsToTheEnd(TlsServerConnection tls) throws TlsException {
        StepResult[] result = {StepResult.PROGRESSED};
        while (result[0] == StepResult.PROGRESSED) {
            Conversation.markedStep(() -> result[0] = tls.step(in, out));
        }
        return result[0];
    }
}
