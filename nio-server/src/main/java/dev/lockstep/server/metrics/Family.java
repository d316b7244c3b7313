package dev.lockstep.server.metrics;

/** Everything of one name: its description and its samples, as text. */
interface Family {

    /** Appends the lines of the Prometheus text format, version 0.0.4. */
    void write(StringBuilder out);

    static void head(StringBuilder out, String name, String help, String type) {
        out.append("# HELP ").append(name).append(' ').append(help).append('\n');
        out.append("# TYPE ").append(name).append(' ').append(type).append('\n');
    }
}
