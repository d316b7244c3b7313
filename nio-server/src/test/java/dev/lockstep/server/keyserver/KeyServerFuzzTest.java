package dev.lockstep.server.keyserver;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.lockstep.keys.keyserver.protocol.Frame;
import dev.lockstep.keys.keyserver.protocol.KeyId;
import dev.lockstep.keys.keyserver.protocol.KeyOffer;
import dev.lockstep.keys.keyserver.protocol.Message;
import dev.lockstep.server.InProcessKeyServer;
import dev.lockstep.server.RawClient;
import dev.lockstep.server.TestFiles;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.KeyPair;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Malformed, oversized, truncated and out-of-order frames end their own connection, and nothing else. */
@Timeout(120)
class KeyServerFuzzTest {

    private static final int CONNECTIONS = 1_000;

    @TempDir
    Path directory;

    private final Random random = new Random(20_260_303);

    private byte[] bytes(int atMost) {
        byte[] bytes = new byte[1 + random.nextInt(atMost)];
        random.nextBytes(bytes);
        return bytes;
    }

    private Message message(KeyId known) {
        KeyId key = random.nextBoolean() ? known : KeyId.ofEncoded(bytes(8));
        int millis = random.nextInt(3) == 0 ? 0 : random.nextInt(1_000);
        return switch (random.nextInt(10)) {
            case 0 -> new Message.Hello(1, 1 + random.nextInt(5));
            case 1 -> new Message.Sign(key, millis, random.nextInt(0x10000), bytes(100));
            case 2 -> new Message.Sign(key, millis, 0x0403, bytes(300));
            case 3 -> new Message.Decrypt(key, millis, bytes(600));
            case 4 -> new Message.Cancel();
            case 5 -> new Message.ListKeys();
            case 6 -> new Message.Ping();
            case 7 -> new Message.Result(bytes(20)); // not a client's
            default ->
                new Message.Sign(key, millis, 0x0403, KeyServerConversationTest.serverKeyExchange(random.nextInt()));
        };
    }

    private ByteBuffer nonsense(KeyId known) {
        Message message = message(known);
        ByteBuffer frame = ByteBuffer.allocate(Frame.MAX_BYTES);
        new Frame(message instanceof Message.Hello ? 0 : random.nextInt(6), message).encode(frame);
        frame.flip();
        switch (random.nextInt(8)) {
            case 0 -> frame.put(random.nextInt(frame.limit()), (byte) random.nextInt()); // a flipped byte
            case 1 -> frame.limit(random.nextInt(frame.limit())); // truncated
            case 2 -> frame.putInt(0, random.nextInt()); // oversized, most likely
            case 3 -> {
                return ByteBuffer.wrap(bytes(20_000));
            }
            default -> {
                // well-formed, and perhaps out of order
            }
        }
        return frame;
    }

    @Test
    void whateverAClientSaysOthersAreServedAndNothingIsLeftOfIt() throws Exception {
        KeyPair ec = TestFiles.keys("EC", "secp256r1");
        KeyId key = KeyId.of(ec.getPublic());
        ThreadMXBean memory = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        try (InProcessKeyServer server = InProcessKeyServer.serving(ec).start(directory);
                RawClient neighbour = RawClient.greeted(server.socket)) {
            long before = memory.getThreadAllocatedBytes(server.threadId());
            for (int i = 0; i < CONNECTIONS; i++) {
                try (RawClient client =
                        random.nextInt(4) == 0 ? RawClient.connect(server.socket) : RawClient.greeted(server.socket)) {
                    for (int k = random.nextInt(8); k >= 0; k--) {
                        client.send(nonsense(key));
                    }
                    client.shutdownOutput();
                    Frame answer = client.nextOrEnd();
                    while (answer != null) {
                        answer = client.nextOrEnd(); // each a well-formed frame; the end comes always
                    }
                } catch (IOException e) {
                    // the key server had enough before we had said all
                }
                if (i % 20 == 0) {
                    neighbour.send(i, new Message.Ping()).answer(i);
                }
            }
            neighbour.send(9, new Message.ListKeys());
            assertThat(neighbour.answer(9)).isEqualTo(new Message.Keys(List.of(new KeyOffer(key, true, false))));
            server.awaitIdle();
            assertThat(server.runs()).isTrue();
            // Lengths of up to two gigabytes were announced; the work itself is done on the loop's thread here.
            long allocated = memory.getThreadAllocatedBytes(server.threadId()) - before;
            assertThat(allocated / CONNECTIONS).as("bytes per connection").isLessThan(4_000_000);
        }
    }
}
