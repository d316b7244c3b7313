package dev.lockstep.server.http;

import dev.lockstep.nio.Session;
import dev.lockstep.tls.wait.Suspension;

/** How long a handshake was suspended, and what its thread did for other connections in that time. */
final class KeyWait {

    private int suspensions;
    private long waitedNanos;
    private long othersServed;
    private long othersTurns;

    private long since;
    private long servedBefore;
    private long turnsBefore;

    KeyWait() {}

    KeyWait(int suspensions, long waitedNanos, long othersServed, long othersTurns) {
        this.suspensions = suspensions;
        this.waitedNanos = waitedNanos;
        this.othersServed = othersServed;
        this.othersTurns = othersTurns;
    }

    /** The handshake is suspended. */
    void begin(Session session) {
        Suspension suspension = session.suspension();
        suspensions++;
        since = suspension == null ? System.nanoTime() : suspension.sinceNanos();
        servedBefore = session.counters().sent();
        turnsBefore = session.counters().turns() - session.turns();
    }

    /** The handshake continues. */
    void end(Session session) {
        waitedNanos += System.nanoTime() - since;
        othersServed += session.counters().sent() - servedBefore;
        othersTurns += session.counters().turns() - session.turns() - turnsBefore;
    }

    /** Returns how often the handshake was suspended. */
    int suspensions() {
        return suspensions;
    }

    /** Returns how long in all, in nanoseconds. */
    long waitedNanos() {
        return waitedNanos;
    }

    /** Returns how many answers other connections got meanwhile. */
    long othersServed() {
        return othersServed;
    }

    /** Returns how often other connections were served meanwhile. */
    long othersTurns() {
        return othersTurns;
    }
}
