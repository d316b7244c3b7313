package dev.lockstep.server;

/** How long a handshake was suspended, and what its thread did for others in that time. */
public final class KeyWait {

    private int suspensions;
    private long waitedNanos;
    private long othersAnswered;
    private long othersSteps;

    private boolean waiting;
    private long since;
    private long answeredBefore;
    private long stepsBefore;

    /**
     * The connection suspends, unless it is suspended already.
     *
     * @param sinceNanos when what it waits for was started
     */
    public void begin(long sinceNanos, Counters counters) {
        if (!waiting) {
            waiting = true;
            suspensions++;
            since = sinceNanos;
            answeredBefore = counters.answered;
            stepsBefore = counters.steps;
        }
    }

    /** The connection goes on, if it was suspended. */
    public void end(long nowNanos, Counters counters) {
        if (waiting) {
            waiting = false;
            waitedNanos += nowNanos - since;
            othersAnswered += counters.answered - answeredBefore;
            othersSteps += counters.steps - stepsBefore;
        }
    }

    /** One of the steps counted meanwhile was this connection's own. */
    void ownStep() {
        if (waiting) {
            stepsBefore++;
        }
    }

    /** How often the handshake was suspended. */
    public int suspensions() {
        return suspensions;
    }

    /** How long in all, in nanoseconds. */
    public long waitedNanos() {
        return waitedNanos;
    }

    /** How many other connections got their answer meanwhile. */
    public long othersAnswered() {
        return othersAnswered;
    }

    /** How many steps other connections made meanwhile. */
    public long othersSteps() {
        return othersSteps;
    }
}
