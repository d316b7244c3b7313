package dev.lockstep.nio;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.testkit.answer.KeyScript;
import dev.lockstep.tls.config.TlsServerConfig;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Several loops behind one socket. */
@Timeout(60)
class TlsLoopsTest {

    private static final int LOOPS = 3;

    private final Set<Thread> threads = ConcurrentHashMap.newKeySet();
    private final Set<Long> ids = ConcurrentHashMap.newKeySet();
    private final AtomicInteger closed = new AtomicInteger();
    private ServerSocketChannel listener;

    private TlsLoops loops() throws Exception {
        TlsServerConfig config = TlsServerConfig.builder()
                .credential(Localhost.heldKey().signs(KeyScript.ready()).credential())
                .build();
        listener = ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 64);
        return TlsLoops.of(LOOPS, number -> TlsLoop.builder(listener, () -> config, () -> TestLoop.ECHO)
                .observer(new LoopObserver() {
                    @Override
                    public void onEstablished(Session session) {
                        threads.add(Thread.currentThread());
                        ids.add(session.id());
                    }

                    @Override
                    public void onClosed(Session session, @Nullable Throwable cause) {
                        closed.incrementAndGet();
                    }
                }));
    }

    private static CompletableFuture<Void> run(TlsLoops loops) {
        return CompletableFuture.runAsync(
                () -> {
                    try {
                        loops.run();
                    } catch (java.io.IOException e) {
                        throw new java.io.UncheckedIOException(e);
                    }
                },
                task -> new Thread(task, "loops under test").start());
    }

    @Test
    void connectionsAreNumberedTogetherAndAllOfThemDrain() throws Exception {
        TlsLoops loops = loops();
        CompletableFuture<Void> ended = run(loops);
        int port = ((InetSocketAddress) listener.getLocalAddress()).getPort();
        List<SSLSocket> clients = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            SSLSocket client = Localhost.client(port);
            clients.add(client);
            TestLoop.ping(client);
        }
        assertThat(ids).hasSize(30).contains(1L, 30L);
        assertThat(threads).hasSizeBetween(1, LOOPS);
        long accepted = 0;
        for (TlsLoop loop : loops.loops()) {
            accepted += loop.counters().accepted();
        }
        assertThat(accepted).isEqualTo(30);

        loops.drain(Duration.ofSeconds(30));
        for (SSLSocket client : clients) {
            assertThat(client.getInputStream().read()).isEqualTo(-1);
            client.close();
        }
        ended.get(30, TimeUnit.SECONDS);
        assertThat(closed).hasValue(30);
    }

    @Test
    void whenOneIsClosedAllEnd() throws Exception {
        TlsLoops loops = loops();
        CompletableFuture<Void> ended = run(loops);
        loops.loops().get(LOOPS - 1).close();
        ended.get(30, TimeUnit.SECONDS);
        assertThat(listener.isOpen()).isFalse();
    }

    @Test
    void anInterruptEndsThemAndIsNotForgotten() throws Exception {
        TlsLoops loops = loops();
        CompletableFuture<Boolean> ended = new CompletableFuture<>();
        Thread thread = new Thread(
                () -> {
                    try {
                        loops.run();
                        ended.complete(Thread.currentThread().isInterrupted());
                    } catch (java.io.IOException e) {
                        ended.completeExceptionally(e);
                    }
                },
                "loops under test");
        thread.start();
        try (SSLSocket client = Localhost.client(listener.socket().getLocalPort())) {
            TestLoop.ping(client);
            thread.interrupt();
            TestLoop.assertEnded(client);
            assertThat(ended.get(30, TimeUnit.SECONDS)).isTrue();
        }
    }
}
