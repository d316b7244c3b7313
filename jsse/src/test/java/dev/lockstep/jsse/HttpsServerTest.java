package dev.lockstep.jsse;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.lockstep.keys.DelayedKey;
import dev.lockstep.keys.InMemoryKey;
import dev.lockstep.keys.WorkerPools;
import dev.lockstep.testkit.JdkClient;
import dev.lockstep.testkit.certificate.TestAuthority;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.credential.Credential;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The JDK's HttpsServer, as it is, with a key that takes its time. */
@Timeout(60)
class HttpsServerTest {

    private static final Duration DELAY = Duration.ofMillis(200);
    private static final int CLIENTS = 10;

    @Test
    void servesWithAKeyElsewhere() throws Exception {
        TestAuthority authority = TestAuthority.root("servers", Instant.now());
        KeyPair pair = TestAuthority.keyPair("EC", "secp256r1");
        ScheduledExecutorService scheduler = WorkerPools.scheduler(1);
        ExecutorService handlers = Executors.newCachedThreadPool();
        Credential credential = Credential.external(
                List.of(authority.server(pair.getPublic(), "localhost")),
                DelayedKey.of(InMemoryKey.of(pair.getPrivate(), new SecureRandom()), DELAY, scheduler));
        TlsServerConfig config =
                TlsServerConfig.builder().credential(credential).build();
        HttpsServer server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(LockstepContext.of(config)));
        server.setExecutor(handlers);
        server.createContext("/", exchange -> {
            byte[] body = exchange.getRequestURI().getPath().getBytes(java.nio.charset.StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        try {
            List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                // a client each, so that each makes a handshake
                HttpClient client = HttpClient.newBuilder()
                        .sslContext(JdkClient.contextThatTrusts(authority.certificate()))
                        .version(HttpClient.Version.HTTP_1_1)
                        .build();
                answers.add(client.sendAsync(
                        HttpRequest.newBuilder(URI.create("https://localhost:"
                                        + server.getAddress().getPort() + "/" + i))
                                .build(),
                        HttpResponse.BodyHandlers.ofString()));
            }
            for (int i = 0; i < CLIENTS; i++) {
                assertThat(answers.get(i).get().body()).isEqualTo("/" + i);
            }
        } finally {
            server.stop(0);
            handlers.shutdownNow();
            scheduler.shutdownNow();
        }
    }
}
