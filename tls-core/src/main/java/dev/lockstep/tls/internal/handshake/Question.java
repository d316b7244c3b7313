package dev.lockstep.tls.internal.handshake;

import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.internal.handshake.phase.Handshake;
import dev.lockstep.tls.internal.wire.FatalAlert;
import dev.lockstep.tls.wait.Progress;
import dev.lockstep.tls.wait.RefusedException;
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

        OptionalLong nanos(TlsServerConfig config) {
            OptionalLong general = config.keyOperationTimeoutNanos();
            long own =
                    switch (this) {
                        case KEY -> Long.MAX_VALUE;
                        case OPENING ->
                            config.tickets() == null
                                    ? Long.MAX_VALUE
                                    : bounded(config.tickets().openTimeout());
                        case LOOKUP ->
                            config.sessionStore() == null
                                    ? Long.MAX_VALUE
                                    : bounded(config.sessionStore().lookupTimeout());
                    };
            if (own == Long.MAX_VALUE) {
                return general;
            }
            return OptionalLong.of(Math.min(own, general.orElse(Long.MAX_VALUE)));
        }

        /** A duration of centuries is no limit. */
        private static long bounded(Duration timeout) {
            if (timeout.isNegative()) {
                return 0;
            }
            return timeout.compareTo(Duration.ofNanos(Long.MAX_VALUE)) >= 0 ? Long.MAX_VALUE : timeout.toNanos();
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
        /** The handshake goes on with a random value and fails at Finished; only then the observer gets it. */
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

    /** Returns the answer of a wait that has ended, or what its failure means. */
    T settle(Handshake handshake, Wait<T> wait) {
        Progress<T> answer = wait.answer();
        if (onFailure == OnFailure.MASKED_TO_FINISHED) {
            return settleMasked(handshake, answer);
        }
        if (answer instanceof Progress.Done<T> done) {
            return done.value();
        }
        if (fallThrough == FallThrough.ANSWER && wait.fellThrough()) {
            return instead.apply(handshake);
        }
        Throwable cause = ((Progress.Failed<T>) answer).cause();
        if (onFailure == OnFailure.REFUSAL_OR_ERROR && cause instanceof RefusedException refusal) {
            throw FatalAlert.of(refusal.alert(), refusal.reason(), refusal);
        }
        handshake.config.observer().onOperationFailed(kind, cause);
        if (onFailure == OnFailure.FULL_HANDSHAKE) {
            return instead.apply(handshake);
        }
        throw FatalAlert.internalError(kind + " failed", cause);
    }

    /** Answer and failure take the same steps: which of them it is can depend on what the client encrypted. */
    private T settleMasked(Handshake handshake, Progress<T> answer) {
        T nothing = instead.apply(handshake);
        T value = answer instanceof Progress.Done<T> done ? done.value() : nothing;
        Throwable cause = answer instanceof Progress.Failed<T> failed ? failed.cause() : null;
        handshake.maskedFailures.keep(kind, cause);
        return value;
    }

    /** Returns the wait for this question, which the machine keeps without its type. */
    @SuppressWarnings("unchecked") // the machine has one wait at a time, and its state says for which question
    Wait<T> own(Wait<?> pending) {
        return (Wait<T>) pending;
    }

    /** Returns an answer of this question, which the machine keeps without its type. */
    @SuppressWarnings("unchecked") // the machine hands a question's answer to the row that asked it
    T cast(Object answer) {
        return (T) answer;
    }
}
