package dev.lockstep.jmh.report;

import static dev.lockstep.jmh.report.Json.quoted;

import java.util.Locale;
import java.util.stream.Collectors;

/** Every fork's figure, for programs. */
final class JsonReport {
    private JsonReport() {}

    static String of(Figures figures, Environment environment, int rounds) {
        String all = figures.samples().entrySet().stream()
                .map(e -> "    {\"jdk\": %s, \"table\": %s, \"row\": %s, \"subject\": %s, \"nanos\": %s, \"bytes\": %s}"
                        .formatted(
                                quoted(e.getKey().jdk()),
                                quoted(e.getKey().table().name()),
                                quoted(e.getKey().row()),
                                quoted(e.getKey().subject()),
                                e.getValue().stream()
                                        .map(s -> number(s.nanos()))
                                        .collect(Collectors.joining(", ", "[", "]")),
                                e.getValue().stream()
                                        .map(s -> number(s.bytes()))
                                        .collect(Collectors.joining(", ", "[", "]"))))
                .collect(Collectors.joining(",\n"));
        return Json.report(environment, rounds, "  \"figures\": [\n" + all + "\n  ]");
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }
}
