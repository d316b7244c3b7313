package dev.lockstep.server.ops;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.server.KeyserverProcess;
import dev.lockstep.server.Running;
import dev.lockstep.server.TestClients;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A key server is killed and started again under load: the log alone tells what happened, when, and what it cost. */
@Timeout(120)
@SuppressWarnings("try") // what ends before its block does is what is tested
@Tag("one-jdk")
class OutageLogTest {

    private static final int CLIENTS = 3;

    @TempDir
    Path directory;

    private final AtomicBoolean over = new AtomicBoolean();
    private final AtomicInteger succeeded = new AtomicInteger();
    private final AtomicInteger failed = new AtomicInteger();

    private KeyserverProcess keyServer() throws IOException {
        return KeyserverProcess.start(
                directory,
                "--socket",
                directory.resolve("ks.sock").toString(),
                "--demo-keys",
                directory.toString(),
                "--demo-key-files",
                "--rate",
                "0");
    }

    private void load(SSLContext context, int port) {
        while (!over.get()) {
            try (SSLSocket client = TestClients.client(context, port)) {
                client.startHandshake();
                succeeded.incrementAndGet();
            } catch (IOException e) {
                failed.incrementAndGet();
            }
        }
    }

    private static void await(AtomicInteger count, int more) {
        int target = count.get() + more;
        long begin = System.nanoTime();
        while (count.get() < target) {
            if (System.nanoTime() - begin > TimeUnit.SECONDS.toNanos(60)) {
                throw new AssertionError("the load does not get on: " + count + " of " + target);
            }
            Thread.onSpinWait();
        }
    }

    @Test
    void theLogAloneTellsOfAnOutageOfTheKeyServer() throws Exception {
        String[] options = {
            "serve",
            "--port",
            "0",
            "--cert",
            directory.resolve("ec.pem").toString(),
            "--key",
            "keyserver:" + directory.resolve("ks.sock"),
            "--log-format",
            "json",
            "--threads",
            "2",
            "--no-tickets",
            "--session-cache",
            "0"
        };
        String log;
        Instant killed;
        Instant back;
        KeyserverProcess first = keyServer();
        try (Running server = Running.start(options)) {
            server.awaitError("\"event\":\"key-server-up\"");
            SSLContext context = TestClients.trusting(authority());
            List<CompletableFuture<Void>> clients = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                clients.add(CompletableFuture.runAsync(
                        () -> load(context, server.port()), task -> new Thread(task, "client").start()));
            }
            await(succeeded, 20);
            killed = Instant.now();
            first.kill();
            await(failed, 50);
            try (KeyserverProcess second = keyServer()) {
                server.awaitError("failedHandshakes"); // of the last loop: the others may have signed before
                back = Instant.now();
                await(succeeded, 20);
                over.set(true);
                CompletableFuture.allOf(clients.toArray(CompletableFuture[]::new))
                        .get(60, TimeUnit.SECONDS);
                assertThat(second.pid()).isPositive();
                server.close();
            }
            log = server.err();
        } finally {
            first.close();
        }
        List<String> lines = log.lines().toList();
        assertThat(lines).allMatch(line -> line.startsWith("{\"time\":\"") && line.endsWith("}"));
        String down = only(lines, "key-server-down");
        String up = lines.stream()
                .filter(line -> line.contains("\"event\":\"key-server-up\"") && line.contains("afterMillis"))
                .findFirst()
                .orElseThrow();
        assertThat(time(down)).isBetween(killed.minusMillis(5), killed.plusSeconds(20));
        assertThat(time(up)).isBetween(time(down), back.plusMillis(5));
        long told = number(up, "failedHandshakes");
        assertThat(number(up, "afterMillis"))
                .isCloseTo(
                        Duration.between(time(down), time(up)).toMillis(), org.assertj.core.data.Offset.offset(200L));

        long written = lines.stream()
                .filter(line -> line.contains("\"event\":\"handshake-failed\""))
                .count();
        long left = lines.stream()
                .filter(line ->
                        line.contains("\"event\":\"suppressed\"") && line.contains("\"of\":\"handshake-failed\""))
                .mapToLong(line -> number(line, "count"))
                .sum();
        assertThat(written + left).isEqualTo(failed.get());
        assertThat(told).isEqualTo(failed.get());
        assertThat(lines)
                .anyMatch(line -> line.contains("\"event\":\"handshake-failed\"")
                        && line.contains("\"cause\":\"key\"")
                        && line.contains("\"peer\":\"127.0.0.1:"));
        // Once as a rule. On a busy machine a loop may fetch the key server's last answer after the other's first
        // failure.
        List<String> failing = all(lines, "key-failing");
        List<String> working = all(lines, "key-working");
        assertThat(failing).isNotEmpty().allMatch(line -> line.contains("no connection to the key server at"));
        assertThat(working).hasSameSizeAs(failing).allMatch(line -> number(line, "failedSignatures") > 0);
        System.out.println(down + "\n" + up + "\n" + written + " lines and " + left + " left out");
    }

    private X509Certificate authority() throws Exception {
        try (var in = Files.newInputStream(directory.resolve("ca.pem"))) {
            return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
        }
    }

    private static List<String> all(List<String> lines, String event) {
        return lines.stream()
                .filter(line -> line.contains("\"event\":\"" + event + "\""))
                .toList();
    }

    private static String only(List<String> lines, String event) {
        List<String> found = all(lines, event);
        assertThat(found).hasSize(1);
        return found.get(0);
    }

    private static Instant time(String line) {
        Matcher time = Pattern.compile("\"time\":\"([^\"]+)\"").matcher(line);
        assertThat(time.find()).isTrue();
        return Instant.parse(time.group(1));
    }

    private static long number(String line, String field) {
        Matcher number = Pattern.compile("\"" + field + "\":(\\d+)").matcher(line);
        assertThat(number.find()).as(line).isTrue();
        return Long.parseLong(number.group(1));
    }
}
