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
        HANDSHAKE("Full handshake, AES-128-GCM"),
        RECORD("AES-128-GCM record, heap buffers"),
        DIRECT("AES-128-GCM record, direct buffers");

        private final String title;

        Table(String title) {
            this.title = title;
        }

        /** The heading. */
        public String title() {
            return title;
        }
    }

    /** What {@code --only} looks into. */
    String name() {
        return table + " " + row + " " + subject + " " + benchmark + " " + parameters;
    }
}
