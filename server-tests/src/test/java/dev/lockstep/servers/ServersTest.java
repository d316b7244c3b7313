package dev.lockstep.servers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.testkit.JdkClient;
import dev.lockstep.testkit.answer.KeyScript;
import dev.lockstep.testkit.answer.RecordedOperation;
import dev.lockstep.testkit.answer.RecordingKey;
import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.tls.config.TlsServerConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Every server with a key that answers later: whether threads wait for it, and that clients are served in any case. */
@Timeout(120)
class ServersTest {

    private static final int CLIENTS = 24;

    @TempDir
    Path directory;

    private final RecordingKey key = new RecordingKey(TestIdentity.P256).withoutConnection();
    private final TlsServerConfig config =
            TlsServerConfig.builder().credential(key.credential()).build();

    /** All handshakes wait at the same time, on fewer threads than there are handshakes; or one thread waits for each. */
    @ParameterizedTest
    @MethodSource("dev.lockstep.servers.Way#onThisJdk")
    void everyClientIsServedAndAsManyThreadsWaitAsTheTableSays(Way way) throws Exception {
        AtomicInteger pending = new AtomicInteger();
        AtomicInteger mostPending = new AtomicInteger();
        key.signs(KeyScript.manual().onStart(() -> mostPending.accumulateAndGet(pending.incrementAndGet(), Math::max)));
        ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
        SSLContext trusting = JdkClient.contextThatTrusts(TestIdentity.CA.certificate());
        try (RunningServer server = way.start(config, directory)) {
            List<CompletableFuture<String>> pages = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                pages.add(CompletableFuture.supplyAsync(() -> page(server, trusting), clients));
            }
            List<RecordedOperation> waiting = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                RecordedOperation operation = key.takePending();
                if (way.blocksThreads()) {
                    pending.decrementAndGet();
                    operation.complete();
                } else {
                    waiting.add(operation);
                }
            }
            waiting.forEach(RecordedOperation::complete);
            for (CompletableFuture<String> page : pages) {
                assertThat(page.get(60, TimeUnit.SECONDS))
                        .startsWith("HTTP/1.1 200")
                        .contains(RunningServer.PAGE);
            }
        } finally {
            clients.shutdownNow();
        }
        if (way.blocksThreads()) {
            assertThat(mostPending.get()).isLessThanOrEqualTo(way.mostPending());
        } else {
            assertThat(mostPending.get()).isEqualTo(CLIENTS);
        }
    }

    /** Where no thread waits, the end of a client's connection is seen during the wait. */
    @ParameterizedTest
    @EnumSource(
            value = Way.class,
            names = {"NETTY_HANDLER", "NETTY_DEFERRED", "JETTY_PARK"})
    void aClientThatLeavesCancelsTheOperation(Way way) throws Exception {
        key.signs(KeyScript.never());
        SSLContext trusting = JdkClient.contextThatTrusts(TestIdentity.CA.certificate());
        try (RunningServer server = way.start(config, directory)) {
            Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
            CompletableFuture<String> page = CompletableFuture.supplyAsync(() -> page(socket, trusting));
            RecordedOperation operation = key.takePending();
            socket.close();
            operation.awaitCancel();
            assertThat(page).failsWithin(30, TimeUnit.SECONDS);
        }
    }

    private static String page(RunningServer server, SSLContext trusting) {
        try {
            return page(new Socket(InetAddress.getLoopbackAddress(), server.port()), trusting);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static String page(Socket socket, SSLContext trusting) {
        try (SSLSocket client =
                (SSLSocket) trusting.getSocketFactory().createSocket(socket, "localhost", socket.getPort(), true)) {
            client.setSoTimeout(60_000);
            client.setEnabledProtocols(new String[] {"TLSv1.2"});
            client.getOutputStream()
                    .write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            StringBuilder answer = new StringBuilder();
            byte[] some = new byte[4096];
            while (answer.indexOf(RunningServer.PAGE) < 0) {
                int n = client.getInputStream().read(some);
                if (n < 0) {
                    break;
                }
                answer.append(new String(some, 0, n, StandardCharsets.US_ASCII));
            }
            return answer.toString();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
