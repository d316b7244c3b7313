package dev.lockstep.servers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.keys.DelayedKey;
import dev.lockstep.keys.InMemoryKey;
import dev.lockstep.keys.WorkerPools;
import dev.lockstep.testkit.certificate.TestAuthority;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.credential.Credential;
import io.netty.handler.ssl.SslHandler;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.Security;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.stream.Stream;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A thousand handshakes at the same time with a key that takes 300 ms: how long they take, and how many platform threads.
 * A measurement, for a machine of its own: {@code mvn -Pmeasure}. The rows are added to
 * {@code server-tests/target/simultaneous-handshakes.tsv}.
 */
@Tag("measurement")
class SimultaneousHandshakesTest {

    private static final int CLIENTS = Integer.getInteger("measure.clients", 1000);
    private static final int KEY_MILLIS = 300;

    /** So long that it does not matter, for it is the machine that is measured. */
    private static final Duration LIMIT = Duration.ofMinutes(5);

    /** What JSSE is given, so that it does not take minutes. */
    private static final int JSSE_THREADS = 200;

    /** JSSE has one way to wait: its delegated task. */
    enum Jsse {
        NETTY_EXECUTOR,
        JETTY_THREADS,
        TOMCAT_VIRTUAL_THREADS,
        JDK_VIRTUAL_THREADS
    }

    private static Stream<Jsse> jsse() {
        return Stream.of(Jsse.values())
                .filter(way -> RunningServer.hasVirtualThreads() || !way.name().endsWith("VIRTUAL_THREADS"));
    }

    @TempDir
    Path directory;

    private final int threadsBefore = Storm.threadsBefore();
    private final KeyPair keys = TestAuthority.keyPair("EC", "secp256r1");
    private final X509Certificate certificate = TestAuthority.selfSignedServer(keys, Instant.now(), "localhost");

    @ParameterizedTest
    @MethodSource("dev.lockstep.servers.Way#thatWaitOnFewThreads")
    void lockstep(Way way) throws Exception {
        ScheduledExecutorService scheduler = WorkerPools.scheduler(1);
        DelayedKey key = DelayedKey.of(
                InMemoryKey.of(keys.getPrivate(), new SecureRandom()), Duration.ofMillis(KEY_MILLIS), scheduler);
        TlsServerConfig config = TlsServerConfig.builder()
                .credential(Credential.external(List.of(certificate), key))
                .applicationProtocols(List.of("h2", "http/1.1"))
                .keyOperationTimeout(LIMIT)
                .handshakeTimeout(LIMIT)
                .build();
        try (RunningServer server = way.start(config, directory)) {
            measure("Lockstep " + way, server);
        } finally {
            scheduler.shutdownNow();
        }
    }

    @ParameterizedTest
    @MethodSource
    void jsse(Jsse way) throws Exception {
        Security.addProvider(new SlowSignatures());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(new KeyManager[] {new OneKey()}, null, null);
        try (RunningServer server = start(way, context)) {
            measure("JSSE " + way, server);
        } finally {
            Security.removeProvider("SlowSignatures");
        }
    }

    private RunningServer start(Jsse way, SSLContext context) throws Exception {
        switch (way) {
            case NETTY_EXECUTOR -> {
                ExecutorService executor = Executors.newFixedThreadPool(JSSE_THREADS);
                return Way.stopping(
                        new NettyServer(channel -> {
                            SSLEngine engine = context.createSSLEngine();
                            engine.setUseClientMode(false);
                            return new SslHandler(engine, false, executor);
                        }),
                        executor);
            }
            case JETTY_THREADS -> {
                return new JettyServer(context, JSSE_THREADS);
            }
            case TOMCAT_VIRTUAL_THREADS -> {
                ExecutorService executor = RunningServer.virtualThreads();
                return Way.stopping(new TomcatServer(context, executor, directory), executor);
            }
            default -> {
                ExecutorService executor = RunningServer.virtualThreads();
                return Way.stopping(new JdkServer(context, executor), executor);
            }
        }
    }

    private void measure(String row, RunningServer server) throws Exception {
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port());
        Storm storm = Storm.of(CLIENTS, address, certificate, threadsBefore);
        String line = "JDK " + Runtime.version().feature() + "\t" + row + "\t" + storm.completed() + "\t"
                + storm.millis() + " ms\t" + storm.threads() + " threads\n";
        System.out.print(line);
        Files.writeString(
                Path.of("target", "simultaneous-handshakes.tsv"),
                line,
                StandardOpenOption.CREATE,
                StandardOpenOption.APPEND);
        assertThat(storm.completed()).isEqualTo(CLIENTS);
    }

    private final class OneKey extends X509ExtendedKeyManager {
        @Override
        public String chooseEngineServerAlias(String keyType, java.security.Principal[] issuers, SSLEngine engine) {
            return keyType.startsWith("EC") ? "key" : null;
        }

        @Override
        public String chooseServerAlias(String keyType, java.security.Principal[] issuers, java.net.Socket socket) {
            return keyType.startsWith("EC") ? "key" : null;
        }

        @Override
        public X509Certificate[] getCertificateChain(String alias) {
            return new X509Certificate[] {certificate};
        }

        @Override
        public java.security.PrivateKey getPrivateKey(String alias) {
            return new SlowSignatures.Key(keys.getPrivate(), KEY_MILLIS);
        }

        @Override
        public String[] getServerAliases(String keyType, java.security.Principal[] issuers) {
            return new String[] {"key"};
        }

        @Override
        public String[] getClientAliases(String keyType, java.security.Principal[] issuers) {
            return null;
        }

        @Override
        public String chooseClientAlias(String[] keyType, java.security.Principal[] issuers, java.net.Socket socket) {
            return null;
        }
    }
}
