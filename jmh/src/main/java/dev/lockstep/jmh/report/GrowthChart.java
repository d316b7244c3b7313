package dev.lockstep.jmh.report;

import dev.lockstep.jmh.report.Figures.Key;
import dev.lockstep.jmh.run.Measurement.Table;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The figure of one, when there are many: bars of the same length mean that nothing grows. */
final class GrowthChart {
    private static final String OURS = "Lockstep";
    private static final int LABELS = 20;
    private static final int COLUMN = 560;
    private static final int LONGEST = 260;
    private static final int GAP = 14;
    private static final int TOP = 64;
    private static final int HEADING = 20;

    private GrowthChart() {}

    static String of(Figures figures) {
        List<String> jdks = List.copyOf(figures.virtualMachines().keySet());
        Svg svg = new Svg(LABELS + jdks.size() * COLUMN);
        svg.text(8, 22, 15, true, "The cost of one, by how many there are (bars of the same length: nothing grows)");
        int lowest = TOP;
        for (int column = 0; column < jdks.size(); column++) {
            int x = LABELS + column * COLUMN;
            String jdk = jdks.get(column);
            svg.text(x, TOP - 18, 12, true, "JDK " + jdk);
            int y = TOP;
            for (String row : figures.rows(Table.GROWTH)) {
                Map<Integer, Double> times = new TreeMap<>();
                Map<Integer, Double> bytes = new TreeMap<>();
                for (String count : figures.subjects(Table.GROWTH)) {
                    put(times, count, figures.nanos(new Key(jdk, Table.GROWTH, row, count)), 1e-3);
                    put(bytes, count, figures.bytes(new Key(jdk, Table.GROWTH, row, count)), 1);
                }
                y = group(svg, x, y, row + ", us", times);
                if (row.contains("heap")) {
                    y = group(svg, x, y, row + ", bytes", bytes);
                }
            }
            Map<Integer, Double> inFlight = new TreeMap<>();
            for (String row : figures.rows(Table.SLOW_KEY)) {
                String count = row.substring(0, row.indexOf(' '));
                put(inFlight, count, figures.nanos(new Key(jdk, Table.SLOW_KEY, row, OURS)), 1e-3);
            }
            y = group(svg, x, y, "handshake with a key of 5 ms, so many in flight, both ends, us", inFlight);
            lowest = Math.max(lowest, y);
        }
        return svg.of(lowest);
    }

    private static void put(Map<Integer, Double> values, String count, @Nullable Double value, double scale) {
        if (value != null) {
            values.put(Integer.valueOf(count), value * scale);
        }
    }

    private static int group(Svg svg, int x, int top, String title, Map<Integer, Double> values) {
        if (values.isEmpty()) {
            return top;
        }
        svg.text(x, top + 8, 12, false, title);
        double most =
                values.values().stream().mapToDouble(Double::doubleValue).max().orElse(1);
        int y = top + HEADING;
        for (Map.Entry<Integer, Double> value : values.entrySet()) {
            svg.bar(
                    x,
                    y,
                    LONGEST * value.getValue() / most,
                    "ours",
                    String.format(Locale.ROOT, "%,d: %,.1f", value.getKey(), value.getValue()));
            y += Svg.BAR;
        }
        return y + GAP;
    }
}
