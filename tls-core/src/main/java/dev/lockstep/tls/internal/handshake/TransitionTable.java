package dev.lockstep.tls.internal.handshake;

import dev.lockstep.tls.internal.handshake.Row.Action;
import dev.lockstep.tls.internal.handshake.State.Kind;
import dev.lockstep.tls.internal.handshake.phase.Agreement;
import dev.lockstep.tls.internal.handshake.phase.Client;
import dev.lockstep.tls.internal.handshake.phase.Handshake;
import dev.lockstep.tls.internal.handshake.phase.Offer;
import dev.lockstep.tls.internal.wire.WireReader;
import dev.lockstep.tls.spec.ContentType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A table of rows <i>(state, event), action, permitted next states</i>, in which each row may carry a condition.
 *
 * <p>Three rules make it the whole truth. Illegal means absent: a pair without a row is unexpected_message, and no code
 * lists forbidden messages. A state whose condition does not hold is passed over to the last of its row's next states: it is
 * the asterisk of the RFC's figures. A row with two next states decides between them by the boolean that its action returns.
 */
@SuppressWarnings("overloads") // the conditions are exact method references, which name the overload
public final class TransitionTable {

    /** A condition on what the client offers. */
    @FunctionalInterface
    interface OfferCondition {
        boolean holds(Offer offer);
    }

    /** A condition on what was agreed. */
    @FunctionalInterface
    interface AgreementCondition {
        boolean holds(Agreement agreement);
    }

    /** A condition on what the client has sent of itself. */
    @FunctionalInterface
    interface ClientCondition {
        boolean holds(Client client);
    }

    private final List<Row> rows = new ArrayList<>();
    private final Map<State, Map<Event, Row>> byState = new EnumMap<>(State.class);
    private final Map<State, Row> conditional = new EnumMap<>(State.class);
    private final Set<State> carriesData = EnumSet.noneOf(State.class);
    private final Set<State> carriesDataLater = EnumSet.noneOf(State.class);
    private final Set<State> silent = EnumSet.noneOf(State.class);
    private final Set<State> holdingStates = EnumSet.noneOf(State.class);
    private Set<ContentType> held = Set.of();

    /** {@code state} runs {@code action} by itself and leads to {@code next}. */
    TransitionTable act(State state, Consumer<Handshake> action, State next) {
        return on(state, Event.PROCEED, action, next);
    }

    /** In {@code state}, {@code event}, which brings no message body, runs {@code action} and leads to {@code next}. */
    TransitionTable on(State state, Event event, Consumer<Handshake> action, State next) {
        return add(state, event, null, always((handshake, none) -> action.accept(handshake)), next);
    }

    /** In {@code state}, the message {@code event} runs {@code action} and leads to {@code next}. */
    TransitionTable read(State state, Event event, BiConsumer<Handshake, WireReader> action, State next) {
        return add(state, event, null, always((handshake, body) -> action.accept(handshake, (WireReader) body)), next);
    }

    /** In {@code state}, the message {@code event} runs {@code action}, which chooses where it leads. */
    TransitionTable read(
            State state, Event event, BiPredicate<Handshake, WireReader> action, State next, State otherwise) {
        return add(state, event, null, (handshake, body) -> action.test(handshake, (WireReader) body), next, otherwise);
    }

    /** {@code state} asks {@code question}, whose answer runs {@code action} and leads to {@code next}. */
    <T> TransitionTable await(State state, Question<T> question, BiConsumer<Handshake, T> action, State next) {
        Action row = always((handshake, answer) -> action.accept(handshake, question.cast(answer)));
        return add(state, Event.ANSWER, question, row, next);
    }

    /** {@code state} asks {@code question}, whose answer runs {@code action}, which chooses where it leads. */
    <T> TransitionTable await(
            State state, Question<T> question, BiPredicate<Handshake, T> action, State next, State otherwise) {
        Action row = (handshake, answer) -> action.test(handshake, question.cast(answer));
        return add(state, Event.ANSWER, question, row, next, otherwise);
    }

    private static Action always(BiConsumer<Handshake, Object> action) {
        return (handshake, input) -> {
            action.accept(handshake, input);
            return true;
        };
    }

    /** The state of the row before is passed over unless the offer meets {@code condition}. */
    TransitionTable when(OfferCondition condition) {
        return onlyIf(handshake -> condition.holds(handshake.offer.get()));
    }

    /** The state of the row before is passed over unless the agreement meets {@code condition}. */
    TransitionTable when(AgreementCondition condition) {
        return onlyIf(handshake -> condition.holds(handshake.agreement.get()));
    }

    /** The state of the row before is passed over unless the client meets {@code condition}. */
    TransitionTable when(ClientCondition condition) {
        return onlyIf(handshake -> condition.holds(handshake.client));
    }

    private TransitionTable onlyIf(Predicate<Handshake> condition) {
        last().condition = condition;
        conditional.put(last().state(), last());
        return this;
    }

    /** The message of the row before proves all messages before it, so it joins the transcript only after its action. */
    TransitionTable joinsAfter() {
        last().joinsAfter = true;
        return this;
    }

    /** Nothing may stand behind the message of the row before: it is the last of its flight. */
    TransitionTable endsFlight() {
        last().endsFlight = true;
        return this;
    }

    /** Application data may arrive in these states. */
    TransitionTable data(State... states) {
        Collections.addAll(carriesData, states);
        return this;
    }

    /** Application data may arrive in these states of a handshake that is not the first one. */
    TransitionTable dataWhenRenegotiating(State... states) {
        Collections.addAll(carriesDataLater, states);
        return this;
    }

    /** No application data may be sent in these states of an established connection. */
    TransitionTable silent(State... states) {
        Collections.addAll(silent, states);
        return this;
    }

    /** While one of these states is suspended, records of these types stay in the caller's buffer; others are illegal. */
    TransitionTable holds(Set<ContentType> types, State... states) {
        held = types;
        Collections.addAll(holdingStates, states);
        return this;
    }

    private TransitionTable add(
            State state, Event event, @Nullable Question<?> question, Action action, State... next) {
        return add(new Row(state, event, question, List.of(next), action));
    }

    /** Adds a row as it stands, with its condition. */
    TransitionTable add(Row row) {
        if (row(row.state(), row.event()) != null) {
            throw new IllegalArgumentException("two rows for " + row.state() + " x " + row.event());
        }
        byState.computeIfAbsent(row.state(), s -> new EnumMap<>(Event.class)).put(row.event(), row);
        if (row.isConditional()) {
            conditional.put(row.state(), row);
        }
        rows.add(row);
        return this;
    }

    private Row last() {
        return rows.get(rows.size() - 1);
    }

    /** Returns the row of a pair, or null: then the event is an unexpected_message. */
    public @Nullable Row row(State state, Event event) {
        Map<Event, Row> row = byState.get(state);
        return row == null ? null : row.get(event);
    }

    /** Returns the state in which a handshake that is to enter {@code state} stops: conditions pass over others. */
    State enter(State state, Handshake handshake) {
        State entered = state;
        for (Row row = conditional.get(entered);
                row != null && !row.applies(handshake);
                row = conditional.get(entered)) {
            entered = row.otherwise();
        }
        return entered;
    }

    /** Tells whether application data may arrive in {@code state}. */
    public boolean carriesData(State state, boolean renegotiating) {
        return carriesData.contains(state) || (renegotiating && carriesDataLater.contains(state));
    }

    /** Tells whether no application data may be sent in {@code state} of an established connection. */
    public boolean isSilent(State state) {
        return silent.contains(state);
    }

    /**
     * Tells whether a record of {@code type} may stay in the caller's buffer while {@code state} is suspended. During a
     * renegotiation application data may in every state: it came under the old keys, and is read after the wait.
     */
    public boolean holds(State state, ContentType type, boolean renegotiating) {
        return (holdingStates.contains(state) && held.contains(type))
                || (renegotiating && type == ContentType.APPLICATION_DATA);
    }

    /** Returns the states of a handshake from which {@code target} may still be reached in it, {@code target} included. */
    Set<State> leadingTo(State target) {
        Set<State> leading = EnumSet.of(target);
        boolean grown = true;
        while (grown) {
            grown = false;
            for (Row row : rows) {
                boolean leads = row.state().kind() != Kind.OPEN && !Collections.disjoint(row.successors(), leading);
                grown |= leads && leading.add(row.state());
            }
        }
        return Collections.unmodifiableSet(leading);
    }

    /** Returns all rows in the order of the table, for documentation and tests. */
    public List<Row> rows() {
        return Collections.unmodifiableList(rows);
    }

    /** Returns the question that an AWAIT state asks. */
    Question<?> question(State state) {
        Row row = Objects.requireNonNull(row(state, Event.ANSWER), () -> state + " awaits nothing");
        return Objects.requireNonNull(row.question(), () -> state + " has no question");
    }
}
