package dev.lockstep.jmh.report;

import dev.lockstep.jmh.report.Figures.Key;
import dev.lockstep.jmh.run.Measurement.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Time relative to JSSE, shorter is better: a group of bars per operation, a column of groups per JDK. */
final class BarChart {
    private static final Map<String, String> COLOURS = Map.of(
            "Lockstep", "#1b7837",
            "JSSE", "#8c8c8c",
            "bctls", "#d8a35d",
            "Conscrypt", "#9ecae1",
            "tcnative", "#6baed6",
            "primitives", "#d9d9d9",
            "bare cipher", "#d9d9d9");
    private static final int LABELS = 170;
    private static final int COLUMN = 380;
    private static final int UNIT = 170;
    private static final double LONGEST = 1.6;
    private static final int BAR = 10;
    private static final int GAP = 14;
    private static final int TOP = 60;

    private BarChart() {}

    private record Row(Table table, String name) {}

    static String of(Figures figures) {
        List<Row> rows = new ArrayList<>();
        for (Table table : Table.values()) {
            figures.rows(table).forEach(name -> rows.add(new Row(table, name)));
        }
        List<String> jdks = List.copyOf(figures.virtualMachines().keySet());
        StringBuilder body = new StringBuilder();
        int x = LABELS;
        for (String jdk : jdks) {
            text(body, x, TOP - 14, "JDK " + jdk, "bold");
            x += COLUMN;
        }
        int y = TOP;
        for (Row row : rows) {
            List<String> subjects = List.copyOf(figures.subjects(row.table()));
            text(
                    body,
                    8,
                    y + subjects.size() * BAR / 2 + 4,
                    row.name() + (row.table() == Table.DIRECT ? ", direct" : ""),
                    "normal");
            for (int column = 0; column < jdks.size(); column++) {
                group(body, figures, jdks.get(column), row, subjects, LABELS + column * COLUMN, y);
            }
            y += subjects.size() * BAR + GAP;
        }
        int width = LABELS + jdks.size() * COLUMN;
        return """
                <svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" font-family="sans-serif" font-size="11">
                <rect width="100%%" height="100%%" fill="white"/>
                <text x="8" y="20" font-size="14">Time in the server relative to JSSE = 1 (shorter is better)</text>
                %s</svg>
                """.formatted(width, y, body);
    }

    private static void group(
            StringBuilder body, Figures figures, String jdk, Row row, List<String> subjects, int x, int y) {
        Double unit = figures.nanos(new Key(jdk, row.table(), row.name(), "JSSE"));
        for (int i = 0; i < subjects.size(); i++) {
            Double nanos = figures.nanos(new Key(jdk, row.table(), row.name(), subjects.get(i)));
            if (nanos != null && unit != null) {
                double ratio = nanos / unit;
                double length = Math.max(1, UNIT * Math.min(LONGEST, ratio));
                body.append(String.format(
                        Locale.ROOT,
                        "<rect x=\"%d\" y=\"%d\" width=\"%.0f\" height=\"%d\" fill=\"%s\"/>%n",
                        x,
                        y + i * BAR,
                        length,
                        BAR - 1,
                        COLOURS.getOrDefault(subjects.get(i), "black")));
                String label = String.format(
                        Locale.ROOT, "%s %.2f%s", subjects.get(i), ratio, ratio > LONGEST ? " (cut)" : "");
                body.append(String.format(
                        Locale.ROOT,
                        "<text x=\"%.0f\" y=\"%d\" font-size=\"8\">%s</text>%n",
                        x + length + 4,
                        y + i * BAR + BAR - 2,
                        label));
            }
        }
    }

    private static void text(StringBuilder body, int x, int y, String text, String weight) {
        body.append("<text x=\"%d\" y=\"%d\" font-weight=\"%s\">%s</text>%n".formatted(x, y, weight, text));
    }
}
