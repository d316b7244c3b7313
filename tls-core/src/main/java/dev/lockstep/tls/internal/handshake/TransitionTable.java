package dev.lockstep.tls.internal.handshake;

import dev.lockstep.tls.internal.wire.WireReader;
import dev.lockstep.tls.spec.ContentType;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A table of rows <i>(state, event) -&gt; action -&gt; permitted next states</i>.
 *
 * <p>Two rules make it the whole truth. Illegal means absent: a pair without a row is unexpected_message, and no code
 * lists forbidden messages. Declared successors are enforced: {@link Row#fire} refuses a state that its row does not
 * name. A row with one successor is {@link #on}, a row with several is {@link #branch}: so every decision of the
 * protocol is a row that starts with {@code branch}.
 */
public final class TransitionTable {

    /** What a row with one successor does. */
    @FunctionalInterface
    interface Action {
        void run(HandshakeContext context, WireReader body);
    }

    /** What a row with several successors does: it also says which. */
    @FunctionalInterface
    interface Decision {
        State run(HandshakeContext context, WireReader body);
    }

    /** One row. */
    public static final class Row {
        private final State state;
        private final Event event;
        private final Decision decision;
        private final Set<State> successors;

        private Row(State state, Event event, Decision decision, Set<State> successors) {
            this.state = state;
            this.event = event;
            this.decision = decision;
            this.successors = successors;
        }

        public State state() {
            return state;
        }

        public Event event() {
            return event;
        }

        public Set<State> successors() {
            return Collections.unmodifiableSet(successors);
        }

        State fire(HandshakeContext context, WireReader body) {
            State next = decision.run(context, body);
            if (!successors.contains(next)) {
                throw new IllegalStateException(state + " x " + event + " may not lead to " + next);
            }
            return next;
        }
    }

    private final Map<State, Map<Event, Row>> rows = new EnumMap<>(State.class);
    private final Map<State, Set<ContentType>> held = new EnumMap<>(State.class);

    TransitionTable() {
        for (State state : State.values()) {
            rows.put(state, new EnumMap<>(Event.class));
            held.put(state, EnumSet.noneOf(ContentType.class));
        }
    }

    /** In {@code state}, {@code event} runs {@code action} and leads to {@code next}. */
    TransitionTable on(State state, Event event, Action action, State next) {
        return add(new Row(
                state,
                event,
                (context, body) -> {
                    action.run(context, body);
                    return next;
                },
                EnumSet.of(next)));
    }

    /** In {@code state}, {@code event} runs {@code decision}, which chooses one of the next states. */
    TransitionTable branch(State state, Event event, Decision decision, State first, State... others) {
        return add(new Row(state, event, decision, EnumSet.of(first, others)));
    }

    /** While suspended in {@code state}, records of these types are legal but must wait; all others are not. */
    TransitionTable holds(State state, ContentType first, ContentType... others) {
        held(state).addAll(EnumSet.of(first, others));
        return this;
    }

    private TransitionTable add(Row row) {
        if (of(row.state).put(row.event, row) != null) {
            throw new IllegalArgumentException("two rows for " + row.state + " x " + row.event);
        }
        return this;
    }

    /** The row of a pair, or null: then the event is an unexpected_message. */
    public @Nullable Row row(State state, Event event) {
        return of(state).get(event);
    }

    /** Whether records of {@code type} may wait in the caller's buffer while {@code state} is suspended. */
    public boolean holds(State state, ContentType type) {
        return held(state).contains(type);
    }

    /** The states of a handshake from which {@code target} may still be reached in the same handshake, itself included. */
    Set<State> leadingTo(State target) {
        Set<State> leading = EnumSet.of(target);
        boolean grown = true;
        while (grown) {
            grown = false;
            for (Row row : rows()) {
                boolean leads = row.state.kind() != State.Kind.OPEN && !Collections.disjoint(row.successors, leading);
                grown |= leads && leading.add(row.state);
            }
        }
        return Collections.unmodifiableSet(leading);
    }

    /** All rows in the order of states and events, for documentation and tests. */
    public List<Row> rows() {
        return rows.values().stream().flatMap(of -> of.values().stream()).toList();
    }

    private Map<Event, Row> of(State state) {
        return Objects.requireNonNull(rows.get(state));
    }

    private Set<ContentType> held(State state) {
        return Objects.requireNonNull(held.get(state));
    }
}
