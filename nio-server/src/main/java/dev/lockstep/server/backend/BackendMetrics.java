package dev.lockstep.server.backend;

import dev.lockstep.server.metrics.Counter;
import dev.lockstep.server.metrics.Metrics;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What is counted of each backend. The label is the backend's name on the command line; beyond the first hundred of them all
 * others are one. Thread-safe, once the backends are known.
 */
final class BackendMetrics {

    /** How many backends have a label of their own: each has six time series. */
    static final int MOST_LABELS = 100;

    /** The label of all others. */
    static final String OTHERS = "others";

    private static final String LABEL = "backend";

    private final Counter connections;
    private final Counter failures;
    private final Counter bytes;
    private final Map<String, AtomicLong> open = new LinkedHashMap<>();

    BackendMetrics(Metrics metrics) {
        connections = metrics.counter("lockstep_backend_connections_total", "Connections made to a backend.", LABEL);
        failures = metrics.counter(
                "lockstep_backend_failures_total",
                "Clients whose backend took no connection, or broke it off.",
                LABEL,
                "kind");
        bytes = metrics.counter(
                "lockstep_backend_bytes_total", "Bytes that went to a backend and came from it.", LABEL, "direction");
        metrics.gauge("lockstep_backend_connections", "Connections to a backend that are open.", LABEL, this::open);
    }

    /** Returns what counts for one backend, whose numbers can be read from now on, as zero. */
    One of(String backend) {
        String label = open.containsKey(backend) || open.size() < MOST_LABELS ? backend : OTHERS;
        One one = new One(label, open.computeIfAbsent(label, any -> new AtomicLong()));
        connections.add(0, label);
        failures.add(0, label, "connect");
        failures.add(0, label, "broke-off");
        one.sent(0);
        one.received(0);
        return one;
    }

    private Map<String, Long> open() {
        Map<String, Long> now = new LinkedHashMap<>();
        open.forEach((name, count) -> now.put(name, count.get()));
        return now;
    }

    /** The numbers of one backend. */
    final class One {

        private final String label;
        private final AtomicLong connected;

        private One(String label, AtomicLong connected) {
            this.label = label;
            this.connected = connected;
        }

        void connected() {
            connections.increment(label);
            connected.incrementAndGet();
        }

        /** A connection that was made is closed. */
        void closed() {
            connected.decrementAndGet();
        }

        void unreachable() {
            failures.increment(label, "connect");
        }

        void brokeOff() {
            failures.increment(label, "broke-off");
        }

        void sent(long count) {
            bytes.add(count, label, "sent");
        }

        void received(long count) {
            bytes.add(count, label, "received");
        }
    }
}
