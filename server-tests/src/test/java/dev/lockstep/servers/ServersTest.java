package dev.lockstep.servers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.testkit.answer.KeyScript;
import dev.lockstep.testkit.answer.RecordedOperation;
import dev.lockstep.testkit.answer.RecordingKey;
import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.tls.config.TlsServerConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every server with a key that answers later: whether threads wait for it, and that clients are served in any case. */
@Timeout(120)
class ServersTest {

    private static final int CLIENTS = 24;

    @TempDir
    Path directory;

    private final RecordingKey key = new RecordingKey(TestIdentity.P256).withoutConnection();
    private final TlsServerConfig config = TlsServerConfig.builder()
            .credential(key.credential())
            .applicationProtocols(List.of("h2", "http/1.1"))
            .build();

    /** All operations are under way at the same time, on fewer threads than there are; or one thread waits for each. */
    @ParameterizedTest
    @MethodSource("dev.lockstep.servers.Way#onThisJdk")
    void everyClientIsServedAndAsManyOperationsAreUnderWayAsTheTableSays(Way way) throws Exception {
        AtomicInteger pending = new AtomicInteger();
        AtomicInteger mostPending = new AtomicInteger();
        key.signs(KeyScript.manual().onStart(() -> mostPending.accumulateAndGet(pending.incrementAndGet(), Math::max)));
        ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
        try (RunningServer server = way.start(config, directory)) {
            List<CompletableFuture<String>> pages = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                pages.add(CompletableFuture.supplyAsync(() -> page(server), clients));
            }
            List<RecordedOperation> waiting = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                RecordedOperation operation = key.takePending();
                if (way.boundsOperations()) {
                    pending.decrementAndGet();
                    operation.complete();
                } else {
                    waiting.add(operation);
                }
            }
            waiting.forEach(RecordedOperation::complete);
            for (CompletableFuture<String> page : pages) {
                assertThat(page.get(60, TimeUnit.SECONDS)).contains(RunningServer.PAGE);
            }
        } finally {
            clients.shutdownNow();
        }
        if (way.boundsOperations()) {
            assertThat(mostPending.get()).isLessThanOrEqualTo(way.mostPending());
        } else {
            assertThat(mostPending.get()).isEqualTo(CLIENTS);
        }
    }

    private static String page(RunningServer server) {
        try {
            return server.get(TestIdentity.CA.certificate());
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
