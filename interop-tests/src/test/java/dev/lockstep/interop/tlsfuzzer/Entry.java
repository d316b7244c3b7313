package dev.lockstep.interop.tlsfuzzer;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * One line of the list: a script of tlsfuzzer and how to run it.
 *
 * @param id names it in every report
 * @param profile the server it needs
 * @param tier what kind of thing it checks
 * @param needs features without which it says nothing
 * @param timeoutSeconds after which it is stopped and counts as failed
 * @param script its file name
 * @param alternatives argument sets of which one must pass: they stand for what the RFCs leave open
 * @param exclude conversations that are not run
 * @param xfail conversations that must fail
 */
record Entry(
        String id,
        String profile,
        String tier,
        Set<String> needs,
        int timeoutSeconds,
        String script,
        List<List<String>> alternatives,
        Optional<Pattern> exclude,
        Optional<Pattern> xfail) {

    private static final List<String> HEADING =
            List.of("id", "profile", "tier", "needs", "mode", "timeout", "script", "args", "exclude", "xfail");
    private static final int DEFAULT_TIMEOUT_SECONDS = 180;

    /** The whole list, in its order. */
    static List<Entry> all() throws IOException {
        List<List<String>> rows = Resources.table("scripts.tsv");
        if (!rows.get(0).equals(HEADING)) {
            throw new IOException("scripts.tsv does not start with " + HEADING);
        }
        List<Entry> entries = new ArrayList<>();
        for (List<String> cells : rows.subList(1, rows.size())) {
            entries.add(parse(cells));
        }
        return entries;
    }

    private static Entry parse(List<String> cells) throws IOException {
        if (cells.size() != HEADING.size()) {
            throw new IOException("scripts.tsv: " + cells.size() + " cells in the line of " + cells.get(0));
        }
        return new Entry(
                cells.get(0),
                cells.get(1),
                cells.get(2),
                new TreeSet<>(Arrays.asList(
                        empty(cells.get(3)) ? new String[0] : cells.get(3).split(","))),
                cells.get(5).isEmpty() ? DEFAULT_TIMEOUT_SECONDS : Integer.parseInt(cells.get(5)),
                cells.get(6),
                Arrays.stream(cells.get(7).split("\\s\\|\\|\\s"))
                        .map(String::strip)
                        .map(arguments -> empty(arguments) ? List.<String>of() : ShellWords.split(arguments))
                        .toList(),
                pattern(cells.get(8)),
                pattern(cells.get(9)));
    }

    private static Optional<Pattern> pattern(String cell) {
        return empty(cell) ? Optional.empty() : Optional.of(Pattern.compile(cell));
    }

    private static boolean empty(String cell) {
        return cell.isEmpty() || cell.equals("-");
    }

    @Override
    public String toString() {
        return id;
    }
}
