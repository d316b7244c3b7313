package dev.lockstep.jmh.report;

import dev.lockstep.jmh.report.Figures.Key;
import dev.lockstep.jmh.report.Figures.Sample;
import dev.lockstep.jmh.run.Measurement.Table;
import dev.lockstep.jmh.run.Measurement.Unit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.DoubleUnaryOperator;
import java.util.function.ToDoubleFunction;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Tables for people: per JDK and kind of operation one of times and one of allocation. */
final class MarkdownTables {
    private static final String OURS = "Lockstep";
    private static final String JSSE = "JSSE";
    private static final Set<String> FLOORS = Set.of("primitives", "bare cipher");

    private MarkdownTables() {}

    /** Of the times of two subjects. */
    private record Ratio(String title, String above, String below) {}

    static String of(Figures figures, Environment environment, int rounds) {
        StringBuilder out = new StringBuilder();
        out.append("Measured ").append(environment.date()).append(" on ").append(environment.machine());
        out.append("; load average ").append(environment.load()).append(" at the start; ");
        out.append(rounds == 1 ? "1 round.\n" : "medians over " + rounds + " rounds.\n");
        out.append(environment.libraries().entrySet().stream()
                .map(e -> e.getKey() + " " + e.getValue())
                .collect(Collectors.joining(", ", "Libraries: ", ".\n")));
        figures.virtualMachines().forEach((jdk, vm) -> {
            out.append("\n### JDK ").append(jdk).append(" (").append(vm).append(")\n");
            for (Table table : Table.values()) {
                if (!figures.rows(table).isEmpty()) {
                    append(out, figures, jdk, table);
                }
            }
        });
        return out.toString();
    }

    private static void append(StringBuilder out, Figures figures, String jdk, Table table) {
        List<String> subjects = List.copyOf(figures.subjects(table));
        List<Ratio> ratios = ratios(table, subjects);
        header(out, table.title() + ", " + table.unit().title(), subjects, ratios);
        for (String row : figures.rows(table)) {
            cells(
                    out,
                    row,
                    subjects,
                    subject -> number(figures.nanos(new Key(jdk, table, row, subject)), table.unit()::of));
            for (Ratio ratio : ratios) {
                Double above = figures.nanos(new Key(jdk, table, row, ratio.above()));
                out.append(" | ").append(ratio(above, figures.nanos(new Key(jdk, table, row, ratio.below()))));
            }
            out.append(" |\n");
        }
        if (table == Table.SLOW_KEY) {
            shares(out, figures, jdk, subjects, "processor time of the serving thread, us", Sample::thread);
            shares(out, figures, jdk, subjects, "processor time of all threads, us", Sample::processor);
        }
        header(out, table.bytes(), subjects, List.of());
        for (String row : figures.rows(table)) {
            cells(
                    out,
                    row,
                    subjects,
                    subject -> number(figures.bytes(new Key(jdk, table, row, subject)), bytes -> bytes));
            out.append(" |\n");
        }
    }

    /** What of the time on the clock is the server's. */
    private static void shares(
            StringBuilder out,
            Figures figures,
            String jdk,
            List<String> subjects,
            String title,
            ToDoubleFunction<Sample> share) {
        header(out, title, subjects, List.of());
        for (String row : figures.rows(Table.SLOW_KEY)) {
            cells(
                    out,
                    row,
                    subjects,
                    subject ->
                            number(figures.median(new Key(jdk, Table.SLOW_KEY, row, subject), share), Unit.MICROS::of));
            out.append(" |\n");
        }
    }

    private static void cells(StringBuilder out, String row, List<String> subjects, UnaryOperator<String> figure) {
        out.append("| ").append(row);
        subjects.forEach(subject -> out.append(" | ").append(figure.apply(subject)));
    }

    private static void header(StringBuilder out, String title, List<String> subjects, List<Ratio> ratios) {
        out.append("\n| ").append(title);
        subjects.forEach(subject -> out.append(" | ").append(subject));
        ratios.forEach(ratio -> out.append(" | ").append(ratio.title()));
        out.append(" |\n|---|")
                .append("---:|".repeat(subjects.size() + ratios.size()))
                .append('\n');
    }

    /** What is worth dividing, where both have been measured. */
    private static List<Ratio> ratios(Table table, List<String> subjects) {
        List<Ratio> ratios = new ArrayList<>();
        if (subjects.contains(JSSE)) {
            ratios.add(new Ratio("JSSE / Lockstep", JSSE, OURS));
        }
        subjects.stream()
                .filter(FLOORS::contains)
                .forEach(floor -> ratios.add(new Ratio("Lockstep / floor", OURS, floor)));
        String most = subjects.get(subjects.size() - 1);
        if (table == Table.THREADS && subjects.size() > 1) {
            ratios.add(new Ratio("rate of " + most + " / 1", subjects.get(0), most));
        }
        return ratios;
    }

    private static String number(@Nullable Double value, DoubleUnaryOperator unit) {
        return value == null || value.isNaN() ? "" : figure(unit.applyAsDouble(value));
    }

    /** Three digits at least. */
    private static String figure(double value) {
        return String.format(Locale.ROOT, value < 100 ? "%.1f" : "%.0f", value);
    }

    private static String ratio(@Nullable Double above, @Nullable Double below) {
        return above == null || below == null ? "" : String.format(Locale.ROOT, "%.2f", above / below);
    }
}
