package dev.lockstep.tls.internal.handshake;

import dev.lockstep.tls.internal.handshake.phase.Handshake;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A row of the {@link TransitionTable}. */
public final class Row {

    /** The action of any row: it takes a message body, an answer or nothing, and says whether the first successor follows. */
    @FunctionalInterface
    interface Action {
        boolean run(Handshake handshake, Object input);
    }

    private final State state;
    private final Event event;
    private final @Nullable Question<?> question;
    private final List<State> successors;
    private final Action action;

    @Nullable
    Predicate<Handshake> condition;

    boolean joinsAfter;
    boolean endsFlight;

    Row(State state, Event event, @Nullable Question<?> question, List<State> successors, Action action) {
        this.state = state;
        this.event = event;
        this.question = question;
        this.successors = successors;
        this.action = action;
    }

    public State state() {
        return state;
    }

    public Event event() {
        return event;
    }

    /** Returns what an AWAIT state asks; null in every other row. */
    public @Nullable Question<?> question() {
        return question;
    }

    /** Returns the next states, one or two; where the state is passed over, the last one follows. */
    public List<State> successors() {
        return successors;
    }

    /** Tells whether the state is passed over where a condition does not hold. */
    public boolean isConditional() {
        return condition != null;
    }

    /** Tells whether the message joins the transcript after the action, not before it. */
    public boolean joinsAfter() {
        return joinsAfter;
    }

    /** Tells whether nothing may stand behind the message. */
    public boolean endsFlight() {
        return endsFlight;
    }

    boolean applies(Handshake handshake) {
        return condition == null || condition.test(handshake);
    }

    State otherwise() {
        return successors.get(successors.size() - 1);
    }

    State run(Handshake handshake, Object input) {
        return action.run(handshake, input) ? successors.get(0) : otherwise();
    }

    @Override
    public String toString() {
        return state + " x " + event + " -> " + successors;
    }
}
