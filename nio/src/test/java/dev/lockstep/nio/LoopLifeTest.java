package dev.lockstep.nio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.testkit.answer.KeyScript;
import dev.lockstep.tls.config.TlsServerConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a loop survives, and how it ends. */
@Timeout(60)
@SuppressWarnings("try") // what ends before its block does is what is tested
class LoopLifeTest {

    /** A guest without channels that has something to do all the time. */
    private static class Busy extends QuietGuest {
        @Override
        public OptionalLong nextDeadlineNanos() {
            return OptionalLong.of(System.nanoTime());
        }
    }

    private static ServerSocketChannel listener() throws IOException {
        return ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    private static TlsLoopBuilder builder(ServerSocketChannel listener) {
        TlsServerConfig config = TlsServerConfig.builder()
                .credential(Localhost.heldKey().credential())
                .build();
        return TlsLoop.builder(listener, () -> config, () -> TestLoop.ECHO);
    }

    @SuppressWarnings("unchecked")
    private static <T extends Throwable> void sneak(Throwable failure) throws T {
        throw (T) failure;
    }

    static List<Throwable> failures() {
        return List.of(new OutOfMemoryError("injected"), new IOException("injected"));
    }

    /** As when the heap is full for a moment: turns that fail follow each other in no time. */
    @ParameterizedTest
    @MethodSource("failures")
    void turnsThatFailForAMomentDoNotEndTheLoop(Throwable failure) throws Exception {
        AtomicLong begin = new AtomicLong(System.nanoTime()); // and again when the loop runs
        AtomicInteger failed = new AtomicInteger();
        QuietGuest guest = new Busy() {
            @Override
            public void tick(long nowNanos) {
                if (System.nanoTime() - begin.get() < TimeUnit.MILLISECONDS.toNanos(200)) {
                    failed.incrementAndGet();
                    LoopLifeTest.<RuntimeException>sneak(failure);
                }
            }
        };
        try (TestLoop server = TestLoop.timed(
                        Limits.DEFAULT, () -> TestLoop.ECHO, System::nanoTime, builder -> builder.guest(guest));
                SSLSocket client = server.client()) {
            server.key.signs(KeyScript.ready());
            begin.set(System.nanoTime());
            TestLoop.ping(client);
            assertThat(failed).hasPositiveValue();
            assertThat(server.events()).contains("defect: " + failure);
        }
    }

    @Test
    void aLoopThatFailsInEveryTurnEnds() throws Exception {
        ServerSocketChannel listener = listener();
        TlsLoop loop = builder(listener)
                .guest(new Busy() {
                    @Override
                    public void tick(long nowNanos) {
                        throw new IllegalStateException("always");
                    }
                })
                .build();
        assertThatThrownBy(loop::run).isInstanceOf(IOException.class).hasRootCauseMessage("always");
        assertThat(listener.isOpen()).isFalse();
    }

    static List<Duration> endless() {
        return List.of(ChronoUnit.FOREVER.getDuration(), Duration.ofNanos(Long.MAX_VALUE));
    }

    /** A limit that never comes is none. */
    @ParameterizedTest
    @MethodSource("endless")
    void limitsMayBeEndless(Duration endless) throws Exception {
        Limits limits = Limits.DEFAULT
                .withHello(endless)
                .withIdle(endless)
                .withEvictable(endless)
                .withFarewell(endless, 1 << 20)
                .withConnections(1);
        Handler handler = (session, data) -> {
            session.duplex().alarm(endless);
            session.send(data);
        };
        try (TestLoop server = new TestLoop(limits, () -> handler, config -> config);
                SSLSocket client = server.client()) {
            server.key.signs(KeyScript.ready());
            TestLoop.ping(client);
            try (SSLSocket second = server.client()) { // the loop is full, and its first connection may not be ended
                TestLoop.ping(client);
                client.close();
                TestLoop.ping(second);
                server.loop.drain(endless);
                assertThat(second.getInputStream().read()).isEqualTo(-1);
            }
            server.awaitEnd();
            assertThat(server.loop.counters().defects()).isZero();
        }
    }

    @Test
    void aLoopThatIsClosedBeforeItRunsKeepsNoSocket() throws Exception {
        ServerSocketChannel listener = listener();
        TlsLoop loop = builder(listener).build();
        loop.close();
        assertThat(listener.isOpen()).isFalse();
        loop.run(); // which returns immediately
        loop.close();
    }

    @Test
    void aLoopThatCannotBeBuiltKeepsNoSocket() throws Exception {
        QuietGuest unfit = new QuietGuest() {
            @Override
            public void register(Selector selector) throws IOException {
                throw new IOException("no room");
            }
        };
        for (int good = 0; good < 2; good++) {
            ServerSocketChannel listener = listener();
            int firstUnfit = good;
            assertThatThrownBy(() -> TlsLoops.of(
                            2, number -> builder(listener).guest(number < firstUnfit ? new QuietGuest() : unfit)))
                    .hasMessage("no room");
            assertThat(listener.isOpen()).isFalse();
        }
    }

    @Test
    void loopsWhoseThreadsCannotAllBeStartedEnd() throws Exception {
        ServerSocketChannel listener = listener();
        List<Thread> started = new ArrayList<>();
        TlsLoops loops = TlsLoops.of(3, number -> builder(listener));
        assertThatThrownBy(() -> loops.run((task, name) -> {
                    if (started.size() == 1) {
                        throw new OutOfMemoryError("unable to create native thread");
                    }
                    Thread thread = new Thread(task, name);
                    started.add(thread);
                    return thread;
                }))
                .hasCauseInstanceOf(OutOfMemoryError.class);
        assertThat(listener.isOpen()).isFalse();
        for (Thread thread : started) {
            thread.join(30_000);
            assertThat(thread.isAlive()).isFalse();
        }
    }

    /** A flood of silent clients, whose time is over in the same moment. */
    @Test
    void manyDeadlinesAtTheSameTimeAreServedInShares() throws Exception {
        int flood = 2_500;
        AtomicLong time = new AtomicLong();
        AtomicInteger ended = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        QuietGuest guest = new QuietGuest() {
            private int before;

            @Override
            public void tick(long nowNanos) {
                most.accumulateAndGet(ended.get() - before, Math::max);
                before = ended.get();
            }
        };
        LoopObserver counting = new LoopObserver() {
            @Override
            public void onFailure(Session session, IOException cause) {
                ended.incrementAndGet();
            }
        };
        List<Socket> clients = new ArrayList<>();
        try (TestLoop server = TestLoop.timed(
                Limits.DEFAULT.withConnections(flood, flood), () -> TestLoop.ECHO, time::get, builder -> builder.guest(
                                guest)
                        .observer(counting))) {
            for (int i = 0; i < flood; i++) {
                clients.add(server.tcp());
            }
            server.awaitOnTheLoop("all are there", () -> server.loop.openConnections() == flood);
            time.addAndGet(Limits.DEFAULT.hello().toNanos());
            server.awaitOnTheLoop("all have ended", () -> ended.get() == flood);
            server.awaitOnTheLoop("a turn more", () -> true);
            assertThat(most.get()).isBetween(1, 1100);
        } finally {
            for (Socket client : clients) {
                client.close();
            }
        }
    }

    // ---- code that blocks

    @ParameterizedTest
    @MethodSource("endless")
    void aTimeoutMayBeEndless(Duration endless) throws Exception {
        TlsServerConfig config = TlsServerConfig.builder()
                .credential(Localhost.heldKey().signs(KeyScript.ready()).credential())
                .build();
        try (ServerSocketChannel listener = listener();
                SSLSocket client = Localhost.client(listener.socket().getLocalPort());
                BlockingTlsChannel tls = BlockingTlsChannel.server(listener.accept(), config)) {
            tls.readTimeout(endless);
            CompletableFuture<Object> visit = ChannelPair.async(() -> {
                client.getOutputStream().write(7);
                client.close();
                return true;
            });
            assertThat(tls.inputStream().read()).isEqualTo(7);
            visit.get(30, TimeUnit.SECONDS);
            tls.close(endless);
        }
    }
}
