package dev.lockstep.keys.compose;

import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * One operation that has ended, as {@link ObservedAsk} reports it.
 *
 * @param question what was asked
 * @param queueNanos how long it waited for its turn; empty where waiting cannot be told from working
 * @param serviceNanos how long the work took: until the answer was announced, not until it was fetched
 * @param outcome how it ended
 * @param failure why it failed; null unless the outcome is {@link Outcome#FAILED}
 * @param <Q> the question
 */
public record ObservedOperation<Q>(
        Q question,
        OptionalLong queueNanos,
        long serviceNanos,
        Outcome outcome,
        @Nullable Throwable failure) {

    /** The ways in which an operation ends. */
    public enum Outcome {
        /** The connection has the result. */
        DONE,
        /** There was no result. */
        FAILED,
        /** The connection no longer wanted it. */
        CANCELLED,
        /** It was left to what is configured locally. */
        FELL_THROUGH
    }
}
