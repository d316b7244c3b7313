package dev.lockstep.server.metrics;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** The metrics of a server. Thread-safe; what counts never waits for what reads. */
public final class Metrics {

    private final List<Family> families = new CopyOnWriteArrayList<>();

    /** First handshakes that have ended, by outcome, cipher suite and resumption. */
    public final Counter handshakes =
            counter("lockstep_handshakes_total", "First handshakes that have ended.", "outcome", "suite", "resumption");

    /** Fatal alerts, by name and direction. */
    public final Counter alerts = counter("lockstep_alerts_total", "Fatal alerts.", "alert", "direction");

    /** Private-key operations that have ended, by kind and result. */
    public final Counter keyOperations =
            counter("lockstep_key_operations_total", "Private-key operations that have ended.", "kind", "result");

    /** How long private-key operations took. */
    public final Histogram keyDurations =
            histogram("lockstep_key_operation_duration_seconds", "How long private-key operations took.", "kind");

    /** How long handshakes were suspended, by what they waited for. */
    public final Histogram waits =
            histogram("lockstep_wait_duration_seconds", "How long handshakes were suspended.", "kind");

    /** Connections that could not be accepted. */
    public final Counter acceptFailures =
            counter("lockstep_accept_failures_total", "Connections that could not be accepted.");

    /** Connections that were ended or refused because something has run out. */
    public final Counter shortages =
            counter("lockstep_shortages_total", "Connections ended or refused because something has run out.", "of");

    /** Configurations that were loaded while the server ran. */
    public final Counter reloads = counter("lockstep_reloads_total", "Configurations loaded.", "result");

    /** Adds numbers that only grow, one for each combination of label values. */
    public Counter counter(String name, String help, String... labels) {
        Counter counter = new Counter(name, help, List.of(labels));
        families.add(counter);
        return counter;
    }

    private Histogram histogram(String name, String help, String... labels) {
        Histogram histogram = new Histogram(name, help, List.of(labels));
        families.add(histogram);
        return histogram;
    }

    /** Adds a number that is asked for when it is read, from any thread; one that only grows. */
    public void total(String name, String help, LongSupplier value) {
        asked(name, help, "counter", value);
    }

    /** Adds a number that is asked for when it is read, from any thread; one that may fall. */
    public void gauge(String name, String help, LongSupplier value) {
        asked(name, help, "gauge", value);
    }

    /**
     * Adds numbers that are asked for when they are read, from any thread, and that may fall.
     *
     * @param values by the value of the label
     */
    public void gauge(String name, String help, String label, Supplier<? extends Map<String, Long>> values) {
        families.add(out -> {
            Family.head(out, name, help, "gauge");
            values.get().forEach((text, value) -> {
                out.append(name);
                Counter.labels(out, List.of(label), List.of(text), "");
                out.append(' ').append(value).append('\n');
            });
        });
    }

    private void asked(String name, String help, String type, LongSupplier value) {
        families.add(out -> {
            Family.head(out, name, help, type);
            out.append(name).append(' ').append(value.getAsLong()).append('\n');
        });
    }

    /** Returns all of it in the Prometheus text format, version 0.0.4. */
    public String text() {
        StringBuilder out = new StringBuilder(8192);
        families.forEach(family -> family.write(out));
        return out.toString();
    }
}
