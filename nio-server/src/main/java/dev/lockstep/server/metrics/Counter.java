package dev.lockstep.server.metrics;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * Numbers that only grow, one for each combination of label values. The values come from enums, constants and the
 * command line, never from peers, so that their number is bounded. Thread-safe.
 */
public final class Counter implements Family {

    private final String name;
    private final String help;
    private final List<String> labels;
    private final Map<List<String>, LongAdder> values = new ConcurrentHashMap<>();

    Counter(String name, String help, List<String> labels) {
        this.name = name;
        this.help = help;
        this.labels = labels;
        if (labels.isEmpty()) {
            values.put(List.of(), new LongAdder());
        }
    }

    /** Adds one. */
    public void increment(String... labelValues) {
        add(1, labelValues);
    }

    /** Adds {@code amount}, which is not negative. */
    public void add(long amount, String... labelValues) {
        if (labelValues.length != labels.size()) {
            throw new IllegalArgumentException(name + " has " + labels.size() + " labels");
        }
        values.computeIfAbsent(List.of(labelValues), any -> new LongAdder()).add(amount);
    }

    /** Returns the sum over all label values. */
    public long sum() {
        return values.values().stream().mapToLong(LongAdder::sum).sum();
    }

    @Override
    public void write(StringBuilder out) {
        Family.head(out, name, help, "counter");
        values.forEach((texts, value) -> {
            out.append(name);
            labels(out, labels, texts, "");
            out.append(' ').append(value.sum()).append('\n');
        });
    }

    static void labels(StringBuilder out, List<String> names, List<String> texts, String more) {
        if (names.isEmpty() && more.isEmpty()) {
            return;
        }
        String separator = "{";
        for (int i = 0; i < names.size(); i++) {
            String text =
                    texts.get(i).replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
            out.append(separator)
                    .append(names.get(i))
                    .append("=\"")
                    .append(text)
                    .append('"');
            separator = ",";
        }
        out.append(more.isEmpty() ? "" : separator + more).append('}');
    }
}
