package dev.lockstep.server.demo;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The rows of the handshake table, read from the page that is generated from the table itself. */
final class DemoTable {

    private static final String HEADING = "## Rows";
    private static final int COLUMNS = 8;

    private DemoTable() {}

    /**
     * A row.
     *
     * @param waitsFor empty if the state does not wait for anything outside
     */
    record Row(String state, String event, String waitsFor, String next) {}

    /** @param page the text of {@code docs/design/handshake.md} */
    static List<Row> rows(String page) {
        int start = page.indexOf(HEADING);
        List<Row> rows = new ArrayList<>();
        page.substring(start).lines().filter(line -> line.startsWith("| ")).forEach(line -> {
            List<String> cells = Arrays.stream(line.substring(1).split("\\|", -1))
                    .map(String::trim)
                    .toList();
            if (cells.size() == COLUMNS + 1 && !cells.get(0).equals("state")) {
                rows.add(new Row(cells.get(0), cells.get(1), cells.get(4), cells.get(7)));
            }
        });
        return rows;
    }

    /** Returns the rows as those of an HTML table, each marked with its state and event. */
    static String html(List<Row> rows) {
        StringBuilder html = new StringBuilder();
        for (Row row : rows) {
            html.append("<tr data-state=\"")
                    .append(row.state())
                    .append("\" data-event=\"")
                    .append(row.event())
                    .append(row.waitsFor().isEmpty() ? "\">" : "\" class=\"waits\">")
                    .append("<td class=\"here\"><td>")
                    .append(row.state())
                    .append("<td>")
                    .append(row.event())
                    .append("<td>")
                    .append(row.waitsFor())
                    .append('\n');
        }
        return html.toString();
    }
}
