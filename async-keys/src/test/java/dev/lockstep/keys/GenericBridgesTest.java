package dev.lockstep.keys;

import static dev.lockstep.keys.Operations.done;
import static dev.lockstep.keys.Operations.failure;
import static dev.lockstep.keys.Operations.inProgress;
import static dev.lockstep.keys.Operations.ready;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tls.wait.OperationException;
import dev.lockstep.tls.wait.OperationException.Reason;
import dev.lockstep.tls.wait.PendingOperation;
import dev.lockstep.tls.wait.Progress;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Executors and futures answer every question of the SPI, and what arrives too late is cleared. */
@Timeout(60)
class GenericBridgesTest {

    private static final String ALL = "dev.lockstep.keys.SpiQuestion#all";

    private final ThreadPoolExecutor pool = WorkerPools.boundedPool(1, 1);
    private final ScheduledExecutorService scheduler = WorkerPools.scheduler(1);
    private final CountDownLatch discarded = new CountDownLatch(1);
    private final Signal signal = new Signal();

    @AfterEach
    void stop() {
        pool.shutdownNow();
        scheduler.shutdownNow();
    }

    private <T> Consumer<T> discard(SpiQuestion<?, T> asked) {
        return answer -> {
            asked.discard().accept(answer);
            discarded.countDown();
        };
    }

    private void awaitDiscard() throws InterruptedException {
        assertThat(discarded.await(20, TimeUnit.SECONDS)).isTrue();
    }

    @ParameterizedTest
    @MethodSource(ALL)
    <Q, T> void anExecutorAnswersIt(SpiQuestion<Q, T> asked) throws Exception {
        AtomicReference<Q> seen = new AtomicReference<>();
        AtomicReference<Thread> worker = new AtomicReference<>();
        T answer = asked.answer().get();
        ExecutorAsk<Q, T> ask = ExecutorAsk.of(
                question -> {
                    seen.set(question);
                    worker.set(Thread.currentThread());
                    return answer;
                },
                discard(asked),
                pool);

        PendingOperation<T> operation = inProgress(ask.start(asked.question(), signal));
        signal.await();

        assertThat(done(operation.resume())).isSameAs(answer);
        assertThat(seen.get()).isSameAs(asked.question());
        assertThat(worker.get()).isNotSameAs(Thread.currentThread());
        assertThat(discarded.getCount()).isEqualTo(1);
    }

    @ParameterizedTest
    @MethodSource(ALL)
    <Q, T> void anExecutorWithADelayAnswersIt(SpiQuestion<Q, T> asked) throws Exception {
        T answer = asked.answer().get();
        ExecutorAsk<Q, T> ask =
                ExecutorAsk.delayed(question -> answer, discard(asked), Duration.ofMillis(1), scheduler);

        PendingOperation<T> operation = inProgress(ask.start(asked.question(), signal));
        signal.await();

        assertThat(done(operation.resume())).isSameAs(answer);
    }

    @ParameterizedTest
    @MethodSource(ALL)
    <Q, T> void whatAnExecutorAnswersAfterTheCancellationIsDiscarded(SpiQuestion<Q, T> asked) throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        T answer = asked.answer().get();
        ExecutorAsk<Q, T> ask = ExecutorAsk.of(
                question -> {
                    running.countDown();
                    awaitIgnoringInterrupts(release);
                    return answer;
                },
                discard(asked),
                pool);
        PendingOperation<T> operation = inProgress(ask.start(asked.question(), signal));
        running.await();

        operation.cancel();
        release.countDown();

        awaitDiscard();
        assertThat(asked.isCleared().test(answer)).isTrue();
    }

    @ParameterizedTest
    @MethodSource(ALL)
    <Q, T> void anAnswerThatIsNotFetchedIsDiscardedByCancel(SpiQuestion<Q, T> asked) throws Exception {
        T answer = asked.answer().get();
        PendingOperation<T> operation = inProgress(
                ExecutorAsk.of((Q question) -> answer, discard(asked), pool).start(asked.question(), signal));
        signal.await();

        operation.cancel();

        awaitDiscard();
        assertThat(asked.isCleared().test(answer)).isTrue();
    }

    @ParameterizedTest
    @MethodSource(ALL)
    <Q, T> void withoutRoomItIsRejected(SpiQuestion<Q, T> asked) {
        CountDownLatch release = new CountDownLatch(1);
        ExecutorAsk<Q, T> ask = ExecutorAsk.of(
                question -> {
                    release.await();
                    return asked.answer().get();
                },
                discard(asked),
                pool);
        inProgress(ask.start(asked.question(), signal));
        inProgress(ask.start(asked.question(), signal));

        Throwable third = failure(ask.start(asked.question(), signal));

        assertThat(((OperationException) third).reason()).isEqualTo(Reason.REJECTED);
        release.countDown();
    }

    @ParameterizedTest
    @MethodSource(ALL)
    <Q, T> void aFutureAnswersItNowOrLater(SpiQuestion<Q, T> asked) throws Exception {
        CompletableFuture<T> future = new CompletableFuture<>();
        FutureAsk<Q, T> ask = FutureAsk.of(question -> future, discard(asked));
        T answer = asked.answer().get();

        PendingOperation<T> later = inProgress(ask.start(asked.question(), signal));
        assertThat(later.resume()).isInstanceOf(Progress.InProgress.class);
        future.complete(answer);
        signal.await();

        assertThat(done(later.resume())).isSameAs(answer);
        assertThat(done(ready(ask.start(asked.question(), signal)).resume())).isSameAs(answer);
        assertThat(discarded.getCount()).isEqualTo(1);
    }

    @ParameterizedTest
    @MethodSource(ALL)
    <Q, T> void aFutureFailsWithItsOwnCause(SpiQuestion<Q, T> asked) throws Exception {
        CompletableFuture<T> future = new CompletableFuture<>();
        PendingOperation<T> operation =
                inProgress(FutureAsk.of((Q question) -> future, discard(asked)).start(asked.question(), signal));

        future.completeExceptionally(new IOException("gone"));

        assertThat(failure(operation.resume())).isInstanceOf(IOException.class).hasMessage("gone");
    }

    @ParameterizedTest
    @MethodSource(ALL)
    <Q, T> void aFuturesAnswerThatIsNotFetchedIsDiscardedByCancel(SpiQuestion<Q, T> asked) throws Exception {
        CompletableFuture<T> future = new CompletableFuture<>();
        T answer = asked.answer().get();
        PendingOperation<T> operation =
                inProgress(FutureAsk.of((Q question) -> future, discard(asked)).start(asked.question(), signal));
        future.complete(answer);

        operation.cancel();

        awaitDiscard();
        assertThat(asked.isCleared().test(answer)).isTrue();
    }

    /** A stage whose future is a copy cannot be cancelled: it completes all the same. */
    @ParameterizedTest
    @MethodSource(ALL)
    <Q, T> void whatAStageAnswersAfterTheCancellationIsDiscarded(SpiQuestion<Q, T> asked) throws Exception {
        CompletableFuture<T> future = new CompletableFuture<>();
        T answer = asked.answer().get();
        PendingOperation<T> operation =
                inProgress(FutureAsk.of((Q question) -> future.minimalCompletionStage(), discard(asked))
                        .start(asked.question(), signal));

        operation.cancel();
        assertThat(discarded.getCount()).isEqualTo(1);
        future.complete(answer);

        awaitDiscard();
        assertThat(asked.isCleared().test(answer)).isTrue();
    }

    private static void awaitIgnoringInterrupts(CountDownLatch latch) {
        boolean interrupted = false;
        while (true) {
            try {
                latch.await();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
