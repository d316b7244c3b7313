package dev.lockstep.jmh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.jmh.report.Figures;
import dev.lockstep.jmh.report.Figures.Sample;
import dev.lockstep.jmh.report.Reports;
import dev.lockstep.jmh.run.Measurement;
import dev.lockstep.jmh.run.Measurement.Table;
import dev.lockstep.jmh.run.Options;
import dev.lockstep.jmh.run.Plan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the tables say must be what was measured. */
class ReportTest {

    @Test
    void aFigureIsTheMedianOverTheForksAndStandsBesideItsRatios(@TempDir Path directory) throws IOException {
        Figures figures = new Figures();
        add(figures, "Lockstep", 100, 120, 5000);
        add(figures, "JSSE", 240, 260, 220);
        add(figures, "bare cipher", 80, 80, 80);
        Reports reports = new Reports(directory);
        reports.write(figures, 3);

        assertThat(reports.text())
                .contains("medians over 3 rounds")
                .contains("| 100 B read | 120 | 240 | 80.0 | 2.00 | 1.50 |");
        assertThat(Files.readString(directory.resolve("performance.md"))).isEqualTo(reports.text());
        assertThat(Files.readString(directory.resolve("performance.json")))
                .contains("\"subject\": \"JSSE\", \"nanos\": [240.0, 260.0, 220.0]")
                .contains("\"JMH\": \"1.37\"");
        assertThat(Files.readString(directory.resolve("performance.svg")))
                .contains("Lockstep 0.50")
                .contains("JSSE 1.00");
    }

    @Test
    void thePlanSetsEveryEngineBesideTheFloorInEveryRow() {
        Map<String, Long> quick = subjectsPerRow("--quick");

        assertThat(quick).hasSize(11).containsEntry("ECDHE-RSA-2048, P-256", 5L).containsEntry("1 KiB read", 5L);
        assertThat(subjectsPerRow("--quick", "--only", "1 KiB")).hasSize(2);
    }

    @Test
    void aSlowKeyIsReportedAsHandshakesPerSecond(@TempDir Path directory) throws IOException {
        Figures figures = new Figures();
        figures.add(
                new Measurement(Table.SLOW_KEY, "256 in flight", "Lockstep", "none", Map.of()),
                "17",
                "a virtual machine",
                new Sample(250_000, 1000, 150_000, 180_000));
        Reports reports = new Reports(directory);
        reports.write(figures, 1);

        assertThat(reports.text())
                .contains("handshakes/s | Lockstep |")
                .contains("| 256 in flight | 4000 |")
                .contains("| 256 in flight | 150 |")
                .contains("| 256 in flight | 180 |");
    }

    @Test
    void whatMoreThreadsBringIsTheRatioOfTheRates(@TempDir Path directory) throws IOException {
        Figures figures = new Figures();
        for (int threads : new int[] {1, 2, 16}) {
            figures.add(
                    new Measurement(Table.THREADS, "Lockstep, full", String.valueOf(threads), "none", Map.of()),
                    "17",
                    "a virtual machine",
                    new Sample(400_000.0 / threads, 1000));
        }
        Reports reports = new Reports(directory);
        reports.write(figures, 1);

        assertThat(reports.text())
                .contains("| 1 | 2 | 16 | rate of 16 / 1 |")
                .contains("| Lockstep, full | 2500 | 5000 | 40000 | 16.00 |");
    }

    @Test
    void aWrongOptionIsNamed() {
        assertThatThrownBy(() -> Options.parse(new String[] {"--rounds", "none"}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("--rounds");
        assertThatThrownBy(() -> Options.parse(new String[] {"--jvm"})).hasMessageContaining("--jvm");
        assertThatThrownBy(() -> Options.parse(new String[] {"--fast"})).hasMessageContaining("--fast");
    }

    private static Map<String, Long> subjectsPerRow(String... args) {
        return Plan.of(Options.parse(args)).stream()
                .filter(m -> m.table() == Table.HANDSHAKE || m.table() == Table.RECORD)
                .collect(Collectors.groupingBy(Measurement::row, Collectors.counting()));
    }

    private static void add(Figures figures, String subject, double... nanos) {
        Measurement measurement = new Measurement(Table.RECORD, "100 B read", subject, "none", Map.of());
        for (double n : nanos) {
            figures.add(measurement, "17", "a virtual machine", new Sample(n, 1000));
        }
    }
}
