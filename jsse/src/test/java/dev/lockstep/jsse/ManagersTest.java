package dev.lockstep.jsse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.testkit.JdkClient;
import dev.lockstep.testkit.certificate.TestAuthority;
import dev.lockstep.testkit.certificate.TestIdentity;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedKeyManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Managers are the application's code: they take their time, use the connection, and change what they know. */
@Timeout(60)
class ManagersTest {

    private final ExecutorService threads = Executors.newCachedThreadPool();

    @AfterEach
    void ends() {
        threads.shutdownNow();
    }

    private static SSLContext context(KeyManager keys, TrustManager... trust) throws Exception {
        SSLContext context = SSLContext.getInstance("TLSv1.2", new LockstepProvider());
        context.init(new KeyManager[] {keys}, trust, null);
        return context;
    }

    private static EngineServer server(SSLContext context, Waiting way, SSLContext clients) throws Exception {
        LockstepEngine engine = (LockstepEngine) context.createSSLEngine();
        engine.setWaiting(way);
        return new EngineServer(engine, new JdkClient(JdkClient.engine(clients, Engines.ECDSA)));
    }

    /** What other threads do with an engine whose key manager has not answered. */
    private void isUsableBy(EngineServer server) throws Exception {
        Future<?> using = threads.submit(() -> {
            LockstepEngine engine = server.engine;
            assertThat(engine.getSession().isValid()).isFalse();
            assertThat(engine.getHandshakeSession()).isNotNull();
            assertThat(engine.getHandshakeStatus()).isEqualTo(HandshakeStatus.NEED_UNWRAP);
            assertThat(engine.wrap(ByteBuffer.allocate(0), ByteBuffer.allocate(20_000))
                            .bytesProduced())
                    .isZero();
            return engine.unwrap(ByteBuffer.allocate(0), ByteBuffer.allocate(20_000));
        });
        using.get(20, TimeUnit.SECONDS);
    }

    @ParameterizedTest
    @EnumSource(Waiting.class)
    void aKeyManagerThatTakesItsTimeHoldsUpNoOtherThread(Waiting way) throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch answers = new CountDownLatch(1);
        CompletableFuture<Thread> on = new CompletableFuture<>();
        OneKey manager = new OneKey(engine -> {
            on.complete(Thread.currentThread());
            asked.countDown();
            answers.await();
        });
        EngineServer server = server(context(manager), way, Engines.clients());
        server.engine.onWake(() -> {});
        if (way != Waiting.TASK) {
            server.runs(false);
        }
        Future<?> serving = threads.submit(() -> {
            if (way == Waiting.TASK) {
                server.runs();
            }
            return null;
        });
        asked.await();
        assertThat(on.get().getName().startsWith("lockstep-worker")).isEqualTo(way != Waiting.TASK);
        if (way != Waiting.DEFERRED) { // whose task is still to be given out
            isUsableBy(server);
        }
        answers.countDown();
        serving.get(20, TimeUnit.SECONDS);
        while (!server.isDone()) {
            server.runs();
            Thread.sleep(1);
        }
        server.echoes("hello");
    }

    /** A key manager that logs, say, on a thread that looks at the engine. */
    @Test
    void aKeyManagerThatWaitsForAThreadThatUsesTheEngine() throws Exception {
        EngineServer[] server = new EngineServer[1];
        OneKey manager = new OneKey(engine -> isUsableBy(server[0]));
        server[0] = server(context(manager), Waiting.TASK, Engines.clients());
        server[0].runs();
        assertThat(server[0].isDone()).isTrue();
    }

    @Test
    void aKeyManagerThatFails() throws Exception {
        for (Waiting way : List.of(Waiting.TASK, Waiting.DEFERRED)) {
            OneKey manager = new OneKey(engine -> {
                throw new IllegalStateException("as a test has it");
            });
            EngineServer server =
                    server(context(manager), way, Engines.clients()).runsIntoFailure();
            assertThat(server.failure()).isInstanceOf(SSLHandshakeException.class);
            assertThat(server.client.failure()).hasMessageContaining("internal_error");
        }
    }

    /** A manager that uses the socket would wait for itself; it is told so, and the handshake continues. */
    @Test
    void aKeyManagerThatUsesItsSocket() throws Exception {
        CompletableFuture<SSLSession> seen = new CompletableFuture<>();
        CompletableFuture<SSLSession> handshake = new CompletableFuture<>();
        OneKey manager = new OneKey(engine -> {}) {
            @Override
            public String chooseServerAlias(String keyType, Principal[] issuers, Socket socket) {
                try {
                    Future<SSLSession> looking = threads.submit(((SSLSocket) socket)::getHandshakeSession);
                    handshake.complete(looking.get(20, TimeUnit.SECONDS));
                    assertThatThrownBy(((SSLSocket) socket)::startHandshake).isInstanceOf(SSLException.class);
                    seen.complete(((SSLSocket) socket).getSession());
                } catch (Exception e) {
                    seen.completeExceptionally(e);
                }
                return super.chooseServerAlias(keyType, issuers, socket);
            }
        };
        try (SSLServerSocket listener = (SSLServerSocket)
                context(manager).getServerSocketFactory().createServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            Future<Integer> reading = threads.submit(() -> {
                try (SSLSocket client = (SSLSocket) JdkClient.contextThatTrustsAll()
                        .getSocketFactory()
                        .createSocket(listener.getInetAddress(), listener.getLocalPort())) {
                    SSLParameters parameters = client.getSSLParameters();
                    parameters.setApplicationProtocols(new String[] {"h2"});
                    client.setSSLParameters(parameters);
                    return client.getInputStream().read();
                }
            });
            try (SSLSocket server = (SSLSocket) listener.accept()) {
                List<Boolean> valid = new ArrayList<>();
                server.setHandshakeApplicationProtocolSelector((asking, offered) -> {
                    valid.add(asking.getSession().isValid());
                    return "";
                });
                server.startHandshake();
                assertThat(valid).containsExactly(false);
                assertThat(seen.get(1, TimeUnit.SECONDS).isValid()).isFalse();
                assertThat(handshake.get(1, TimeUnit.SECONDS)).isNotNull();
                server.getOutputStream().write(7);
                assertThat(reading.get(20, TimeUnit.SECONDS)).isEqualTo(7);
            }
        }
    }

    /** A trust manager that reads its file again announces the new authorities, to clients that choose by them. */
    @Test
    void aTrustManagerThatHasLearnedOfOtherAuthorities() throws Exception {
        TestAuthority first = TestAuthority.root("first", Instant.now());
        TestAuthority second = TestAuthority.root("second", Instant.now());
        List<X509Certificate> accepted = new ArrayList<>(List.of(first.certificate()));
        TrustManager reloading = new ProviderTest.TrustingAll() {
            @Override
            public X509Certificate[] getAcceptedIssuers() {
                return accepted.toArray(new X509Certificate[0]);
            }
        };
        SSLContext context = context(new OneKey(engine -> {}), reloading);
        List<List<String>> announced = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            SSLContext clients = SSLContext.getInstance("TLSv1.2");
            OneKey client = new OneKey(engine -> {}) {
                @Override
                public String chooseEngineClientAlias(String[] keyType, Principal[] issuers, SSLEngine engine) {
                    announced.add(
                            List.of(issuers).stream().map(Principal::getName).toList());
                    return "one";
                }
            };
            clients.init(new KeyManager[] {client}, new TrustManager[] {new ProviderTest.TrustingAll()}, null);
            EngineServer server = server(context, Waiting.TASK, clients);
            server.engine.setNeedClientAuth(true);
            server.runs();
            assertThat(server.isDone()).isTrue();
            if (i == 1) {
                accepted.set(0, second.certificate());
            }
        }
        String one = first.certificate().getSubjectX500Principal().getName();
        String two = second.certificate().getSubjectX500Principal().getName();
        assertThat(announced).containsExactly(List.of(one), List.of(one), List.of(two));
    }

    @Test
    void aTrustManagerThatNamesNoAuthorities() throws Exception {
        TrustManager failing = new ProviderTest.TrustingAll() {
            @Override
            public X509Certificate[] getAcceptedIssuers() {
                throw new IllegalStateException("as a test has it");
            }
        };
        TrustManager holed = new ProviderTest.TrustingAll() {
            @Override
            public X509Certificate[] getAcceptedIssuers() {
                return new X509Certificate[1];
            }
        };
        cannotAskForCertificates(context(new OneKey(engine -> {}), failing), "as a test has it");
        cannotAskForCertificates(context(new OneKey(engine -> {}), holed), "the trust manager names no authorities");
    }

    @Test
    void aContextWithoutATrustManager() throws Exception {
        cannotAskForCertificates(context(new OneKey(engine -> {}), new TrustManager[0]), "has no trust manager");
    }

    private static void cannotAskForCertificates(SSLContext context, String reason) throws Exception {
        EngineServer server = server(context, Waiting.TASK, Engines.clients());
        server.engine.setNeedClientAuth(true);
        assertThatThrownBy(server::runs)
                .isInstanceOf(SSLHandshakeException.class)
                .hasMessageContaining(reason);
    }

    @FunctionalInterface
    private interface Asked {
        void asked(SSLEngine engine) throws Exception;
    }

    /** Has the key of one identity, and does something when it is asked for it. */
    private static class OneKey extends X509ExtendedKeyManager {

        private final Consumer<SSLEngine> whenAsked;

        OneKey(Asked whenAsked) {
            this.whenAsked = engine -> {
                try {
                    whenAsked.asked(engine);
                } catch (RuntimeException e) {
                    throw e;
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            };
        }

        @Override
        public String chooseEngineServerAlias(String keyType, Principal[] issuers, SSLEngine engine) {
            if (!keyType.equals("EC")) {
                return null;
            }
            whenAsked.accept(engine);
            return "one";
        }

        @Override
        public String[] getClientAliases(String keyType, Principal[] issuers) {
            return new String[] {"one"};
        }

        @Override
        public String chooseClientAlias(String[] keyType, Principal[] issuers, Socket socket) {
            return "one";
        }

        @Override
        public String[] getServerAliases(String keyType, Principal[] issuers) {
            return new String[] {"one"};
        }

        @Override
        public String chooseServerAlias(String keyType, Principal[] issuers, Socket socket) {
            return keyType.equals("EC") ? "one" : null;
        }

        @Override
        public X509Certificate[] getCertificateChain(String alias) {
            return TestIdentity.P256.chain().toArray(new X509Certificate[0]);
        }

        @Override
        public PrivateKey getPrivateKey(String alias) {
            return TestIdentity.P256.privateKey();
        }
    }
}
