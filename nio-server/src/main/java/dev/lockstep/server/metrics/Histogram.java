package dev.lockstep.server.metrics;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/** How long something took, in buckets from 100 microseconds to 10 seconds. Thread-safe. */
public final class Histogram implements Family {

    private static final double[] SECONDS = {
        0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10
    };

    private static final class Buckets {
        private final LongAdder[] counts = new LongAdder[SECONDS.length + 1];
        private final LongAdder nanos = new LongAdder();

        Buckets() {
            for (int i = 0; i < counts.length; i++) {
                counts[i] = new LongAdder();
            }
        }
    }

    private final String name;
    private final String help;
    private final List<String> labels;
    private final Map<List<String>, Buckets> values = new ConcurrentHashMap<>();

    Histogram(String name, String help, List<String> labels) {
        this.name = name;
        this.help = help;
        this.labels = labels;
    }

    /** Counts one that took {@code nanos}. */
    public void observe(long nanos, String... labelValues) {
        Buckets buckets = values.computeIfAbsent(List.of(labelValues), any -> new Buckets());
        double seconds = nanos / 1e9;
        int i = 0;
        while (i < SECONDS.length && seconds > SECONDS[i]) {
            i++;
        }
        buckets.counts[i].increment();
        buckets.nanos.add(nanos);
    }

    @Override
    public void write(StringBuilder out) {
        Family.head(out, name, help, "histogram");
        values.forEach((texts, buckets) -> {
            long count = 0;
            for (int i = 0; i <= SECONDS.length; i++) {
                count += buckets.counts[i].sum();
                out.append(name).append("_bucket");
                String most = i == SECONDS.length ? "+Inf" : Double.toString(SECONDS[i]);
                Counter.labels(out, labels, texts, "le=\"" + most + "\"");
                out.append(' ').append(count).append('\n');
            }
            out.append(name).append("_sum");
            Counter.labels(out, labels, texts, "");
            out.append(' ')
                    .append(buckets.nanos.sum() / (double) TimeUnit.SECONDS.toNanos(1))
                    .append('\n');
            out.append(name).append("_count");
            Counter.labels(out, labels, texts, "");
            out.append(' ').append(count).append('\n');
        });
    }
}
