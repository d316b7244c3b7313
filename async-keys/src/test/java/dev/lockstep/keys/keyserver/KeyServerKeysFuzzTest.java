package dev.lockstep.keys.keyserver;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.lockstep.keys.Requests;
import dev.lockstep.keys.keyserver.protocol.Frame;
import dev.lockstep.keys.keyserver.protocol.Message;
import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.tls.wait.PendingOperation;
import dev.lockstep.tls.wait.Progress;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A key server gone mad does its client no harm: operations fail, the connection is made again, memory is bounded. */
@Timeout(120)
class KeyServerKeysFuzzTest {

    private static final int CONNECTIONS = 600;
    private static final int OPERATIONS = 8;

    @TempDir
    Path directory;

    private final Random random = new Random(20_260_302);

    private byte[] bytes(int atMost) {
        byte[] bytes = new byte[1 + random.nextInt(atMost)];
        random.nextBytes(bytes);
        return bytes;
    }

    private Message message() {
        return switch (random.nextInt(6)) {
            case 0 -> new Message.Result(bytes(300));
            case 1 -> new Message.Failed(Message.Failure.values()[random.nextInt(6)]);
            case 2 -> new Message.Keys(List.of());
            case 3 -> new Message.Pong();
            case 4 -> new Message.ListKeys();
            default -> new Message.Cancel();
        };
    }

    private ByteBuffer frame(long id, Message message) {
        ByteBuffer frame = ByteBuffer.allocate(Frame.MAX_BYTES);
        new Frame(id, message).encode(frame);
        return frame.flip();
    }

    /** Frames or what looks like them; {@code ids} are those that are open. */
    private ByteBuffer nonsense(List<Long> ids) {
        long id = random.nextInt(4) == 0 ? random.nextLong() : ids.get(random.nextInt(ids.size()));
        ByteBuffer frame = frame(id, message());
        switch (random.nextInt(5)) {
            case 0 -> frame.put(random.nextInt(frame.limit()), (byte) random.nextInt()); // a flipped byte
            case 1 -> frame.limit(random.nextInt(frame.limit())); // truncated
            case 2 -> frame.putInt(0, random.nextInt()); // oversized, most likely
            case 3 -> {
                return ByteBuffer.wrap(bytes(4_000));
            }
            default -> {
                // well-formed, and out of order or unasked for
            }
        }
        return frame;
    }

    @Test
    void whateverAKeyServerSaysEveryOperationEndsAndTheClientLivesOn() throws Exception {
        AtomicInteger wakes = new AtomicInteger();
        ThreadMXBean memory = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        int done = 0;
        try (FakeKeyServer fake = new FakeKeyServer(
                directory, true, options -> options.reconnect(Duration.ofNanos(1), Duration.ofNanos(1)))) {
            long before = memory.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < CONNECTIONS; i++) {
                if (random.nextInt(8) == 0) {
                    fake.accept();
                    fake.send(random.nextBoolean() ? ByteBuffer.wrap(bytes(100)) : nonsense(List.of(0L)));
                    fake.hangUp();
                    fake.await("loss", () -> !fake.client.isConnected());
                    continue;
                }
                fake.greet(1 + random.nextInt(100));
                wakes.set(0);
                List<PendingOperation<byte[]>> operations = new ArrayList<>();
                List<Long> ids = new ArrayList<>();
                int count = 1 + random.nextInt(OPERATIONS);
                for (int k = 0; k < count; k++) {
                    if (fake.client
                                    .key(TestIdentity.P256.certificate())
                                    .startSign(Requests.sign(), wakes::incrementAndGet)
                            instanceof dev.lockstep.tls.wait.Start.InProgress<byte[]> start) {
                        operations.add(start.operation());
                        ids.add(fake.next().id());
                    }
                }
                for (int k = random.nextInt(6); k >= 0; k--) {
                    try {
                        fake.send(nonsense(ids));
                    } catch (java.io.IOException e) {
                        break; // the client has had enough
                    }
                    fake.turn();
                }
                fake.hangUp();
                fake.await("wakes", () -> wakes.get() == operations.size());
                for (PendingOperation<byte[]> operation : operations) {
                    Progress<byte[]> progress = operation.resume();
                    assertThat(progress).isNotInstanceOf(Progress.InProgress.class);
                    done += progress instanceof Progress.Done<byte[]> ? 1 : 0;
                }
                fake.await("loss", () -> !fake.client.isConnected());
                assertThat(fake.client.openRequests()).isZero();
            }
            long allocated = memory.getCurrentThreadAllocatedBytes() - before;
            assertThat(allocated / CONNECTIONS).as("bytes per connection").isLessThan(2_000_000);
            fake.greet(10);
            assertThat(done).as("operations that got a result all the same").isPositive();
        }
    }
}
