package dev.lockstep.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.keys.FutureKey;
import dev.lockstep.keys.InMemoryKey;
import dev.lockstep.nio.TlsLoop;
import dev.lockstep.testkit.JdkClient;
import dev.lockstep.testkit.certificate.TestAuthority;
import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.nio.NioEventLoopGroup;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** One thread, a slow key, and a thousand clients that all wait for it at the same time. */
@Timeout(120)
class EchoServerTest {

    private static final int CLIENTS = 1000;
    private static final long KEY_MILLIS = 50;

    @Test
    void aThousandClientsAreServedByOneThreadAndASlowKey() throws Exception {
        KeyPair keys = TestAuthority.keyPair("EC", "secp256r1");
        X509Certificate certificate = TestAuthority.selfSignedServer(keys, Instant.now(), "localhost");
        SSLContext trusting = JdkClient.contextThatTrusts(certificate);
        ServerSocketChannel listener =
                ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), CLIENTS);
        int port = listener.socket().getLocalPort();
        TlsLoop loop = EchoServer.loop(listener, List.of(certificate), EchoServer.slow(keys.getPrivate(), KEY_MILLIS));
        CompletableFuture<Void> ended = start("echo server", () -> loop.run());
        long millis = converse(trusting, port, CLIENTS);

        assertThat(loop.counters().handshakes()).isEqualTo(CLIENTS);
        assertThat(loop.counters().failed()).isZero();
        assertThat(millis).isLessThan(CLIENTS * KEY_MILLIS); // one after the other they would take longer
        assertThat(ended).isNotDone();
        loop.close();
        ended.get(30, TimeUnit.SECONDS);
    }

    /** The key answers when all of them have asked: so all of them wait at the same time, on one thread. */
    @Test
    void soAreClientsInNetty() throws Exception {
        KeyPair keys = TestAuthority.keyPair("EC", "secp256r1");
        X509Certificate certificate = TestAuthority.selfSignedServer(keys, Instant.now(), "localhost");
        FutureKey key = answeringTogether(keys.getPrivate(), CLIENTS / 5);
        EventLoopGroup loop = new NioEventLoopGroup(1);
        try {
            InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
            Channel listener = NettyEchoServer.listen(loop, any, List.of(certificate), key)
                    .sync()
                    .channel();
            int port = ((InetSocketAddress) listener.localAddress()).getPort();
            assertThat(converse(JdkClient.contextThatTrusts(certificate), port, CLIENTS / 5))
                    .isPositive();
        } finally {
            loop.shutdownGracefully(0, 5, TimeUnit.SECONDS).await(10, TimeUnit.SECONDS);
        }
    }

    private static FutureKey answeringTogether(PrivateKey key, int number) {
        InMemoryKey local = InMemoryKey.of(key, new SecureRandom());
        CompletableFuture<Void> all = new CompletableFuture<>();
        AtomicInteger asked = new AtomicInteger();
        return FutureKey.builder()
                .signer(local.signatureSchemes(), request -> {
                    byte[] signature = local.sign(request);
                    if (asked.incrementAndGet() == number) {
                        all.completeAsync(() -> null);
                    }
                    return all.thenApply(ignored -> signature);
                })
                .build();
    }

    /** Has so many clients connect at the same time; returns how many milliseconds they took. */
    private static long converse(SSLContext trusting, int port, int number) throws Exception {
        CountDownLatch established = new CountDownLatch(number);
        List<CompletableFuture<Void>> clients = new ArrayList<>();
        long begin = System.nanoTime();
        for (int i = 0; i < number; i++) {
            int client = i;
            clients.add(start("client", () -> converse(trusting, port, client, established)));
        }
        CompletableFuture.allOf(clients.toArray(CompletableFuture[]::new)).get(100, TimeUnit.SECONDS);
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin);
    }

    /** Says its number when all of them are connected, and hears it again. */
    private static void converse(SSLContext trusting, int port, int number, CountDownLatch established)
            throws Exception {
        try (SSLSocket client = (SSLSocket) trusting.getSocketFactory().createSocket()) {
            client.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            client.setSoTimeout(60_000);
            client.setTcpNoDelay(true);
            client.setEnabledProtocols(new String[] {"TLSv1.2"});
            client.startHandshake();
            established.countDown();
            if (!established.await(60, TimeUnit.SECONDS)) {
                throw new IOException("not all clients are connected");
            }
            byte[] word = ByteBuffer.allocate(4).putInt(number).array();
            client.getOutputStream().write(word);
            assertThat(client.getInputStream().readNBytes(4)).isEqualTo(word);
        }
    }

    @FunctionalInterface
    private interface Task {
        void run() throws Exception;
    }

    private static CompletableFuture<Void> start(String name, Task task) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        Runnable body = () -> {
            try {
                task.run();
                done.complete(null);
            } catch (Throwable e) { // boundary of the thread: the test gets it
                done.completeExceptionally(e);
            }
        };
        Thread thread = new Thread(null, body, name, 256 * 1024);
        thread.setDaemon(true);
        thread.start();
        return done;
    }
}
