package dev.lockstep.interop.attacker.trace;

/**
 * A row of a table.
 *
 * @param what in words, unique in its table for one key operation
 * @param operation the key operation of the conversation
 * @param section the RFC and the section that the answer follows from
 */
public record Trace(
        String what,
        KeyOperation operation,
        Attack attack,
        Answer before,
        Answer during,
        Answer after,
        String section) {

    /** What it must get back. */
    public Answer expected(Moment moment) {
        return switch (moment) {
            case BEFORE -> before;
            case DURING -> during;
            case AFTER -> after;
        };
    }

    @Override
    public String toString() {
        return operation.title() + ": " + what;
    }
}
