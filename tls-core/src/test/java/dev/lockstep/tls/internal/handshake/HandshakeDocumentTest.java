package dev.lockstep.tls.internal.handshake;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tls.internal.handshake.TransitionTable.Row;
import dev.lockstep.tls.spec.ContentType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** {@code docs/handshake.md} is printed from the table; run with {@code -Ddocs.update=true} to print it anew. */
class HandshakeDocumentTest {

    private static final Path DOCUMENT = Path.of("..", "docs", "handshake.md");

    @Test
    void theDocumentIsWhatTheTableSays() throws IOException {
        String printed = print(ServerHandshake.TABLE);
        if (Boolean.getBoolean("docs.update")) {
            Files.writeString(DOCUMENT, printed);
        }
        assertThat(Files.readString(DOCUMENT))
                .as("docs/handshake.md is stale: mvn -pl tls-core -am test -Dtest=HandshakeDocumentTest"
                        + " -Ddocs.update=true -Dsurefire.failIfNoSpecifiedTests=false")
                .isEqualTo(printed);
    }

    private static String print(TransitionTable table) {
        List<String> lines = new ArrayList<>();
        lines.add("# The handshake");
        lines.add("");
        lines.add(
                "Printed from the transition table in `ServerHandshake`; a test fails when this page is stale. A pair of");
        lines.add(
                "state and event that has no row here is answered with unexpected_message and ends the connection. Alerts");
        lines.add("may come in every state and are not in the table; every state can also end in CLOSED.");
        lines.add("");
        lines.add("```mermaid");
        lines.add("stateDiagram-v2");
        lines.add("    [*] --> AWAIT_CLIENT_HELLO");
        for (Row row : table.rows()) {
            for (State next : row.successors()) {
                lines.add("    " + row.state() + " --> " + next + ": " + row.event());
            }
        }
        lines.add("```");
        lines.add("");
        lines.add("## States");
        lines.add("");
        lines.add("| state | kind | what `step()` does there |");
        lines.add("|---|---|---|");
        for (State state : State.values()) {
            lines.add("| " + state + " | " + state.kind() + " | " + meaning(state.kind()) + " |");
        }
        lines.add("");
        lines.add("## Rows");
        lines.add("");
        lines.add("| state | event | next |");
        lines.add("|---|---|---|");
        for (Row row : table.rows()) {
            lines.add("| " + row.state() + " | " + row.event() + " | "
                    + row.successors().stream().map(State::name).collect(Collectors.joining(" or ")) + " |");
        }
        lines.add("");
        lines.add("## What may wait while a state is suspended");
        lines.add("");
        lines.add("Records of these types stay in the caller's buffer, in order; every other one ends the connection.");
        lines.add("");
        lines.add("| state | record types |");
        lines.add("|---|---|");
        for (State state : State.values()) {
            if (state.kind() == State.Kind.SUSPEND) {
                String held = Arrays.stream(ContentType.values())
                        .filter(type -> table.holds(state, type))
                        .map(ContentType::name)
                        .collect(Collectors.joining(", "));
                lines.add("| " + state + " | " + (held.isEmpty() ? "none" : held) + " |");
            }
        }
        return String.join("\n", lines) + "\n";
    }

    private static String meaning(State.Kind kind) {
        return switch (kind) {
            case SEND -> "acts by itself";
            case READ -> "needs a message from the client: NEED_INPUT";
            case SUSPEND -> "needs an answer from outside: ASYNC_IN_PROGRESS";
            case OPEN -> "carries application data: ESTABLISHED";
            case END -> "over: CLOSED";
        };
    }
}
