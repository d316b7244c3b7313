package dev.lockstep.jsse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.testkit.JdkClient;
import dev.lockstep.testkit.TestServers;
import dev.lockstep.testkit.answer.KeyScript;
import dev.lockstep.testkit.answer.RecordingKey;
import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.tls.config.ClientAuthentication;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.peer.Verdict;
import dev.lockstep.tls.session.MemorySessionStore;
import dev.lockstep.tls.session.TicketKeyRing;
import dev.lockstep.tls.wait.Start;
import java.net.Socket;
import java.security.KeyStore;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedKeyManager;
import org.junit.jupiter.api.Test;

/** Sessions, what they tell, and how they are continued. */
class EngineSessionTest {

    private final RecordingKey key = Engines.key(TestIdentity.P256, KeyScript.ready());

    private static EngineServer connects(LockstepContext context, SSLContext clients) throws Exception {
        EngineServer server = new EngineServer(
                context.engine("client.test", 4711), new JdkClient(JdkClient.engine(clients, Engines.ECDSA)));
        server.runs();
        assertThat(server.isDone()).isTrue();
        server.echoes("hello");
        return server;
    }

    @Test
    void theSessionOfNothing() throws Exception {
        SSLSession none = LockstepContext.of(TestServers.live(key.credential()))
                .engine("client.test", 4711)
                .getSession();
        assertThat(none.getCipherSuite()).isEqualTo("SSL_NULL_WITH_NULL_NULL");
        assertThat(none.getProtocol()).isEqualTo("NONE");
        assertThat(none.getId()).isEmpty();
        assertThat(none.isValid()).isFalse();
        assertThat(none.getLocalCertificates()).isNull();
        assertThat(none.getLocalPrincipal()).isNull();
        assertThat(none.getSessionContext()).isNull();
        assertThat(none.getPeerHost()).isEqualTo("client.test");
        assertThat(none.getPeerPort()).isEqualTo(4711);
        assertThat(none.getPacketBufferSize()).isGreaterThan(16_384);
        assertThat(none.getApplicationBufferSize()).isEqualTo(16_384);
        assertThatThrownBy(none::getPeerCertificates).isInstanceOf(SSLPeerUnverifiedException.class);
        assertThatThrownBy(none::getPeerPrincipal).isInstanceOf(SSLPeerUnverifiedException.class);
        none.putValue("a", 1);
        assertThat(none.getValue("a")).isEqualTo(1);
        assertThat(none.getValueNames()).containsExactly("a");
        none.removeValue("a");
        assertThat(none.getValue("a")).isNull();
    }

    @Test
    void resumedByItsId() throws Exception {
        TlsServerConfig config = TlsServerConfig.builder()
                .credential(key.credential())
                .sessionStore(new MemorySessionStore(100, Duration.ofHours(1)))
                .build();
        LockstepContext context = LockstepContext.of(config);
        SSLContext clients = JdkClient.contextThatTrustsAll();
        SSLSession first = connects(context, clients).engine.getSession();
        first.putValue("cart", "full");
        SSLSession second = connects(context, clients).engine.getSession();
        assertThat(key.starts()).isEqualTo(1);
        assertThat(second.getId()).isEqualTo(first.getId()).hasSize(32);
        assertThat(second.getValue("cart")).isEqualTo("full");
        assertThat(second.getLocalCertificates()[0]).isEqualTo(TestIdentity.P256.certificate());
        assertThat(second.getCreationTime()).isEqualTo(first.getCreationTime());
        assertThat(((ExtendedSSLSession) second).getRequestedServerNames()).hasSize(1);
        SSLSessionContext sessions = context.getServerSessionContext();
        assertThat(Collections.list(sessions.getIds())).containsExactly(first.getId());
        assertThat(sessions.getSession(first.getId())).isSameAs(second);
        second.invalidate();
        assertThat(second.isValid()).isFalse();
        assertThat(sessions.getSession(first.getId())).isNull();
        SSLSession third = connects(context, clients).engine.getSession();
        assertThat(key.starts()).isEqualTo(2);
        assertThat(third.getId()).isNotEqualTo(first.getId());
    }

    @Test
    void resumedByATicket() throws Exception {
        TlsServerConfig config = TlsServerConfig.builder()
                .credential(key.credential())
                .tickets(TicketKeyRing.rotating(Duration.ofHours(1), Duration.ofHours(2)))
                .build();
        LockstepContext context = LockstepContext.of(config);
        SSLContext clients = JdkClient.contextThatTrustsAll();
        connects(context, clients);
        SSLSession second = connects(context, clients).engine.getSession();
        assertThat(key.starts()).isEqualTo(1);
        assertThat(second.getId()).isEmpty();
        assertThat(second.getLocalCertificates()[0]).isEqualTo(TestIdentity.P256.certificate());
    }

    @Test
    void sizesAndTimes() throws Exception {
        SSLSessionContext sessions =
                LockstepContext.of(TestServers.live(key.credential())).getServerSessionContext();
        sessions.setSessionCacheSize(7);
        sessions.setSessionTimeout(60);
        assertThat(sessions.getSessionCacheSize()).isEqualTo(7);
        assertThat(sessions.getSessionTimeout()).isEqualTo(60);
        assertThatThrownBy(() -> sessions.setSessionTimeout(-1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> sessions.setSessionCacheSize(-1)).isInstanceOf(IllegalArgumentException.class);
        assertThat(sessions.getSession(new byte[99])).isNull();
    }

    /** A client whose certificate is followed by many that do not matter. */
    private static SSLContext clientWithALongChain() throws Exception {
        X509Certificate[] chain = new X509Certificate[60];
        Arrays.fill(chain, TestIdentity.CA.certificate());
        chain[0] = TestIdentity.P256_OTHER.certificate();
        KeyStore authorities = KeyStore.getInstance("PKCS12");
        authorities.load(null, null);
        authorities.setCertificateEntry("authority", TestIdentity.CA.certificate());
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(authorities);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(new KeyManager[] {new OneKey(chain)}, trust.getTrustManagers(), null);
        return context;
    }

    private static final class OneKey extends X509ExtendedKeyManager {
        private final X509Certificate[] chain;

        OneKey(X509Certificate[] chain) {
            this.chain = chain;
        }

        @Override
        public String[] getClientAliases(String type, Principal[] issuers) {
            return new String[] {"only"};
        }

        @Override
        public String chooseClientAlias(String[] types, Principal[] issuers, Socket socket) {
            return "only";
        }

        @Override
        public String chooseEngineClientAlias(String[] types, Principal[] issuers, SSLEngine engine) {
            return "only";
        }

        @Override
        public String[] getServerAliases(String type, Principal[] issuers) {
            return new String[0];
        }

        @Override
        public String chooseServerAlias(String type, Principal[] issuers, Socket socket) {
            throw new AssertionError();
        }

        @Override
        public X509Certificate[] getCertificateChain(String alias) {
            return chain.clone();
        }

        @Override
        public PrivateKey getPrivateKey(String alias) {
            return TestIdentity.P256_OTHER.privateKey();
        }
    }

    @Test
    void theCertificatesOfClientsAreBoundedInBytes() throws Exception {
        TlsServerConfig config = TlsServerConfig.builder()
                .credential(key.credential())
                .sessionStore(new MemorySessionStore(64, Duration.ofHours(1)))
                .clientAuthentication(ClientAuthentication.required((request, waker) -> Start.done(Verdict.accepted()))
                        .withMaxChainLength(60))
                .build();
        LockstepContext context = LockstepContext.of(config);
        SSLSessionContext sessions = context.getServerSessionContext();
        sessions.setSessionCacheSize(64);
        SSLSession last = null;
        long bytes = 0;
        for (int i = 0; i < 12; i++) {
            last = connects(context, clientWithALongChain()).engine.getSession();
            assertThat(last.getPeerCertificates()).hasSize(60);
            bytes = 0;
            for (byte[] id : Collections.list(sessions.getIds())) {
                for (Certificate each : sessions.getSession(id).getPeerCertificates()) {
                    bytes += each.getEncoded().length;
                }
            }
        }
        assertThat(bytes).isBetween(1L << 15, 1L << 17);
        assertThat(sessions.getSession(last.getId())).isSameAs(last);
    }
}
