package dev.lockstep.servers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.keys.DelayedKey;
import dev.lockstep.keys.InMemoryKey;
import dev.lockstep.keys.WorkerPools;
import dev.lockstep.testkit.certificate.TestAuthority;
import dev.lockstep.testkit.util.Needed;
import dev.lockstep.tls.config.ClientAuthentication;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.config.TlsServerConfigBuilder;
import dev.lockstep.tls.credential.Credential;
import dev.lockstep.tls.peer.PkixVerifier;
import dev.lockstep.tls.session.MemorySessionStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** curl, with OpenSSL, as the client of servers with a slow key: HTTP/2 by ALPN, and client certificates. */
@Timeout(60)
class CurlTest {

    @TempDir
    Path directory;

    private final ScheduledExecutorService scheduler = WorkerPools.scheduler(1);
    private final KeyPair keys = TestAuthority.keyPair("EC", "secp256r1");
    private final TestAuthority authority = TestAuthority.root("Servers test", Instant.now());
    private Path trust;

    @BeforeEach
    void needsCurl() throws Exception {
        Needed.programs("curl", "/usr/bin/curl");
        trust = pem("ca.pem", "CERTIFICATE", authority.certificate().getEncoded());
    }

    @AfterEach
    void stop() {
        scheduler.shutdownNow();
    }

    private TlsServerConfigBuilder builder() {
        DelayedKey key =
                DelayedKey.of(InMemoryKey.of(keys.getPrivate(), new SecureRandom()), Duration.ofMillis(50), scheduler);
        return TlsServerConfig.builder()
                .credential(Credential.external(List.of(authority.server(keys.getPublic(), "localhost")), key))
                .applicationProtocols(List.of("h2", "http/1.1"));
    }

    @ParameterizedTest
    @CsvSource({
        "NETTY_DEFERRED, --http2, 2",
        "NETTY_DEFERRED, --http1.1, 1.1",
        "NETTY_DEFERRED, --no-alpn, 1.1",
        "JETTY_PARK, --http2, 2",
        "JETTY_PARK, --http1.1, 1.1",
        "JETTY_PARK, --no-alpn, 1.1",
        "JETTY_TASK, --http2, 2",
        "UNDERTOW_TASK, --http2, 2",
        "UNDERTOW_TASK, --no-alpn, 1.1",
        "VERTX_DEFERRED, --http2, 2",
        "VERTX_DEFERRED, --http1.1, 1.1",
        "VERTX_DEFERRED, --no-alpn, 1.1"
    })
    void theProtocolIsTheOneThatTheServerChose(Way way, String option, String version) throws Exception {
        TlsServerConfig config = builder()
                .sessionStore(new MemorySessionStore(100, Duration.ofMinutes(1)))
                .build();
        try (RunningServer server = way.start(config, directory)) {
            assertThat(curl(server, 2, option)).isEqualTo((RunningServer.PAGE + version + "\n").repeat(2));
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Way.class,
            names = {
                "NETTY_HANDLER",
                "NETTY_DEFERRED",
                "JETTY_PARK",
                "TOMCAT_TASK",
                "JDK_TASK",
                "UNDERTOW_TASK",
                "VERTX_DEFERRED"
            })
    void clientsShowTheirCertificates(Way way) throws Exception {
        KeyPair clientKeys = TestAuthority.keyPair("EC", "secp256r1");
        Path certificate = pem(
                "client.pem",
                "CERTIFICATE",
                authority.client(clientKeys.getPublic(), "a client").getEncoded());
        Path key = pem("client.key", "PRIVATE KEY", clientKeys.getPrivate().getEncoded());
        TlsServerConfig config = builder()
                .applicationProtocols(List.of())
                .clientAuthentication(
                        ClientAuthentication.required(PkixVerifier.trusting(List.of(authority.certificate()))))
                .build();
        try (RunningServer server = way.start(config, directory)) {
            assertThat(curl(server, 1, "--http1.1", "--cert", certificate.toString(), "--key", key.toString()))
                    .isEqualTo(RunningServer.PAGE + "1.1\n");
            assertThat(curl(server, 1)).doesNotContain(RunningServer.PAGE);
        }
    }

    private Path pem(String file, String type, byte[] content) throws IOException {
        String base64 = Base64.getMimeEncoder().encodeToString(content);
        return Files.writeString(
                directory.resolve(file), "-----BEGIN " + type + "-----\n" + base64 + "\n-----END " + type + "-----\n");
    }

    /** Gets the page so many times over one connection; after each comes the version of HTTP. */
    private String curl(RunningServer server, int times, String... options) throws IOException, InterruptedException {
        List<String> command =
                new ArrayList<>(List.of("curl", "--disable", "--silent", "--show-error", "--noproxy", "*"));
        command.addAll(List.of("--cacert", trust.toString(), "--write-out", "%{http_version}\\n"));
        command.addAll(List.of("--resolve", "localhost:" + server.port() + ":127.0.0.1"));
        command.addAll(List.of(options));
        for (int i = 0; i < times; i++) {
            command.add("https://localhost:" + server.port() + "/");
        }
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        return printed;
    }
}
