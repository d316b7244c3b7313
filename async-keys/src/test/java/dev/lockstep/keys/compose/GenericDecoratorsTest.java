package dev.lockstep.keys.compose;

import static dev.lockstep.keys.Failures.down;
import static dev.lockstep.keys.Failures.reason;
import static dev.lockstep.keys.Failures.refusal;
import static dev.lockstep.keys.Operations.done;
import static dev.lockstep.keys.Operations.failure;
import static dev.lockstep.keys.Operations.inProgress;
import static dev.lockstep.keys.Requests.sign;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.keys.Requests;
import dev.lockstep.keys.Signal;
import dev.lockstep.keys.SpiQuestion;
import dev.lockstep.keys.WorkerPools;
import dev.lockstep.keys.compose.CircuitBreaker.State;
import dev.lockstep.keys.compose.ObservedOperation.Outcome;
import dev.lockstep.testkit.answer.KeyScript;
import dev.lockstep.testkit.answer.RecordingKey;
import dev.lockstep.tls.wait.OperationException.Reason;
import dev.lockstep.tls.wait.PendingOperation;
import dev.lockstep.tls.wait.Progress;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The decorators do for every question of the SPI what they do for keys. */
@Timeout(60)
class GenericDecoratorsTest {

    private static final String ALL = "dev.lockstep.keys.SpiQuestion#all";
    private static final Duration LIMIT = Duration.ofSeconds(3);

    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5); // a clock that wraps while it is used
    private final ScheduledExecutorService timer = WorkerPools.scheduler(1);
    private final ThreadPoolExecutor pool = WorkerPools.boundedPool(1, 1);
    private final Signal signal = new Signal();

    @AfterEach
    void stop() {
        timer.shutdownNow();
        pool.shutdownNow();
    }

    @ParameterizedTest
    @MethodSource(ALL)
    <Q, T> void aDeadlineEndsItAndTheLateAnswerIsDiscarded(SpiQuestion<Q, T> asked) throws Exception {
        ScriptedAsk<Q, T> ask = new ScriptedAsk<>(asked.discard());
        PendingOperation<T> operation = inProgress(
                DeadlineAsk.of(ask, asked.limiter(), LIMIT, timer, now::get).start(asked.question(), signal));
        assertThat(operation.resume()).isInstanceOf(Progress.InProgress.class);

        now.addAndGet(LIMIT.toNanos());
        assertThat(reason(failure(operation.resume()))).isEqualTo(Reason.TIMED_OUT);
        T late = asked.answer().get();
        ask.answerLast(late);

        assertThat(asked.isCleared().test(late)).isTrue();
    }

    @ParameterizedTest
    @MethodSource(ALL)
    <Q, T> void anAnswerThatCameInTheMeantimeIsTooLateToo(SpiQuestion<Q, T> asked) throws Exception {
        ScriptedAsk<Q, T> ask = new ScriptedAsk<>(asked.discard());
        PendingOperation<T> operation = inProgress(
                DeadlineAsk.of(ask, asked.limiter(), LIMIT, timer, now::get).start(asked.question(), signal));
        T late = asked.answer().get();
        ask.answerLast(late);
        now.addAndGet(LIMIT.toNanos());

        assertThat(reason(failure(operation.resume()))).isEqualTo(Reason.TIMED_OUT);
        assertThat(asked.isCleared().test(late)).isTrue();
    }

    @ParameterizedTest
    @MethodSource(ALL)
    <Q, T> void theQuestionCarriesTheEarlierOfTheTwoDeadlines(SpiQuestion<Q, T> asked) throws Exception {
        ScriptedAsk<Q, T> ask = new ScriptedAsk<>(asked.discard());
        DeadlineAsk<Q, T> limited = DeadlineAsk.of(ask, asked.limiter(), LIMIT, timer, now::get);
        long own = now.get() + LIMIT.toNanos();
        for (long connection : new long[] {own - 7, own + 7}) {
            limited.start(asked.limiter().limit(asked.question(), connection), signal);
        }
        limited.start(asked.question(), signal);

        assertThat(ask.questions.stream()
                        .map(asked.deadline())
                        .map(deadline -> deadline.orElseThrow() - own)
                        .toList())
                .containsExactly(-7L, 0L, 0L);
    }

    @ParameterizedTest
    @MethodSource(ALL)
    <Q, T> void aTransientFailureIsRetriedAndARefusalIsNot(SpiQuestion<Q, T> asked) throws Exception {
        ScriptedAsk<Q, T> ask = new ScriptedAsk<>(asked.discard());
        RetryingAsk<Q, T> retrying = RetryingAsk.of(ask, 3);
        PendingOperation<T> operation = inProgress(retrying.start(asked.question(), signal));
        ask.failLast(down());
        assertThat(operation.resume()).isInstanceOf(Progress.InProgress.class);
        ask.failLast(new IOException("connection reset"));
        assertThat(operation.resume()).isInstanceOf(Progress.InProgress.class);
        T answer = asked.answer().get();
        ask.answerLast(answer);

        assertThat(done(operation.resume())).isSameAs(answer);
        assertThat(ask.questions).hasSize(3);

        PendingOperation<T> refused = inProgress(retrying.start(asked.question(), signal));
        Throwable cause = refusal();
        ask.failLast(cause);
        assertThat(failure(refused.resume())).isSameAs(cause);
        assertThat(ask.questions).hasSize(4);
    }

    @ParameterizedTest
    @MethodSource(ALL)
    <Q, T> void cancellingARetryDiscardsWhatItAnswers(SpiQuestion<Q, T> asked) throws Exception {
        ScriptedAsk<Q, T> ask = new ScriptedAsk<>(asked.discard());
        PendingOperation<T> operation = inProgress(RetryingAsk.of(ask, 2).start(asked.question(), signal));
        ask.failLast(down());
        operation.resume();

        operation.cancel();
        T late = asked.answer().get();
        ask.answerLast(late);

        assertThat(asked.isCleared().test(late)).isTrue();
    }

    @ParameterizedTest
    @MethodSource(ALL)
    <Q, T> void outagesOpenTheBreakerAndASuccessfulProbeClosesIt(SpiQuestion<Q, T> asked) throws Exception {
        ScriptedAsk<Q, T> ask = new ScriptedAsk<>(asked.discard());
        CircuitBreaker breaker = CircuitBreaker.of(2, LIMIT, now::get);
        CircuitBreakerAsk<Q, T> guarded = CircuitBreakerAsk.of(ask, breaker);
        for (int i = 0; i < 2; i++) {
            assertThat(breaker.state()).isEqualTo(State.CLOSED);
            PendingOperation<T> operation = inProgress(guarded.start(asked.question(), signal));
            ask.failLast(down());
            operation.resume();
        }
        assertThat(breaker.state()).isEqualTo(State.OPEN);
        assertThat(reason(failure(guarded.start(asked.question(), signal)))).isEqualTo(Reason.KEY_UNAVAILABLE);
        assertThat(ask.questions).hasSize(2);

        now.addAndGet(LIMIT.toNanos());
        PendingOperation<T> probe = inProgress(guarded.start(asked.question(), signal));
        assertThat(breaker.state()).isEqualTo(State.HALF_OPEN);
        assertThat(reason(failure(guarded.start(asked.question(), signal)))).isEqualTo(Reason.KEY_UNAVAILABLE);
        ask.answerLast(asked.answer().get());
        done(probe.resume());
        assertThat(breaker.state()).isEqualTo(State.CLOSED);
    }

    @ParameterizedTest
    @MethodSource(ALL)
    <Q, T> void oneBreakerServesSeveralQuestions(SpiQuestion<Q, T> asked) throws Exception {
        ScriptedAsk<Q, T> ask = new ScriptedAsk<>(asked.discard());
        RecordingKey key = Requests.recordingKey().then(KeyScript.startFails(down()));
        CircuitBreaker breaker = CircuitBreaker.of(1, LIMIT, now::get);
        CircuitBreakerKey.of(key, breaker).startSign(sign(), signal);

        assertThat(reason(failure(CircuitBreakerAsk.of(ask, breaker).start(asked.question(), signal))))
                .isEqualTo(Reason.KEY_UNAVAILABLE);
        assertThat(ask.questions).isEmpty();
    }

    @ParameterizedTest
    @MethodSource(ALL)
    <Q, T> void theObserverHearsOfEachEndOnce(SpiQuestion<Q, T> asked) throws Exception {
        ScriptedAsk<Q, T> ask = new ScriptedAsk<>(asked.discard());
        List<ObservedOperation<Q>> events = new ArrayList<>();
        ObservedAsk<Q, T> observed = ObservedAsk.of(ask, events::add, now::get);
        PendingOperation<T> answered = inProgress(observed.start(asked.question(), signal));
        now.addAndGet(40);
        ask.answerLast(asked.answer().get());
        now.addAndGet(1000);
        answered.resume();
        PendingOperation<T> cancelled = inProgress(observed.start(asked.question(), signal));
        now.addAndGet(70);
        cancelled.cancel();

        assertThat(events).extracting(ObservedOperation::outcome).containsExactly(Outcome.DONE, Outcome.CANCELLED);
        assertThat(events).extracting(ObservedOperation::serviceNanos).containsExactly(40L, 70L);
        assertThat(events.get(0).question()).isSameAs(asked.question());
    }

    @ParameterizedTest
    @MethodSource(ALL)
    <Q, T> void onAPoolItsWorkIsTimed(SpiQuestion<Q, T> asked) throws Exception {
        List<ObservedOperation<Q>> events = new ArrayList<>();
        ObservedAsk<Q, T> observed = ObservedAsk.onPool(
                question -> {
                    now.addAndGet(90);
                    return asked.answer().get();
                },
                asked.discard(),
                pool,
                events::add,
                now::get);
        PendingOperation<T> operation = inProgress(observed.start(asked.question(), signal));
        signal.await();
        done(operation.resume());

        assertThat(events).hasSize(1);
        assertThat(events.get(0).serviceNanos()).isEqualTo(90);
        assertThat(events.get(0).queueNanos()).isPresent();
    }
}
