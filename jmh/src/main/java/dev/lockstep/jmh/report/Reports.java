package dev.lockstep.jmh.report;

import dev.lockstep.jmh.run.Measurement.Table;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The same figures as tables to read, as JSON to compute with and as pictures. */
public final class Reports {
    private final Path directory;
    private final Environment environment = Environment.here();
    private String text = "";

    public Reports(Path directory) throws IOException {
        this.directory = Files.createDirectories(directory.toAbsolutePath());
    }

    /** Writes all of them again. */
    public void write(Figures figures, int rounds) throws IOException {
        text = MarkdownTables.of(figures, environment, rounds);
        Files.writeString(directory.resolve("performance.md"), text);
        Files.writeString(directory.resolve("performance.json"), JsonReport.of(figures, environment, rounds));
        Files.writeString(directory.resolve("performance.svg"), BarChart.of(figures));
        if (!figures.rows(Table.GROWTH).isEmpty()) {
            Files.writeString(directory.resolve("growth.svg"), GrowthChart.of(figures));
        }
    }

    /** The tables. */
    public String text() {
        return text;
    }
}
