package dev.lockstep.tls;

import dev.lockstep.tls.internal.handshake.State;

/** Admits one call of a connection at a time: its callbacks must not call it, and some calls need one that was established. */
final class CallGuard {

    private final ConnectionDriver driver;
    private boolean entered;

    CallGuard(ConnectionDriver driver) {
        this.driver = driver;
    }

    /** Begins a call that is legal in every state; {@link #leave} must follow. */
    void enter() {
        if (entered) {
            throw new IllegalStateException("a callback of this connection must not call it");
        }
        entered = true;
    }

    /** Begins a call of a connection that is or was established. */
    void enterOpen() {
        State state = driver.handshake().state();
        if (!entered && !driver.isEstablished() && state != State.CLOSED) {
            throw new IllegalStateException("not established: " + state + "; step first");
        }
        enter();
    }

    void leave() {
        entered = false;
    }
}
