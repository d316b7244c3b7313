package dev.lockstep.keys;

import dev.lockstep.tls.wait.Asks;
import dev.lockstep.tls.wait.OperationException;
import dev.lockstep.tls.wait.OperationException.Reason;
import dev.lockstep.tls.wait.Start;
import dev.lockstep.tls.wait.Waker;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * A question that a client library answers with a {@link CompletionStage}: an asynchronous cache, directory or key
 * service. It serves session look-ups, ticket openings, pre-shared keys, credential selection and verdicts;
 * {@link FutureKey} is its form for private keys.
 *
 * <pre>{@code
 * PskSource keys = FutureAsk.of(request -> redis.get(request.identity()), Discard::psk)::start;
 * }</pre>
 *
 * <p>Cancelling an operation cancels the stage that the library returned, not a copy of it, so that a client that aborts
 * its request on cancellation does so. An answer that arrives nevertheless is discarded.
 *
 * @param <Q> the question
 * @param <T> the answer
 */
public final class FutureAsk<Q, T> implements Asks<Q, T> {

    /**
     * Sends a request; must not block.
     *
     * @param <Q> the question
     * @param <R> what the client library answers with
     */
    @FunctionalInterface
    public interface Call<Q, R> {
        /**
         * Starts the operation.
         *
         * @return completes with the answer, on any thread
         * @throws Exception counts as a failed operation
         */
        CompletionStage<R> send(Q question) throws Exception;
    }

    /** A call, with what takes the result out of its answer and what clears an answer that comes too late. */
    private record Route<Q, R, T>(
            Call<Q, R> call, Function<? super R, ? extends T> result, Consumer<? super R> discard) {
        Start<T> start(Q question, Waker waker) throws Exception {
            CompletionStage<R> stage = call.send(question);
            if (stage == null) {
                return Start.failed(new OperationException(Reason.INVALID_OUTPUT, "the call answered null"));
            }
            return FutureOperation.start(stage, result, discard, waker);
        }
    }

    private final Route<Q, ?, T> route;

    private FutureAsk(Route<Q, ?, T> route) {
        this.route = route;
    }

    /**
     * Asks with a call whose answer is the result itself.
     *
     * @param discard clears an answer that arrives too late, on any thread; see {@link Discard}
     */
    public static <Q, T> FutureAsk<Q, T> of(Call<Q, T> call, Consumer<? super T> discard) {
        return of(call, Function.identity(), discard);
    }

    /**
     * Asks with a call whose answer holds the result.
     *
     * @param result takes the result out of the answer, on the thread that drives the connection; null is a failure
     * @param discard clears an answer that arrives too late, on any thread
     */
    public static <Q, R, T> FutureAsk<Q, T> of(
            Call<Q, R> call, Function<? super R, ? extends T> result, Consumer<? super R> discard) {
        return new FutureAsk<>(new Route<>(
                Objects.requireNonNull(call, "call"),
                Objects.requireNonNull(result, "result"),
                Objects.requireNonNull(discard, "discard")));
    }

    @Override
    public Start<T> start(Q question, Waker waker) throws Exception {
        return route.start(question, waker);
    }
}
