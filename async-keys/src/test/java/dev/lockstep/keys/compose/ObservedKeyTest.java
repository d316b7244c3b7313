package dev.lockstep.keys.compose;

import static dev.lockstep.keys.Failures.down;
import static dev.lockstep.keys.Operations.done;
import static dev.lockstep.keys.Operations.inProgress;
import static dev.lockstep.keys.Operations.ready;
import static dev.lockstep.keys.Requests.decrypt;
import static dev.lockstep.keys.Requests.key;
import static dev.lockstep.keys.Requests.sign;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.keys.BlockingKey;
import dev.lockstep.keys.Requests;
import dev.lockstep.keys.Signal;
import dev.lockstep.keys.WorkerPools;
import dev.lockstep.keys.compose.KeyOperation.Kind;
import dev.lockstep.keys.compose.ObservedOperation.Outcome;
import dev.lockstep.testkit.answer.KeyScript;
import dev.lockstep.testkit.answer.RecordingKey;
import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.tls.spec.SignatureScheme;
import dev.lockstep.tls.wait.PendingOperation;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** One event for each operation, whichever way it ends, with times that mean what they say. */
@Timeout(60)
class ObservedKeyTest {

    private final AtomicLong now = new AtomicLong(1000);
    private final List<KeyOperation> events = new ArrayList<>();
    private final RecordingKey key = Requests.recordingKey();
    private final ObservedKey observed = ObservedKey.of(key, events::add, now::get);
    private final ThreadPoolExecutor pool = WorkerPools.boundedPool(1, 1);
    private final Signal signal = new Signal();

    @AfterEach
    void stop() {
        pool.shutdownNow();
        key.assertDisciplined();
    }

    private KeyOperation event() {
        assertThat(events).hasSize(1);
        return events.get(0);
    }

    @Test
    void theServiceTimeEndsWhenTheAnswerIsAnnouncedAndNotWhenItIsFetched() throws Exception {
        PendingOperation<byte[]> operation = inProgress(observed.startSign(sign(), signal));
        now.addAndGet(10);
        key.last().waker().wake(); // for nothing
        operation.resume();
        assertThat(events).isEmpty();
        now.addAndGet(30);
        key.last().complete((byte) 1);
        now.addAndGet(500);
        operation.resume();

        assertThat(event().kind()).isEqualTo(Kind.SIGN);
        assertThat(event().scheme()).isEqualTo(SignatureScheme.ECDSA_SECP256R1_SHA256);
        assertThat(event().certificate()).isEqualTo(TestIdentity.P256.certificate());
        assertThat(event().serviceNanos()).isEqualTo(40);
        assertThat(event().queueNanos()).isEmpty();
        assertThat(event().outcome()).isEqualTo(Outcome.DONE);
        assertThat(event().toString()).contains("CN=p256.example.org", "DONE").doesNotContain("Modulus");
    }

    @Test
    void aFailureIsReportedWithItsCause() throws Exception {
        Throwable cause = down();
        PendingOperation<byte[]> operation = inProgress(observed.startDecrypt(decrypt(), signal));
        key.last().fail(cause);
        operation.resume();

        assertThat(event().kind()).isEqualTo(Kind.DECRYPT);
        assertThat(event().scheme()).isNull();
        assertThat(event().outcome()).isEqualTo(Outcome.FAILED);
        assertThat(event().failure()).isSameAs(cause);
    }

    @Test
    void failedStartsAndFallThroughAreReportedToo() {
        key.then(KeyScript.startFails(down()))
                .then(KeyScript.fallThrough())
                .then(KeyScript.startThrows(new IllegalStateException("driver")));
        for (int i = 0; i < 3; i++) {
            observed.startSign(sign(), signal);
        }
        assertThat(events)
                .extracting(KeyOperation::outcome)
                .containsExactly(Outcome.FAILED, Outcome.FELL_THROUGH, Outcome.FAILED);
        assertThat(events.get(2).failure()).hasMessage("driver");
    }

    @Test
    void aCancelledOperationIsReportedOnceAndItsLateAnswerNot() {
        PendingOperation<byte[]> operation = inProgress(observed.startSign(sign(), signal));
        now.addAndGet(25);
        operation.cancel();
        key.last().complete((byte) 1);

        assertThat(event().outcome()).isEqualTo(Outcome.CANCELLED);
        assertThat(event().serviceNanos()).isEqualTo(25);
        assertThat(key.last().cancels()).isEqualTo(1);
    }

    @Test
    void anObserverThatThrowsDoesNotEndTheOperation() throws Exception {
        ObservedKey fragile = ObservedKey.of(
                key,
                event -> {
                    throw new IllegalStateException("observer");
                },
                now::get);
        key.then(KeyScript.done((byte) 8));

        assertThat(done(ready(fragile.startSign(sign(), signal)).resume())).containsExactly(8);
    }

    @Test
    void anErrorOfTheObserverDoesNotKeepAnOperationFromBeingCancelled() {
        ObservedKey broken = ObservedKey.of(
                key,
                event -> {
                    throw new StackOverflowError("observer");
                },
                now::get);
        PendingOperation<byte[]> operation = inProgress(broken.startSign(sign(), signal));

        assertThatThrownBy(operation::cancel).hasMessage("observer");
        assertThat(key.last().cancels()).isEqualTo(1);
    }

    @Test
    void onAPoolWaitingAndWorkingAreToldApart() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        CountDownLatch busy = new CountDownLatch(1);
        pool.execute(() -> {
            busy.countDown();
            awaitQuietly(release);
        });
        busy.await();
        BlockingKey slow = key(() -> {
            now.addAndGet(70);
            return new byte[] {1};
        });
        ObservedKey onPool = ObservedKey.onPool(slow, pool, events::add, now::get);
        PendingOperation<byte[]> operation = inProgress(onPool.startSign(sign(), signal));
        now.addAndGet(300);
        release.countDown();
        signal.await();
        now.addAndGet(9000);
        operation.resume();

        assertThat(event().queueNanos()).hasValue(300);
        assertThat(event().serviceNanos()).isEqualTo(70);
        assertThat(event().outcome()).isEqualTo(Outcome.DONE);
    }

    @Test
    void onAPoolAnOperationCancelledInTheQueueWasNeverServed() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        pool.execute(() -> awaitQuietly(release));
        ObservedKey onPool = ObservedKey.onPool(key(() -> new byte[1]), pool, events::add, now::get);
        PendingOperation<byte[]> operation = inProgress(onPool.startDecrypt(decrypt(), signal));
        now.addAndGet(40);
        operation.cancel();
        release.countDown();

        assertThat(event().outcome()).isEqualTo(Outcome.CANCELLED);
        assertThat(event().queueNanos()).hasValue(40);
        assertThat(event().serviceNanos()).isZero();
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
