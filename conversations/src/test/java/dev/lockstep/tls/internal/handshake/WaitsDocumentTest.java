package dev.lockstep.tls.internal.handshake;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.conversations.docs.GeneratedPage;
import dev.lockstep.tls.internal.handshake.Question.FallThrough;
import dev.lockstep.tls.internal.handshake.Question.Limit;
import dev.lockstep.tls.internal.handshake.Question.OnFailure;
import dev.lockstep.tls.spec.ContentType;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** {@code docs/design/waits.md} is generated from the tables; run with {@code -Ddocs.update=true} to write it again. */
@Tag("docs")
class WaitsDocumentTest {

    private static final Path DOCUMENT = Path.of("..", "docs", "design", "waits.md");

    @Test
    void theDocumentIsWhatTheTablesSay() throws IOException {
        String printed = print(TableText.lines());
        GeneratedPage.is(DOCUMENT, printed);
    }

    private static String print(List<TableText.Line> lines) {
        List<String> out = new ArrayList<>();
        out.add("# Waits");
        out.add("");
        out.add("Printed from the tables in `Waits` and `ServerHandshake`; a test fails when this page is stale.");
        out.add("");
        out.add(
                "A handshake suspends when it needs an answer from outside. `step()` then returns `ASYNC_IN_PROGRESS` until the");
        out.add(
                "answer arrives or its time limit passes. [The handshake](handshake.md) has the states before and after each.");
        out.add("");
        addWaits(out, lines);
        addMeanings(out);
        addHeld(out);
        return String.join("\n", out) + "\n";
    }

    private static void addWaits(List<String> out, List<TableText.Line> lines) {
        out.add("## Questions");
        out.add("");
        out.add("| waits for | state | asked if | by | limit | on failure | `fallThrough` is | a late answer is |");
        out.add("|---|---|---|---|---|---|---|---|");
        List<Question<?>> printed = new ArrayList<>();
        for (TableText.Line line : lines) {
            Question<?> question = line.row().question();
            if (question != null) {
                printed.add(question);
                out.add("| " + question.kind() + " | " + line.row().state() + " | `" + line.condition() + "` | `"
                        + line.ask() + "` | " + question.limit() + " | " + question.onFailure() + " | "
                        + question.fallThrough() + " | " + question.late().becomes() + " |");
            }
        }
        assertThat(printed).as("questions of the table").hasSameElementsAs(Waits.all());
        out.add("");
        out.add("An answer is late if it arrives after its limit, or after the connection was closed.");
        out.add("");
    }

    private static void addMeanings(List<String> out) {
        out.add("## Limits, failures and `fallThrough`");
        out.add("");
        out.add("A failure is a `Start.failed`, a failed `Progress`, an exception, or a missed limit.");
        out.add("");
        out.add("| | |");
        out.add("|---|---|");
        for (Limit limit : Limit.values()) {
            out.add("| " + limit + " | " + meaning(limit) + " |");
        }
        for (OnFailure onFailure : OnFailure.values()) {
            out.add("| " + onFailure + " | " + meaning(onFailure) + " |");
        }
        for (FallThrough fallThrough : FallThrough.values()) {
            out.add("| " + fallThrough + " | " + meaning(fallThrough) + " |");
        }
        out.add("");
    }

    private static void addHeld(List<String> out) {
        out.add("## What may stay in the caller's buffer during a wait");
        out.add("");
        out.add("Records of these types stay, in order; any other type ends the connection. During a renegotiation,");
        out.add("application data may stay in every state.");
        out.add("");
        out.add("| state | record types |");
        out.add("|---|---|");
        for (State state : State.values()) {
            if (state.kind() == State.Kind.AWAIT) {
                String held = Arrays.stream(ContentType.values())
                        .filter(type -> ServerHandshake.TABLE.holds(state, type, false))
                        .map(ContentType::name)
                        .collect(Collectors.joining(", "));
                out.add("| " + state + " | " + (held.isEmpty() ? "none" : held) + " |");
            }
        }
    }

    private static String meaning(Limit limit) {
        return switch (limit) {
            case KEY ->
                "`keyOperationTimeout`, 30 seconds by default. It also bounds the two others, and `handshakeTimeout` all of them";
            case OPENING -> "the ticket protector's `openTimeout`; zero for none of its own";
            case LOOKUP -> "the session store's `lookupTimeout`; zero for none of its own";
        };
    }

    private static String meaning(OnFailure onFailure) {
        return switch (onFailure) {
            case FULL_HANDSHAKE -> "the observer gets the failure, and a full handshake follows";
            case INTERNAL_ERROR -> "the observer gets the failure, and the connection ends with `internal_error`";
            case REFUSAL_OR_ERROR ->
                "a refusal ends the connection with the alert that it names, any other failure with `internal_error`";
            case MASKED_TO_FINISHED ->
                "the handshake continues with a random secret and fails at Finished; the observer gets the failure only then";
        };
    }

    private static String meaning(FallThrough fallThrough) {
        return switch (fallThrough) {
            case ANSWER -> "an answer: no session, or the configured credentials";
            case FAILURE -> "a failure: nothing else could answer, but the local key of a credential that has one";
        };
    }
}
