package dev.lockstep.jmh.report;

import static dev.lockstep.jmh.report.Json.quoted;

import dev.lockstep.jmh.report.Figures.Sample;
import dev.lockstep.jmh.run.Measurement.Table;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/** Every fork's figure, for programs. */
final class JsonReport {
    private JsonReport() {}

    static String of(Figures figures, Environment environment, int rounds) {
        String all = figures.samples().entrySet().stream()
                .map(e ->
                        "    {\"jdk\": %s, \"table\": %s, \"row\": %s, \"subject\": %s, \"nanos\": %s, \"bytes\": %s%s}"
                                .formatted(
                                        quoted(e.getKey().jdk()),
                                        quoted(e.getKey().table().name()),
                                        quoted(e.getKey().row()),
                                        quoted(e.getKey().subject()),
                                        numbers(e.getValue(), Sample::nanos),
                                        numbers(e.getValue(), Sample::bytes),
                                        e.getKey().table() == Table.SLOW_KEY
                                                ? ", \"thread\": " + numbers(e.getValue(), Sample::thread)
                                                        + ", \"processor\": " + numbers(e.getValue(), Sample::processor)
                                                : ""))
                .collect(Collectors.joining(",\n"));
        return Json.report(environment, rounds, "  \"figures\": [\n" + all + "\n  ]");
    }

    private static String numbers(List<Sample> samples, ToDoubleFunction<Sample> value) {
        return samples.stream()
                .mapToDouble(value)
                .mapToObj(number -> Double.isNaN(number) ? "null" : String.format(Locale.ROOT, "%.1f", number))
                .collect(Collectors.joining(", ", "[", "]"));
    }
}
