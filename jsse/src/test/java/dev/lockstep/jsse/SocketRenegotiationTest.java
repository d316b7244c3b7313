package dev.lockstep.jsse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.testkit.JdkClient;
import dev.lockstep.testkit.TestServers;
import dev.lockstep.testkit.certificate.TestAuthority;
import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.tls.TlsException;
import dev.lockstep.tls.config.RenegotiationPolicy;
import dev.lockstep.tls.session.MemorySessionStore;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.security.KeyPair;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Later handshakes of server sockets, with the JDK's client sockets at the other end. */
@Timeout(60)
class SocketRenegotiationTest {

    private final TestAuthority clients = TestAuthority.root("clients", Instant.now());

    private static final char[] PASSWORD = "secret".toCharArray();

    private final ExecutorService threads = Executors.newCachedThreadPool();

    @AfterEach
    void ends() {
        threads.shutdownNow();
    }

    private static SSLContext renegotiating() {
        return LockstepContext.of(TestServers.live(TestServers.local(TestIdentity.P256)).toBuilder()
                .sessionStore(new MemorySessionStore(10, Duration.ofHours(1)))
                .renegotiation(RenegotiationPolicy.ALLOWED.withMinInterval(Duration.ZERO))
                .build());
    }

    /** A connection after its first handshake. */
    private final class Pair implements AutoCloseable {

        private final Socket plain;
        private final SSLSocket client;
        private final SSLSocket server;

        Pair(SSLContext context, SSLContext clients) throws Exception {
            try (SSLServerSocket listener = (SSLServerSocket)
                    context.getServerSocketFactory().createServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
                Future<SSLSocket> accepted = threads.submit(() -> (SSLSocket) listener.accept());
                plain = new Socket(listener.getInetAddress(), listener.getLocalPort());
                client = (SSLSocket)
                        clients.getSocketFactory().createSocket(plain, "server.test", plain.getPort(), false);
                client.setEnabledProtocols(new String[] {"TLSv1.2"});
                server = accepted.get();
            }
            Future<?> handshake = threads.submit(() -> {
                client.startHandshake();
                return null;
            });
            server.startHandshake();
            handshake.get();
        }

        /** Bytes go to and fro as often as a full handshake has flights, since reads and writes move it. */
        void exchanges(int octet) throws Exception {
            Future<?> answers = threads.submit(() -> {
                for (int i = 0; i < 3; i++) {
                    client.getOutputStream().write(client.getInputStream().read());
                }
                return null;
            });
            for (int i = 0; i < 3; i++) {
                server.getOutputStream().write(octet + i);
                assertThat(server.getInputStream().read()).isEqualTo(octet + i);
            }
            answers.get();
        }

        @Override
        public void close() throws IOException {
            plain.close(); // so that the server need not wait for the client
            server.close();
        }
    }

    /** The JDK's trust managers look at the session of the handshake that the certificate came in. */
    @Test
    void aClientCertificateThatIsNeededLater() throws Exception {
        try (Pair connection = new Pair(context(trust(clients.certificate())), alice())) {
            assertThat(connection.server.getHandshakeSession()).isNull();
            connection.server.setNeedClientAuth(true);
            asksForAlice(connection);
            assertThat(connection.server.getHandshakeSession()).isNull();
        }
    }

    /** The client offers the session that it has, in which it was not asked, and the trust manager names no authority. */
    @Test
    void aClientCertificateThatIsWantedLater() throws Exception {
        try (Pair connection = new Pair(context(new ProviderTest.TrustingAll()), alice())) {
            connection.server.setWantClientAuth(true);
            asksForAlice(connection);
        }
    }

    private static void asksForAlice(Pair connection) throws Exception {
        connection.server.startHandshake();
        connection.exchanges(1);
        assertThat(connection.server.getSession().getPeerPrincipal().getName()).contains("Alice");
    }

    private static SSLContext context(TrustManager... trust) throws Exception {
        SSLContext context = SSLContext.getInstance("TLSv1.2", new LockstepProvider());
        X509Certificate[] chain = TestIdentity.P256.chain().toArray(new X509Certificate[0]);
        context.init(keys(TestIdentity.P256.privateKey(), chain), trust, null);
        return context;
    }

    private SSLContext alice() throws Exception {
        KeyPair pair = TestAuthority.keyPair("EC", "secp256r1");
        X509Certificate alice = clients.client(pair.getPublic(), "Alice");
        SSLContext context = SSLContext.getInstance("TLSv1.2");
        context.init(keys(pair.getPrivate(), alice, clients.certificate()), trust(TestIdentity.CA.certificate()), null);
        return context;
    }

    /** A handshake that resumes the same session as the one before it has the same outcome in every field. */
    @Test
    void eachOneIsNoticed() throws Exception {
        try (Pair connection = new Pair(renegotiating(), JdkClient.contextThatTrustsAll())) {
            List<byte[]> sessions = new CopyOnWriteArrayList<>();
            sessions.add(connection.server.getSession().getId());
            connection.server.addHandshakeCompletedListener(
                    event -> sessions.add(event.getSession().getId()));
            for (int round = 1; round <= 4; round++) {
                connection.server.startHandshake();
                connection.server.startHandshake(); // the client is asked once
                connection.exchanges(round);
                assertThat(sessions).hasSize(1 + round);
                assertThat(sessions.get(round)).isEqualTo(sessions.get(0));
            }
        }
    }

    /** What is set counts for the handshakes that the application begins, and for none of the client's before. */
    @Test
    void aHandshakeOfTheClientIsUnderTheSettingsOfTheLastOne() throws Exception {
        try (Pair connection = new Pair(renegotiating(), JdkClient.contextThatTrustsAll())) {
            SSLParameters others = connection.server.getSSLParameters();
            others.setSNIMatchers(List.of(SNIHostName.createSNIMatcher("other\\.test")));
            connection.server.setSSLParameters(others);
            connection.client.startHandshake();
            connection.exchanges(1);
        }
    }

    /** RFC 5246 7.4.1.1 advises against asking again; the application learns that it gets no handshake. */
    @Test
    void aClientThatDoesNotAnswer() throws Exception {
        try (Pair connection = new Pair(renegotiating(), JdkClient.contextThatTrustsAll())) {
            connection.server.startHandshake();
            connection.client.getOutputStream().write(5); // it has not read the request
            assertThat(connection.server.getInputStream().read()).isEqualTo(5);
            assertThatThrownBy(connection.server::startHandshake)
                    .isInstanceOf(SSLException.class)
                    .hasMessageContaining("unanswered");
            connection.exchanges(6); // it reads the request only now
            connection.server.startHandshake();
            connection.exchanges(7);
        }
    }

    @Test
    void failuresAreOfTheKindsOfTheJdk() throws Exception {
        try (Pair connection = new Pair(renegotiating(), JdkClient.contextThatTrustsAll())) {
            connection.plain.getOutputStream().write(new byte[] {23, 3, 3, 0, 1, 0});
            assertThatThrownBy(() -> connection.server.getInputStream().read())
                    .isInstanceOf(SSLException.class)
                    .hasCauseInstanceOf(TlsException.class);
            // the failure has closed the socket
            assertThatThrownBy(connection.server::startHandshake).isInstanceOf(SocketException.class);
            assertThatThrownBy(connection.server::shutdownOutput).isInstanceOf(SocketException.class);
        }
    }

    private static KeyManager[] keys(PrivateKey key, X509Certificate... chain) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry("key", key, PASSWORD, chain);
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store, PASSWORD);
        return factory.getKeyManagers();
    }

    private static TrustManager[] trust(X509Certificate authority) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setCertificateEntry("authority", authority);
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return factory.getTrustManagers();
    }
}
