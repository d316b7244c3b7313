package dev.lockstep.tls.internal.handshake;

import dev.lockstep.conversations.docs.GeneratedPage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** {@code docs/design/handshake.md} is generated from the two tables; run with {@code -Ddocs.update=true} to write it again. */
@Tag("docs")
class HandshakeDocumentTest {

    private static final Path DOCUMENT = Path.of("..", "docs", "design", "handshake.md");

    @Test
    void theDocumentIsWhatTheTablesSay() throws IOException {
        String printed = print(TableText.lines());
        GeneratedPage.is(DOCUMENT, printed);
    }

    private static String print(List<TableText.Line> lines) {
        List<String> out = new ArrayList<>();
        out.add("# The handshake");
        out.add("");
        out.add("Printed from the tables in `ServerHandshake` and `Waits`; a test fails when this page is stale.");
        out.add(
                "If a state has no row for an event, the connection ends with `unexpected_message`. Alerts are legal in");
        out.add("every state and are not in the table, and every state can also end in CLOSED.");
        out.add("");
        out.add("## Flight by flight");
        out.add("");
        out.add(
                "`?` marks a state that is skipped unless its condition holds. `~` marks a state that waits for an answer from");
        out.add("outside: there the handshake suspends, and `step()` returns `ASYNC_IN_PROGRESS`.");
        out.add("");
        out.add("```");
        addFlights(out, "A full handshake (RFC 5246, figure 1)", State.READ_CLIENT_HELLO);
        out.add("");
        addFlights(
                out,
                "An abbreviated handshake (RFC 5246, figure 2), from AWAIT_TICKET or AWAIT_SESSION",
                State.RESUME_SERVER_HELLO);
        out.add("```");
        out.add("");
        addKinds(out);
        addRows(out, lines);
        return String.join("\n", out) + "\n";
    }

    /** One line for each flight: the way along the last successor of each row. */
    private static void addFlights(List<String> out, String title, State first) {
        out.add(title);
        State state = first;
        StringBuilder flight = new StringBuilder();
        boolean reading = state.kind() == State.Kind.READ;
        while (state.kind() != State.Kind.OPEN) {
            boolean reads = state.kind() == State.Kind.READ;
            // the server's work on a message belongs to the client's flight until the server sends again
            boolean serverTurn = state.name().matches("(RESUME_)?SEND_.*|RESUME_.*HELLO|AWAIT_TICKET");
            if (reads != reading && (reads || serverTurn)) {
                out.add(flight.toString());
                flight = new StringBuilder();
                reading = reads;
            }
            if (flight.isEmpty()) {
                flight.append(reading ? "  client  " : "  server  ");
            } else {
                flight.append("  ");
            }
            Row row = only(state);
            flight.append(state)
                    .append(row.isConditional() ? "?" : "")
                    .append(state.kind() == State.Kind.AWAIT ? "~" : "");
            state = row.otherwise();
        }
        out.add(flight.toString());
        out.add("          " + state);
    }

    private static Row only(State state) {
        return ServerHandshake.TABLE.rows().stream()
                .filter(row -> row.state() == state)
                .findFirst()
                .orElseThrow();
    }

    private static void addKinds(List<String> out) {
        out.add("## Kinds of states");
        out.add("");
        out.add("| kind | what `step()` does there | states |");
        out.add("|---|---|---|");
        for (State.Kind kind : State.Kind.values()) {
            String states = Arrays.stream(State.values())
                    .filter(state -> state.kind() == kind)
                    .map(State::name)
                    .collect(Collectors.joining(", "));
            out.add("| " + kind + " | " + meaning(kind) + " | " + states + " |");
        }
        out.add("");
    }

    private static void addRows(List<String> out, List<TableText.Line> lines) {
        out.add("## Rows");
        out.add("");
        out.add("| state | event | action | condition | waits for | limit | on failure | next |");
        out.add("|---|---|---|---|---|---|---|---|");
        for (TableText.Line line : lines) {
            Row row = line.row();
            Question<?> question = row.question();
            out.add("| " + row.state() + " | " + row.event() + " | `" + line.action() + "` | "
                    + (line.condition().isEmpty() ? "" : "`" + line.condition() + "`") + " | "
                    + (question == null
                            ? " |  |  |"
                            : question.kind() + " | " + question.limit() + " | " + question.onFailure() + " |")
                    + " " + row.successors().stream().map(State::name).collect(Collectors.joining(" or ")) + " |");
        }
        out.add("");
        out.add("[Waits](waits.md) explains the limits and what follows a failure.");
    }

    private static String meaning(State.Kind kind) {
        return switch (kind) {
            case ACT -> "acts by itself";
            case READ -> "needs a message from the client: NEED_INPUT";
            case AWAIT -> "needs an answer from outside: ASYNC_IN_PROGRESS";
            case OPEN -> "carries application data: ESTABLISHED";
            case END -> "over: CLOSED";
        };
    }
}
