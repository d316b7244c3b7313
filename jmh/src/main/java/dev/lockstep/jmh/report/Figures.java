package dev.lockstep.jmh.report;

import dev.lockstep.jmh.run.Measurement;
import dev.lockstep.jmh.run.Measurement.Table;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** Everything measured so far, in the order of the plan. */
public final class Figures {

    /** Where a figure belongs. */
    public record Key(String jdk, Table table, String row, String subject) {

        /** The same figure of another. */
        Key of(String other) {
            return new Key(jdk, table, row, other);
        }
    }

    /**
     * One fork's result per operation.
     *
     * @param nanos the server's; with a slow key those on the clock
     * @param bytes allocated
     * @param thread with a slow key, processor nanoseconds on the serving thread; else NaN
     * @param processor with a slow key, processor nanoseconds on all the server's threads; else NaN
     */
    public record Sample(double nanos, double bytes, double thread, double processor) {

        /** What needs one thread only. */
        public Sample(double nanos, double bytes) {
            this(nanos, bytes, Double.NaN, Double.NaN);
        }
    }

    private final Map<Key, List<Sample>> samples = new LinkedHashMap<>();
    private final Map<String, String> virtualMachines = new LinkedHashMap<>();

    /** Adds one fork's result. */
    public void add(Measurement measurement, String jdk, String virtualMachine, Sample sample) {
        virtualMachines.put(jdk, virtualMachine);
        Key key = new Key(jdk, measurement.table(), measurement.row(), measurement.subject());
        samples.computeIfAbsent(key, k -> new ArrayList<>()).add(sample);
    }

    /** The JDKs' versions with the names of their virtual machines. */
    Map<String, String> virtualMachines() {
        return virtualMachines;
    }

    Map<Key, List<Sample>> samples() {
        return samples;
    }

    Set<String> rows(Table table) {
        Set<String> rows = new LinkedHashSet<>();
        samples.keySet().stream().filter(k -> k.table() == table).forEach(k -> rows.add(k.row()));
        return rows;
    }

    Set<String> subjects(Table table) {
        Set<String> subjects = new LinkedHashSet<>();
        samples.keySet().stream()
                .filter(k -> k.table() == table)
                .map(Key::subject)
                .sorted(Comparator.comparingInt(Figures::number))
                .forEach(subjects::add);
        return subjects;
    }

    /** Numbers by size; names stay in the order of the plan. */
    private static int number(String subject) {
        return subject.chars().allMatch(Character::isDigit) ? Integer.parseInt(subject) : 0;
    }

    /** Median over the forks; null where nothing was measured. */
    @Nullable
    Double nanos(Key key) {
        return median(key, Sample::nanos);
    }

    /** Median over the forks; null where nothing was measured. */
    @Nullable
    Double bytes(Key key) {
        return median(key, Sample::bytes);
    }

    /** Median over the forks; null where nothing was measured. */
    @Nullable
    Double median(Key key, ToDoubleFunction<Sample> value) {
        List<Sample> all = samples.get(key);
        if (all == null) {
            return null;
        }
        double[] sorted = all.stream().mapToDouble(value).sorted().toArray();
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
