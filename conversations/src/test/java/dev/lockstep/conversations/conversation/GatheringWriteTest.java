package dev.lockstep.conversations.conversation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.testkit.Conversation;
import dev.lockstep.testkit.Forms;
import dev.lockstep.testkit.TestServers;
import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.testkit.client.ClientOptions;
import dev.lockstep.testkit.client.ScriptedClient;
import dev.lockstep.tls.StepResult;
import dev.lockstep.tls.TlsException;
import dev.lockstep.tls.TlsServerConnection;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Data that is handed over in pieces does not leave in pieces. */
class GatheringWriteTest {

    private static final int RECORD = 1 << 14;

    private final ByteBuffer out = ByteBuffer.allocate(4 * TlsServerConnection.NETWORK_BUFFER_SIZE);
    private TlsServerConnection tls;
    private ScriptedClient client;

    @BeforeEach
    void connect() {
        Conversation conversation = Conversation.of(
                        TestServers.config(TestServers.local(TestIdentity.P256)), ClientOptions.defaults(), Forms.PLAIN)
                .completes();
        tls = conversation.server().connection();
        client = conversation.client();
        client.takeReceived();
    }

    private int records() {
        int before = client.recordsSeen().size();
        client.receives(Arrays.copyOf(out.array(), out.position()));
        out.clear();
        return client.recordsSeen().size() - before;
    }

    @Test
    void smallSourcesShareARecord() throws TlsException {
        ByteBuffer[] sources = {
            ByteBuffer.wrap(new byte[] {1}),
            ByteBuffer.allocate(0),
            ByteBuffer.wrap(new byte[] {2, 3}).asReadOnlyBuffer(),
            ByteBuffer.allocateDirect(2).put(new byte[] {4, 5}).flip()
        };
        assertThat(tls.write(sources, out)).isEqualTo(StepResult.ESTABLISHED);
        assertThat(sources).noneMatch(ByteBuffer::hasRemaining);
        assertThat(records()).isEqualTo(1);
        assertThat(client.takeReceived()).containsExactly(1, 2, 3, 4, 5);
    }

    @Test
    void aSmallSourceAndALargeOneFillRecords() throws TlsException {
        byte[] large = new byte[RECORD + 10];
        new Random(1).nextBytes(large);
        ByteBuffer[] sources = {ByteBuffer.wrap(new byte[] {9}), ByteBuffer.wrap(large)};
        assertThat(tls.write(sources, out)).isEqualTo(StepResult.ESTABLISHED);
        assertThat(records()).isEqualTo(2);
        byte[] received = client.takeReceived();
        assertThat(received).hasSize(1 + large.length);
        assertThat(Arrays.copyOfRange(received, 1, received.length)).isEqualTo(large);
    }

    @Test
    void nothingToWriteIsWritten() throws TlsException {
        assertThat(tls.write(new ByteBuffer[0], out)).isEqualTo(StepResult.ESTABLISHED);
        assertThat(tls.write(new ByteBuffer[] {ByteBuffer.allocate(0)}, out)).isEqualTo(StepResult.ESTABLISHED);
        assertThat(out.position()).isZero();
    }

    /** Whatever the split and the room: positions move by exactly what was sealed, and the bytes arrive in order. */
    @Test
    void theBytesArriveInOrderUnderEverySplit() throws TlsException {
        Random random = new Random(5246);
        for (int round = 0; round < 300; round++) {
            byte[] data = new byte[random.nextInt(3 * RECORD)];
            random.nextBytes(data);
            ByteBuffer[] sources = split(data, random);
            ByteArrayOutputStream received = new ByteArrayOutputStream();
            StepResult result = StepResult.NEED_OUTPUT;
            for (int calls = 0; result == StepResult.NEED_OUTPUT; calls++) {
                assertThat(calls).as("calls").isLessThan(200);
                out.clear().limit(600 + random.nextInt(out.capacity() - 600));
                result = tls.write(sources, out);
                client.receives(Arrays.copyOf(out.array(), out.position()));
                received.writeBytes(client.takeReceived());
                int consumed = data.length
                        - Arrays.stream(sources).mapToInt(ByteBuffer::remaining).sum();
                assertThat(received.size()).as("sealed is consumed").isEqualTo(consumed);
            }
            assertThat(result).isEqualTo(StepResult.ESTABLISHED);
            assertThat(received.toByteArray()).isEqualTo(data);
        }
    }

    private static ByteBuffer[] split(byte[] data, Random random) {
        int pieces = 1 + random.nextInt(8);
        ByteBuffer[] sources = new ByteBuffer[pieces];
        int at = 0;
        for (int i = 0; i < pieces; i++) {
            int length = i == pieces - 1 ? data.length - at : random.nextInt(data.length - at + 1);
            sources[i] = ByteBuffer.wrap(data, at, length);
            at += length;
        }
        return sources;
    }
}
