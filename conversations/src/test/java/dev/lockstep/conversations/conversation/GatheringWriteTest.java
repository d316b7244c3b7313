package dev.lockstep.conversations.conversation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.lockstep.testkit.Conversation;
import dev.lockstep.testkit.Forms;
import dev.lockstep.testkit.TestServers;
import dev.lockstep.testkit.answer.KeyScript;
import dev.lockstep.testkit.answer.RecordingKey;
import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.testkit.client.ClientMessages;
import dev.lockstep.testkit.client.ClientOptions;
import dev.lockstep.testkit.client.ScriptedClient;
import dev.lockstep.tls.StepResult;
import dev.lockstep.tls.TlsException;
import dev.lockstep.tls.TlsServerConnection;
import dev.lockstep.tls.config.RenegotiationPolicy;
import dev.lockstep.tls.config.TlsServerConfig;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Data that is handed over in pieces does not leave in pieces. */
class GatheringWriteTest {

    private static final int RECORD = 1 << 14;

    private final ByteBuffer out = ByteBuffer.allocate(4 * TlsServerConnection.NETWORK_BUFFER_SIZE);
    private TlsServerConnection tls;
    private ScriptedClient client;

    @BeforeEach
    void connect() {
        connect(TestServers.config(TestServers.local(TestIdentity.P256)));
    }

    private void connect(TlsServerConfig config) {
        Conversation conversation =
                Conversation.of(config, ClientOptions.defaults(), Forms.PLAIN).completes();
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

    /** The end of a large source shares a record with what follows. */
    @Test
    void theTailOfALargeSourceIsNotARecordOfItsOwn() throws TlsException {
        ByteBuffer[] sources = {
            ByteBuffer.allocate(RECORD + 1),
            ByteBuffer.allocate(RECORD - 1),
            ByteBuffer.allocate(0),
            ByteBuffer.allocate(5)
        };
        assertThat(tls.write(sources, out)).isEqualTo(StepResult.ESTABLISHED);
        assertThat(records()).isEqualTo(3);
        assertThat(client.takeReceived()).hasSize(2 * RECORD + 5);
    }

    /** What needs little room gets by with little, as from a single source. */
    @Test
    void smallSourcesNeedOnlyTheRoomOfTheirRecord() throws TlsException {
        int overhead = 5 + 8 + 16; // header, explicit nonce and tag of AES-GCM
        ByteBuffer[] sources = {ByteBuffer.allocate(3), ByteBuffer.allocate(4)};
        out.limit(overhead + 6);
        assertThat(tls.write(sources, out)).isEqualTo(StepResult.NEED_OUTPUT);
        assertThat(out.position()).isZero();
        assertThat(sources[0].position() + sources[1].position()).isZero();
        out.limit(overhead + 7);
        assertThat(tls.write(sources, out)).isEqualTo(StepResult.ESTABLISHED);
        assertThat(records()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {64, 700, 1000, RECORD})
    void noRecordIsLongerThanTheConfigurationAllows(int limit) throws TlsException {
        connect(TestServers.builder(TestServers.local(TestIdentity.P256))
                .maxSentRecord(limit)
                .build());
        ByteBuffer[] sources = {ByteBuffer.allocate(10), ByteBuffer.allocate(2500), ByteBuffer.allocate(7)};
        ByteBuffer large = ByteBuffer.allocate(200_000);
        assertThat(tls.write(sources, large)).isEqualTo(StepResult.ESTABLISHED);
        int before = client.recordLengths(true).size();
        client.receives(Arrays.copyOf(large.array(), large.position()));
        List<Integer> lengths = client.recordLengths(true);
        assertThat(lengths.subList(before, lengths.size()))
                .hasSize((2517 + limit - 1) / limit)
                .allMatch(length -> length <= limit);
        assertThat(client.takeReceived()).hasSize(2517);
    }

    /** Misuse leaves the connection as it was: a callback that writes is refused, and the write around it continues. */
    @Test
    void aWriteFromWithinACallbackOfAWriteDisturbsNothing() throws TlsException {
        RecordingKey key = new RecordingKey(TestIdentity.P256)
                .signs(KeyScript.inProgress(1).onResume(this::refusesToBeCalled))
                .then(KeyScript.ready());
        connect(TestServers.builder(key.credential())
                .renegotiation(RenegotiationPolicy.ALLOWED.withMinInterval(Duration.ZERO))
                .build());
        client.sends(ClientMessages.renegotiatingClientHello());
        ByteBuffer hello = ByteBuffer.wrap(client.takeRecords().get(0));
        Conversation.markedStep(
                () -> assertThat(tls.read(hello, ByteBuffer.allocate(0))).isEqualTo(StepResult.ASYNC_IN_PROGRESS));
        ByteBuffer data = ByteBuffer.wrap(new byte[] {1, 2, 3});
        while (data.hasRemaining()) {
            Conversation.markedStep(() -> tls.write(data, out));
        }
        assertThat(refusals).isPositive();
        client.receives(Arrays.copyOf(out.array(), out.position()));
        assertThat(client.takeReceived()).containsExactly(1, 2, 3);
    }

    private int refusals;

    private void refusesToBeCalled() {
        assertThatIllegalStateException().isThrownBy(() -> tls.write(ByteBuffer.allocate(1), out));
        refusals++;
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
            sources[i] = form(random.nextInt(3), data, at, length);
            at += length;
        }
        return sources;
    }

    private static ByteBuffer form(int form, byte[] data, int at, int length) {
        ByteBuffer heap = ByteBuffer.wrap(data, at, length);
        return switch (form) {
            case 0 -> heap;
            case 1 -> heap.asReadOnlyBuffer();
            default -> ByteBuffer.allocateDirect(length).put(heap).flip();
        };
    }
}
