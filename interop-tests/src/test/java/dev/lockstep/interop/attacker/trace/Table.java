package dev.lockstep.interop.attacker.trace;

import static dev.lockstep.interop.attacker.trace.KeyOperation.DECRYPTION;
import static dev.lockstep.interop.attacker.trace.KeyOperation.SIGNATURE;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Traces about one thing. A row names what is wrong, how it is sent, the answers before, during and after, and the RFC. */
public final class Table {
    private final String title;
    private final List<Trace> traces = new ArrayList<>();

    Table(String title) {
        this.title = title;
    }

    /** With both key operations, the same answer at every moment. */
    Table both(String what, Attack attack, Answer answer, String section) {
        return both(what, attack, answer, answer, answer, section);
    }

    /** With both key operations. */
    Table both(String what, Attack attack, Answer before, Answer during, Answer after, String section) {
        return sign(what, attack, before, during, after, section).decrypt(what, attack, before, during, after, section);
    }

    /** In an ECDHE_RSA handshake. */
    Table sign(String what, Attack attack, Answer before, Answer during, Answer after, String section) {
        traces.add(new Trace(what, SIGNATURE, attack, before, during, after, section));
        return this;
    }

    /** In an RSA handshake. */
    Table decrypt(String what, Attack attack, Answer before, Answer during, Answer after, String section) {
        traces.add(new Trace(what, DECRYPTION, attack, before, during, after, section));
        return this;
    }

    public String title() {
        return title;
    }

    public List<Trace> traces() {
        return Collections.unmodifiableList(traces);
    }

    @Override
    public String toString() {
        return title;
    }
}
