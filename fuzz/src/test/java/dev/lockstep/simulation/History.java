package dev.lockstep.simulation;

import java.util.ArrayDeque;
import java.util.Deque;

/** What happened in a world: the end of it for the message of a violation, all of it as a number, to compare two runs. */
final class History {

    private static final int REMEMBERED = 30;

    private final Deque<String> last = new ArrayDeque<>();
    private long trace;

    /** Adds something that happened to {@code who}, so many nanoseconds after the beginning. */
    void note(long nanos, Object who, String what) {
        String line = nanos / 1_000 + " us, " + who + ": " + what;
        trace = trace * 31 + line.hashCode();
        last.addLast(line);
        if (last.size() > REMEMBERED) {
            last.removeFirst();
        }
    }

    /** Returns a number that differs where what happened differs. */
    long trace() {
        return trace;
    }

    /** Returns a violation that names the seed, the moment and what happened before. */
    AssertionError violation(long seed, String moment, Throwable found) {
        return new AssertionError(
                "seed " + seed + ", " + moment + ": " + found.getMessage() + "\n" + String.join("\n", last), found);
    }
}
