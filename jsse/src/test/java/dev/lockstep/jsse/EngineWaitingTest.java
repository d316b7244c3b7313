package dev.lockstep.jsse;

import static dev.lockstep.jsse.EngineStatusTest.assertResult;
import static javax.net.ssl.SSLEngineResult.HandshakeStatus.NEED_TASK;
import static javax.net.ssl.SSLEngineResult.HandshakeStatus.NEED_UNWRAP;
import static javax.net.ssl.SSLEngineResult.HandshakeStatus.NEED_WRAP;
import static javax.net.ssl.SSLEngineResult.HandshakeStatus.NOT_HANDSHAKING;
import static javax.net.ssl.SSLEngineResult.Status.BUFFER_UNDERFLOW;
import static javax.net.ssl.SSLEngineResult.Status.CLOSED;
import static javax.net.ssl.SSLEngineResult.Status.OK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.testkit.TestServers;
import dev.lockstep.testkit.answer.KeyScript;
import dev.lockstep.testkit.answer.RecordedOperation;
import dev.lockstep.testkit.answer.RecordingKey;
import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.spec.AlertDescription;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys that answer later, and not at all, under each way to wait. */
@Timeout(60)
class EngineWaitingTest {

    private final RecordingKey key = Engines.key(TestIdentity.P256, KeyScript.manual());

    private EngineServer suspended(Waiting way) throws Exception {
        EngineServer server = Engines.server(key.credential(), way, Engines.ECDSA);
        assertResult(server.unwraps(), OK, NEED_WRAP);
        SSLEngineResult hello = server.wraps();
        assertResult(hello, OK, way == Waiting.PARK ? NEED_UNWRAP : NEED_TASK);
        assertThat(hello.bytesProduced()).isPositive();
        return server;
    }

    private static void finishes(EngineServer server) throws Exception {
        server.runs();
        assertThat(server.isDone()).isTrue();
        server.echoes("hello");
    }

    @Test
    void theTaskBlocksUntilTheKeyHasAnswered() throws Exception {
        EngineServer server = suspended(Waiting.TASK);
        for (int i = 0; i < 3; i++) {
            SSLEngineResult nothing = server.wraps();
            assertResult(nothing, OK, NEED_TASK);
            assertThat(nothing.bytesProduced()).isZero();
            assertResult(server.unwraps(), OK, NEED_TASK);
        }
        Runnable task = server.engine.getDelegatedTask();
        assertThat(server.engine.getDelegatedTask()).isNull();
        assertResult(server.unwraps(), BUFFER_UNDERFLOW, NEED_UNWRAP);
        assertResult(server.wraps(), OK, NEED_UNWRAP);
        CompletableFuture<Void> running = CompletableFuture.runAsync(task);
        assertThat(running).isNotDone();
        key.operation().complete();
        running.get(30, TimeUnit.SECONDS);
        assertThat(server.engine.getHandshakeStatus()).isEqualTo(NEED_WRAP);
        finishes(server);
        key.assertDisciplined();
    }

    @Test
    void aKeyThatIsFasterThanTheTaskLeavesATask() throws Exception {
        EngineServer server = suspended(Waiting.TASK);
        key.operation().complete();
        assertThat(server.engine.getHandshakeStatus()).isEqualTo(NEED_TASK);
        Runnable task = server.engine.getDelegatedTask();
        assertThat(task).isNotNull();
        task.run();
        assertThat(server.engine.getHandshakeStatus()).isEqualTo(NEED_WRAP);
        finishes(server);
    }

    @Test
    void anAnswerThatComesBeforeTheSuspensionNeedsNoTask() throws Exception {
        key.answers(KeyScript.manual().wakesInsideStart());
        EngineServer server = Engines.server(key.credential(), Waiting.TASK, Engines.ECDSA);
        server.unwraps();
        assertResult(server.wraps(), OK, NEED_WRAP);
        finishes(server);
    }

    @Test
    void aWakeWithoutAnAnswerMakesAnotherTask() throws Exception {
        EngineServer server = suspended(Waiting.TASK);
        key.operation().wake();
        server.engine.getDelegatedTask().run();
        SSLEngineResult vain = server.wraps();
        assertResult(vain, OK, NEED_TASK);
        assertThat(vain.bytesProduced()).isZero();
        key.operation().complete();
        finishes(server);
    }

    @Test
    void parkingRunsTheHook() throws Exception {
        EngineServer server = suspended(Waiting.PARK);
        CountDownLatch twice = new CountDownLatch(2);
        server.engine.onWake(twice::countDown);
        assertThat(server.engine.getDelegatedTask()).isNull();
        assertResult(server.unwraps(), BUFFER_UNDERFLOW, NEED_UNWRAP);
        key.operation().complete();
        assertThat(server.engine.getHandshakeStatus()).isEqualTo(NEED_WRAP);
        assertThat(twice.await(30, TimeUnit.SECONDS)).as("the hook is repeated").isTrue();
        finishes(server);
    }

    /** Jetty fails a connection that wants more input where its buffer has no room for any. */
    @Test
    void aParkedServerWhoseBufferIsFullGetsATask() throws Exception {
        RecordingKey rsa = Engines.key(TestIdentity.RSA_2048, KeyScript.manual());
        EngineServer server = decrypting(rsa, Waiting.PARK);
        assertResult(server.unwraps(), OK, NEED_UNWRAP);
        ByteBuffer full = ByteBuffer.allocate(server.engine.getSession().getPacketBufferSize());
        full.put(server.leftInput()).put(new byte[] {23, 3, 3, 0x40, 0}).clear();
        ByteBuffer some = full.duplicate().limit(full.limit() - 1);
        assertResult(server.engine.unwrap(some, ByteBuffer.allocate(100)), BUFFER_UNDERFLOW, NEED_UNWRAP);
        assertResult(server.engine.unwrap(full, ByteBuffer.allocate(100)), OK, NEED_TASK);
        CompletableFuture<Void> running = CompletableFuture.runAsync(server.engine.getDelegatedTask());
        assertThat(running).isNotDone();
        rsa.operation().complete();
        running.get(30, TimeUnit.SECONDS);
        finishes(server);
    }

    @Test
    void theExecutorKeepsTasksBack() throws Exception {
        EngineServer server = suspended(Waiting.DEFERRED);
        AtomicInteger turns = new AtomicInteger();
        CompletableFuture<Void> ran = new CompletableFuture<>();
        server.engine.taskExecutor().execute(() -> {
            turns.incrementAndGet();
            Runnable task = server.engine.getDelegatedTask();
            assertThat(task).isNotNull();
            task.run();
            ran.complete(null);
        });
        assertThat(turns).hasValue(0);
        key.operation().complete();
        ran.get(30, TimeUnit.SECONDS);
        assertThat(server.engine.getHandshakeStatus()).isEqualTo(NEED_WRAP);
        finishes(server);
    }

    @Test
    void aDeferredTaskThatRunsTooEarlyIsOfferedAgain() throws Exception {
        EngineServer server = suspended(Waiting.DEFERRED);
        CompletableFuture<Void> ran = new CompletableFuture<>();
        key.operation().wake(); // without an answer
        server.engine.taskExecutor().execute(() -> {
            server.engine.getDelegatedTask().run();
            ran.complete(null);
        });
        ran.get(30, TimeUnit.SECONDS);
        assertResult(server.wraps(), OK, NEED_TASK);
        key.operation().complete();
        finishes(server);
    }

    @ParameterizedTest
    @EnumSource(Waiting.class)
    void theRightAnswerAtTheDeadline(Waiting way) throws Exception {
        TlsServerConfig config = TlsServerConfig.builder()
                .credential(key.credential())
                .keyOperationTimeout(Duration.ofMillis(50))
                .build();
        EngineServer server = Engines.server(config, way, Engines.ECDSA);
        server.unwraps();
        CountDownLatch woken = new CountDownLatch(1);
        server.engine.onWake(woken::countDown);
        server.wraps();
        switch (way) {
            case TASK -> server.engine.getDelegatedTask().run();
            case DEFERRED -> {
                server.engine.taskExecutor().execute(() -> {
                    server.engine.getDelegatedTask().run();
                    woken.countDown();
                });
                assertThat(woken.await(30, TimeUnit.SECONDS)).isTrue();
            }
            case PARK -> assertThat(woken.await(30, TimeUnit.SECONDS)).isTrue();
        }
        server.runsIntoFailure();
        assertThat(server.failure()).hasMessageContaining("internal_error");
        assertThat(server.client.failure()).hasMessageContaining("internal_error");
        assertThat(key.operation().cancels()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aFailingKey(boolean later) throws Exception {
        key.answers(later ? KeyScript.manual() : KeyScript.startFails(new IllegalStateException("no token")));
        EngineServer server = Engines.server(key.credential(), Waiting.TASK, Engines.ECDSA);
        server.unwraps();
        server.wraps();
        if (later) {
            key.operation().fail(new IllegalStateException("no token"));
        }
        server.runsIntoFailure();
        assertThat(server.failure()).hasRootCauseMessage("no token");
        assertThat(server.client.failure()).hasMessageContaining("internal_error");
        assertResult(server.wraps(), CLOSED, NOT_HANDSHAKING);
    }

    @Test
    void aDecryptionThatSuspends() throws Exception {
        RecordingKey rsa = Engines.key(TestIdentity.RSA_2048, KeyScript.manual());
        EngineServer server = decrypting(rsa, Waiting.TASK);
        assertResult(server.unwraps(), OK, NEED_TASK);
        rsa.operation().complete();
        finishes(server);
    }

    /** The client's next bytes begin with its ClientKeyExchange. */
    private static EngineServer decrypting(RecordingKey rsa, Waiting way) throws Exception {
        EngineServer server = Engines.server(TestServers.live(rsa.credential()), way, Engines.STATIC_RSA);
        server.unwraps();
        server.wraps();
        return server;
    }

    @Test
    void anAlertOfTheClientEndsTheWait() throws Exception {
        EngineServer server = suspended(Waiting.PARK);
        ByteBuffer alert =
                ByteBuffer.wrap(new byte[] {21, 3, 3, 0, 2, 2, (byte) AlertDescription.HANDSHAKE_FAILURE.code()});
        assertThatThrownBy(() -> server.engine.unwrap(alert, ByteBuffer.allocate(100)))
                .isInstanceOf(SSLException.class);
        assertThat(key.operation().cancels()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(Waiting.class)
    void closingCancelsImmediately(Waiting way) throws Exception {
        EngineServer server = suspended(way);
        server.engine.closeOutbound();
        assertThat(key.operation().cancels()).isEqualTo(1);
        SSLEngineResult closed = server.wraps();
        assertResult(closed, CLOSED, NOT_HANDSHAKING);
        assertThat(closed.bytesProduced()).as("user_canceled and close_notify").isEqualTo(14);
        Runnable owed = server.engine.getDelegatedTask();
        if (way != Waiting.PARK) {
            assertThat(owed).as("a task that was promised").isNotNull();
            owed.run();
        }
        assertThat(server.engine.getDelegatedTask()).isNull();
    }

    @ParameterizedTest
    @EnumSource(Waiting.class)
    void theEndOfTheTransportCancelsImmediately(Waiting way) throws Exception {
        EngineServer server = suspended(way);
        assertThatThrownBy(server.engine::closeInbound).isInstanceOf(SSLException.class);
        assertThat(key.operation().cancels()).isEqualTo(1);
        assertResult(server.wraps(), CLOSED, NOT_HANDSHAKING);
    }

    @Test
    void closingEndsATaskThatBlocks() throws Exception {
        EngineServer server = suspended(Waiting.TASK);
        CompletableFuture<Void> running = CompletableFuture.runAsync(server.engine.getDelegatedTask());
        server.engine.closeOutbound();
        running.get(30, TimeUnit.SECONDS);
    }

    @Test
    void closingReleasesTasksThatWereKeptBack() throws Exception {
        EngineServer server = suspended(Waiting.DEFERRED);
        CompletableFuture<Boolean> ran = new CompletableFuture<>();
        server.engine.taskExecutor().execute(() -> ran.complete(server.engine.getDelegatedTask() != null));
        server.engine.closeOutbound();
        assertThat(ran.get(30, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void anInterruptEndsTheConnection() throws Exception {
        EngineServer server = suspended(Waiting.TASK);
        Runnable task = server.engine.getDelegatedTask();
        Thread.currentThread().interrupt();
        task.run();
        assertThat(Thread.interrupted()).isTrue();
        assertThat(key.operation().cancels()).isEqualTo(1);
        server.runsIntoFailure();
        assertThat(server.failure()).hasRootCauseInstanceOf(InterruptedException.class);
        assertThat(server.client.failure()).hasMessageContaining("internal_error");
    }

    @Test
    void tasksRaceTheirKeys() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            RecordingKey racing = Engines.key(TestIdentity.P256, KeyScript.on(threads));
            TlsServerConfig config = TestServers.live(racing.credential());
            LockstepContext context = LockstepContext.of(config);
            for (int i = 0; i < 200; i++) {
                EngineServer server =
                        new EngineServer(context.engine(), dev.lockstep.testkit.JdkClient.trustingAll(Engines.ECDSA));
                server.runs();
                assertThat(server.isDone()).isTrue();
            }
            for (RecordedOperation operation : racing.operations()) {
                assertThat(operation.cancels()).isZero();
            }
        } finally {
            threads.shutdown();
        }
    }
}
