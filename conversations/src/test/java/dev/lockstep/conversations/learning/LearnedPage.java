package dev.lockstep.conversations.learning;

import dev.lockstep.tls.internal.handshake.TableMachine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import net.automatalib.automaton.transducer.MealyMachine;

/** {@code docs/evidence/learned.md}: the size of every learned machine, and diagrams of some. */
final class LearnedPage {

    private static final Path PAGE = Path.of("..", "docs", "evidence", "learned.md");
    private static final Pattern ROW = Pattern.compile("\\| (.+) \\| (\\d+) \\| (\\d+) \\| (\\d+) \\| (\\d+) \\|");
    private static final String DIAGRAM = "### ";

    private static final String INTRODUCTION = """
            # The learned machine

            A learning algorithm (LearnLib's TTT) infers the server's state machine from its answers alone. In every state that
            the server reaches it tries every message of a handshake, fragmented, empty and malformed messages, messages of a
            server, alerts, data, and the events of a pending operation, on fresh connections in memory. The learned machine
            must equal the machine that [the table](../design/handshake.md) describes for the configuration; otherwise
            `LearnedMachineTest` fails and prints an input sequence on which they differ. It also checks, on every connection,
            that at most one operation is pending, that each operation ends once, and that no secret remains after the end.

            Every build learns the configurations that have a diagram below, and fails if one differs from this page.
            `mvn -Passurance -pl conversations -am test -Dtest=LearnedMachineTest -Dsurefire.failIfNoSpecifiedTests=false` learns
            all of them, and with `-Ddocs.update=true` it writes this page. `-Dassurance.lookAhead=1` also searches for servers
            with one state more than the learned machine, by the Wp-method.

            ## Configurations

            | configuration | states | queries | connections | inputs |
            |---|---|---|---|---|
            """;

    private static final String BEFORE_DIAGRAMS = """

            ## Diagrams

            An edge names an input and what the client and the application see of it. The diagrams omit inputs that end the
            connection or change nothing, states in which records wait in the caller's buffer, and states that count refusals.
            """;

    private final Map<String, String> rows = new HashMap<>();
    private final Map<String, String> diagrams = new HashMap<>();

    private LearnedPage(List<String> lines) {
        String name = null;
        for (String line : lines) {
            Matcher row = ROW.matcher(line);
            if (line.startsWith(DIAGRAM)) {
                name = line.substring(DIAGRAM.length());
                diagrams.put(name, "");
            } else if (name != null) {
                diagrams.merge(name, line + "\n", String::concat);
            } else if (row.matches()) {
                rows.put(row.group(1), line);
            }
        }
    }

    static LearnedPage read() throws IOException {
        return new LearnedPage(Files.exists(PAGE) ? Files.readAllLines(PAGE) : List.of());
    }

    /** What the page says of a setup: the number of states, and its diagram or null. */
    String says(Setup setup) {
        Matcher row = ROW.matcher(rows.getOrDefault(setup.toString(), ""));
        String text = (row.matches() ? row.group(2) : "no") + " states" + diagrams.getOrDefault(setup.toString(), "");
        return text.stripTrailing(); // an empty line follows a diagram, unless it is the last one
    }

    /** What it should say. */
    static String of(Learned learned, TableMachine table, boolean diagram) {
        String text = learned.machine().size() + " states" + (diagram ? diagram(learned.machine(), table) : "");
        return text.stripTrailing();
    }

    /** Takes what was learned into the page. */
    void update(Setup setup, Learned learned, TableMachine table, boolean diagram) throws IOException {
        QueryTree server = learned.server();
        rows.put(
                setup.toString(),
                String.format(
                        "| %s | %d | %d | %d | %d |",
                        setup, learned.machine().size(), server.queries(), server.connections(), server.symbols()));
        if (diagram) {
            diagrams.put(setup.toString(), diagram(learned.machine(), table));
        }
        StringBuilder page = new StringBuilder(INTRODUCTION);
        long[] sums = new long[5];
        for (Setup each : Setup.all()) {
            String row = rows.get(each.toString());
            Matcher numbers = ROW.matcher(String.valueOf(row));
            if (numbers.matches()) {
                page.append(row).append('\n');
                sums[0]++;
                for (int i = 1; i < sums.length; i++) {
                    sums[i] += Long.parseLong(numbers.group(i + 1));
                }
            }
        }
        page.append(String.format(
                "%n%d of %d configurations: %d states, %d queries, which took %d connections and %d inputs.%n",
                sums[0], Setup.all().size(), sums[1], sums[2], sums[3], sums[4]));
        page.append(BEFORE_DIAGRAMS);
        for (Setup each : Setup.all()) {
            String drawn = diagrams.get(each.toString());
            if (drawn != null) {
                page.append('\n')
                        .append(DIAGRAM)
                        .append(each)
                        .append('\n')
                        .append(drawn.stripTrailing())
                        .append('\n');
            }
        }
        Files.createDirectories(PAGE.getParent());
        Files.writeString(PAGE, page.toString());
    }

    /** The machine for Mermaid, its states named as the table names them. */
    private static <S> String diagram(MealyMachine<S, Input, ?, String> machine, TableMachine table) {
        Map<S, String> names = names(machine, table);
        names.values().removeIf(name -> name.contains("[") || name.contains("refused") || name.equals("CLOSED"));
        Map<S, Integer> numbers = new HashMap<>();
        StringBuilder text = new StringBuilder("\n```mermaid\nflowchart TD\n");
        for (S state : names.keySet()) {
            numbers.put(state, numbers.size());
            text.append("  s" + numbers.get(state) + "[\"" + names.get(state) + "\"]\n");
        }
        for (S from : names.keySet()) {
            Map<String, String> edges = new LinkedHashMap<>();
            for (Input input : Input.values()) {
                S to = machine.getSuccessor(from, input);
                String output = machine.getOutput(from, input);
                if (to != from && numbers.containsKey(to)) {
                    String arrow = " --> s" + numbers.get(to) + "\n" + (output.isEmpty() ? "" : " / " + output);
                    edges.merge(arrow, input.name(), (one, other) -> one + ", " + other);
                }
            }
            edges.forEach((arrow, inputs) -> {
                String[] parts = arrow.split("\n", 2);
                text.append("  s" + numbers.get(from) + " -- \"" + inputs + parts[1] + "\"" + parts[0] + "\n");
            });
        }
        return text + "```\n";
    }

    /** For each learned state the first state of the table that it stands for, in the order in which they are reached. */
    private static <S> Map<S, String> names(MealyMachine<S, Input, ?, String> machine, TableMachine table) {
        Map<S, Integer> reached = new LinkedHashMap<>();
        reached.put(machine.getInitialState(), 0);
        List<S> open = new ArrayList<>(reached.keySet());
        for (int i = 0; i < open.size(); i++) {
            S state = open.get(i);
            for (Input input : Input.values()) {
                S next = machine.getSuccessor(state, input);
                if (!reached.containsKey(next)) {
                    reached.put(next, table.machine().getSuccessor(reached.get(state), input));
                    open.add(next);
                }
            }
        }
        Map<S, String> names = new LinkedHashMap<>();
        reached.forEach((state, number) -> names.put(state, table.name(number)));
        return names;
    }
}
