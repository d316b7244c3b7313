package dev.lockstep.tls.internal.handshake;

import dev.lockstep.conversations.learning.Input;
import java.util.List;

/**
 * Where a connection stands, as far as it decides what comes of an input.
 *
 * @param later whether a handshake was completed before
 * @param masked whether a secret failed, which no one must notice yet
 * @param garbled whether the client's records cannot be read, since a secret failed
 * @param asked whether the server has asked for another handshake
 * @param begun how many handshakes followed the first one
 * @param refused how many ClientHellos were refused
 * @param held the records that wait in the caller's buffer
 */
record Standing(
        State state,
        Scene scene,
        boolean later,
        boolean masked,
        boolean garbled,
        boolean asked,
        int begun,
        int refused,
        List<Input> held) {

    static final Standing FIRST =
            new Standing(State.READ_CLIENT_HELLO, Scene.NONE, false, false, false, false, 0, 0, List.of());
    static final Standing CLOSED = new Standing(State.CLOSED, Scene.NONE, false, false, false, false, 0, 0, List.of());

    @Override
    public String toString() {
        return state
                + (later && state.kind() != State.Kind.OPEN ? " again" : "")
                + (scene.claimed() ? " with a chain" : "")
                + (masked ? " masked" : "")
                + (asked ? " asked" : "")
                + (refused > 0 ? " " + refused + " refused" : "")
                + (held.isEmpty() ? "" : " " + held);
    }
}
