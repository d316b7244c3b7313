package dev.lockstep.interop.attacker;

import dev.lockstep.interop.attacker.trace.Moment;
import dev.lockstep.interop.attacker.trace.Table;
import dev.lockstep.interop.attacker.trace.Trace;
import dev.lockstep.interop.attacker.trace.Traces;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** {@code docs/evidence/tls-attacker.md}: its second half is the tables as the tests have them. */
final class TracePage {
    private static final Path PAGE = Path.of("..", "docs", "evidence", "tls-attacker.md");
    private static final String GENERATED = "## Traces\n";

    private TracePage() {}

    /** What the page says from the tables on. */
    static String read() throws IOException {
        String page = Files.readString(PAGE);
        return page.substring(page.indexOf(GENERATED));
    }

    static void update() throws IOException {
        String page = Files.readString(PAGE);
        Files.writeString(PAGE, page.substring(0, page.indexOf(GENERATED)) + generated());
    }

    /** What it should say there. */
    static String generated() {
        long traces = Traces.tables().stream()
                .mapToLong(table -> table.traces().size())
                .sum();
        StringBuilder text = new StringBuilder(GENERATED);
        text.append(String.format(
                "%n%d traces, each at %d moments and with %d keys: %d runs. The column RFC has the number and the section.%n",
                traces,
                Moment.values().length,
                Keys.values().length,
                traces * Moment.values().length * Keys.values().length));
        for (Table table : Traces.tables()) {
            text.append("\n### ").append(table.title()).append("\n\n");
            text.append("| trace | key | before | during | after | RFC |\n|---|---|---|---|---|---|\n");
            for (Trace trace : table.traces()) {
                text.append(String.format(
                        "| %s | %s | %s | %s | %s | %s |%n",
                        trace.what(),
                        trace.operation().title(),
                        trace.before().title(),
                        trace.during().title(),
                        trace.after().title(),
                        trace.section()));
            }
        }
        return text.toString();
    }
}
