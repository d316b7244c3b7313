package dev.lockstep.simulation;

import dev.lockstep.simulation.Operations.Begin;
import dev.lockstep.simulation.Operations.End;
import dev.lockstep.simulation.Operations.Operation;
import java.util.concurrent.TimeUnit;

/** The key holders, stores and verifiers behind one connection: how their operations begin, and how and when each ends. */
final class Holders {

    /** Is told that an operation has ended. */
    @FunctionalInterface
    interface Listener {
        void onEnd(Operation<?> operation, End how);
    }

    private final Loop time;
    private final Choices choices;
    private final boolean fair;
    private final Listener listener;

    /** @param fair whether nothing goes wrong and all is answered in time */
    Holders(Loop time, Choices choices, boolean fair, Listener listener) {
        this.time = time;
        this.choices = choices;
        this.fair = fair;
        this.listener = listener;
    }

    /** How the next operations begin. */
    Begin howToBegin() {
        if (fair || !choices.oneIn(12)) {
            return choices.below(4) == 0 ? Begin.READY : Begin.IN_PROGRESS;
        }
        Begin[] all = Begin.values();
        return all[choices.below(all.length)];
    }

    /** Plans the end of an operation that is in progress, and wake-ups before it. */
    void plan(Operation<?> operation) {
        long good = someMillis();
        if (choices.oneIn(6)) {
            time.after(someMillis(), operation::wakes); // for nothing, or a second time
        }
        int how = fair ? 0 : choices.below(8);
        switch (how) {
            case 0, 1, 2 -> ends(operation, good, End.DONE);
            case 3 -> ends(operation, good, End.FAILED);
            case 4 -> ends(operation, good, End.THROWS);
            case 5 -> ends(operation, good, End.ERROR);
            case 6 -> ends(operation, Server.OPERATION.toNanos() + good, End.DONE); // too late
            default -> {
                // lost: it never ends
            }
        }
    }

    private long someMillis() {
        return TimeUnit.MILLISECONDS.toNanos(choices.below(400));
    }

    private void ends(Operation<?> operation, long nanos, End how) {
        time.after(nanos, () -> {
            if (operation.ends(how)) {
                listener.onEnd(operation, how);
            }
        });
    }
}
