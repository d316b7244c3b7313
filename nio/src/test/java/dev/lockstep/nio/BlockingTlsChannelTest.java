package dev.lockstep.nio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.lockstep.testkit.answer.KeyScript;
import dev.lockstep.testkit.answer.RecordedOperation;
import dev.lockstep.testkit.answer.RecordingKey;
import dev.lockstep.tls.config.RenegotiationPolicy;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.session.MemorySessionStore;
import java.io.EOFException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Streams over a channel; the server's side runs on threads that wait. */
@Timeout(60)
class BlockingTlsChannelTest {

    /** Without protection. */
    private static final byte[] CLOSE_NOTIFY = {21, 3, 3, 0, 2, 1, 0};

    private final RecordingKey key = Localhost.heldKey();
    private final TlsServerConfig config =
            TlsServerConfig.builder().credential(key.credential()).build();
    private ServerSocketChannel listener;

    @BeforeEach
    void listen() throws Exception {
        listener = ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    @AfterEach
    void stop() throws Exception {
        listener.close();
    }

    private SSLSocket client() throws Exception {
        return Localhost.client(listener.socket().getLocalPort());
    }

    @Test
    void anEchoServerIsOneLine() throws Exception {
        byte[] much = new byte[1 << 20];
        new Random(3).nextBytes(much);
        CompletableFuture<Object> server = ChannelPair.async(() -> {
            try (BlockingTlsChannel tls = BlockingTlsChannel.server(listener.accept(), config)) {
                return tls.inputStream().transferTo(tls.outputStream());
            }
        });
        try (SSLSocket client = client()) {
            CompletableFuture<Object> writing = ChannelPair.async(() -> {
                client.getOutputStream().write(much);
                return true;
            });
            key.takePending().complete(); // the server's thread was parked meanwhile
            assertThat(client.getInputStream().readNBytes(much.length)).isEqualTo(much);
            writing.get(30, TimeUnit.SECONDS);
        }
        assertThat(server.get(30, TimeUnit.SECONDS)).isEqualTo((long) much.length);
    }

    @Test
    void oneThreadReadsWhileAnotherWrites() throws Exception {
        key.signs(KeyScript.ready());
        byte[] there = new byte[4 << 20];
        byte[] back = new byte[4 << 20];
        new Random(4).nextBytes(there);
        new Random(5).nextBytes(back);
        try (SSLSocket client = client();
                BlockingTlsChannel tls = BlockingTlsChannel.server(listener.accept(), config)) {
            CompletableFuture<Object> clientWrites = ChannelPair.async(() -> {
                client.getOutputStream().write(there);
                return true;
            });
            CompletableFuture<Object> clientReads =
                    ChannelPair.async(() -> client.getInputStream().readNBytes(back.length));
            tls.handshake();
            CompletableFuture<Object> reads = ChannelPair.async(() -> {
                InputStream in = tls.inputStream();
                return in.readNBytes(there.length);
            });
            OutputStream out = tls.outputStream();
            out.write(back[0]);
            out.write(back, 1, back.length - 1);

            assertThat(reads.get(30, TimeUnit.SECONDS)).isEqualTo(there);
            assertThat(clientReads.get(30, TimeUnit.SECONDS)).isEqualTo(back);
            clientWrites.get(30, TimeUnit.SECONDS);
            assertThat(tls.info().cipherSuite()).isNotNull();
            client.shutdownOutput();
            assertThat(tls.read(ByteBuffer.allocate(1))).isEqualTo(-1);
        }
    }

    /** In a handshake, and a renegotiation is one, a timeout does not pass while the key is waited for. */
    @Test
    void aReadTimeoutDoesNotPassWhileTheKeyIsAskedInARenegotiation() throws Exception {
        key.signs(KeyScript.ready());
        TlsServerConfig renegotiating = config.toBuilder()
                .renegotiation(RenegotiationPolicy.ALLOWED.withMinInterval(Duration.ZERO))
                .build();
        try (SSLSocket client = client();
                BlockingTlsChannel tls = BlockingTlsChannel.server(listener.accept(), renegotiating)) {
            CompletableFuture<Object> handshake = ChannelPair.async(() -> {
                client.startHandshake();
                return true;
            });
            tls.handshake();
            handshake.get(30, TimeUnit.SECONDS);
            key.signs(KeyScript.manual());
            client.getSession().invalidate();
            client.startHandshake(); // a ClientHello; the next read continues the handshake
            CompletableFuture<Object> asking =
                    ChannelPair.async(() -> client.getInputStream().read());
            tls.readTimeout(Duration.ofMillis(300));
            CompletableFuture<Object> reads =
                    ChannelPair.async(() -> tls.inputStream().read());
            RecordedOperation signature = key.takePending();
            assertThatThrownBy(() -> reads.get(900, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
            signature.complete();
            tls.readTimeout(Duration.ZERO);
            tls.outputStream().write(5);
            assertThat(asking.get(30, TimeUnit.SECONDS)).isEqualTo(5);
        }
    }

    /** The last word of an abbreviated handshake is the client's: a thread that waits for it to write continues then. */
    @Test
    void aWriterContinuesAfterAnAbbreviatedRenegotiation() throws Exception {
        key.signs(KeyScript.ready());
        TlsServerConfig renegotiating = config.toBuilder()
                .sessionStore(new MemorySessionStore(10, Duration.ofHours(1)))
                .renegotiation(RenegotiationPolicy.ALLOWED.withMinInterval(Duration.ZERO))
                .build();
        try (SSLSocket client = client();
                BlockingTlsChannel tls = BlockingTlsChannel.server(listener.accept(), renegotiating)) {
            CompletableFuture<Object> asking = ChannelPair.async(() -> {
                for (int i = 0; i < 3; i++) {
                    client.startHandshake(); // which does not wait for the end of a second one
                    client.getOutputStream().write(i);
                    assertThat(client.getInputStream().read()).isEqualTo(i);
                }
                return true;
            });
            ByteBuffer octet = ByteBuffer.allocate(1);
            for (int i = 0; i < 3; i++) {
                assertThat(tls.read(octet.clear())).isOne();
                tls.write(octet.flip());
            }
            asking.get(30, TimeUnit.SECONDS);
            assertThat(tls.info().resumed()).isTrue();
        }
    }

    @Test
    void aLimitReachesAThreadThatWaits() throws Exception {
        Limits impatient = Limits.DEFAULT.withHello(Duration.ofMillis(100)).withFarewell(Duration.ofMillis(100), 1000);
        try (Socket silent = new Socket(
                        InetAddress.getLoopbackAddress(), listener.socket().getLocalPort());
                BlockingTlsChannel tls = BlockingTlsChannel.server(listener.accept(), config, impatient)) {
            assertThatThrownBy(tls::handshake).isInstanceOf(SocketTimeoutException.class);
            silent.setSoTimeout(30_000);
            CompletableFuture<Object> last =
                    ChannelPair.async(() -> silent.getInputStream().readAllBytes());
            tls.inputStream().close();
            assertThat((byte[]) last.get(30, TimeUnit.SECONDS)).endsWith(1, 0); // close_notify
        }
    }

    /** The end of the stream is the client's: what this side closes is not complete. */
    @Test
    void aCloseIsNoEndOfTheStreamForAnotherThread() throws Exception {
        key.signs(KeyScript.ready());
        try (SSLSocket client = client();
                BlockingTlsChannel tls = BlockingTlsChannel.server(listener.accept(), config)) {
            CompletableFuture<Object> clientReads = ChannelPair.async(() -> {
                InputStream in = client.getInputStream();
                int end = in.read();
                in.close();
                return end;
            });
            tls.handshake();
            CompletableFuture<Object> reads =
                    ChannelPair.async(() -> tls.inputStream().read());
            Thread.sleep(100);
            tls.outputStream().close();
            assertThatThrownBy(() -> reads.get(30, TimeUnit.SECONDS)).hasCauseInstanceOf(ClosedChannelException.class);
            assertThat(clientReads.get(30, TimeUnit.SECONDS)).isEqualTo(-1);
            assertThat(tls.hasFailed()).isFalse();
        }
    }

    @Test
    void anInterruptClosesTheConnection() throws Exception {
        AtomicReference<Thread> waits = new AtomicReference<>();
        CompletableFuture<Object> server = ChannelPair.async(() -> {
            waits.set(Thread.currentThread());
            try (BlockingTlsChannel tls = BlockingTlsChannel.server(listener.accept(), config)) {
                return tls.inputStream().read();
            }
        });
        try (SSLSocket client = client()) {
            CompletableFuture<Object> handshake = ChannelPair.async(() -> {
                client.startHandshake();
                return true;
            });
            RecordedOperation signature = key.takePending();
            waits.get().interrupt();

            assertThatThrownBy(() -> server.get(30, TimeUnit.SECONDS))
                    .hasCauseInstanceOf(ClosedByInterruptException.class);
            signature.awaitCancel();
            assertThatThrownBy(() -> handshake.get(30, TimeUnit.SECONDS)).isNotNull();
        }
    }

    @Test
    void anInterruptThatDoesNotCloseTheConnection() throws Exception {
        AtomicReference<Thread> waits = new AtomicReference<>();
        CompletableFuture<Object> server = ChannelPair.async(() -> {
            waits.set(Thread.currentThread());
            try (BlockingTlsChannel tls = BlockingTlsChannel.server(listener.accept(), config)) {
                tls.closedByInterrupt(thread -> false);
                int read = tls.inputStream().read();
                return Thread.interrupted() ? read : -2;
            }
        });
        try (SSLSocket client = client()) {
            CompletableFuture<Object> writes = ChannelPair.async(() -> {
                client.getOutputStream().write(7);
                return true;
            });
            RecordedOperation signature = key.takePending();
            waits.get().interrupt();
            signature.complete();
            assertThat(writes.get(30, TimeUnit.SECONDS)).isEqualTo(true);
            client.shutdownOutput();
            assertThat(server.get(30, TimeUnit.SECONDS)).isEqualTo(7);
        }
    }

    /** Of five seconds that the limits allow. */
    @Test
    void aCloseThatWaitsForLittle() throws Exception {
        key.signs(KeyScript.ready());
        try (SSLSocket client = client();
                BlockingTlsChannel tls = BlockingTlsChannel.server(listener.accept(), config)) {
            CompletableFuture<Object> handshake = ChannelPair.async(() -> {
                client.startHandshake();
                return true;
            });
            tls.handshake();
            assertThat(handshake.get(30, TimeUnit.SECONDS)).isEqualTo(true);
            long begun = System.nanoTime();
            tls.close(Duration.ofMillis(100));
            assertThat(System.nanoTime() - begun)
                    .isBetween(TimeUnit.MILLISECONDS.toNanos(90), TimeUnit.SECONDS.toNanos(4));
            assertThat(client.getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    void aClientThatEndsTheConnectionInItsHandshake() throws Exception {
        try (Socket client = new Socket(
                        InetAddress.getLoopbackAddress(), listener.socket().getLocalPort());
                BlockingTlsChannel tls = BlockingTlsChannel.server(listener.accept(), config)) {
            client.getOutputStream().write(CLOSE_NOTIFY);
            assertThatThrownBy(tls::handshake).isInstanceOf(EOFException.class);
            client.shutdownOutput();
        }
    }

    /** The client waits for the answer to its close_notify, so that nothing more comes from it. */
    @Test
    void aServerThatTalksFirstToAClientThatEndsTheConnectionInItsHandshake() throws Exception {
        try (Socket client = new Socket(
                        InetAddress.getLoopbackAddress(), listener.socket().getLocalPort());
                BlockingTlsChannel tls = BlockingTlsChannel.server(listener.accept(), config)) {
            client.getOutputStream().write(CLOSE_NOTIFY);
            assertThatThrownBy(() -> assertTimeoutPreemptively(
                            Duration.ofSeconds(20), () -> tls.write(ByteBuffer.wrap(new byte[] {1, 2, 3}))))
                    .isInstanceOf(ClosedChannelException.class);
            assertThat(tls.read(ByteBuffer.allocate(1))).isEqualTo(-1);
            client.shutdownOutput();
        }
    }

    @Test
    void aServerThatEndsItsOutputToAClientThatEndsTheConnectionInItsHandshake() throws Exception {
        try (Socket client = new Socket(
                        InetAddress.getLoopbackAddress(), listener.socket().getLocalPort());
                BlockingTlsChannel tls = BlockingTlsChannel.server(listener.accept(), config)) {
            client.getOutputStream().write(CLOSE_NOTIFY);
            assertTimeoutPreemptively(Duration.ofSeconds(20), tls::shutdownOutput);
            assertThat(tls.read(ByteBuffer.allocate(1))).isEqualTo(-1);
            assertThat(client.getInputStream().readNBytes(CLOSE_NOTIFY.length)).isEqualTo(CLOSE_NOTIFY);
            client.shutdownOutput();
        }
    }
}
