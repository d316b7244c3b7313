package dev.lockstep.jsse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.testkit.JdkClient;
import dev.lockstep.testkit.TestServers;
import dev.lockstep.testkit.answer.KeyScript;
import dev.lockstep.testkit.answer.RecordingKey;
import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.tls.TlsException;
import dev.lockstep.tls.config.RenegotiationPolicy;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.session.MemorySessionStore;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLProtocolException;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Server sockets, with the JDK's client sockets at the other end. */
@Timeout(60)
class SocketTest {

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final RecordingKey key = Engines.key(TestIdentity.P256, KeyScript.on(threads));
    private SSLServerSocket listener;

    @BeforeEach
    void listens() throws Exception {
        listener = listener(TestServers.live(key.credential()));
    }

    private static SSLServerSocket listener(TlsServerConfig config) throws Exception {
        ServerSocket socket = LockstepContext.of(config)
                .getServerSocketFactory()
                .createServerSocket(0, 10, InetAddress.getLoopbackAddress());
        return (SSLServerSocket) socket;
    }

    @AfterEach
    void ends() throws Exception {
        listener.close();
        threads.shutdownNow();
    }

    private SSLSocket client() throws Exception {
        JdkClient.contextThatTrustsAll(); // prepares the JDK's limits on algorithms
        SSLSocket client = (SSLSocket) JdkClient.contextThatTrustsAll()
                .getSocketFactory()
                .createSocket(listener.getInetAddress(), listener.getLocalPort());
        client.setEnabledProtocols(new String[] {"TLSv1.2"});
        return client;
    }

    private Future<SSLSocket> accepts() {
        return threads.submit(() -> (SSLSocket) listener.accept());
    }

    /** Settings that change while a connection is accepted are the old ones for it, or the new ones. */
    @Test
    void anAcceptedSocketHasNoMixtureOfSettings() throws Exception {
        CompletableFuture<Future<SSLSocket>> accepting = new CompletableFuture<>();
        SSLParameters slow = new SSLParameters(new String[] {Engines.ECDSA}) {
            private int asked;

            @Override
            public String[] getApplicationProtocols() {
                if (++asked == 2) { // tried before, and now being taken
                    accepting.complete(accepts());
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(200));
                }
                return new String[] {"h2"};
            }
        };
        try (SSLSocket client = client()) {
            assertThat(client.isConnected()).isTrue();
            listener.setSSLParameters(slow);
            try (SSLSocket server = accepting.get().get()) {
                assertThat(server.getEnabledCipherSuites()).containsExactly(Engines.ECDSA);
                assertThat(server.getSSLParameters().getApplicationProtocols()).containsExactly("h2");
            }
        }
    }

    @Test
    void anEcho() throws Exception {
        SSLParameters parameters = listener.getSSLParameters();
        parameters.setApplicationProtocols(new String[] {"echo"});
        listener.setSSLParameters(parameters);
        Future<SSLSocket> accepted = accepts();
        try (SSLSocket client = client()) {
            SSLParameters offer = client.getSSLParameters();
            offer.setApplicationProtocols(new String[] {"other", "echo"});
            client.setSSLParameters(offer);
            SSLSocket server = accepted.get();
            CompletableFuture<String> suite = new CompletableFuture<>();
            server.addHandshakeCompletedListener(event -> suite.complete(event.getCipherSuite()));
            Future<?> echo = threads.submit(() -> {
                server.getInputStream().transferTo(server.getOutputStream());
                server.close();
                return null;
            });
            client.getOutputStream().write("hello".getBytes(StandardCharsets.UTF_8));
            assertThat(new String(client.getInputStream().readNBytes(5), StandardCharsets.UTF_8))
                    .isEqualTo("hello");
            assertThat(server.getApplicationProtocol()).isEqualTo("echo");
            assertThat(server.getSession().isValid()).isTrue();
            assertThat(server.getSession().getPeerHost())
                    .isEqualTo(listener.getInetAddress().getHostAddress());
            assertThat(suite.get()).isEqualTo(server.getSession().getCipherSuite());
            assertThat(server.getRemoteSocketAddress()).isEqualTo(client.getLocalSocketAddress());
            client.shutdownOutput();
            echo.get(30, TimeUnit.SECONDS);
            assertThat(server.isClosed()).isTrue();
            assertThatThrownBy(server::getInputStream).isInstanceOf(IOException.class);
        }
    }

    /** What needs no byte needs no client either: this one never says a word. */
    @Test
    void emptyReadsAndWritesMakeNoHandshake() throws Exception {
        Future<SSLSocket> accepted = accepts();
        try (Socket client = new Socket(listener.getInetAddress(), listener.getLocalPort());
                SSLSocket server = accepted.get()) {
            assertThat(client.isConnected()).isTrue();
            server.setSoTimeout(1000);
            byte[] bytes = new byte[3];
            assertThat(server.getInputStream().read(bytes, 1, 0)).isZero();
            server.getOutputStream().write(bytes, 1, 0);
            assertThatThrownBy(() -> server.getInputStream().read(bytes, 2, 2))
                    .isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> server.getOutputStream().write(bytes, 2, 2))
                    .isInstanceOf(IndexOutOfBoundsException.class);
        }
    }

    @Test
    void readsTimeOut() throws Exception {
        Future<SSLSocket> accepted = accepts();
        try (SSLSocket client = client();
                SSLSocket server = accepted.get()) {
            Future<?> handshake = threads.submit(() -> {
                client.startHandshake();
                return null;
            });
            server.startHandshake();
            handshake.get();
            server.setSoTimeout(20);
            assertThatThrownBy(() -> server.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
            client.getOutputStream().write(7);
            server.setSoTimeout(0);
            assertThat(server.getInputStream().read()).isEqualTo(7);
            assertThatThrownBy(server::startHandshake).isInstanceOf(SSLException.class);
            server.shutdownOutput();
            assertThat(client.getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    void theSessionOfAHandshake() throws Exception {
        CompletableFuture<Runnable> signature = new CompletableFuture<>();
        key.answers(KeyScript.on(signature::complete));
        Future<SSLSocket> accepted = accepts();
        try (SSLSocket client = client();
                SSLSocket server = accepted.get()) {
            assertThat(server.getHandshakeSession()).isNull();
            Future<?> ofClient = threads.submit(() -> {
                client.startHandshake();
                return null;
            });
            Future<?> ofServer = threads.submit(() -> {
                server.startHandshake();
                return null;
            });
            Runnable answer = signature.get();
            SSLSession session = server.getHandshakeSession();
            assertThat(session.getCipherSuite()).startsWith("TLS_ECDHE_ECDSA");
            assertThat(session.getLocalCertificates()).isNotEmpty();
            answer.run();
            ofServer.get();
            ofClient.get();
            assertThat(server.getHandshakeSession()).isNull();
            assertThatThrownBy(() -> server.setUseClientMode(false)).isInstanceOf(IllegalArgumentException.class);
            client.shutdownOutput();
        }
    }

    @Test
    void aFailedHandshake() throws Exception {
        key.answers(KeyScript.startFails(new IllegalStateException("no token")));
        Future<SSLSocket> accepted = accepts();
        try (SSLSocket client = client();
                SSLSocket server = accepted.get()) {
            Future<?> handshake = threads.submit(() -> {
                client.startHandshake();
                return null;
            });
            assertThatThrownBy(server::startHandshake)
                    .isInstanceOf(SSLHandshakeException.class)
                    .hasRootCauseMessage("no token");
            assertThat(server.getSession().getCipherSuite()).isEqualTo("SSL_NULL_WITH_NULL_NULL");
            assertThatThrownBy(handshake::get).hasRootCauseInstanceOf(SSLException.class);
        }
    }

    @Test
    void aRenegotiation() throws Exception {
        listener.close();
        listener = listener(TlsServerConfig.builder()
                .credential(key.credential())
                .sessionStore(new MemorySessionStore(10, Duration.ofHours(1)))
                .renegotiation(RenegotiationPolicy.ALLOWED.withMinInterval(Duration.ZERO))
                .build());
        Future<SSLSocket> accepted = accepts();
        try (SSLSocket client = client();
                SSLSocket server = accepted.get()) {
            Future<Integer> answer = threads.submit(() -> {
                client.getInputStream().read();
                client.getOutputStream().write(2);
                int third = client.getInputStream().read();
                client.getOutputStream().write(4);
                return third;
            });
            server.startHandshake();
            SSLSession first = server.getSession();
            String other = first.getCipherSuite().equals(Engines.ECDSA) ? Engines.CBC : Engines.ECDSA;
            List<String> completed = new CopyOnWriteArrayList<>();
            server.addHandshakeCompletedListener(event -> completed.add(event.getCipherSuite()));
            server.setEnabledCipherSuites(new String[] {other});
            server.startHandshake();
            server.startHandshake(); // the client is asked once
            server.getOutputStream().write(1);
            assertThat(server.getInputStream().read()).isEqualTo(2);
            server.getOutputStream().write(3);
            assertThat(server.getInputStream().read()).isEqualTo(4);
            assertThat(answer.get()).isEqualTo(3);
            assertThat(server.getSession().getCipherSuite()).isEqualTo(other);
            assertThat(server.getSession().getId()).isNotEqualTo(first.getId());
            assertThat(completed).containsExactly(other);
            client.shutdownOutput(); // so that the server need not wait for it
        }
    }

    @Test
    void failuresAreOfTheKindsOfTheJdk() throws Exception {
        Future<SSLSocket> accepted = accepts();
        try (Socket plain = new Socket(listener.getInetAddress(), listener.getLocalPort());
                SSLSocket server = accepted.get()) {
            plain.getOutputStream().write(new byte[] {22, 3, 1, 0, 5, 2, 0, 0, 1, 0}); // a ServerHello
            plain.shutdownOutput();
            assertThatThrownBy(server::startHandshake).isInstanceOf(SSLProtocolException.class);
        }
        accepted = accepts();
        try (Socket plain = new Socket(listener.getInetAddress(), listener.getLocalPort());
                SSLSocket server = accepted.get()) {
            SSLSocket client = (SSLSocket) JdkClient.contextThatTrustsAll()
                    .getSocketFactory()
                    .createSocket(plain, "server.test", plain.getPort(), false);
            client.setEnabledProtocols(new String[] {"TLSv1.2"});
            Future<?> handshake = threads.submit(() -> {
                client.startHandshake();
                return null;
            });
            server.startHandshake();
            handshake.get();
            plain.getOutputStream().write(new byte[] {23, 3, 3, 0, 1, 0});
            assertThatThrownBy(() -> server.getInputStream().read())
                    .isInstanceOf(SSLException.class)
                    .hasCauseInstanceOf(TlsException.class);
            plain.shutdownOutput();
        }
    }

    @Test
    void settingsOfTheListener() throws Exception {
        assertThat(listener.getUseClientMode()).isFalse();
        assertThatThrownBy(() -> listener.setUseClientMode(true)).isInstanceOf(IllegalArgumentException.class);
        listener.setEnabledCipherSuites(new String[] {Engines.ECDSA});
        Future<SSLSocket> accepted = accepts();
        try (SSLSocket client = client();
                SSLSocket server = accepted.get()) {
            assertThat(server.getEnabledCipherSuites()).containsExactly(Engines.ECDSA);
            assertThat(server.getSSLParameters().getProtocols()).containsExactly("TLSv1.2");
            assertThatThrownBy(() -> server.sendUrgentData(1)).isInstanceOf(IOException.class);
            server.setTcpNoDelay(true);
            assertThat(server.getTcpNoDelay()).isTrue();
            assertThat(client.isConnected()).isTrue();
        }
    }
}
