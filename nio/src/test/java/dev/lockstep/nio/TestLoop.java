package dev.lockstep.nio;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.testkit.answer.RecordingKey;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.config.TlsServerConfigBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLSocket;

/** A loop on a thread of its own, with a held key, and clients that trust it. */
final class TestLoop implements AutoCloseable {

    static final byte[] PING = "ping".getBytes(StandardCharsets.US_ASCII);

    static final Handler ECHO = Session::send;

    final RecordingKey key = Localhost.heldKey();
    final TlsLoop loop;
    private final List<String> events = new CopyOnWriteArrayList<>();
    private final ServerSocketChannel listener;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();

    TestLoop(Limits limits, Supplier<Handler> handlers, UnaryOperator<TlsServerConfigBuilder> changes)
            throws Exception {
        this(limits, handlers, null, changes, System::nanoTime, builder -> builder);
    }

    /** With configurations that have other keys. */
    TestLoop(Limits limits, Supplier<Handler> handlers, Supplier<TlsServerConfig> configs) throws Exception {
        this(limits, handlers, configs, config -> config, System::nanoTime, builder -> builder);
    }

    private TestLoop(
            Limits limits,
            Supplier<Handler> handlers,
            Supplier<TlsServerConfig> configs,
            UnaryOperator<TlsServerConfigBuilder> changes,
            LongSupplier nanoTime,
            UnaryOperator<TlsLoopBuilder> more)
            throws Exception {
        TlsServerConfig own = changes.apply(
                        TlsServerConfig.builder().credential(key.credential()).clock(nanoTime))
                .build();
        listener = ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 64);
        loop = more.apply(TlsLoop.builder(listener, configs == null ? () -> own : configs, handlers))
                .limits(limits)
                .nanoTime(nanoTime)
                .observer(new LoopObserver() {
                    @Override
                    public void onFailure(Session session, IOException cause) {
                        events.add("failure: " + cause.getMessage());
                    }

                    @Override
                    public void onEvicted(Session session) {
                        events.add("evicted " + session.id());
                    }

                    @Override
                    public void onShortage(Shortage shortage, SocketAddress client) {
                        events.add("shortage of " + shortage + (client == null ? "" : " for " + client));
                    }

                    @Override
                    public void onDefect(long connection, Throwable cause) {
                        events.add("defect: " + cause);
                    }
                })
                .build();
        Thread thread = new Thread(this::run, "loop under test");
        thread.setDaemon(true);
        thread.start();
    }

    /** With one more observer. */
    static TestLoop observed(Supplier<TlsServerConfig> configs, LoopObserver observer) throws Exception {
        return new TestLoop(
                Limits.DEFAULT,
                () -> ECHO,
                configs,
                config -> config,
                System::nanoTime,
                builder -> builder.observer(observer));
    }

    /** With something before TLS. */
    static TestLoop prefaced(Limits limits, Supplier<Handler> handlers, Function<SocketAddress, Preface> prefaces)
            throws Exception {
        return new TestLoop(
                limits, handlers, null, config -> config, System::nanoTime, builder -> builder.prefaces(prefaces));
    }

    /** With a clock of its own. */
    static TestLoop timed(Limits limits, Supplier<Handler> handlers, LongSupplier nanoTime) throws Exception {
        return timed(limits, handlers, nanoTime, builder -> builder);
    }

    /** With a clock of its own and more of what a loop can have. */
    static TestLoop timed(
            Limits limits, Supplier<Handler> handlers, LongSupplier nanoTime, UnaryOperator<TlsLoopBuilder> more)
            throws Exception {
        return new TestLoop(limits, handlers, null, config -> config, nanoTime, more);
    }

    static TestLoop echo(Limits limits) throws Exception {
        return new TestLoop(limits, () -> ECHO, config -> config);
    }

    private void run() {
        try {
            loop.run();
            ended.complete(null);
        } catch (Throwable e) { // boundary of the thread: whatever ends the loop is what the test must see
            ended.completeExceptionally(e);
        }
    }

    int port() {
        return ((InetSocketAddress) listener.socket().getLocalSocketAddress()).getPort();
    }

    /** What the loop has reported so far. */
    List<String> events() {
        return events;
    }

    boolean runs() {
        return !ended.isDone();
    }

    /** Waits until the loop has ended by itself. */
    void awaitEnd() {
        ended.orTimeout(30, TimeUnit.SECONDS).join();
    }

    /** Waits until so many first handshakes are complete at the server. */
    void awaitEstablished(long handshakes) {
        long begin = System.nanoTime();
        while (loop.counters().handshakes() < handshakes) {
            requireTime(begin, "no " + handshakes + " handshakes");
        }
    }

    /** Waits until so many connections were ended in favour of others. */
    void awaitEvicted(long connections) {
        long begin = System.nanoTime();
        while (loop.counters().evicted() < connections) {
            requireTime(begin, "no " + connections + " connections were evicted");
        }
    }

    /** Waits until so many connections have come to their end. */
    void awaitClosed(long connections) {
        long begin = System.nanoTime();
        while (loop.counters().closed.sum() < connections) {
            requireTime(begin, "no " + connections + " connections have ended");
        }
    }

    /** Waits until something is so, asked on the loop's thread. */
    void awaitOnTheLoop(String what, BooleanSupplier condition) throws Exception {
        long begin = System.nanoTime();
        CompletableFuture<Boolean> answer;
        do {
            requireTime(begin, what);
            CompletableFuture<Boolean> asked = new CompletableFuture<>();
            loop.execute(() -> asked.complete(condition.getAsBoolean()));
            answer = asked;
        } while (!answer.get(30, TimeUnit.SECONDS));
    }

    /** Waits until the listening socket is closed. */
    void awaitRefusingConnections() {
        long begin = System.nanoTime();
        while (listener.isOpen()) {
            requireTime(begin, "the socket is still open");
        }
    }

    private static void requireTime(long begin, String failure) {
        if (System.nanoTime() - begin > TimeUnit.SECONDS.toNanos(30)) {
            throw new AssertionError(failure);
        }
        Thread.onSpinWait();
    }

    /** A TCP connection without TLS. */
    Socket tcp() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port());
        socket.setSoTimeout(30_000);
        return socket;
    }

    /** A TLS client that has not begun its handshake. */
    SSLSocket client() throws IOException {
        return Localhost.client(port());
    }

    /** Stops the loop; fails if something else has ended it. */
    @Override
    public void close() {
        loop.close();
        ended.orTimeout(30, TimeUnit.SECONDS).join();
    }

    static void ping(SSLSocket client) throws IOException {
        client.getOutputStream().write(PING);
        assertThat(client.getInputStream().readNBytes(PING.length)).isEqualTo(PING);
    }

    static void assertEnded(Socket client) {
        try {
            assertThat(client.getInputStream().read()).isEqualTo(-1);
        } catch (IOException e) {
            assertThat(e).isNotInstanceOf(SocketTimeoutException.class);
        }
    }

    static CompletableFuture<Void> handshake(SSLSocket client) {
        return CompletableFuture.runAsync(
                () -> {
                    try {
                        client.startHandshake();
                    } catch (IOException e) {
                        throw new java.io.UncheckedIOException(e);
                    }
                },
                task -> new Thread(task, "client").start()); // a thread each: all of them wait at once
    }
}
