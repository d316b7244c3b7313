package dev.lockstep.jmh.sockets;

import static dev.lockstep.jmh.report.Json.quoted;

import dev.lockstep.jmh.report.Environment;
import dev.lockstep.jmh.report.Json;
import dev.lockstep.jmh.sockets.SocketFigures.Row;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The figures as tables to read, one for each load, and as JSON to compute with. */
final class SocketReport {
    private final Path directory;
    private final Environment environment = Environment.here();

    SocketReport(Path directory) throws IOException {
        this.directory = Files.createDirectories(directory.toAbsolutePath());
    }

    /** Writes both again, and answers the tables. */
    String write(SocketFigures figures, SocketOptions options, int rounds) throws IOException {
        String text = tables(figures, options, rounds);
        Files.writeString(directory.resolve("sockets.md"), text);
        Files.writeString(directory.resolve("sockets.json"), json(figures, rounds));
        return text;
    }

    private String tables(SocketFigures figures, SocketOptions options, int rounds) {
        StringBuilder out = new StringBuilder();
        out.append("Measured ").append(environment.date()).append(" on ").append(environment.machine());
        out.append("; load average ").append(environment.load()).append(" at the start; ");
        out.append(rounds == 1 ? "1 round" : "medians over " + rounds + " rounds");
        out.append(", ").append(options.measured().toSeconds()).append(" s for each load.\n");
        out.append(environment.libraries().entrySet().stream()
                .map(e -> e.getKey() + " " + e.getValue())
                .collect(Collectors.joining(", ", "Libraries: ", ".\n")));
        for (Load load : figures.loads()) {
            append(out, figures, load);
        }
        figures.remarks().forEach(line -> out.append("\n- ").append(line));
        return out.append('\n').toString();
    }

    private static void append(StringBuilder out, SocketFigures figures, Load load) {
        out.append("\n| ").append(load.title()).append(" | threads | ").append(load.unit());
        out.append(" | rate / nginx | server CPU, us | CPU / nginx | server, cores | client CPU, us |\n");
        out.append("|---|").append("---:|".repeat(7)).append('\n');
        for (Row row : figures.rows(load)) {
            Row nginx = new Row(Subjects.NGINX, row.threads(), "");
            out.append("| ").append(row.subject());
            if (figures.hasSeveralJdks() && !row.jdk().isEmpty()) {
                out.append(", JDK ").append(row.jdk());
            }
            out.append(" | ").append(row.threads());
            cell(out, "%.0f", figures.median(load, row, Sample::perSecond));
            cell(out, "%.2f", ratio(figures, load, row, nginx, Sample::perSecond));
            cell(out, "%.1f", figures.median(load, row, Sample::serverMicros));
            cell(out, "%.2f", ratio(figures, load, row, nginx, Sample::serverMicros));
            cell(out, "%.2f", figures.median(load, row, Sample::serverCores));
            cell(out, "%.1f", figures.median(load, row, Sample::clientMicros));
            out.append(" |\n");
        }
    }

    private static void cell(StringBuilder out, String format, @Nullable Double value) {
        out.append(" | ").append(value == null ? "" : String.format(Locale.ROOT, format, value));
    }

    private static @Nullable Double ratio(
            SocketFigures figures, Load load, Row row, Row base, ToDoubleFunction<Sample> value) {
        Double above = figures.median(load, row, value);
        Double below = figures.median(load, base, value);
        return above == null || below == null ? null : Double.valueOf(above / below);
    }

    private String json(SocketFigures figures, int rounds) {
        String all = figures.loads().stream()
                .flatMap(load -> figures.rows(load).stream()
                        .flatMap(row -> figures.samples(load, row).stream().map(sample -> json(load, row, sample))))
                .collect(Collectors.joining(",\n"));
        String remarks = figures.remarks().stream().map(Json::quoted).collect(Collectors.joining(", ", "[", "]"));
        return Json.report(environment, rounds, "  \"remarks\": " + remarks + ",\n  \"samples\": [\n" + all + "\n  ]");
    }

    private static String json(Load load, Row row, Sample sample) {
        return String.format(
                Locale.ROOT,
                "    {\"load\": %s, \"server\": %s, \"threads\": %d, \"jdk\": %s, \"warmUp\": %d, \"operations\": %d,"
                        + " \"seconds\": %.3f, \"serverSeconds\": %.2f, \"clientSeconds\": %.2f}",
                quoted(load.name()),
                quoted(row.subject()),
                row.threads(),
                quoted(row.jdk()),
                sample.warmUp(),
                sample.operations(),
                sample.seconds(),
                sample.serverSeconds(),
                sample.clientSeconds());
    }
}
