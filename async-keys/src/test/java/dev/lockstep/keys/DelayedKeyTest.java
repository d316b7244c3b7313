package dev.lockstep.keys;

import static dev.lockstep.keys.Operations.done;
import static dev.lockstep.keys.Operations.failure;
import static dev.lockstep.keys.Operations.inProgress;
import static dev.lockstep.keys.Requests.decrypt;
import static dev.lockstep.keys.Requests.key;
import static dev.lockstep.keys.Requests.sign;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.tls.wait.OperationException;
import dev.lockstep.tls.wait.OperationException.Reason;
import dev.lockstep.tls.wait.PendingOperation;
import dev.lockstep.tls.wait.Progress;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A key that answers later, while no thread waits for it. */
@Timeout(60)
class DelayedKeyTest {

    private final ScheduledExecutorService scheduler = WorkerPools.scheduler(1);
    private final Signal signal = new Signal();

    @AfterEach
    void stop() {
        scheduler.shutdownNow();
    }

    @Test
    void theAnswerComesByTheSchedulerAndWakes() throws Exception {
        DelayedKey key = DelayedKey.of(key(() -> new byte[] {4}), Duration.ofMillis(1), scheduler);

        PendingOperation<byte[]> operation = inProgress(key.startSign(sign(), signal));
        signal.await();

        assertThat(done(operation.resume())).containsExactly(4);
    }

    @Test
    void nothingIsDoneBeforeTheDelayIsOver() throws Exception {
        AtomicInteger calls = new AtomicInteger();
        HeldScheduler held = new HeldScheduler();
        DelayedKey key = DelayedKey.of(
                key(() -> {
                    calls.incrementAndGet();
                    return new byte[] {4};
                }),
                Duration.ofMillis(250),
                held);

        PendingOperation<byte[]> operation = inProgress(key.startDecrypt(decrypt(), signal));

        assertThat(held.delayMillis).isEqualTo(250);
        assertThat(calls).hasValue(0);
        assertThat(operation.resume()).isInstanceOf(Progress.InProgress.class);
        held.held.run();
        assertThat(done(operation.resume())).containsExactly(4);
        assertThat(signal.pending()).isEqualTo(1);
        held.shutdownNow();
    }

    @Test
    void aCancelledOperationLeavesNothingBehindInTheScheduler() throws Exception {
        AtomicInteger calls = new AtomicInteger();
        DelayedKey key = DelayedKey.of(
                key(() -> {
                    calls.incrementAndGet();
                    return new byte[1];
                }),
                Duration.ofMinutes(50),
                scheduler);

        PendingOperation<byte[]> operation = inProgress(key.startSign(sign(), signal));
        assertThat(((ScheduledThreadPoolExecutor) scheduler).getQueue()).hasSize(1);
        operation.cancel();

        assertThat(((ScheduledThreadPoolExecutor) scheduler).getQueue()).isEmpty();
        assertThat(calls).hasValue(0);
    }

    @Test
    void aSchedulerThatIsShutDownMakesTheOperationFail() {
        scheduler.shutdown();
        DelayedKey key = DelayedKey.of(key(() -> new byte[1]), Duration.ZERO, scheduler);

        assertThat(((OperationException) failure(key.startSign(sign(), signal))).reason())
                .isEqualTo(Reason.REJECTED);
    }

    @Test
    void delaysOutOfRangeAreRefused() {
        assertThatThrownBy(() -> DelayedKey.of(key(() -> new byte[1]), Duration.ofMillis(-1), scheduler))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("delay:");
        assertThatThrownBy(() -> DelayedKey.of(key(() -> new byte[1]), Duration.ofHours(2), scheduler))
                .isInstanceOf(IllegalArgumentException.class);
    }

    /** Keeps what is scheduled until the test runs it. */
    private static final class HeldScheduler extends ScheduledThreadPoolExecutor {
        Runnable held = () -> {};
        long delayMillis;

        HeldScheduler() {
            super(1);
        }

        @Override
        public ScheduledFuture<?> schedule(Runnable command, long delay, TimeUnit unit) {
            held = command;
            delayMillis = unit.toMillis(delay);
            return super.schedule(() -> {}, 1, TimeUnit.HOURS);
        }
    }
}
