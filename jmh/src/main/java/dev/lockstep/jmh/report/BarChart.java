package dev.lockstep.jmh.report;

import dev.lockstep.jmh.report.Figures.Key;
import dev.lockstep.jmh.run.Measurement.Table;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Time relative to JSSE, shorter is better: a group of bars per operation, a column of groups per JDK. */
final class BarChart {
    /** What is worth a bar, and its colour; the tables have everybody. */
    private static final Map<String, String> SUBJECTS = new LinkedHashMap<>();

    static {
        SUBJECTS.put("Lockstep", "ours");
        SUBJECTS.put("Lockstep+both", "providers");
        SUBJECTS.put("JSSE", "jsse");
        SUBJECTS.put("bctls", "java");
        SUBJECTS.put("tcnative", "native");
        SUBJECTS.put("primitives", "floor");
        SUBJECTS.put("bare cipher", "floor");
    }

    private static final Set<Table> TABLES =
            Set.of(Table.HANDSHAKE, Table.RESUMED, Table.SLOW_KEY, Table.RECORD, Table.CHACHA20, Table.CBC);
    private static final int LABELS = 280;
    private static final int COLUMN = 400;
    private static final int UNIT = 170;
    private static final double LONGEST = 1.5;
    private static final int GAP = 14;
    private static final int TOP = 64;
    private static final int HEADING = 22;

    private BarChart() {}

    static String of(Figures figures) {
        List<String> jdks = List.copyOf(figures.virtualMachines().keySet());
        Svg svg = new Svg(LABELS + jdks.size() * COLUMN);
        svg.text(8, 22, 15, true, "Time in the server relative to JSSE = 1 (shorter is better)");
        for (int column = 0; column < jdks.size(); column++) {
            svg.text(LABELS + column * COLUMN, TOP - 18, 12, true, "JDK " + jdks.get(column));
        }
        int y = TOP;
        for (Table table : Table.values()) {
            if (!TABLES.contains(table) || figures.rows(table).isEmpty()) {
                continue;
            }
            List<String> subjects = SUBJECTS.keySet().stream()
                    .filter(figures.subjects(table)::contains)
                    .toList();
            svg.text(8, y + HEADING - 8, 12, true, table.title());
            y += HEADING;
            for (String row : figures.rows(table)) {
                if (jdks.stream().allMatch(jdk -> figures.nanos(new Key(jdk, table, row, "JSSE")) == null)) {
                    continue; // nothing to be relative to
                }
                svg.text(16, y + subjects.size() * Svg.BAR / 2 + 4, 12, false, row);
                for (int column = 0; column < jdks.size(); column++) {
                    group(
                            svg,
                            figures,
                            new Key(jdks.get(column), table, row, ""),
                            subjects,
                            LABELS + column * COLUMN,
                            y);
                }
                y += subjects.size() * Svg.BAR + GAP;
            }
        }
        return svg.of(y);
    }

    private static void group(Svg svg, Figures figures, Key row, List<String> subjects, int x, int top) {
        Double unit = figures.nanos(row.of("JSSE"));
        int y = top;
        for (String subject : subjects) {
            Double nanos = figures.nanos(row.of(subject));
            if (nanos != null && unit != null) {
                double ratio = nanos / unit;
                svg.bar(
                        x,
                        y,
                        UNIT * Math.min(LONGEST, ratio),
                        SUBJECTS.getOrDefault(subject, "floor"),
                        String.format(Locale.ROOT, "%s %.2f%s", subject, ratio, ratio > LONGEST ? " (cut)" : ""));
            }
            y += Svg.BAR;
        }
    }
}
