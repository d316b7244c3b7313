package dev.lockstep.tls.internal.handshake;

import java.util.EnumSet;
import java.util.Set;

/**
 * A point of a path: where the handshake stands, and what of the way there counts.
 *
 * @param waiting the states whose question is pending
 * @param asked the states whose question was asked in this handshake
 */
record Node(State state, Scene scene, Set<Fact> facts, Set<State> waiting, Set<State> asked) {

    static final Node CLOSED = new Node(
            State.CLOSED,
            Scene.NONE,
            EnumSet.noneOf(Fact.class),
            EnumSet.noneOf(State.class),
            EnumSet.noneOf(State.class));

    /** A point whose sets may be changed until it is reached. */
    Node copy(Scene next) {
        return new Node(state, next, EnumSet.copyOf(facts), EnumSet.copyOf(waiting), EnumSet.copyOf(asked));
    }

    Node at(State next) {
        return new Node(next, scene, facts, waiting, asked);
    }

    boolean has(Fact fact) {
        return facts.contains(fact);
    }

    @Override
    public String toString() {
        return state + (scene.deal() == null ? "" : " " + scene.deal()) + " " + facts;
    }
}
