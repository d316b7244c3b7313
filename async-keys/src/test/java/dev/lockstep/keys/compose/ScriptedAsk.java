package dev.lockstep.keys.compose;

import dev.lockstep.keys.FutureAsk;
import dev.lockstep.tls.wait.Asks;
import dev.lockstep.tls.wait.Start;
import dev.lockstep.tls.wait.Waker;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** Answers questions when a test says so. Cancelled ones can still be answered: the late answer is discarded. */
final class ScriptedAsk<Q, T> implements Asks<Q, T> {

    final List<Q> questions = new ArrayList<>();
    private final List<CompletableFuture<T>> answers = new ArrayList<>();
    private final FutureAsk<Q, T> ask;

    ScriptedAsk(Consumer<T> discard) {
        ask = FutureAsk.of(
                question -> {
                    questions.add(question);
                    answers.add(new CompletableFuture<>());
                    return answers.get(answers.size() - 1).minimalCompletionStage();
                },
                discard);
    }

    @Override
    public Start<T> start(Q question, Waker waker) throws Exception {
        return ask.start(question, waker);
    }

    void answerLast(T answer) {
        answers.get(answers.size() - 1).complete(answer);
    }

    void failLast(Throwable cause) {
        answers.get(answers.size() - 1).completeExceptionally(cause);
    }
}
