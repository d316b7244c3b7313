package dev.lockstep.jsse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.keys.keyserver.protocol.Frame;
import dev.lockstep.keys.keyserver.protocol.KeyId;
import dev.lockstep.keys.keyserver.protocol.KeyOffer;
import dev.lockstep.keys.keyserver.protocol.Message;
import dev.lockstep.testkit.certificate.TestAuthority;
import dev.lockstep.testkit.certificate.TestIdentity;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Key servers that key stores name: when the connections to them begin and end. */
@Timeout(60)
class KeyServerPlaceTest {

    private static final int HELLO_LENGTH = 17;

    @TempDir
    Path folder;

    private final TestAuthority authority = TestAuthority.root("Key server test", Instant.now());
    private final List<Thread> before = connections();

    @BeforeEach
    void writeTheChain() throws Exception {
        write("served.pem", "CERTIFICATE", TestIdentity.P256.certificate().getEncoded());
        write("ca.pem", "CERTIFICATE", authority.certificate().getEncoded());
    }

    private Path write(String file, String type, byte[] content) throws IOException {
        Path path = folder.resolve(file);
        if (!Files.exists(path)) {
            Files.createFile(path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        }
        return Files.writeString(
                path,
                "-----BEGIN " + type + "-----\n" + Base64.getMimeEncoder().encodeToString(content) + "\n-----END "
                        + type + "-----\n");
    }

    /** The client's certificate, as it is now or after a renewal. */
    private X509Certificate renew(String name) throws Exception {
        KeyPair pair = TestAuthority.keyPair("EC", "secp256r1");
        X509Certificate certificate = authority.client(pair.getPublic(), name);
        write("client.pem", "CERTIFICATE", certificate.getEncoded());
        write("client.key", "PRIVATE KEY", pair.getPrivate().getEncoded());
        return certificate;
    }

    private KeyStore load(String place) throws Exception {
        KeyStore store = KeyStore.getInstance("LOCKSTEP", new LockstepProvider());
        String text = "web.cert=" + folder.resolve("served.pem") + "\nweb.key=" + place + "\n";
        store.load(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)), null);
        return store;
    }

    private static List<Thread> connections() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("lockstep-key-server"))
                .toList();
    }

    /** The threads of this test that do not end. */
    private List<Thread> remaining(int expected) throws InterruptedException {
        List<Thread> own = connections().stream()
                .filter(thread -> !before.contains(thread))
                .toList();
        for (Thread thread : own) {
            if (own.stream().filter(Thread::isAlive).count() > expected) {
                thread.join(TimeUnit.SECONDS.toMillis(3));
            }
        }
        return own.stream().filter(Thread::isAlive).toList();
    }

    /** Answers the hello of each connection with an offer, and tells the certificate of its client. */
    private final class KeyServer implements AutoCloseable {

        final BlockingQueue<Certificate> clients = new LinkedBlockingQueue<>();
        private final TestIdentity offered;
        private final SSLServerSocket listener;

        KeyServer(TestIdentity offered) throws Exception {
            this.offered = offered;
            KeyPair pair = TestAuthority.keyPair("EC", "secp256r1");
            KeyStore own = KeyStore.getInstance("PKCS12");
            own.load(null, null);
            own.setKeyEntry("own", pair.getPrivate(), new char[0], new Certificate[] {
                authority.server(pair.getPublic(), "localhost")
            });
            KeyStore trusted = KeyStore.getInstance("PKCS12");
            trusted.load(null, null);
            trusted.setCertificateEntry("ca", authority.certificate());
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(own, new char[0]);
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(trusted);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
            listener = (SSLServerSocket)
                    context.getServerSocketFactory().createServerSocket(0, 10, InetAddress.getByName("localhost"));
            listener.setNeedClientAuth(true);
            start(this::accept);
        }

        String place() {
            return "keyserver+tls://localhost:" + listener.getLocalPort() + "?cert=" + folder.resolve("client.pem")
                    + "&key=" + folder.resolve("client.key") + "&ca=" + folder.resolve("ca.pem");
        }

        private static void start(Runnable task) {
            Thread thread = new Thread(task);
            thread.setDaemon(true);
            thread.start();
        }

        private void accept() {
            try {
                while (true) {
                    SSLSocket socket = (SSLSocket) listener.accept();
                    start(() -> serve(socket));
                }
            } catch (IOException e) {
                // closed
            }
        }

        private void serve(SSLSocket socket) {
            try (socket;
                    InputStream in = socket.getInputStream()) {
                in.readNBytes(HELLO_LENGTH);
                clients.add(socket.getSession().getPeerCertificates()[0]);
                ByteBuffer welcome = ByteBuffer.allocate(1000);
                KeyOffer offer = new KeyOffer(KeyId.of(offered.certificate().getPublicKey()), true, false);
                new Frame(0, new Message.Welcome(Message.VERSION, 10, List.of(offer))).encode(welcome);
                socket.getOutputStream().write(welcome.array(), 0, welcome.position());
                in.readAllBytes();
            } catch (IOException e) {
                // the client has gone
            }
        }

        /** Waits until a client with this certificate has come. */
        void awaitClient(Certificate expected) throws InterruptedException {
            Certificate seen;
            do {
                seen = clients.poll(20, TimeUnit.SECONDS);
                assertThat(seen)
                        .as("a client with the certificate of the moment")
                        .isNotNull();
            } while (!seen.equals(expected));
        }

        @Override
        public void close() throws IOException {
            listener.close();
        }
    }

    @Test
    void aPlaceThatIsMistypedLeavesNoThread() throws Exception {
        assertThatThrownBy(() -> load("keyserver:" + folder.resolve("wrong.sock")))
                .isInstanceOf(IOException.class);
        assertThat(remaining(0)).isEmpty();
    }

    @Test
    void aKeyServerWithoutTheKeyLeavesNoThread() throws Exception {
        renew("client");
        try (KeyServer server = new KeyServer(TestIdentity.P384)) {
            assertThatThrownBy(() -> load(server.place())).hasMessageContaining("no key of this certificate");
            assertThat(remaining(0)).isEmpty();
        }
    }

    @Test
    void aKeyServerIsConnectedOnceForAllLoads() throws Exception {
        renew("client");
        try (KeyServer server = new KeyServer(TestIdentity.P256)) {
            load(server.place());
            load(server.place());
            assertThat(remaining(1)).hasSize(1);
        }
    }

    @Test
    void aRenewedClientCertificateIsUsedFromTheNextLoadOn() throws Exception {
        X509Certificate first = renew("first");
        try (KeyServer server = new KeyServer(TestIdentity.P256)) {
            load(server.place());
            server.awaitClient(first);
            for (int i = 0; i < 4; i++) {
                X509Certificate renewed = renew("renewed " + i);
                load(server.place());
                server.awaitClient(renewed);
            }
            // the one of the moment, and the one before it
            assertThat(remaining(2)).hasSize(2);
        }
    }
}
