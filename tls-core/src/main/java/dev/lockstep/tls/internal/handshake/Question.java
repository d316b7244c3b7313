package dev.lockstep.tls.internal.handshake;

import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.internal.handshake.phase.Handshake;
import dev.lockstep.tls.wait.OperationException;
import dev.lockstep.tls.wait.OperationException.Reason;
import dev.lockstep.tls.wait.Start;
import dev.lockstep.tls.wait.SuspensionKind;
import dev.lockstep.tls.wait.Waker;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A row of the table of waits: what is asked, for how long, and what follows if no answer comes.
 *
 * @param kind what a suspended connection says it waits for
 * @param ask starts the operation
 * @param limit how long the answer may take
 * @param onFailure what a failure, an exception or a missed deadline means
 * @param fallThrough what {@link Start#fallThrough} means
 * @param instead the value that takes the place of the answer; never asked for where a failure ends the handshake
 * @param late what becomes of a value that arrives when it is not wanted any more
 * @param <T> the answer
 */
public record Question<T>(
        SuspensionKind kind,
        Ask<T> ask,
        Limit limit,
        OnFailure onFailure,
        FallThrough fallThrough,
        Function<Handshake, T> instead,
        Late<T> late) {

    /** Starts an operation of the SPI for a handshake; the deadline goes into its request. */
    @FunctionalInterface
    public interface Ask<T> {
        @Nullable
        Start<T> start(Handshake handshake, Waker waker, OptionalLong deadlineNanos) throws Exception;
    }

    /** The time limit of an answer; that of the handshake holds besides. */
    public enum Limit {
        KEY,
        OPENING,
        LOOKUP;

        /** Centuries, and more nanoseconds do not fit. */
        private static final Duration NONE = Duration.ofNanos(Long.MAX_VALUE);

        /**
         * Returns the limit; empty for none.
         *
         * @throws OperationException when what the implementation returned is no time
         */
        OptionalLong nanos(TlsServerConfig config) throws OperationException {
            OptionalLong general = config.keyOperationTimeoutNanos();
            @Nullable
            Duration own =
                    switch (this) {
                        case KEY -> NONE;
                        case OPENING ->
                            config.tickets() == null ? NONE : config.tickets().openTimeout();
                        case LOOKUP ->
                            config.sessionStore() == null
                                    ? NONE
                                    : config.sessionStore().lookupTimeout();
                    };
            if (own == null || own.isNegative()) {
                throw new OperationException(Reason.INVALID_OUTPUT, "a time limit of " + own);
            }
            if (own.isZero() || own.compareTo(NONE) >= 0) {
                return general;
            }
            return OptionalLong.of(Math.min(own.toNanos(), general.orElse(Long.MAX_VALUE)));
        }
    }

    /** What a failure means for the handshake. */
    public enum OnFailure {
        /** The observer gets it, and a full handshake follows. */
        FULL_HANDSHAKE,
        /** The observer gets it, and internal_error ends the connection: the client can do nothing about it. */
        INTERNAL_ERROR,
        /** A refusal ends the connection with its own alert, every other failure as above. */
        REFUSAL_OR_ERROR,
        /** The handshake continues with a random value and fails at Finished; only then the observer gets it. */
        MASKED_TO_FINISHED
    }

    /** What {@link Start#fallThrough} means. */
    public enum FallThrough {
        /** The answer is {@code instead}. */
        ANSWER,
        /** Nothing is below that could answer. */
        FAILURE
    }

    /** What becomes of a late value. */
    public record Late<T>(String becomes, Consumer<T> disposal) {}

    /** Returns an answer of this question, which the machine keeps without its type. */
    @SuppressWarnings("unchecked") // the machine hands a question's answer to the row that asked it
    T cast(Object answer) {
        return (T) answer;
    }
}
