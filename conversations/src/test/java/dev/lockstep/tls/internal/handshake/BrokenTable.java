package dev.lockstep.tls.internal.handshake;

import dev.lockstep.tls.spec.ContentType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** The table with something changed about it, for the tests of what looks for mistakes in it. */
final class BrokenTable {

    private final List<Row> rows = new ArrayList<>(ServerHandshake.TABLE.rows());
    private final Map<Row, Row> origins = new HashMap<>();
    private final TransitionTable table = new TransitionTable();
    private State[] loud = {};

    BrokenTable() {
        rows.forEach(row -> origins.put(row, row));
    }

    /** The state is never entered: the last of its next states is, in its place. */
    BrokenTable skips(State state) {
        Row skipped = row(state, null);
        rows.remove(skipped);
        for (Row row : List.copyOf(rows)) {
            if (row.successors().contains(state)) {
                leads(
                        row,
                        row.successors().stream()
                                .map(next -> next == state ? skipped.otherwise() : next)
                                .toArray(State[]::new));
            }
        }
        return this;
    }

    /** The only row of a state leads elsewhere. */
    BrokenTable leads(State from, State... to) {
        leads(row(from, null), to);
        return this;
    }

    /** Another row, which does what the only row of {@code like} does. */
    BrokenTable adds(State state, Event event, State like, State... to) {
        rows.add(altered(row(like, null), state, event, null, to));
        return this;
    }

    /** Another failure policy for the wait of a state. */
    BrokenTable fails(State state, Question.OnFailure onFailure) {
        Row row = row(state, null);
        Question<?> question = Objects.requireNonNull(row.question());
        rows.set(
                rows.indexOf(row),
                altered(
                        row,
                        state,
                        row.event(),
                        failing(question, onFailure),
                        row.successors().toArray(State[]::new)));
        return this;
    }

    private static <T> Question<T> failing(Question<T> question, Question.OnFailure onFailure) {
        return new Question<>(
                question.kind(),
                question.ask(),
                question.limit(),
                onFailure,
                question.fallThrough(),
                question.instead(),
                question.late());
    }

    BrokenTable data(State... states) {
        table.data(states);
        return this;
    }

    BrokenTable dataWhenRenegotiating(State... states) {
        table.dataWhenRenegotiating(states);
        return this;
    }

    BrokenTable holds(ContentType type, State... states) {
        table.holds(Set.of(type), states);
        return this;
    }

    /** Application data may be sent in these states. */
    BrokenTable sends(State... states) {
        loud = states;
        return this;
    }

    /** The changed table. */
    TransitionTable build() {
        rows.forEach(table::add);
        TransitionTable real = ServerHandshake.TABLE;
        for (State state : State.values()) {
            if (real.carriesData(state, false)) {
                table.data(state);
            }
            if (real.carriesData(state, true)) {
                table.dataWhenRenegotiating(state);
            }
            if (real.isSilent(state) && !Arrays.asList(loud).contains(state)) {
                table.silent(state);
            }
            if (real.holds(state, ContentType.HANDSHAKE, false)) {
                table.holds(Set.of(ContentType.HANDSHAKE, ContentType.CHANGE_CIPHER_SPEC), state);
            }
        }
        return table;
    }

    /** The row of the real table whose action a row of this one has. */
    Row origin(Row row) {
        return Objects.requireNonNull(origins.get(row));
    }

    private Row row(State state, Event event) {
        return rows.stream()
                .filter(row -> row.state() == state && (event == null || row.event() == event))
                .findFirst()
                .orElseThrow();
    }

    private void leads(Row row, State... to) {
        rows.set(rows.indexOf(row), altered(row, row.state(), row.event(), row.question(), to));
    }

    private Row altered(Row row, State state, Event event, Question<?> question, State... to) {
        Row origin = origin(row);
        State first = origin.successors().get(0);
        Row altered = new Row(
                state, event, question, List.of(to), (handshake, input) -> origin.run(handshake, input) == first);
        altered.condition = state == row.state() ? row.condition : null;
        altered.joinsAfter = row.joinsAfter();
        altered.endsFlight = row.endsFlight();
        origins.put(altered, origin);
        return altered;
    }
}
