package dev.lockstep.jsse;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.testkit.JdkClient;
import dev.lockstep.testkit.TestServers;
import dev.lockstep.testkit.answer.KeyScript;
import dev.lockstep.testkit.answer.RecordingKey;
import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.testkit.util.SeededRandom;
import dev.lockstep.tls.TlsServerConnection;
import dev.lockstep.tls.config.RenegotiationPolicy;
import dev.lockstep.tls.config.TlsServerConfig;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Whatever the order of wraps, unwraps, tasks and wake-ups, and whatever the sizes of the buffers: the conversation is the same,
 * and never stands still while there is something to do.
 */
@Timeout(600)
class EnginePropertyTest {

    private static final int SEEDS = Integer.getInteger("jsse.seeds", 100);

    /** Calls without progress that one conversation may make: a server that only does what it is told makes none. */
    private static final int SPINS = 3;

    @ParameterizedTest
    @EnumSource(Waiting.class)
    void everyInterleavingComesToTheSameEnd(Waiting way) throws Exception {
        for (int seed = 0; seed < SEEDS; seed++) {
            new Interleaving(seed, way).run();
        }
    }

    /** One conversation in which everything that may vary does. */
    private static final class Interleaving {

        private final Random random;
        private final int seed;
        private final String label;
        private final boolean decrypts;
        private final RecordingKey key;
        private final LockstepEngine engine;
        private final JdkClient client;
        private final ByteBuffer in = ByteBuffer.allocate(1 << 20).flip();
        private final ByteArrayOutputStream received = new ByteArrayOutputStream();
        private final byte[] toServer;
        private final byte[] toClient;
        private final ByteBuffer sending;
        private final ByteArrayOutputStream atClient = new ByteArrayOutputStream();
        private final int handshakes;
        private int finished;
        private boolean clientHasSent;
        private boolean renegotiated;
        private int idle;

        private static final SSLContext CLIENTS = Engines.clients();

        Interleaving(int seed, Waiting way) throws Exception {
            random = new Random(seed);
            label = way + ", seed " + seed;
            decrypts = random.nextInt(4) == 0;
            handshakes = 1 + random.nextInt(2);
            TestIdentity identity = decrypts ? TestIdentity.RSA_2048 : TestIdentity.P256;
            key = new RecordingKey(identity).withoutConnection().answers(script());
            String suite = decrypts ? Engines.STATIC_RSA : random.nextBoolean() ? Engines.ECDSA : Engines.CBC;
            this.seed = seed;
            TlsServerConfig config = config(key);
            engine = LockstepContext.of(config, way).engine();
            client = new JdkClient(JdkClient.engine(CLIENTS, suite));
            toServer = bytes(random.nextInt(60_000));
            toClient = bytes(random.nextInt(60_000));
            sending = ByteBuffer.wrap(toClient);
        }

        private TlsServerConfig config(RecordingKey with) {
            return TestServers.builder(with.credential())
                    .random(new SeededRandom(seed))
                    .renegotiation(RenegotiationPolicy.ALLOWED.withMinInterval(Duration.ZERO))
                    .build();
        }

        private KeyScript script() {
            return switch (random.nextInt(4)) {
                case 0 -> KeyScript.ready();
                case 1 -> KeyScript.manual().wakesInsideStart();
                default -> KeyScript.manual();
            };
        }

        private byte[] bytes(int length) {
            byte[] bytes = new byte[length];
            random.nextBytes(bytes);
            return bytes;
        }

        void run() throws Exception {
            int turns = 0;
            while (!isOver()) {
                assertThat(turns++).as(label + ": turns").isLessThan(20_000);
                turn();
            }
            assertThat(finished).as(label).isEqualTo(handshakes);
            assertThat(received.toByteArray()).as(label).isEqualTo(toServer);
            assertThat(atClient.toByteArray()).as(label).isEqualTo(toClient);
            assertThat(idle).as(label + ": calls in vain").isLessThanOrEqualTo(SPINS);
            key.assertDisciplined();
            if (decrypts) { // the other exchange signs, with randomness of the JDK's
                byte[] replayed =
                        NativeReplay.of(config(new RecordingKey(TestIdentity.RSA_2048).withoutConnection()), flights);
                assertThat(NativeReplay.messages(sent.toByteArray()))
                        .as(label)
                        .hasSizeGreaterThan(500)
                        .isEqualTo(NativeReplay.messages(replayed));
            }
        }

        private boolean isOver() {
            return finished == handshakes && received.size() == toServer.length && atClient.size() == toClient.length;
        }

        /** What a server does next by the status, or something else that it may do at any time. */
        private void turn() throws Exception {
            if (client.isFinished() && !clientHasSent) {
                clientHasSent = true;
                client.sends(toServer);
            }
            if (clientHasSent && finished == 1 && handshakes == 2 && !renegotiated && random.nextInt(4) == 0) {
                renegotiated = true;
                client.renegotiates();
            }
            takeSomeInput();
            if (random.nextInt(8) == 0) {
                disturb();
            }
            HandshakeStatus status = engine.getHandshakeStatus();
            switch (status) {
                case NEED_TASK -> {
                    Runnable task = engine.getDelegatedTask();
                    assertThat(task).as(label + ": the task of NEED_TASK").isNotNull();
                    answerKey(); // or a task would block this thread
                    task.run();
                }
                case NEED_WRAP -> {
                    SSLEngineResult result = wrap(ByteBuffer.allocate(0));
                    boolean moved = result.bytesProduced() > 0 || engine.getHandshakeStatus() != status;
                    idle += moved || result.getStatus() == Status.BUFFER_OVERFLOW ? 0 : 1;
                }
                case NEED_UNWRAP -> {
                    SSLEngineResult result = unwrap();
                    boolean waits = result.getStatus() == Status.BUFFER_UNDERFLOW;
                    idle += waits || result.bytesConsumed() > 0 || engine.getHandshakeStatus() != status ? 0 : 1;
                    if (waits) {
                        answerKey();
                        takeAllInput();
                    }
                }
                default -> {
                    if (sending.hasRemaining() && random.nextBoolean()) {
                        wrap(sending);
                    } else {
                        unwrap();
                    }
                }
            }
        }

        /** Calls that are not due must change nothing. */
        private void disturb() throws Exception {
            switch (random.nextInt(5)) {
                case 0 -> unwrap();
                case 1 -> wrap(ByteBuffer.allocate(0));
                case 2 -> {
                    if (!key.operations().isEmpty()) {
                        key.last().wake(); // with or without an answer
                    }
                }
                case 3 -> answerKey();
                default -> engine.unwrap(ByteBuffer.allocate(0), ByteBuffer.allocate(0));
            }
        }

        private void answerKey() {
            if (!key.operations().isEmpty()) {
                key.last().complete();
            }
        }

        private SSLEngineResult wrap(ByteBuffer content) throws Exception {
            int room =
                    switch (random.nextInt(3)) {
                        case 0 -> random.nextInt(2000);
                        case 1 -> 17_408;
                        default -> TlsServerConnection.NETWORK_BUFFER_SIZE;
                    };
            ByteBuffer out = random.nextBoolean() ? ByteBuffer.allocate(room) : ByteBuffer.allocateDirect(room);
            ByteBuffer[] parts = split(content);
            SSLEngineResult result = engine.wrap(parts, out);
            int consumed = 0;
            for (ByteBuffer part : parts) {
                consumed += part.position();
            }
            content.position(content.position() + consumed);
            assertThat(result.bytesConsumed()).as(label).isEqualTo(consumed);
            assertThat(result.bytesProduced()).as(label).isEqualTo(out.position());
            note(result);
            byte[] bytes = new byte[out.flip().remaining()];
            out.get(bytes);
            sent.writeBytes(bytes);
            client.receives(bytes);
            atClient.writeBytes(client.takeReceived());
            assertThat(client.failure()).as(label).isNull();
            return result;
        }

        private ByteBuffer[] split(ByteBuffer content) {
            List<ByteBuffer> parts = new ArrayList<>();
            ByteBuffer rest = content.slice();
            while (rest.hasRemaining()) {
                int length = Math.min(rest.remaining(), 1 + random.nextInt(30_000));
                parts.add(rest.slice(rest.position(), length));
                rest.position(rest.position() + length);
            }
            return parts.toArray(new ByteBuffer[0]);
        }

        private SSLEngineResult unwrap() throws Exception {
            ByteBuffer[] destinations = new ByteBuffer[1 + random.nextInt(3)];
            for (int i = 0; i < destinations.length; i++) {
                destinations[i] = ByteBuffer.allocate(random.nextInt(4) == 0 ? random.nextInt(100) : 1 << 14);
            }
            int before = in.position();
            SSLEngineResult result = engine.unwrap(in, destinations);
            assertThat(result.bytesConsumed()).as(label).isEqualTo(in.position() - before);
            int produced = 0;
            for (ByteBuffer destination : destinations) {
                byte[] bytes = new byte[destination.flip().remaining()];
                destination.get(bytes);
                received.writeBytes(bytes);
                produced += bytes.length;
            }
            assertThat(result.bytesProduced()).as(label).isEqualTo(produced);
            note(result);
            return result;
        }

        private void note(SSLEngineResult result) {
            assertThat(result.getStatus()).as(label).isNotEqualTo(Status.CLOSED);
            if (result.getHandshakeStatus() == HandshakeStatus.FINISHED) {
                finished++;
            }
        }

        private final ByteArrayOutputStream sent = new ByteArrayOutputStream();
        private final List<byte[]> flights = new ArrayList<>();
        private final ArrayDeque<Byte> wire = new ArrayDeque<>();

        private void takeSomeInput() {
            takeRecords();
            move(random.nextInt(3) == 0 ? random.nextInt(50) : random.nextInt(20_000));
        }

        private void takeAllInput() {
            takeRecords();
            move(wire.size());
        }

        private void takeRecords() {
            for (byte[] record : client.takeRecords()) {
                if (finished == 0 && !clientHasSent) {
                    flights.add(record);
                }
                for (byte each : record) {
                    wire.add(each);
                }
            }
        }

        private void move(int most) {
            in.compact();
            for (int i = 0; i < most && !wire.isEmpty() && in.hasRemaining(); i++) {
                in.put(wire.remove());
            }
            in.flip();
        }
    }
}
