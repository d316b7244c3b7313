package dev.lockstep.server.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.keys.BlockingKey;
import dev.lockstep.server.InProcessKeyServer;
import dev.lockstep.server.Running;
import dev.lockstep.server.Spawned;
import dev.lockstep.server.TestClients;
import dev.lockstep.server.TestFiles;
import dev.lockstep.server.demo.ThrowawayCa;
import dev.lockstep.testkit.util.Needed;
import dev.lockstep.tls.key.DecryptRequest;
import dev.lockstep.tls.key.SignRequest;
import dev.lockstep.tls.spec.SignatureScheme;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyPair;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLSocket;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.hawkular.agent.prometheus.text.TextPrometheusMetricsProcessor;
import org.hawkular.agent.prometheus.types.Counter;
import org.hawkular.agent.prometheus.types.Histogram;
import org.hawkular.agent.prometheus.types.Metric;
import org.hawkular.agent.prometheus.types.MetricFamily;
import org.hawkular.agent.prometheus.walkers.CollectorPrometheusMetricsWalker;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a server tells of itself: to Prometheus, to a load balancer, to the Flight Recorder. */
@Timeout(60)
class AdminTest {

    private static final int DELAY_MILLIS = 150;

    @TempDir
    static Path directory;

    private static TestFiles files;

    @BeforeAll
    static void makeFiles() throws Exception {
        files = new TestFiles(directory);
    }

    private static Running serve(String... more) throws Exception {
        List<String> options = new ArrayList<>(
                List.of("serve", "--port", "0", "--cert", files.ecCert.toString(), "--key", files.ecKey.toString()));
        options.addAll(List.of("--admin", "0"));
        options.addAll(List.of(more));
        return Running.start(options.toArray(String[]::new));
    }

    /** A server whose key is in a key server, once both are connected. */
    private static Running serveWithKeyOf(InProcessKeyServer keyServer, Path certificate) throws Exception {
        String key = "keyserver:" + keyServer.socket;
        Running server = Running.start(
                "serve",
                "--port",
                "0",
                "--cert",
                certificate.toString(),
                "--key",
                key,
                "--threads",
                "1",
                "--admin",
                "0");
        server.awaitError("key-server-up");
        return server;
    }

    private static void request(int port) throws Exception {
        try (SSLSocket client = TestClients.client(TestClients.trusting(files.ca), port)) {
            client.getOutputStream().write("GET / HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            assertThat(client.getInputStream().readAllBytes()).isNotEmpty();
        }
    }

    private static MetricFamily family(List<MetricFamily> all, String name) {
        return all.stream()
                .filter(family -> family.getName().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + name));
    }

    @Test
    void metricsCanBeParsed() throws Exception {
        try (Running server = serve("--key-delay-ms", Integer.toString(DELAY_MILLIS), "--threads", "2")) {
            request(server.port());
            SSLSocket other = TestClients.client(TestClients.trusting(files.ca), server.port());
            other.setEnabledProtocols(new String[] {"TLSv1.3"});
            try (other) {
                other.startHandshake();
            } catch (IOException e) {
                // as it must end
            }
            server.awaitError("handshake-failed");

            AdminAnswer answer = AdminAnswer.of(server, "/metrics");
            assertThat(answer.type()).startsWith("text/plain; version=0.0.4");
            CollectorPrometheusMetricsWalker walker = new CollectorPrometheusMetricsWalker();
            new TextPrometheusMetricsProcessor(
                            new ByteArrayInputStream(answer.body().getBytes(StandardCharsets.UTF_8)), walker)
                    .walk();
            List<MetricFamily> all = walker.getAllMetricFamilies();
            List<Metric> handshakes = family(all, "lockstep_handshakes_total").getMetrics();
            assertThat(handshakes)
                    .extracting(metric -> metric.getLabels().get("outcome"))
                    .containsExactlyInAnyOrder("ok", "tls-1-3-only");
            Metric alert = family(all, "lockstep_alerts_total").getMetrics().get(0);
            assertThat(alert.getLabels())
                    .containsEntry("alert", "protocol_version")
                    .containsEntry("direction", "sent");
            assertThat(((Counter) alert).getValue()).isEqualTo(1);
            Histogram durations = (Histogram) family(all, "lockstep_key_operation_duration_seconds")
                    .getMetrics()
                    .get(0);
            assertThat(durations.getSampleCount()).isEqualTo(1);
            assertThat(durations.getSampleSum()).isGreaterThanOrEqualTo(DELAY_MILLIS / 1000.0);
            assertThat(((Counter) family(all, "lockstep_connections_accepted_total")
                                    .getMetrics()
                                    .get(0))
                            .getValue())
                    .isEqualTo(2);
        }
    }

    @Test
    void healthAndReadinessAreTold() throws Exception {
        try (Running server = serve()) {
            assertThat(AdminAnswer.of(server, "/healthz").status()).isEqualTo(200);
            assertThat(AdminAnswer.of(server, "/readyz").body()).isEqualTo("ready\n");
            assertThat(AdminAnswer.of(server, "/secrets").status()).isEqualTo(404);
        }
    }

    @Test
    void aServerWithoutItsKeysIsNotReady() throws Exception {
        Path nowhere = directory.resolve("nowhere.sock");
        try (Running server = Running.start(
                "serve",
                "--port",
                "0",
                "--cert",
                files.ecCert.toString(),
                "--key",
                "keyserver:" + nowhere,
                "--admin",
                "0")) {
            AdminAnswer answer = AdminAnswer.of(server, "/readyz");
            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.body()).isEqualTo("the keys are away\n");
            assertThat(AdminAnswer.of(server, "/healthz").status()).isEqualTo(200);
        }
    }

    /** A key that does its work until it is told to break. */
    private record Breakable(BlockingKey key, AtomicBoolean broken) implements BlockingKey {

        @Override
        public Set<SignatureScheme> signatureSchemes() {
            return key.signatureSchemes();
        }

        @Override
        public boolean canDecrypt() {
            return false;
        }

        @Override
        public byte[] sign(SignRequest request) throws Exception {
            if (broken.get()) {
                throw new IOException("the device is broken");
            }
            return key.sign(request);
        }

        @Override
        public byte[] decrypt(DecryptRequest request) throws Exception {
            return key.decrypt(request);
        }
    }

    /** A load balancer sends no clients to a server that is not ready, so that none of them shows it. */
    @Test
    void aKeyThatWorksAgainIsReadyWithoutAHandshake() throws Exception {
        AtomicBoolean broken = new AtomicBoolean();
        KeyPair pair = files.ca.ec();
        Path certificate = files.write("once.pem", ThrowawayCa.pem(files.ca.issueForLocalhost(pair)));
        InProcessKeyServer.Setup keys =
                InProcessKeyServer.serving(files.ec).signingOnly().with(pair, key -> new Breakable(key, broken));
        try (InProcessKeyServer keyServer = keys.start(directory);
                Running server = serveWithKeyOf(keyServer, certificate)) {
            broken.set(true);
            assertThatThrownBy(() -> request(server.port())).isInstanceOf(IOException.class);
            server.awaitError("key-failing");
            assertThat(AdminAnswer.of(server, "/readyz").status()).isEqualTo(503);
            broken.set(false);
            server.awaitError("key-working");
            assertThat(AdminAnswer.of(server, "/readyz").body()).isEqualTo("ready\n");
        }
    }

    @Test
    void aKeyThatFailedCountsNoLongerThanItIsServed() throws Exception {
        AtomicBoolean broken = new AtomicBoolean();
        KeyPair old = files.ca.ec();
        Path certificate = files.write("renewed.pem", ThrowawayCa.pem(files.ca.issueForLocalhost(old)));
        InProcessKeyServer.Setup keys =
                InProcessKeyServer.serving(files.ec).signingOnly().with(old, key -> new Breakable(key, broken));
        try (InProcessKeyServer keyServer = keys.start(directory);
                Running server = serveWithKeyOf(keyServer, certificate)) {
            assertThat(AdminAnswer.of(server, "/readyz").status()).isEqualTo(200);
            broken.set(true);
            assertThatThrownBy(() -> request(server.port())).isInstanceOf(IOException.class);
            server.awaitError("key-failing");
            assertThat(AdminAnswer.of(server, "/readyz").status()).isEqualTo(503);
            files.write("renewed.pem", ThrowawayCa.pem(files.ecCertificate));
            server.awaitError("reloaded");
            assertThat(AdminAnswer.of(server, "/readyz").body()).isEqualTo("ready\n");
        }
    }

    @Test
    void aRecordingHasASuspendedHandshakeWithItsWait() throws Exception {
        Path file = directory.resolve("recording.jfr");
        try (Recording recording = new Recording()) {
            recording.start();
            try (Running server = serve("--key-delay-ms", Integer.toString(DELAY_MILLIS), "--threads", "1")) {
                request(server.port());
            }
            recording.stop();
            recording.dump(file);
        }
        List<RecordedEvent> events = RecordingFile.readAllEvents(file);
        RecordedEvent handshake = only(events, "dev.lockstep.Handshake");
        RecordedEvent wait = only(events, "dev.lockstep.KeyWait");
        assertThat(handshake.getString("outcome")).isEqualTo("ok");
        assertThat(handshake.getInt("waits")).isEqualTo(1);
        assertThat(handshake.getDuration("waited").toMillis()).isGreaterThanOrEqualTo(DELAY_MILLIS - 20);
        assertThat(wait.getString("kind")).isEqualTo("SIGN");
        assertThat(wait.getLong("connection")).isEqualTo(handshake.getLong("connection"));
        // It begins when the loop tells of the wait, which on a busy machine is later than the wait itself.
        assertThat(wait.getDuration().toMillis()).isGreaterThanOrEqualTo(DELAY_MILLIS / 3);
        assertThat(only(events, "dev.lockstep.KeyOperation").getString("outcome"))
                .isEqualTo("DONE");

        String printed = print(file);
        assertThat(printed).containsPattern("dev\\.lockstep\\.KeyWait \\{[^}]*kind = \"SIGN\"");
        assertThat(millis(printed, "dev\\.lockstep\\.KeyWait \\{[^}]*duration"))
                .isGreaterThanOrEqualTo(DELAY_MILLIS / 3.0);
        assertThat(printed).containsPattern("dev\\.lockstep\\.Handshake \\{[^}]*waits = 1\\s");
        assertThat(millis(printed, "dev\\.lockstep\\.Handshake \\{[^}]*waited"))
                .isGreaterThanOrEqualTo(DELAY_MILLIS - 20);
    }

    /** What the JDK's own tool shows of a recording, as docs/guide/operating.md has an operator call it. */
    private static String print(Path recording) throws Exception {
        Path tool = Path.of(System.getProperty("java.home"), "bin", "jfr");
        Needed.programs("openjdk-17-jdk-headless", tool.toString());
        List<String> command = List.of(tool.toString(), "print", "--events", "dev.lockstep.*", recording.toString());
        try (Spawned program = Spawned.start(Map.of("LC_ALL", "C"), command)) {
            assertThat(program.exitCode()).as(program.printed()).isZero();
            return program.printed();
        }
    }

    private static double millis(String printed, String field) {
        Matcher duration = Pattern.compile(field + " = ([\\d.]+) (ms|s)\\s").matcher(printed);
        assertThat(duration.find()).as(printed).isTrue();
        return Double.parseDouble(duration.group(1)) * (duration.group(2).equals("s") ? 1000 : 1);
    }

    private static RecordedEvent only(List<RecordedEvent> events, String name) {
        return events.stream()
                .filter(event -> event.getEventType().getName().equals(name))
                .reduce((first, second) -> {
                    throw new AssertionError("two of " + name);
                })
                .orElseThrow(() -> new AssertionError("no " + name));
    }
}
