package dev.lockstep.server.ops;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.server.Running;
import dev.lockstep.server.TestClients;
import dev.lockstep.server.TestFiles;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The table of metrics in {@code docs/guide/operating.md} is what a server with a backend answers. */
@Timeout(60)
class MetricsPageTest {

    private static final Path PAGE = Path.of("../docs/guide/operating.md");
    private static final Pattern ROW = Pattern.compile("\\| `(lockstep_\\w+)` \\| (\\w+) \\| (.*?) ?\\| (.+) \\|");
    private static final Pattern FAMILY = Pattern.compile("# HELP (\\w+) (.+)\n# TYPE \\w+ (\\w+)");
    private static final Pattern SAMPLE = Pattern.compile("(?m)^(lockstep_\\w+)\\{(.*)} ");
    private static final Pattern LABEL = Pattern.compile("(\\w+)=\"");

    /** Nothing of this server has run out, and its files have not changed. */
    private static final Set<String> WITHOUT_SAMPLES = Set.of("lockstep_shortages_total", "lockstep_reloads_total");

    private record Family(String type, String meaning) {}

    @Test
    void thePageHasEveryMetricWithItsTypeItsLabelsAndWhatItSays(@TempDir Path directory) throws Exception {
        String page = Files.readString(PAGE);
        String answer = answerOfAServerWithABackend(new TestFiles(directory));

        Map<String, Family> documented = new TreeMap<>();
        Map<String, Set<String>> documentedLabels = new TreeMap<>();
        for (Matcher row = ROW.matcher(page); row.find(); ) {
            documented.put(row.group(1), new Family(row.group(2), row.group(4)));
            Set<String> labels = Pattern.compile("`(\\w+)`")
                    .matcher(row.group(3))
                    .results()
                    .map(label -> label.group(1))
                    .collect(Collectors.toCollection(TreeSet::new));
            if (!labels.isEmpty()) {
                documentedLabels.put(row.group(1), labels);
            }
        }
        Map<String, Family> answered = new TreeMap<>();
        for (Matcher family = FAMILY.matcher(answer); family.find(); ) {
            answered.put(family.group(1), new Family(family.group(3), family.group(2)));
        }
        assertThat(documented).isEqualTo(answered);

        documentedLabels.keySet().removeAll(WITHOUT_SAMPLES);
        assertThat(documentedLabels).isEqualTo(labels(answer));
    }

    private static Map<String, Set<String>> labels(String answer) {
        Map<String, Set<String>> labels = new TreeMap<>();
        for (Matcher sample = SAMPLE.matcher(answer); sample.find(); ) {
            String family = sample.group(1).replaceFirst("_bucket$|(?<=_seconds)_(sum|count)$", "");
            Set<String> names = labels.computeIfAbsent(family, name -> new TreeSet<>());
            LABEL.matcher(sample.group(2))
                    .results()
                    .map(label -> label.group(1))
                    .forEach(names::add);
            names.remove("le"); // of the format of a histogram
        }
        return labels;
    }

    /** After one client that was served, one whose backend was gone, and one that has no version in common with the server. */
    private static String answerOfAServerWithABackend(TestFiles files) throws Exception {
        ServerSocket backend = new ServerSocket(0, 0, InetAddress.getLoopbackAddress());
        try (backend;
                Running server = Running.start(
                        "serve",
                        "--port",
                        "0",
                        "--cert",
                        files.ecCert.toString(),
                        "--key",
                        files.ecKey.toString(),
                        "--key-delay-ms",
                        "20",
                        "--admin",
                        "0",
                        "--backend",
                        "127.0.0.1:" + backend.getLocalPort())) {
            try (SSLSocket client = TestClients.client(TestClients.trusting(files.ca), server.port())) {
                client.getOutputStream().write(1);
                backend.accept().getInputStream().read();
            }
            backend.close();
            try (SSLSocket client = TestClients.client(TestClients.trusting(files.ca), server.port())) {
                client.startHandshake();
                client.getInputStream().read();
            } catch (IOException e) {
                // the end of a connection without a backend
            }
            try (SSLSocket client = TestClients.client(TestClients.trusting(files.ca), server.port())) {
                client.setEnabledProtocols(new String[] {"TLSv1.3"});
                client.startHandshake();
            } catch (IOException e) {
                // as it must end
            }
            server.awaitError("tls-1-3-only");
            return AdminAnswer.of(server, "/metrics").body();
        }
    }
}
