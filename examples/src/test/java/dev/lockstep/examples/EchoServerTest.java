package dev.lockstep.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.nio.TlsLoop;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** One thread, a slow key, and a thousand clients that all wait for it at the same time. */
@Timeout(120)
class EchoServerTest {

    private static final int CLIENTS = 1000;
    private static final long KEY_MILLIS = 50;

    @Test
    void aThousandClientsAreServedByOneThreadAndASlowKey() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        KeyPair keys = generator.generateKeyPair();
        X509Certificate certificate = selfSigned(keys);
        SSLContext trusting = trusting(certificate);
        ServerSocketChannel listener =
                ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), CLIENTS);
        int port = listener.socket().getLocalPort();
        TlsLoop loop = EchoServer.loop(listener, List.of(certificate), EchoServer.slow(keys.getPrivate(), KEY_MILLIS));
        CompletableFuture<Void> ended = start("echo server", () -> loop.run());

        CountDownLatch established = new CountDownLatch(CLIENTS);
        List<CompletableFuture<Void>> clients = new ArrayList<>();
        long begin = System.nanoTime();
        for (int i = 0; i < CLIENTS; i++) {
            int number = i;
            clients.add(start("client", () -> converse(trusting, port, number, established)));
        }
        CompletableFuture.allOf(clients.toArray(CompletableFuture[]::new)).get(100, TimeUnit.SECONDS);
        long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin);

        assertThat(loop.counters().handshakes()).isEqualTo(CLIENTS);
        assertThat(loop.counters().failed()).isZero();
        assertThat(millis).isLessThan(CLIENTS * KEY_MILLIS); // one after the other they would take longer
        assertThat(ended).isNotDone();
        loop.close();
        ended.get(30, TimeUnit.SECONDS);
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

    private static X509Certificate selfSigned(KeyPair keys) throws Exception {
        X500Name name = new X500Name("CN=localhost");
        Instant now = Instant.now();
        JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                name,
                BigInteger.ONE,
                Date.from(now.minus(Duration.ofHours(1))),
                Date.from(now.plus(Duration.ofDays(1))),
                name,
                keys.getPublic());
        return new JcaX509CertificateConverter()
                .getCertificate(builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate())));
    }

    private static SSLContext trusting(X509Certificate certificate) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setCertificateEntry("server", certificate);
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }
}
