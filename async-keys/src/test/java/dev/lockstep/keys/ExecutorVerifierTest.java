package dev.lockstep.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.tls.peer.PkixVerifier;
import dev.lockstep.tls.peer.Verdict;
import dev.lockstep.tls.peer.VerificationRequest;
import dev.lockstep.tls.spec.AlertDescription;
import dev.lockstep.tls.wait.OperationException;
import dev.lockstep.tls.wait.PendingOperation;
import dev.lockstep.tls.wait.Progress;
import dev.lockstep.tls.wait.Start;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A verifier that blocks does so on a thread of the pool, under the same discipline as a key. */
@Timeout(60)
class ExecutorVerifierTest {

    private final ThreadPoolExecutor pool = WorkerPools.boundedPool(1, 1);
    private final Signal signal = new Signal();

    @AfterEach
    void stop() {
        pool.shutdownNow();
    }

    private Start<Verdict> start(BlockingFunction<VerificationRequest, Verdict> verifier) {
        return ExecutorVerifier.of(verifier, List.of(), pool).start(request(TestIdentity.P256), signal);
    }

    private static VerificationRequest request(TestIdentity identity) {
        return new VerificationRequest(identity.chain(), "host", OptionalLong.empty());
    }

    private static PendingOperation<Verdict> inProgress(Start<Verdict> start) {
        assertThat(start).isInstanceOf(Start.InProgress.class);
        return ((Start.InProgress<Verdict>) start).operation();
    }

    @Test
    void theVerdictIsThereWhenItWakes() throws Exception {
        AtomicReference<Thread> worker = new AtomicReference<>();
        AtomicReference<VerificationRequest> seen = new AtomicReference<>();
        CountDownLatch release = new CountDownLatch(1);
        PendingOperation<Verdict> operation = inProgress(start(request -> {
            worker.set(Thread.currentThread());
            seen.set(request);
            release.await();
            return Verdict.rejected(AlertDescription.CERTIFICATE_REVOKED, "says the responder");
        }));
        assertThat(operation.resume()).isEqualTo(Progress.inProgress());
        release.countDown();
        signal.await();
        assertThat(operation.resume())
                .isEqualTo(Progress.done(Verdict.rejected(AlertDescription.CERTIFICATE_REVOKED, "says the responder")));
        assertThat(worker.get()).isNotSameAs(Thread.currentThread());
        assertThat(seen.get().certificate()).isEqualTo(TestIdentity.P256.certificate());
    }

    @Test
    void pkixValidationRunsOnThePoolAndNamesItsAuthorities() throws Exception {
        PkixVerifier pkix = PkixVerifier.trusting(List.of(TestIdentity.P256.certificate()));
        ExecutorVerifier verifier = ExecutorVerifier.of(pkix, pool);
        assertThat(verifier.acceptedIssuers())
                .containsExactly(TestIdentity.P256.certificate().getIssuerX500Principal());
        assertThat(verifier.sessionContext()).isEqualTo(pkix.sessionContext());
        PendingOperation<Verdict> good = inProgress(verifier.start(request(TestIdentity.P256), signal));
        signal.await();
        assertThat(good.resume()).isEqualTo(Progress.done(Verdict.accepted(List.of(TestIdentity.P256.certificate()))));
        PendingOperation<Verdict> bad = inProgress(verifier.start(request(TestIdentity.RSA_2048), signal));
        signal.await();
        assertThat(((Progress.Done<Verdict>) bad.resume()).value()).isInstanceOf(Verdict.Rejected.class);
    }

    @Test
    void whatItThrowsOrLeavesOutIsAFailure() throws Exception {
        PendingOperation<Verdict> thrown = inProgress(start(request -> {
            throw new java.net.ConnectException("no responder");
        }));
        signal.await();
        assertThat(((Progress.Failed<Verdict>) thrown.resume()).cause()).hasMessage("no responder");
        PendingOperation<Verdict> nothing = inProgress(start(request -> null));
        signal.await();
        assertThat(((Progress.Failed<Verdict>) nothing.resume()).cause()).isInstanceOf(OperationException.class);
    }

    @Test
    void withoutRoomItFailsAtOnce() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        BlockingFunction<VerificationRequest, Verdict> slow = request -> {
            release.await();
            return Verdict.accepted();
        };
        inProgress(start(slow));
        inProgress(start(slow));
        Start<Verdict> third = start(slow);
        assertThat(third).isInstanceOf(Start.Failed.class);
        assertThat(((OperationException) ((Start.Failed<Verdict>) third).cause()).reason())
                .isEqualTo(OperationException.Reason.REJECTED);
        release.countDown();
    }

    @Test
    void cancellingInterruptsAndDequeues() throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch interrupted = new CountDownLatch(1);
        AtomicInteger second = new AtomicInteger();
        PendingOperation<Verdict> first = inProgress(start(request -> {
            running.countDown();
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                interrupted.countDown();
                throw e;
            }
            return Verdict.accepted();
        }));
        PendingOperation<Verdict> queued = inProgress(start(request -> {
            second.incrementAndGet();
            return Verdict.accepted();
        }));
        assertThat(running.await(20, TimeUnit.SECONDS)).isTrue();
        queued.cancel();
        assertThat(pool.getQueue()).isEmpty();
        first.cancel();
        assertThat(interrupted.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(second).hasValue(0);
    }

    @Test
    void aPoolWithoutABoundIsRefused() {
        ThreadPoolExecutor endless = (ThreadPoolExecutor) java.util.concurrent.Executors.newFixedThreadPool(1);
        try {
            assertThatThrownBy(() -> ExecutorVerifier.of(request -> Verdict.accepted(), List.of(), endless))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("pool: ");
        } finally {
            endless.shutdownNow();
        }
    }
}
