package dev.lockstep.jsse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.lockstep.testkit.JdkClient;
import dev.lockstep.testkit.TestServers;
import dev.lockstep.testkit.answer.KeyScript;
import dev.lockstep.testkit.answer.RecordingKey;
import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.testkit.util.FakeClock;
import dev.lockstep.tls.config.TlsServerConfig;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLProtocolException;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Time limits of sockets, and what becomes of threads that wait when a socket ends. */
@Timeout(60)
class SocketEndsTest {

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final FakeClock clock = new FakeClock();
    private final RecordingKey key = Engines.key(TestIdentity.P256, KeyScript.ready());
    private SSLServerSocket listener;

    @BeforeEach
    void listens() throws Exception {
        TlsServerConfig config =
                TestServers.live(key.credential()).toBuilder().clock(clock).build();
        listener = (SSLServerSocket) LockstepContext.of(config)
                .getServerSocketFactory()
                .createServerSocket(0, 10, InetAddress.getLoopbackAddress());
    }

    @AfterEach
    void ends() throws Exception {
        listener.close();
        threads.shutdownNow();
    }

    private Socket plainClient() throws Exception {
        return new Socket(listener.getInetAddress(), listener.getLocalPort());
    }

    private void establish(Socket plain, SSLSocket server) throws Exception {
        SSLSocket client = overs(plain);
        Future<?> handshake = threads.submit(() -> {
            client.startHandshake();
            return null;
        });
        server.startHandshake();
        handshake.get();
    }

    private static SSLSocket overs(Socket plain) throws Exception {
        SSLSocket client = (SSLSocket) JdkClient.contextThatTrustsAll()
                .getSocketFactory()
                .createSocket(plain, "server.test", plain.getPort(), true);
        client.setEnabledProtocols(new String[] {"TLSv1.2"});
        return client;
    }

    /** Returns a client whose handshake is complete, and the server's socket. */
    private SSLSocket[] established() throws Exception {
        SSLSocket client = overs(plainClient());
        SSLSocket server = (SSLSocket) listener.accept();
        Future<?> handshake = threads.submit(() -> {
            client.startHandshake();
            return null;
        });
        server.startHandshake();
        handshake.get();
        return new SSLSocket[] {client, server};
    }

    /** The end of a stream means that the client has ended it: a watchdog that closes must not make half an upload whole. */
    @Test
    void aCloseIsNotTheEndOfTheClientsStream() throws Exception {
        SSLSocket[] pair = established();
        pair[0].getOutputStream().write(new byte[10]);
        InputStream in = pair[1].getInputStream();
        assertThat(in.readNBytes(10)).hasSize(10);
        Future<Integer> reading = threads.submit(() -> in.read());
        Future<?> clientEnds = threads.submit(() -> {
            pair[0].getInputStream().read();
            pair[0].close();
            return null;
        });
        Thread.sleep(100);
        pair[1].close();
        assertThatThrownBy(() -> reading.get(30, TimeUnit.SECONDS))
                .cause()
                .isInstanceOf(SocketException.class)
                .hasMessage("Socket closed");
        clientEnds.get(30, TimeUnit.SECONDS);
        assertThatThrownBy(in::read).isInstanceOf(SocketException.class);
    }

    @Test
    void theEndOfTheClientsStreamStaysOne() throws Exception {
        SSLSocket[] pair = established();
        pair[0].shutdownOutput();
        InputStream in = pair[1].getInputStream();
        assertThat(in.read()).isEqualTo(-1);
        Future<?> clientEnds = threads.submit(() -> {
            pair[0].close();
            return null;
        });
        pair[1].close();
        assertThat(in.read()).isEqualTo(-1);
        clientEnds.get(30, TimeUnit.SECONDS);
    }

    /** A thread that waits until the socket does not take more. */
    private Future<?> writes(SSLSocket server, CompletableFuture<Thread> writer) {
        return threads.submit(() -> {
            writer.complete(Thread.currentThread());
            server.getOutputStream().write(new byte[30_000_000]);
            return Thread.interrupted();
        });
    }

    private static void waits(Thread thread) throws InterruptedException {
        while (thread.getState() != Thread.State.WAITING && thread.getState() != Thread.State.TIMED_WAITING) {
            assertThat(thread.isAlive()).isTrue();
            Thread.sleep(1);
        }
    }

    /** As with the JDK, whose sockets only virtual threads close so: the thread finds out when it asks. */
    @Test
    void anInterruptDoesNotCloseTheSocket() throws Exception {
        SSLSocket[] pair = established();
        CompletableFuture<Thread> writer = new CompletableFuture<>();
        Future<?> writing = writes(pair[1], writer);
        waits(writer.get());
        writer.get().interrupt();
        assertThat(pair[0].getInputStream().readNBytes(30_000_000)).hasSize(30_000_000);
        assertThat(writing.get(30, TimeUnit.SECONDS)).as("still interrupted").isEqualTo(true);
        assertThat(pair[1].isClosed()).isFalse();
        CompletableFuture<Thread> reader = new CompletableFuture<>();
        Future<Integer> reading = threads.submit(() -> {
            Thread.currentThread().interrupt();
            reader.complete(Thread.currentThread());
            return pair[1].getInputStream().read();
        });
        waits(reader.get());
        pair[0].getOutputStream().write(7);
        assertThat(reading.get(30, TimeUnit.SECONDS)).isEqualTo(7);
        pair[0].close();
        pair[1].close();
    }

    /** On a Java that has virtual threads; on others, the socket stays open. */
    @Test
    void anInterruptOfAVirtualThreadClosesTheSocket() throws Exception {
        SSLSocket[] pair = established();
        CompletableFuture<Throwable> outcome = new CompletableFuture<>();
        Runnable reading = () -> {
            Thread.currentThread().interrupt();
            try {
                pair[1].getInputStream().read();
                outcome.complete(new AssertionError("read"));
            } catch (IOException e) {
                outcome.complete(e);
            }
        };
        boolean virtual = Runtime.version().feature() >= 21;
        if (virtual) {
            Thread.class.getMethod("startVirtualThread", Runnable.class).invoke(null, reading);
            assertThat(outcome.get(30, TimeUnit.SECONDS))
                    .isInstanceOf(SocketException.class)
                    .hasMessage("Closed by interrupt");
        } else {
            Thread thread = new Thread(reading);
            thread.start();
            waits(thread);
        }
        assertThat(pair[1].isClosed()).isEqualTo(virtual);
        pair[0].close();
        pair[1].close();
    }

    /** Unlike a connection: accepting is the work of an interruptible channel. */
    @Test
    void anInterruptOfAThreadThatAcceptsClosesTheListener() throws Exception {
        CompletableFuture<Thread> acceptor = new CompletableFuture<>();
        Future<?> accepting = threads.submit(() -> {
            acceptor.complete(Thread.currentThread());
            return listener.accept();
        });
        acceptor.get().interrupt();
        assertThatThrownBy(() -> accepting.get(30, TimeUnit.SECONDS)).hasCauseInstanceOf(IOException.class);
        assertThat(listener.isClosed()).isTrue();
    }

    private static long millisToClose(SSLSocket server) throws Exception {
        long begun = System.nanoTime();
        server.close();
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
    }

    /** The JDK's close does not wait for the client's. */
    @Test
    void aClientThatDoesNotCloseDoesNotHoldUpTheClose() throws Exception {
        SSLSocket[] pair = established();
        assertThat(millisToClose(pair[1])).isLessThan(3000);
        assertThat(pair[0].getInputStream().read()).isEqualTo(-1);
        pair[0].close();
    }

    @Test
    void aWriterThatWaitsDoesNotHoldUpTheClose() throws Exception {
        SSLSocket[] pair = established();
        CompletableFuture<Thread> writer = new CompletableFuture<>();
        Future<?> writing = writes(pair[1], writer);
        waits(writer.get());
        assertThat(millisToClose(pair[1])).isLessThan(3000);
        assertThatThrownBy(() -> writing.get(30, TimeUnit.SECONDS))
                .cause()
                .isInstanceOf(SocketException.class)
                .hasMessage("Socket closed");
        pair[0].close();
    }

    @Test
    void aStreamThatEndsInTheHandshake() throws Exception {
        try (Socket plain = plainClient();
                SSLSocket server = (SSLSocket) listener.accept()) {
            plain.getOutputStream().write(new byte[] {22, 3, 1});
            plain.shutdownOutput();
            assertThatThrownBy(server::startHandshake)
                    .isInstanceOf(SSLHandshakeException.class)
                    .hasCauseInstanceOf(EOFException.class);
        }
    }

    @Test
    void aCloseNotifyInTheHandshake() throws Exception {
        try (Socket plain = plainClient();
                SSLSocket server = (SSLSocket) listener.accept()) {
            plain.getOutputStream().write(new byte[] {21, 3, 3, 0, 2, 1, 0});
            assertThatThrownBy(server::startHandshake).isInstanceOf(SSLHandshakeException.class);
        }
    }

    @Test
    void aClientWithoutTls() throws Exception {
        try (Socket plain = plainClient();
                SSLSocket server = (SSLSocket) listener.accept()) {
            plain.getOutputStream().write("GET / HTTP/1.1\r\n".getBytes(StandardCharsets.US_ASCII));
            assertThatThrownBy(server::startHandshake).isInstanceOf(SSLHandshakeException.class);
        }
    }

    /** As the JDK throws it where it insists on close_notify. */
    @Test
    void aStreamThatEndsWithoutCloseNotify() throws Exception {
        try (Socket plain = plainClient();
                SSLSocket server = (SSLSocket) listener.accept()) {
            establish(plain, server);
            plain.shutdownOutput();
            assertThatThrownBy(() -> server.getInputStream().read())
                    .isInstanceOf(SSLProtocolException.class)
                    .hasCauseInstanceOf(EOFException.class);
        }
    }

    /** As with the JDK, a read that times out in the handshake leaves the connection as it is. */
    @Test
    void theReadTimeoutBoundsHandshakesToo() throws Exception {
        try (Socket plain = plainClient();
                SSLSocket server = (SSLSocket) listener.accept()) {
            server.setSoTimeout(50);
            assertThatThrownBy(server::startHandshake).isInstanceOf(SocketTimeoutException.class);
            assertThatThrownBy(() -> server.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
            assertThat(server.isClosed()).isFalse();
            server.setSoTimeout(30_000);
            SSLSocket client = overs(plain);
            Future<?> handshake = threads.submit(() -> {
                client.startHandshake();
                client.getOutputStream().write(7);
                return null;
            });
            assertThat(server.getInputStream().read()).isEqualTo(7);
            handshake.get();
            client.shutdownOutput();
        }
    }

    /** The time of the key is not the client's. */
    @Test
    void aKeyThatTakesLongerThanTheReadTimeout() throws Exception {
        key.answers(KeyScript.manual());
        try (SSLSocket client = overs(plainClient());
                SSLSocket server = (SSLSocket) listener.accept()) {
            Future<?> handshake = threads.submit(() -> {
                client.startHandshake();
                return null;
            });
            server.setSoTimeout(5000);
            Future<?> serving = threads.submit(() -> {
                server.startHandshake();
                return null;
            });
            var signature = key.takePending();
            Thread.sleep(6000);
            signature.complete();
            serving.get(30, TimeUnit.SECONDS);
            handshake.get(30, TimeUnit.SECONDS);
            client.shutdownOutput();
        }
    }

    /** A reader that tries again after each timeout must learn that there is nothing left to try. */
    @Test
    void theEndOfAConnectionsTimeIsNoReadTimeout() throws Exception {
        try (Socket silent = plainClient();
                SSLSocket server = (SSLSocket) listener.accept()) {
            server.setSoTimeout(20);
            InputStream in = server.getInputStream();
            assertThatThrownBy(in::read).isInstanceOf(SocketTimeoutException.class);
            clock.advance(Duration.ofSeconds(11));
            silent.shutdownOutput();
            assertThatThrownBy(in::read)
                    .isInstanceOf(SSLHandshakeException.class)
                    .hasMessageContaining("ClientHello");
            assertThat(server.isClosed()).isTrue();
            assertThatThrownBy(in::read).isInstanceOf(SocketException.class);
        }
    }

    @Test
    void aFailureClosesTheSocket() throws Exception {
        try (Socket plain = plainClient();
                SSLSocket server = (SSLSocket) listener.accept()) {
            establish(plain, server);
            plain.getOutputStream().write(new byte[] {23, 3, 3, 0, 1, 0});
            plain.shutdownOutput();
            assertThatThrownBy(() -> server.getInputStream().read()).isInstanceOf(SSLException.class);
            assertThat(server.isClosed()).isTrue();
            assertThat(server.getSession().isValid()).isFalse();
        }
    }

    @Test
    void aTimeoutCanBeSetDuringAHandshake() throws Exception {
        try (Socket silent = plainClient();
                SSLSocket server = (SSLSocket) listener.accept()) {
            Future<?> handshake = threads.submit(() -> {
                server.startHandshake();
                return null;
            });
            Thread.sleep(100);
            Future<?> setting = threads.submit(() -> {
                server.setSoTimeout(200);
                return null;
            });
            setting.get(10, TimeUnit.SECONDS);
            assertThat(server.getSoTimeout()).isEqualTo(200);
            assertThat(handshake.isDone()).isFalse();
            silent.shutdownOutput();
            assertThatThrownBy(handshake::get).isNotNull();
        }
    }

    @Test
    void whatCanBeReadWithoutWaiting() throws Exception {
        try (SSLSocket client = overs(plainClient());
                SSLSocket server = (SSLSocket) listener.accept()) {
            InputStream in = server.getInputStream();
            assertThat(in.available()).as("before the handshake").isZero();
            Future<?> writing = threads.submit(() -> {
                client.getOutputStream().write(new byte[100]);
                return null;
            });
            assertThat(in.read()).isZero();
            writing.get();
            assertThat(in.available()).isEqualTo(99);
            assertThat(in.readNBytes(90)).hasSize(90);
            assertThat(in.available()).isEqualTo(9);
            assertThat(in.readNBytes(9)).hasSize(9);
            assertThat(in.available()).isZero();
            client.shutdownOutput();
            assertThat(in.read()).isEqualTo(-1);
            assertThat(in.available()).isZero();
        }
    }

    /** As with the JDK, whose listeners run on a thread of their own. */
    @Test
    void aListenerThatThrowsDoesNotFailTheHandshake() throws Exception {
        CompletableFuture<Throwable> thrown = new CompletableFuture<>();
        CompletableFuture<String> told = new CompletableFuture<>();
        try (SSLSocket client = overs(plainClient());
                SSLSocket server = (SSLSocket) listener.accept()) {
            server.addHandshakeCompletedListener(event -> {
                throw new IllegalStateException("a listener's own fault");
            });
            server.addHandshakeCompletedListener(event -> told.complete(event.getCipherSuite()));
            Thread serving = new Thread(() -> {
                try {
                    server.startHandshake();
                } catch (Exception e) {
                    told.completeExceptionally(e);
                }
            });
            serving.setUncaughtExceptionHandler((thread, e) -> thrown.complete(e));
            serving.start();
            client.startHandshake();
            assertThat(told.get(30, TimeUnit.SECONDS)).startsWith("TLS_ECDHE_ECDSA");
            assertThat(thrown.get(30, TimeUnit.SECONDS)).hasMessage("a listener's own fault");
            client.shutdownOutput();
        }
    }

    /** A listener may wait for a thread of the application that uses the socket. */
    @Test
    void aListenerIsToldWhenOthersCanUseTheSocket() throws Exception {
        CompletableFuture<Throwable> refused = new CompletableFuture<>();
        try (SSLSocket client = overs(plainClient());
                SSLSocket server = (SSLSocket) listener.accept()) {
            server.addHandshakeCompletedListener(event -> {
                Future<Throwable> asking = threads.submit(() -> catchThrowable(server::startHandshake));
                try {
                    refused.complete(asking.get(20, TimeUnit.SECONDS));
                } catch (Exception e) {
                    refused.completeExceptionally(e);
                }
            });
            Future<?> serving = threads.submit(() -> {
                server.startHandshake();
                return null;
            });
            client.startHandshake();
            serving.get(30, TimeUnit.SECONDS);
            assertThat(refused).isCompletedWithValueMatching(SSLException.class::isInstance);
            client.shutdownOutput();
        }
    }

    @Test
    void optionsOfAListenerAreThoseOfItsChannel() throws Exception {
        listener.setOption(StandardSocketOptions.SO_RCVBUF, 12_345);
        assertThat(listener.getReceiveBufferSize())
                .isEqualTo(listener.getOption(StandardSocketOptions.SO_RCVBUF))
                .isBetween(12_345, 30_000);
        assertThat(listener.supportedOptions()).contains(StandardSocketOptions.SO_RCVBUF);
    }
}
