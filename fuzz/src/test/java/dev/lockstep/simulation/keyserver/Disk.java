package dev.lockstep.simulation.keyserver;

import dev.lockstep.server.audit.KeyUse;
import dev.lockstep.server.audit.SimulatedLog;
import dev.lockstep.simulation.Choices;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The disk of a key-use log: it fills up, and the process that writes to it dies in the middle of a line. */
final class Disk implements SimulatedLog.Disk {

    private enum State {
        GOOD,
        /** Takes a piece of each line at most, and does not force anything. */
        FULL,
        /** The next line is the last thing that the process writes, and not to its end. */
        DOOMED,
        /** The process is dead. */
        DEAD
    }

    private final Choices choices;
    private final Ledger ledger;
    private final boolean loses;
    private State state = State.GOOD;
    private int lines;

    /** @param loses whether a line now and then is not written: a planted fault */
    Disk(Choices choices, Ledger ledger, boolean loses) {
        this.choices = choices;
        this.ledger = ledger;
        this.loses = loses;
    }

    @Override
    public void write(byte[] line, File file) throws IOException {
        if (state == State.DEAD) {
            throw new IOException("the process is dead");
        }
        if (state != State.GOOD) {
            file.write(Arrays.copyOf(line, choices.below(line.length)));
            if (state == State.DOOMED) {
                state = State.DEAD;
            }
            throw new IOException("No space left on device");
        }
        if (!loses || ++lines % 7 != 0) {
            file.write(line);
        }
        String text = new String(line, 0, line.length - 1, StandardCharsets.US_ASCII);
        KeyUse use = SimulatedLog.use(text);
        if (use != null) {
            ledger.written(use);
        }
    }

    @Override
    public void sync() throws IOException {
        if (state == State.FULL || state == State.DEAD) {
            throw new IOException("Input/output error");
        }
    }

    void fill() {
        state = State.FULL;
    }

    /** It has room again, and its process is to live. */
    void empty() {
        if (state != State.DEAD) {
            state = State.GOOD;
        }
    }

    void doom() {
        state = State.DOOMED;
    }

    /** The process is killed. */
    void kill() {
        state = State.DEAD;
    }

    /** A new process writes to it. */
    void revive() {
        state = State.GOOD;
    }

    boolean isGood() {
        return state == State.GOOD;
    }

    boolean isDead() {
        return state == State.DEAD;
    }
}
