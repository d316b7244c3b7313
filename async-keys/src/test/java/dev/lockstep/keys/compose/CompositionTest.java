package dev.lockstep.keys.compose;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.keys.ExecutorKey;
import dev.lockstep.keys.InlineKey;
import dev.lockstep.keys.Operations;
import dev.lockstep.keys.Requests;
import dev.lockstep.keys.Signal;
import dev.lockstep.keys.WorkerPools;
import dev.lockstep.keys.compose.ObservedOperation.Outcome;
import dev.lockstep.testkit.JdkConversation;
import dev.lockstep.testkit.answer.KeyScript;
import dev.lockstep.testkit.answer.RecordedOperation;
import dev.lockstep.testkit.answer.RecordingKey;
import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.tls.credential.Credential;
import dev.lockstep.tls.key.ExternalPrivateKey;
import dev.lockstep.tls.spec.AlertDescription;
import dev.lockstep.tls.wait.PendingOperation;
import dev.lockstep.tls.wait.Progress;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** All decorators around each other: under whole handshakes, and while answers race with cancellations. */
@Timeout(120)
class CompositionTest {

    private final ScheduledThreadPoolExecutor timer = (ScheduledThreadPoolExecutor) WorkerPools.scheduler(1);
    private final ThreadPoolExecutor pool = WorkerPools.boundedPool(2, 16);
    private final List<KeyOperation> events = new ArrayList<>();

    @AfterEach
    void stop() {
        timer.shutdownNow();
        pool.shutdownNow();
    }

    private CircuitBreakerKey guarded(ExternalPrivateKey key) {
        return CircuitBreakerKey.of(
                RetryingKey.of(DeadlineKey.of(key, Duration.ofMinutes(5), timer), 2),
                2,
                Duration.ofMinutes(5),
                System::nanoTime);
    }

    private ExternalPrivateKey observed(ExternalPrivateKey key) {
        return ObservedKey.of(key, events::add, System::nanoTime);
    }

    @Test
    void handshakesWorkThroughAllOfThem() throws Exception {
        ExternalPrivateKey key = observed(guarded(ExecutorKey.of(Requests.local(TestIdentity.RSA_2048), pool)));
        Credential credential = RoutingKey.builder()
                .route(TestIdentity.RSA_2048.certificate(), key)
                .build()
                .credential(TestIdentity.RSA_2048.chain());
        for (String suite : List.of("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "TLS_RSA_WITH_AES_128_GCM_SHA256")) {
            JdkConversation talk = JdkConversation.of(credential, suite).run();
            assertThat(talk.server().failure()).isNull();
            assertThat(talk.echoed()).isTrue();
            assertThat(talk.server().suspensions()).isPositive();
        }
        assertThat(events).extracting(KeyOperation::outcome).containsExactly(Outcome.DONE, Outcome.DONE);
        assertThat(timer.getQueue()).isEmpty();
    }

    @Test
    void aSignerThatIsDownIsReplacedByTheLocalKeyAndSoonNotAskedAnyMore() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        ExternalPrivateKey dead = ExecutorKey.of(
                Requests.key(() -> {
                    asked.incrementAndGet();
                    throw new IOException("no route to the signer");
                }),
                pool);
        ExternalPrivateKey local = InlineKey.of(Requests.local(TestIdentity.P256));
        Credential credential = Credential.external(
                TestIdentity.P256.chain(), FallThroughKey.alsoWhenSigningFails(observed(guarded(dead)), local));
        for (int i = 0; i < 5; i++) {
            JdkConversation talk = JdkConversation.of(credential, "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256")
                    .run();
            assertThat(talk.echoed()).isTrue();
        }

        assertThat(events).hasSize(5).extracting(KeyOperation::outcome).containsOnly(Outcome.FAILED);
        assertThat(asked)
                .as("two attempts for each of the two outages that open the breaker")
                .hasValue(4);
    }

    @Test
    void aFailedDecryptionIsAskedOnceAndMasked() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        ExternalPrivateKey failing = ExecutorKey.of(
                Requests.key(() -> {
                    asked.incrementAndGet();
                    throw new IOException("general error");
                }),
                pool);
        RecordingKey second = Requests.recordingKey();
        Credential credential = Credential.external(
                TestIdentity.RSA_2048.chain(), FallThroughKey.alsoWhenSigningFails(guarded(failing), second));
        JdkConversation talk = JdkConversation.of(credential, "TLS_RSA_WITH_AES_128_GCM_SHA256")
                .run();

        assertThat(talk.server().failure().alert()).isEqualTo(AlertDescription.BAD_RECORD_MAC);
        assertThat(asked).hasValue(1);
        assertThat(second.starts()).isZero();
    }

    @Test
    void closingWhileSuspendedCancelsThroughAllOfThem() throws Exception {
        RecordingKey key = Requests.recordingKey();
        Credential credential = Credential.external(TestIdentity.P256.chain(), observed(guarded(key)));
        JdkConversation.of(credential, "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256")
                .suspends()
                .server()
                .closes();

        assertThat(key.last().cancels()).isEqualTo(1);
        assertThat(events).extracting(KeyOperation::outcome).containsExactly(Outcome.CANCELLED);
        assertThat(timer.getQueue()).isEmpty();
        key.assertDisciplined();
    }

    @Test
    void answersThatRaceWithCancellationsAreNeverLostDoubledOrLeaked() throws Exception {
        int rounds = 30_000;
        RecordingKey key = Requests.recordingKey();
        CircuitBreakerKey breaker = guarded(key);
        ExternalPrivateKey all = observed(breaker);
        LinkedBlockingQueue<RecordedOperation> toAnswer = new LinkedBlockingQueue<>();
        Thread answering = new Thread(() -> {
            try {
                for (int i = 0; i < rounds; i++) {
                    toAnswer.take().complete((byte) i);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        answering.setDaemon(true);
        answering.start();
        int cancelled = 0;
        for (int i = 0; i < rounds; i++) {
            Signal signal = new Signal();
            boolean earlyAnswer = i % 5 == 0; // before start has returned
            if (earlyAnswer) {
                key.then(KeyScript.manual().onStart(() -> toAnswer.add(key.last())));
            }
            PendingOperation<byte[]> operation = Operations.inProgress(all.startSign(Requests.sign(), signal));
            if (!earlyAnswer) {
                toAnswer.add(key.last());
            }
            if (i % 3 == 0) {
                operation.cancel();
                cancelled++;
                continue;
            }
            if (i % 3 == 1) {
                signal.await();
            }
            Progress<byte[]> progress = operation.resume();
            while (progress instanceof Progress.InProgress<byte[]>) {
                signal.await();
                progress = operation.resume();
            }
            assertThat(Operations.done(progress)).containsExactly((byte) i);
        }
        answering.join();

        key.assertDisciplined();
        assertThat(key.starts()).isEqualTo(rounds);
        assertThat(events).hasSize(rounds);
        assertThat(events.stream().filter(e -> e.outcome() == Outcome.CANCELLED).count())
                .isEqualTo(cancelled);
        assertThat(events.stream().filter(e -> e.outcome() == Outcome.DONE).count())
                .isEqualTo(rounds - cancelled);
        assertThat(timer.getQueue()).isEmpty();
        assertThat(breaker.state()).isEqualTo(CircuitBreaker.State.CLOSED);
    }
}
