package dev.lockstep.server.keyserver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.keys.keyserver.protocol.KeyId;
import dev.lockstep.keys.keyserver.protocol.Message;
import dev.lockstep.server.Gate;
import dev.lockstep.server.InProcessKeyServer;
import dev.lockstep.server.RawClient;
import dev.lockstep.server.TestFiles;
import java.nio.file.Path;
import java.security.KeyPair;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A token that has stopped answering holds the threads that wait for it. */
@Timeout(60)
class HungTokenTest {

    private static final int ECDSA = 0x0403;
    private static final int RSA = 0x0401;
    /** One each, so that answers come in the order of their requests. */
    private static final int THREADS = 1;

    @TempDir
    Path directory;

    private final Gate gate = new Gate();

    private static Message.Sign sign(KeyPair key, int scheme, int marker) {
        return new Message.Sign(
                KeyId.of(key.getPublic()), 0, scheme, KeyServerConversationTest.serverKeyExchange(marker));
    }

    @Test
    void theKeysOfTheProcessServeWhileTheTokenHangs() throws Exception {
        KeyPair inToken = TestFiles.keys("RSA", null);
        KeyPair inProcess = TestFiles.keys("EC", "secp256r1");
        ExecutorService workers = Executors.newFixedThreadPool(THREADS);
        ExecutorService tokenWorkers = Executors.newFixedThreadPool(THREADS);
        InProcessKeyServer.Setup setup = InProcessKeyServer.serving()
                .with(inToken, gate::before)
                .inToken()
                .with(inProcess, key -> key);
        setup.workers = workers;
        setup.tokenWorkers = tokenWorkers;
        gate.shut();
        try (InProcessKeyServer server = setup.start(directory);
                RawClient client = RawClient.greeted(server.socket)) {
            int hung = 3 * THREADS;
            for (int id = 1; id <= hung; id++) {
                client.send(id, sign(inToken, RSA, id));
            }
            for (int id = hung + 1; id <= hung + 10; id++) {
                client.send(id, sign(inProcess, ECDSA, id));
                assertThat(client.answer(id)).isInstanceOf(Message.Result.class);
            }
            assertThat(gate.waiting()).isPositive();
            gate.open();
            for (int id = 1; id <= hung; id++) {
                assertThat(client.answer(id)).isInstanceOf(Message.Result.class);
            }
            server.awaitIdle();
        } finally {
            gate.open();
            workers.shutdown();
            tokenWorkers.shutdown();
        }
    }
}
