package dev.lockstep.servers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.keys.DelayedKey;
import dev.lockstep.keys.InMemoryKey;
import dev.lockstep.keys.WorkerPools;
import dev.lockstep.testkit.certificate.TestAuthority;
import dev.lockstep.testkit.util.Chromium;
import dev.lockstep.testkit.util.Needed;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.credential.Credential;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Chromium without a screen gets the page by HTTP/2 from servers with a slow key. */
@Timeout(60)
class ChromiumTest {

    private static final int LIMIT_SECONDS = 40;

    @TempDir
    Path directory;

    @ParameterizedTest
    @EnumSource(
            value = Way.class,
            names = {"NETTY_DEFERRED", "JETTY_PARK"})
    void getsThePageByHttp2(Way way) throws Exception {
        Needed.programs(
                "chromium-headless-shell libnss3-tools", "/usr/bin/chromium-headless-shell", "/usr/bin/certutil");
        TestAuthority authority = TestAuthority.root("Servers test", Instant.now());
        KeyPair pair = TestAuthority.keyPair("EC", "secp256r1");
        Path trust = Files.writeString(
                directory.resolve("ca.pem"),
                "-----BEGIN CERTIFICATE-----\n"
                        + Base64.getMimeEncoder()
                                .encodeToString(authority.certificate().getEncoded())
                        + "\n-----END CERTIFICATE-----\n");
        Path database = Files.createDirectories(directory.resolve(".pki").resolve("nssdb"));
        run(List.of("certutil", "-N", "-d", "sql:" + database, "--empty-password"));
        run(List.of("certutil", "-A", "-d", "sql:" + database, "-n", "test", "-t", "C,,", "-i", trust.toString()));
        ScheduledExecutorService scheduler = WorkerPools.scheduler(1);
        DelayedKey key =
                DelayedKey.of(InMemoryKey.of(pair.getPrivate(), new SecureRandom()), Duration.ofMillis(50), scheduler);
        TlsServerConfig config = TlsServerConfig.builder()
                .credential(Credential.external(List.of(authority.server(pair.getPublic(), "localhost")), key))
                .applicationProtocols(List.of("h2", "http/1.1"))
                .build();
        Path log = directory.resolve("net.json");
        try (RunningServer server = way.start(config, directory)) {
            String document = run(Chromium.command(
                    directory.resolve("profile"),
                    "--log-net-log=" + log,
                    "--dump-dom",
                    "https://localhost:" + server.port() + "/"));
            assertThat(document).contains(RunningServer.PAGE.strip());
        } finally {
            scheduler.shutdownNow();
        }
        assertThat(Files.readString(log))
                .contains("\"version\":\"TLS 1.2\"")
                .contains("\"next_proto\":\"h2\"")
                .doesNotContain("\"next_proto\":\"http/1.1\"");
    }

    /** Runs a program at home in the directory of the test, and returns what it printed. */
    private String run(List<String> command) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("HOME", directory.toString());
        Process process = builder.start();
        process.getOutputStream().close();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            assertThat(process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).as(printed).isZero();
            return printed;
        } finally {
            process.destroyForcibly();
        }
    }
}
