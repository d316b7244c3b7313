package dev.lockstep.server;

import dev.lockstep.keys.keyserver.KeyServerKeys;
import dev.lockstep.nio.TlsLoop;
import dev.lockstep.server.loop.SelectorGuest;
import dev.lockstep.server.serve.EchoApplication;
import dev.lockstep.testkit.JdkClient;
import dev.lockstep.tls.config.ConnectionObserver;
import dev.lockstep.tls.config.Policy;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.config.TlsServerConfigBuilder;
import dev.lockstep.tls.wait.Suspension;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Security;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/** A TLS server that has certificates only: its keys are in a key server, reached from its own selector loop. */
public final class KeyServerLoop implements AutoCloseable {

    static {
        // Newer JDKs refuse the RSA key exchange, which some of these conversations are about. Keys may make contexts
        // too.
        Security.setProperty("jdk.tls.disabledAlgorithms", "");
    }

    public final TlsLoop loop;
    private final KeyServerKeys keys;
    private final Semaphore suspensions = new Semaphore(0);
    private final ServerSocketChannel listener;
    private final SSLContext trusting;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();

    /** @param directory has ca.pem and the certificates, as the key server's --demo-keys writes them */
    public KeyServerLoop(KeyServerKeys keys, Path directory, String... certificates) throws Exception {
        this.keys = keys;
        TlsServerConfigBuilder config = TlsServerConfig.builder().policy(Policy.COMPATIBLE);
        for (String name : certificates) {
            config.credential(keys.credential(List.of(certificate(directory.resolve(name)))));
        }
        config.observer(new ConnectionObserver() {
            @Override
            public void onSuspend(Suspension suspension) {
                suspensions.release();
            }
        });
        listener = ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 64);
        TlsServerConfig built = config.build();
        loop = TlsLoop.builder(listener, () -> built, () -> EchoApplication.INSTANCE)
                .guest(new SelectorGuest(keys, 0))
                .build();
        trusting = JdkClient.contextThatTrusts(certificate(directory.resolve("ca.pem")));
        Thread thread = new Thread(this::run, "loop with a key server");
        thread.setDaemon(true);
        thread.start();
    }

    private void run() {
        try (keys) {
            loop.run();
            ended.complete(null);
        } catch (Throwable e) { // boundary of the thread: whatever ends the loop is what the test must see
            ended.completeExceptionally(e);
        }
    }

    public static X509Certificate certificate(Path file) throws Exception {
        try (var in = Files.newInputStream(file)) {
            return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
        }
    }

    /** A client that offers one suite and has not begun its handshake. */
    public SSLSocket client(String suite) throws IOException {
        SSLSocket socket = TestClients.client(trusting, ((InetSocketAddress) listener.getLocalAddress()).getPort());
        socket.setEnabledCipherSuites(new String[] {suite});
        return socket;
    }

    /** A whole handshake with an echo after it. */
    public void handshake(String suite) throws IOException {
        try (SSLSocket client = client(suite)) {
            client.getOutputStream().write(42);
            if (client.getInputStream().read() != 42) {
                throw new IOException("no echo");
            }
        }
    }

    /**
     * Handshakes that may fail, until one does not; answers how long that took, in milliseconds: a few hundred once the key
     * server is back. The limit is for a machine that is busy with other things.
     */
    public long handshakeWhenBack(String suite) throws IOException {
        long begin = System.nanoTime();
        while (true) {
            try {
                handshake(suite);
                return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin);
            } catch (IOException e) {
                if (System.nanoTime() - begin > TimeUnit.SECONDS.toNanos(20)) {
                    throw e;
                }
                Thread.onSpinWait();
            }
        }
    }

    /** Waits until so many more handshakes have suspended. */
    public void awaitSuspended(int count) throws InterruptedException {
        if (!suspensions.tryAcquire(count, 30, TimeUnit.SECONDS)) {
            throw new AssertionError("they did not suspend");
        }
    }

    public boolean runs() {
        return !ended.isDone();
    }

    @Override
    public void close() {
        loop.close();
        ended.orTimeout(30, TimeUnit.SECONDS).join();
    }
}
