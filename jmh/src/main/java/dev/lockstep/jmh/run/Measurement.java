package dev.lockstep.jmh.run;

import java.util.Map;

/**
 * One figure to find.
 *
 * @param table which table it belongs to
 * @param row what is done
 * @param subject who does it
 * @param benchmark the method, as JMH names it
 * @param parameters of the benchmark
 */
public record Measurement(Table table, String row, String subject, String benchmark, Map<String, String> parameters) {

    /** The tables of the report. */
    public enum Table {
        HANDSHAKE("Full handshake, AES-128-GCM", Unit.MICROS),
        RESUMED("Resumed handshake, AES-128-GCM", Unit.MICROS),
        GROWTH("What must not grow, by how many there are", Unit.MICROS),
        THREADS("Handshakes of so many threads with one configuration, both ends", Unit.PER_SECOND),
        SLOW_KEY("One thread, a key of 5 ms", Unit.PER_SECOND),
        RECORD("AES-128-GCM record, heap buffers", Unit.NANOS),
        DIRECT("AES-128-GCM record, direct buffers", Unit.NANOS),
        CHACHA20("ChaCha20-Poly1305 record, heap buffers", Unit.NANOS),
        CBC("AES-128-CBC-SHA256 record, heap buffers", Unit.NANOS);

        private final String title;
        private final Unit unit;

        Table(String title, Unit unit) {
            this.title = title;
            this.unit = unit;
        }

        /** What its bytes are. */
        public String bytes() {
            return this == GROWTH ? "allocated bytes; for idle connections, the heap of one" : "allocated bytes";
        }

        /** What its figures count. */
        public Unit unit() {
            return unit;
        }

        /** The heading. */
        public String title() {
            return title;
        }
    }

    /** How nanoseconds per operation are told. */
    public enum Unit {
        MICROS("us"),
        NANOS("ns"),
        PER_SECOND("handshakes/s");

        private final String title;

        Unit(String title) {
            this.title = title;
        }

        /** For headings. */
        public String title() {
            return title;
        }

        /** The figure for so many nanoseconds. */
        public double of(double nanos) {
            return switch (this) {
                case MICROS -> nanos / 1e3;
                case NANOS -> nanos;
                case PER_SECOND -> 1e9 / nanos;
            };
        }
    }

    /** What {@code --only} looks into. */
    String name() {
        return table + " " + row + " " + subject + " " + benchmark + " " + parameters;
    }
}
