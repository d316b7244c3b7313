package dev.lockstep.jmh.sockets;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** Everything measured so far, in the order of the servers. */
final class SocketFigures {

    /**
     * A row of a table.
     *
     * @param jdk the version of its JVM; empty for a server without one
     */
    record Row(String subject, int threads, String jdk) {}

    private final Map<Load, Map<Row, List<Sample>>> samples = new TreeMap<>();
    private final List<String> remarks = new ArrayList<>();

    void add(Load load, Row row, Sample sample) {
        samples.computeIfAbsent(load, l -> new LinkedHashMap<>())
                .computeIfAbsent(row, r -> new ArrayList<>())
                .add(sample);
    }

    /** A line for the reader: what was left out, and what failed. */
    void remark(String line) {
        remarks.add(line);
    }

    List<String> remarks() {
        return remarks;
    }

    Set<Load> loads() {
        return samples.keySet();
    }

    Set<Row> rows(Load load) {
        return samples.getOrDefault(load, Map.of()).keySet();
    }

    /** One for each round. */
    List<Sample> samples(Load load, Row row) {
        return samples.getOrDefault(load, Map.of()).getOrDefault(row, List.of());
    }

    boolean hasSeveralJdks() {
        return samples.values().stream()
                        .map(Map::keySet)
                        .flatMap(Collection::stream)
                        .map(Row::jdk)
                        .filter(jdk -> !jdk.isEmpty())
                        .distinct()
                        .count()
                > 1;
    }

    /** The median over the rounds; null where nothing was measured. */
    @Nullable
    Double median(Load load, Row row, ToDoubleFunction<Sample> value) {
        double[] sorted =
                samples(load, row).stream().mapToDouble(value).sorted().toArray();
        if (sorted.length == 0) {
            return null;
        }
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
