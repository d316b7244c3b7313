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
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** ASYNC.md group J, the executor: rejecting, interrupted, throwing Error. */
@Timeout(60)
class ExecutorKeyTest {

    private final ThreadPoolExecutor pool = WorkerPools.boundedPool(1, 1);
    private final Signal signal = new Signal();

    @AfterEach
    void stop() {
        pool.shutdownNow();
    }

    private ExecutorKey executor(Requests.Work work) {
        return ExecutorKey.of(key(work), pool);
    }

    @Test
    void theWorkIsDoneOnAnotherThreadAndTheResultIsThereWhenItWakes() throws Exception {
        AtomicReference<Thread> worker = new AtomicReference<>();
        AtomicReference<Progress<byte[]>> seenByWaker = new AtomicReference<>();
        AtomicReference<PendingOperation<byte[]>> operation = new AtomicReference<>();
        CountDownLatch started = new CountDownLatch(1);
        ExecutorKey executor = executor(() -> {
            worker.set(Thread.currentThread());
            started.await();
            return new byte[] {1, 2, 3};
        });

        operation.set(inProgress(executor.startSign(sign(), () -> {
            seenByWaker.set(resume(operation.get()));
            signal.wake();
        })));
        assertThat(operation.get().resume()).isInstanceOf(Progress.InProgress.class);
        started.countDown();
        signal.await();

        assertThat(worker.get()).isNotSameAs(Thread.currentThread());
        assertThat(done(seenByWaker.get())).containsExactly(1, 2, 3);
    }

    @Test
    void whatDoesNotFitIntoTheQueueFailsAtOnce() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        ExecutorKey executor = executor(() -> {
            release.await();
            return new byte[] {9};
        });

        PendingOperation<byte[]> running = inProgress(executor.startSign(sign(), signal));
        PendingOperation<byte[]> queued = inProgress(executor.startDecrypt(decrypt(), signal));
        Throwable refused = failure(executor.startSign(sign(), signal));

        assertThat(refused).isInstanceOf(OperationException.class);
        assertThat(((OperationException) refused).reason()).isEqualTo(Reason.REJECTED);
        release.countDown();
        signal.await();
        signal.await();
        assertThat(done(running.resume())).containsExactly(9);
        assertThat(done(queued.resume())).containsExactly(9);
        assertThat(signal.pending()).isZero();
    }

    @Test
    void aPoolThatIsShutDownMakesTheOperationFail() {
        pool.shutdown();

        assertThat(failure(executor(() -> new byte[1]).startDecrypt(decrypt(), signal)))
                .isInstanceOf(OperationException.class)
                .hasMessageContaining("shut down");
    }

    @Test
    void anErrorFailsTheOperationAndTheThreadServesTheNext() throws Exception {
        AtomicInteger calls = new AtomicInteger();
        ExecutorKey executor = executor(() -> {
            if (calls.getAndIncrement() == 0) {
                throw new LinkageError("native driver missing");
            }
            return new byte[] {7};
        });

        PendingOperation<byte[]> first = inProgress(executor.startSign(sign(), signal));
        signal.await();
        assertThat(failure(first.resume())).isInstanceOf(LinkageError.class).hasMessage("native driver missing");

        PendingOperation<byte[]> second = inProgress(executor.startSign(sign(), signal));
        signal.await();
        assertThat(done(second.resume())).containsExactly(7);
    }

    @Test
    void anInterruptedKeyFailsTheOperation() throws Exception {
        ExecutorKey executor = executor(() -> {
            throw new InterruptedException("device driver stopped");
        });

        PendingOperation<byte[]> operation = inProgress(executor.startSign(sign(), signal));
        signal.await();

        assertThat(failure(operation.resume())).isInstanceOf(InterruptedException.class);
    }

    @Test
    void nullIsNotAResult() throws Exception {
        PendingOperation<byte[]> operation = inProgress(executor(() -> null).startSign(sign(), signal));
        signal.await();

        assertThat(((OperationException) failure(operation.resume())).reason()).isEqualTo(Reason.INVALID_OUTPUT);
    }

    @Test
    void cancellingInterruptsTheOperationThatRuns() throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch interrupted = new CountDownLatch(1);
        ExecutorKey executor = executor(() -> {
            running.countDown();
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                interrupted.countDown();
                throw e;
            }
            return new byte[0];
        });

        PendingOperation<byte[]> operation = inProgress(executor.startSign(sign(), signal));
        running.await();
        operation.cancel();

        assertThat(interrupted.await(20, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void cancellingTakesTheOperationThatWaitsOutOfTheQueue() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        AtomicInteger calls = new AtomicInteger();
        ExecutorKey executor = executor(() -> {
            calls.incrementAndGet();
            release.await();
            return new byte[1];
        });

        inProgress(executor.startSign(sign(), signal));
        PendingOperation<byte[]> queued = inProgress(executor.startSign(sign(), new Signal()));
        assertThat(pool.getQueue()).hasSize(1);
        queued.cancel();

        assertThat(pool.getQueue()).isEmpty();
        release.countDown();
        signal.await();
        pool.shutdown();
        assertThat(pool.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
        assertThat(calls).hasValue(1);
    }

    @Test
    void aPlaintextThatArrivesAfterTheCancellationIsWiped() throws Exception {
        byte[] plaintext = new byte[48];
        Arrays.fill(plaintext, (byte) 0x5a);
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        ExecutorKey executor = executor(() -> {
            running.countDown();
            awaitWhateverHappens(release); // a native call does not heed interrupts
            return plaintext;
        });

        PendingOperation<byte[]> operation = inProgress(executor.startDecrypt(decrypt(), signal));
        running.await();
        operation.cancel();
        release.countDown();
        pool.shutdown();

        assertThat(pool.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
        assertThat(plaintext).containsOnly(0);
    }

    @Test
    void aPlaintextThatWasNotFetchedIsWipedByCancel() throws Exception {
        byte[] plaintext = new byte[48];
        Arrays.fill(plaintext, (byte) 0x5a);

        PendingOperation<byte[]> operation =
                inProgress(executor(() -> plaintext).startDecrypt(decrypt(), signal));
        signal.await();
        operation.cancel();

        assertThat(plaintext).containsOnly(0);
    }

    @Test
    void anUnboundedQueueIsRefused() {
        ThreadPoolExecutor unbounded = (ThreadPoolExecutor) Executors.newFixedThreadPool(1);
        try {
            assertThatThrownBy(() -> ExecutorKey.of(key(() -> new byte[1]), unbounded))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("pool:")
                    .hasMessageContaining("boundedPool");
        } finally {
            unbounded.shutdownNow();
        }
    }

    private static Progress<byte[]> resume(PendingOperation<byte[]> operation) {
        try {
            return operation.resume();
        } catch (Exception e) { // boundary: a waker throws nothing checked, and this test wants to see what it was
            throw new AssertionError(e);
        }
    }

    private static void awaitWhateverHappens(CountDownLatch latch) {
        while (true) {
            try {
                latch.await();
                return;
            } catch (InterruptedException e) {
                // continues waiting, as a native call would
            }
        }
    }
}
