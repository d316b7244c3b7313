package dev.lockstep.server.backend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.server.Running;
import dev.lockstep.server.TestClients;
import dev.lockstep.server.TestFiles;
import dev.lockstep.server.metrics.Metrics;
import dev.lockstep.server.ops.AdminAnswer;
import java.io.ByteArrayInputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.hawkular.agent.prometheus.text.TextPrometheusMetricsProcessor;
import org.hawkular.agent.prometheus.walkers.CollectorPrometheusMetricsWalker;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What {@code /metrics} tells of each backend. */
@Timeout(60)
class BackendMetricsTest {

    @TempDir
    private Path directory;

    private static String awaitMetric(Running server, String line) throws Exception {
        long begin = System.nanoTime();
        String text = AdminAnswer.of(server, "/metrics").body();
        while (!text.contains(line)) {
            assertThat(System.nanoTime() - begin).as(line + text).isLessThan(TimeUnit.SECONDS.toNanos(30));
            text = AdminAnswer.of(server, "/metrics").body();
        }
        return text;
    }

    @Test
    void connectionsFailuresAndBytesAreCountedByBackend() throws Exception {
        TestFiles files = new TestFiles(directory);
        RawBackend away = new RawBackend(channel -> {});
        String gone = away.address();
        away.close();
        try (RawBackend echo = new RawBackend(channel -> {
                    ByteBuffer buffer = ByteBuffer.allocate(5);
                    channel.read(buffer);
                    channel.write(buffer.flip());
                    channel.read(buffer.clear());
                });
                Running server = Running.start(
                        "serve",
                        "--port",
                        "0",
                        "--cert",
                        files.ecCert.toString(),
                        "--key",
                        files.ecKey.toString(),
                        "--admin",
                        "0",
                        "--backend",
                        echo.address(),
                        "--backend",
                        "gone.example=" + gone)) {
            String label = "{backend=\"" + echo.address() + "\"";
            SSLContext trusting = TestClients.trusting(files.ca);
            try (SSLSocket client = TestClients.client(trusting, server.port())) {
                client.getOutputStream().write(new byte[5]);
                assertThat(client.getInputStream().readNBytes(5)).hasSize(5);
                assertThat(AdminAnswer.of(server, "/metrics").body())
                        .contains(
                                "lockstep_backend_connections_total" + label + "} 1\n",
                                "lockstep_backend_connections" + label + "} 1\n",
                                "lockstep_backend_bytes_total" + label + ",direction=\"sent\"} 5\n",
                                "lockstep_backend_bytes_total" + label + ",direction=\"received\"} 5\n",
                                "lockstep_backend_failures_total" + label + ",kind=\"connect\"} 0\n",
                                "lockstep_backend_connections_total{backend=\"" + gone + "\"} 0\n");
            }
            try (SSLSocket client = TestClients.client(TestClients.trusting(files.ca), server.port())) {
                SSLParameters parameters = client.getSSLParameters();
                parameters.setServerNames(List.of(new SNIHostName("gone.example")));
                client.setSSLParameters(parameters);
                assertThat(client.getInputStream().read()).isEqualTo(-1);
            }
            server.awaitError(" backend-down: ");
            String text = awaitMetric(server, "lockstep_backend_connections" + label + "} 0\n");
            assertThat(text).contains("lockstep_backend_failures_total{backend=\"" + gone + "\",kind=\"connect\"} 1\n");
            CollectorPrometheusMetricsWalker walker = new CollectorPrometheusMetricsWalker();
            new TextPrometheusMetricsProcessor(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)), walker)
                    .walk();
            assertThat(walker.getAllMetricFamilies())
                    .filteredOn(family -> family.getName().equals("lockstep_backend_bytes_total"))
                    .singleElement()
                    .satisfies(family -> assertThat(family.getMetrics()).hasSize(4));
        }
    }

    @Test
    void thereIsABoundOfLabels() {
        Metrics metrics = new Metrics();
        BackendMetrics backends = new BackendMetrics(metrics);
        for (int i = 0; i < 3 * BackendMetrics.MOST_LABELS; i++) {
            backends.of("127.0.0.1:" + (i + 1)).connected();
        }
        List<String> lines = metrics.text()
                .lines()
                .filter(line -> line.startsWith("lockstep_backend_connections{"))
                .toList();
        assertThat(lines)
                .hasSize(BackendMetrics.MOST_LABELS + 1)
                .contains("lockstep_backend_connections{backend=\"" + BackendMetrics.OTHERS + "\"} "
                        + 2 * BackendMetrics.MOST_LABELS);
    }
}
