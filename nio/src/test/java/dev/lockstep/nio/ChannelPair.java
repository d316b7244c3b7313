package dev.lockstep.nio;

import dev.lockstep.testkit.answer.KeyScript;
import dev.lockstep.testkit.answer.RecordingKey;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.config.TlsServerConfigBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLSocket;

/** A {@link TlsChannel} that the test's thread drives, and the client at the other end. */
final class ChannelPair implements AutoCloseable {

    final RecordingKey key = Localhost.heldKey();
    final TlsServerConfig config;
    final TlsChannel tls;
    final Socket tcp;
    private final Selector selector;
    private final SelectionKey selectionKey;

    ChannelPair(Limits limits, UnaryOperator<TlsServerConfigBuilder> changes) throws IOException {
        config = changes.apply(TlsServerConfig.builder().credential(key.credential()))
                .build();
        key.signs(KeyScript.ready());
        SocketChannel accepted;
        try (ServerSocketChannel listener =
                ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
            tcp = new Socket(InetAddress.getLoopbackAddress(), listener.socket().getLocalPort());
            tcp.setSoTimeout(30_000);
            tcp.setTcpNoDelay(true);
            accepted = listener.accept();
        }
        selector = Selector.open();
        tls = TlsChannel.server(accepted, config, limits, new BufferPool(4), channel -> selector.wakeup());
        selectionKey = accepted.register(selector, 0);
    }

    /** A TLS client over the socket. */
    SSLSocket client() throws IOException {
        SSLSocket client = (SSLSocket)
                Localhost.trusting().getSocketFactory().createSocket(tcp, "localhost", tcp.getPort(), false);
        client.setEnabledProtocols(new String[] {"TLSv1.2"});
        return client;
    }

    /** A client, and both sides after the handshake. */
    SSLSocket established() throws Exception {
        SSLSocket client = client();
        CompletableFuture<Object> handshake = async(() -> {
            client.startHandshake();
            return true;
        });
        drive(tls::handshake);
        handshake.get(30, TimeUnit.SECONDS);
        return client;
    }

    static <T> CompletableFuture<Object> async(Callable<T> task) {
        CompletableFuture<Object> done = new CompletableFuture<>();
        Thread thread = new Thread(
                () -> {
                    try {
                        done.complete(task.call());
                    } catch (Throwable e) { // boundary of the thread: the test gets it
                        done.completeExceptionally(e);
                    }
                },
                "client");
        thread.setDaemon(true);
        thread.start();
        return done;
    }

    /** Repeats {@code attempt} as the channel's interest says, until it is true. */
    void drive(Callable<Boolean> attempt) throws Exception {
        while (!attempt.call()) {
            if (tls.isOpen()) {
                selectionKey.interestOps(tls.interest() & TlsChannel.SOCKET);
                if (selector.select(ready -> {}, 30_000) == 0 && (tls.interest() & TlsChannel.WAKE) == 0) {
                    throw new AssertionError("not ready for " + tls.interest() + " in " + tls.state());
                }
            }
        }
    }

    @Override
    public void close() throws IOException {
        tls.abort();
        tcp.close();
        selector.close();
    }
}
