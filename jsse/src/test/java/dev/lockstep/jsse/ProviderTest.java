package dev.lockstep.jsse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.testkit.JdkClient;
import dev.lockstep.testkit.answer.KeyScript;
import dev.lockstep.testkit.answer.RecordingKey;
import dev.lockstep.testkit.certificate.TestAuthority;
import dev.lockstep.testkit.certificate.TestIdentity;
import java.nio.ByteBuffer;
import java.security.KeyManagementException;
import java.security.KeyPair;
import java.security.KeyStore;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.Security;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Contexts by the names of the Java Cryptography Architecture, with key managers and trust managers. */
@Timeout(60)
class ProviderTest {

    private static final char[] PASSWORD = "secret".toCharArray();
    private static final LockstepProvider PROVIDER = new LockstepProvider();

    private static SSLContext context(KeyManager[] keys, TrustManager[] trust) throws Exception {
        SSLContext context = SSLContext.getInstance("TLSv1.2", PROVIDER);
        context.init(keys, trust, null);
        return context;
    }

    private static KeyManager[] jdkKeys(TestIdentity... identities) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        for (TestIdentity identity : identities) {
            store.setKeyEntry(
                    identity.name(),
                    identity.privateKey(),
                    PASSWORD,
                    identity.chain().toArray(new X509Certificate[0]));
        }
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store, PASSWORD);
        return factory.getKeyManagers();
    }

    private static EngineServer connects(SSLContext context, Consumer<SSLEngine> setting, String... suites)
            throws Exception {
        SSLContext clients = JdkClient.contextThatTrustsAll();
        return connects(context, setting, clients, suites);
    }

    private static EngineServer connects(
            SSLContext context, Consumer<SSLEngine> setting, SSLContext clients, String... suites) throws Exception {
        LockstepEngine engine = (LockstepEngine) context.createSSLEngine("client.test", 4711);
        setting.accept(engine);
        return new EngineServer(engine, new JdkClient(JdkClient.engine(clients, suites))).runsIntoFailure();
    }

    @Test
    void isFound() throws Exception {
        assertThat(ServiceLoader.load(Provider.class)).anyMatch(LockstepProvider.class::isInstance);
        Security.addProvider(PROVIDER);
        try {
            assertThat(SSLContext.getInstance("TLS", "Lockstep").getProvider()).isSameAs(PROVIDER);
            assertThat(SSLContext.getInstance("TLS").getProvider()).isNotSameAs(PROVIDER);
        } finally {
            Security.removeProvider("Lockstep");
        }
    }

    @Test
    void keysOfTheJdksKeyManager() throws Exception {
        SSLContext context = context(jdkKeys(TestIdentity.P256, TestIdentity.RSA_2048), new TrustManager[0]);
        for (String suite : List.of(Engines.ECDSA, Engines.ECDHE_RSA)) {
            EngineServer server = connects(context, engine -> {}, suite);
            assertThat(server.isDone()).isTrue();
            server.echoes("hello");
            assertThat(server.engine.getSession().getLocalCertificates()).hasSize(2);
        }
        EngineServer legacy = connects(
                context,
                engine -> engine.setEnabledCipherSuites(new String[] {Engines.STATIC_RSA}),
                Engines.STATIC_RSA);
        assertThat(legacy.isDone()).isTrue();
        assertThat(context.getDefaultSSLParameters().getCipherSuites()).doesNotContain(Engines.STATIC_RSA);
        assertThat(context.getSupportedSSLParameters().getCipherSuites()).contains(Engines.STATIC_RSA);
    }

    private static KeyManager[] keys(PrivateKey key, X509Certificate[] chain, TestIdentity... identities)
            throws Exception {
        KeyStore store = KeyStore.getInstance("JKS"); // which takes any chain
        store.load(null, null);
        store.setKeyEntry("unusable", key, PASSWORD, chain);
        for (TestIdentity identity : identities) {
            store.setKeyEntry(
                    identity.name(),
                    identity.privateKey(),
                    PASSWORD,
                    identity.chain().toArray(new X509Certificate[0]));
        }
        KeyManagerFactory factory = KeyManagerFactory.getInstance("SunX509");
        factory.init(store, PASSWORD);
        return factory.getKeyManagers();
    }

    /** Runs something and returns what the module has logged meanwhile. */
    private static List<String> logged(Callable<?> action) throws Exception {
        List<String> lines = new CopyOnWriteArrayList<>();
        Logger logger = Logger.getLogger("dev.lockstep.jsse");
        Handler handler = new Handler() {
            @Override
            public void publish(LogRecord event) {
                lines.add(event.getLevel() + " " + event.getMessage());
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        logger.addHandler(handler);
        try {
            action.call();
        } finally {
            logger.removeHandler(handler);
        }
        return lines;
    }

    /** As the JDK's own TLS, which serves what it can with the other keys. */
    @Test
    void aKeyThatCannotBeUsedIsLeftOut() throws Exception {
        KeyPair weak = TestAuthority.keyPair("RSA", "1024");
        X509Certificate[] chain = {TestAuthority.root("weak", Instant.now()).server(weak.getPublic(), "localhost")};
        SSLContext context =
                context(keys(weak.getPrivate(), chain, TestIdentity.P256, TestIdentity.ED25519), new TrustManager[0]);
        List<String> lines = logged(() -> {
            for (int i = 0; i < 2; i++) {
                EngineServer server = connects(context, engine -> {}, Engines.ECDSA);
                assertThat(server.isDone()).isTrue();
                server.echoes("hello");
            }
            EngineServer server = connects(context, engine -> {}, Engines.ECDHE_RSA);
            assertThat(server.client.failure()).hasMessageContaining("handshake_failure");
            return context;
        });
        assertThat(lines).singleElement().asString().startsWith("WARNING ").contains("unusable", "1024", "2048");
    }

    @Test
    void aChainWithoutItsIntermediateIsLeftOut() throws Exception {
        TestAuthority root = TestAuthority.root("root", Instant.now());
        KeyPair pair = TestAuthority.keyPair("EC", "secp256r1");
        X509Certificate leaf = root.intermediate("intermediate").server(pair.getPublic(), "localhost");
        X509Certificate[] chain = {leaf, root.certificate()};
        SSLContext context = context(keys(pair.getPrivate(), chain, TestIdentity.RSA_2048), new TrustManager[0]);
        List<String> lines = logged(() -> {
            EngineServer server = connects(context, engine -> {}, Engines.ECDHE_RSA, Engines.ECDSA);
            assertThat(server.isDone()).isTrue();
            return server;
        });
        assertThat(lines).hasSize(1);
    }

    @Test
    void aManagerWithNoOtherKeyFailsWithTheReason() throws Exception {
        KeyPair weak = TestAuthority.keyPair("RSA", "1024");
        X509Certificate[] chain = {TestAuthority.root("weak", Instant.now()).server(weak.getPublic(), "localhost")};
        SSLContext context = context(keys(weak.getPrivate(), chain), new TrustManager[0]);
        List<String> lines = logged(() -> {
            for (int i = 0; i < 2; i++) {
                EngineServer server = connects(context, engine -> {}, Engines.ECDHE_RSA);
                assertThat(server.client.failure()).hasMessageContaining("internal_error");
                assertThat(server.failure()).hasStackTraceContaining("1024");
            }
            return context;
        });
        assertThat(lines).hasSize(1);
    }

    @Test
    void withoutKeysNoClientIsServed() throws Exception {
        EngineServer server = connects(context(null, new TrustManager[0]), engine -> {}, Engines.ECDSA);
        assertThat(server.client.failure()).hasMessageContaining("unrecognized_name");
    }

    @Test
    void resumption() throws Exception {
        SSLContext context = context(jdkKeys(TestIdentity.P256), new TrustManager[0]);
        SSLContext clients = JdkClient.contextThatTrustsAll();
        byte[] first = connects(context, engine -> {}, clients, Engines.ECDSA)
                .engine
                .getSession()
                .getId();
        EngineServer second = connects(context, engine -> {}, clients, Engines.ECDSA);
        assertThat(second.engine.connectionInfo().resumed()).isTrue();
        assertThat(second.engine.getSession().getId()).isEqualTo(first);
        SSLSessionContext sessions = context.getServerSessionContext();
        sessions.setSessionTimeout(3600);
        EngineServer third = connects(context, engine -> {}, clients, Engines.ECDSA);
        assertThat(third.engine.connectionInfo().resumed()).isFalse();
    }

    @Test
    void anExternalKeySuspendsHandshakes() throws Exception {
        ExecutorService threads = Executors.newSingleThreadExecutor();
        try {
            RecordingKey key = Engines.key(TestIdentity.P256, KeyScript.on(threads));
            OneKey manager = new OneKey(TestIdentity.P256.chain(), ExternalKey.of(key, "EC"));
            EngineServer server =
                    connects(context(new KeyManager[] {manager}, new TrustManager[0]), engine -> {}, Engines.ECDSA);
            assertThat(server.isDone()).isTrue();
            assertThat(key.starts()).isEqualTo(1);
            assertThat(manager.askedFor).contains("EC", "RSA");
            assertThat(manager.serverName).contains("server.test");
        } finally {
            threads.shutdown();
        }
    }

    @Test
    void aKeyOfAnotherProviderGoesToAnExecutor() throws Exception {
        Security.addProvider(new OpaqueProvider());
        try {
            OpaqueKey opaque = new OpaqueKey(TestIdentity.P256.privateKey());
            OneKey manager = new OneKey(TestIdentity.P256.chain(), opaque);
            EngineServer server =
                    connects(context(new KeyManager[] {manager}, new TrustManager[0]), engine -> {}, Engines.ECDSA);
            assertThat(server.isDone()).isTrue();
            assertThat(OpaqueProvider.signedOn.getName()).startsWith("lockstep-worker");
        } finally {
            Security.removeProvider("Opaque");
        }
    }

    /** The JDK's own provider of RSASSA-PSS comes first and does not take the key. */
    @Test
    void aKeyOfAnotherProviderMakesPssSignatures() throws Exception {
        Security.addProvider(new OpaqueProvider());
        try {
            OpaqueProvider.signedOn = null;
            OpaqueKey opaque = new OpaqueKey(TestIdentity.RSA_2048.privateKey());
            OneKey manager = new OneKey(TestIdentity.RSA_2048.chain(), opaque);
            EngineServer server =
                    connects(context(new KeyManager[] {manager}, new TrustManager[0]), engine -> {}, Engines.ECDHE_RSA);
            assertThat(server.isDone()).isTrue();
            assertThat(OpaqueProvider.signedOn).isNotNull();
        } finally {
            Security.removeProvider("Opaque");
        }
    }

    /** Many managers that trust everything have no list of authorities at all. */
    @Test
    void aTrustManagerWithoutAuthorities() throws Exception {
        TrustManager manager = new TrustingAll() {
            @Override
            public X509Certificate[] getAcceptedIssuers() {
                return null;
            }
        };
        EngineServer server = connects(
                context(jdkKeys(TestIdentity.P256), new TrustManager[] {manager}),
                engine -> engine.setNeedClientAuth(true),
                client(TestAuthority.root("clients", Instant.now())),
                Engines.ECDSA);
        assertThat(server.isDone()).isTrue();
    }

    /** RFC 5246 7.2.2: after a fatal alert, the session must not establish new connections. */
    @Test
    void aFatalAlertEndsTheSession() throws Exception {
        SSLContext context = context(jdkKeys(TestIdentity.P256), new TrustManager[0]);
        EngineServer server = connects(context, engine -> {}, Engines.ECDSA);
        ExtendedSSLSession session = (ExtendedSSLSession) server.engine.getSession();
        assertThat(session.isValid()).isTrue();
        assertThat(session.getStatusResponses()).isEmpty();
        ByteBuffer garbage = ByteBuffer.wrap(new byte[] {23, 3, 3, 0, 1, 0});
        assertThatThrownBy(() -> server.engine.unwrap(garbage, ByteBuffer.allocate(1 << 14)))
                .isInstanceOf(SSLException.class);
        assertThat(session.isValid()).isFalse();
        assertThat(session.getSessionContext()).isNull();
        assertThat(context.getServerSessionContext().getSession(session.getId()))
                .isNull();
    }

    @Test
    void clientCertificates() throws Exception {
        TestAuthority authority = TestAuthority.root("clients", Instant.now());
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("authority", authority.certificate());
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(trusted);
        SSLContext context = context(jdkKeys(TestIdentity.P256), factory.getTrustManagers());
        Consumer<SSLEngine> needing = engine -> engine.setNeedClientAuth(true);

        EngineServer known = connects(context, needing, client(authority), Engines.ECDSA);
        assertThat(known.isDone()).isTrue();
        assertThat(known.engine.getSession().getPeerPrincipal().getName()).contains("Alice");
        assertThat(known.engine.getNeedClientAuth()).isTrue();

        EngineServer anonymous = connects(context, needing, Engines.ECDSA);
        assertThat(anonymous.failure()).isNotNull();

        EngineServer stranger =
                connects(context, needing, client(TestAuthority.root("others", Instant.now())), Engines.ECDSA);
        assertThat(stranger.failure()).hasMessageContaining("certificate");

        EngineServer wanted = connects(context, engine -> engine.setWantClientAuth(true), Engines.ECDSA);
        assertThat(wanted.isDone()).isTrue();
        assertThatThrownBy(() -> wanted.engine.getSession().getPeerCertificates())
                .isInstanceOf(SSLPeerUnverifiedException.class);
    }

    @Test
    void aTrustManagerSeesWhatTheHandshakeHasAgreed() throws Exception {
        List<Object> seen = new ArrayList<>();
        TrustManager watching = new TrustingAll() {
            @Override
            public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {
                SSLSession session = engine.getHandshakeSession();
                seen.add(session.getCipherSuite());
                seen.add(session.getLocalPrincipal());
                seen.add(session.getProtocol());
                session.putValue("checked", type);
            }
        };
        SSLContext context = context(jdkKeys(TestIdentity.P256), new TrustManager[] {watching});
        EngineServer server = connects(
                context,
                engine -> engine.setNeedClientAuth(true),
                client(TestAuthority.root("clients", Instant.now())),
                Engines.ECDSA);
        assertThat(server.isDone()).isTrue();
        assertThat(seen)
                .containsExactly(Engines.ECDSA, TestIdentity.P256.chain().get(0).getSubjectX500Principal(), "TLSv1.2");
        SSLSession made = server.engine.getSession();
        assertThat(made.getValue("checked")).isEqualTo("EC");
        assertThat(made.getLastAccessedTime()).isEqualTo(made.getCreationTime());
    }

    /** A server that needs to know its client for some of its pages only. */
    @Test
    void aClientCertificateThatIsNeededLater() throws Exception {
        String other = "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384";
        SSLContext context = context(jdkKeys(TestIdentity.P256), new TrustManager[] {new TrustingAll()});
        SSLContext clients = client(TestAuthority.root("clients", Instant.now()));
        for (SSLContext known : List.of(clients, JdkClient.contextThatTrustsAll())) {
            EngineServer server = connects(context, engine -> {}, known, Engines.ECDSA, other);
            assertThatThrownBy(() -> server.engine.getSession().getPeerCertificates())
                    .isInstanceOf(SSLPeerUnverifiedException.class);
            server.engine.setNeedClientAuth(true);
            server.engine.setEnabledCipherSuites(new String[] {other});
            server.echoes("before");
            server.engine.beginHandshake();
            server.runsIntoFailure();
            assertThat(server.failure() == null).isEqualTo(known == clients);
            if (known == clients) {
                assertThat(server.engine.getSession().getPeerPrincipal().getName())
                        .contains("Alice");
                assertThat(server.engine.getSession().getCipherSuite()).isEqualTo(other);
                // applications cast them, as the JDK gives this type
                assertThat(server.engine.getSession().getPeerCertificates()).isInstanceOf(X509Certificate[].class);
                assertThat(server.engine.getSession().getLocalCertificates()).isInstanceOf(X509Certificate[].class);
                server.echoes("after");
            }
        }
    }

    private static SSLContext client(TestAuthority authority) throws Exception {
        KeyPair pair = TestAuthority.keyPair("EC", "secp256r1");
        X509Certificate certificate = authority.client(pair.getPublic(), "Alice");
        SSLContext context = SSLContext.getInstance("TLSv1.2");
        context.init(
                new KeyManager[] {new OneKey(List.of(certificate, authority.certificate()), pair.getPrivate())},
                new TrustManager[] {new TrustingAll()},
                null);
        return context;
    }

    @Test
    void contextsMustBeInitialized() throws Exception {
        SSLContext context = SSLContext.getInstance("TLS", PROVIDER);
        assertThatThrownBy(context::createSSLEngine).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(context::getServerSocketFactory).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(context::getSocketFactory).isInstanceOf(IllegalStateException.class);
        SSLContext ready = LockstepContext.of(
                dev.lockstep.testkit.TestServers.live(dev.lockstep.testkit.TestServers.local(TestIdentity.P256)));
        assertThatThrownBy(() -> ready.init(null, null, null)).isInstanceOf(KeyManagementException.class);
        assertThatThrownBy(ready::getSocketFactory).isInstanceOf(UnsupportedOperationException.class);
        assertThat(ready.getClientSessionContext().getIds().hasMoreElements()).isFalse();
    }

    @Test
    void sessionsOfAContext() throws Exception {
        SSLContext context = SSLContext.getInstance("TLS", PROVIDER);
        SSLSessionContext sessions = context.getServerSessionContext();
        sessions.setSessionTimeout(77);
        context.init(jdkKeys(TestIdentity.P256), new TrustManager[0], null);
        SSLContext clients = JdkClient.contextThatTrustsAll();
        assertThat(connects(context, engine -> {}, clients, Engines.ECDSA).isDone())
                .isTrue();
        assertThat(context.getServerSessionContext()).isSameAs(sessions);
        assertThat(context.getClientSessionContext()).isSameAs(context.getClientSessionContext());
        assertThat(sessions.getSessionTimeout()).isEqualTo(77);
        assertThat(sessions.getIds().hasMoreElements()).isTrue();

        context.init(jdkKeys(TestIdentity.P256), new TrustManager[0], null);
        assertThat(sessions.getIds().hasMoreElements()).isFalse();
        EngineServer again = connects(context, engine -> {}, clients, Engines.ECDSA);
        assertThat(again.engine.connectionInfo().resumed()).isFalse();
    }

    /** Has one key, for clients and servers. */
    private static final class OneKey extends X509ExtendedKeyManager {

        final List<String> askedFor = new ArrayList<>();
        String serverName = "";
        private final List<X509Certificate> chain;
        private final PrivateKey key;

        OneKey(List<X509Certificate> chain, PrivateKey key) {
            this.chain = chain;
            this.key = key;
        }

        @Override
        public String chooseEngineServerAlias(String keyType, Principal[] issuers, SSLEngine engine) {
            askedFor.add(keyType);
            serverName = ((javax.net.ssl.ExtendedSSLSession) engine.getHandshakeSession())
                    .getRequestedServerNames()
                    .toString();
            return keyType.equals(chain.get(0).getPublicKey().getAlgorithm()) ? "one" : null;
        }

        @Override
        public String chooseEngineClientAlias(String[] keyType, Principal[] issuers, SSLEngine engine) {
            return "one";
        }

        @Override
        public String[] getClientAliases(String keyType, Principal[] issuers) {
            return new String[] {"one"};
        }

        @Override
        public String chooseClientAlias(String[] keyType, Principal[] issuers, java.net.Socket socket) {
            return "one";
        }

        @Override
        public String[] getServerAliases(String keyType, Principal[] issuers) {
            return new String[] {"one"};
        }

        @Override
        public String chooseServerAlias(String keyType, Principal[] issuers, java.net.Socket socket) {
            return "one";
        }

        @Override
        public X509Certificate[] getCertificateChain(String alias) {
            return chain.toArray(new X509Certificate[0]);
        }

        @Override
        public PrivateKey getPrivateKey(String alias) {
            return key;
        }
    }

    static class TrustingAll extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, java.net.Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, java.net.Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
