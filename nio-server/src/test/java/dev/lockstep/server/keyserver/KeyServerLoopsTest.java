package dev.lockstep.server.keyserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.keys.keyserver.protocol.Message;
import dev.lockstep.server.RawClient;
import dev.lockstep.server.TestClients;
import dev.lockstep.server.TestFiles;
import dev.lockstep.server.certificate.ClientTrust;
import dev.lockstep.server.certificate.MutualTlsServer;
import dev.lockstep.server.demo.ThrowawayCa;
import dev.lockstep.server.keyserver.listener.ClientListener;
import dev.lockstep.server.keyserver.listener.TlsListener;
import dev.lockstep.server.keyserver.listener.UnixListener;
import dev.lockstep.server.keyserver.policy.ClientGrants;
import dev.lockstep.tls.peer.Verdict;
import dev.lockstep.tls.peer.VerificationRequest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.security.KeyStore;
import java.security.Security;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Each listener has a loop of its own. */
@Timeout(60)
class KeyServerLoopsTest {

    static {
        // Read once, by the first SSLContext; other tests of this module need what newer JDKs refuse.
        Security.setProperty("jdk.tls.disabledAlgorithms", "");
    }

    @TempDir
    Path directory;

    /** A verification of client certificates that takes as long as the test likes. */
    private static final class SlowTrust implements ClientTrust.Verifier {
        final CountDownLatch begun = new CountDownLatch(1);
        final CountDownLatch release = new CountDownLatch(1);

        @Override
        public Verdict verify(VerificationRequest request) {
            begun.countDown();
            try {
                boolean unused = release.await(30, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return Verdict.accepted(request.chain());
        }
    }

    private static MutualTlsServer tls(ThrowawayCa ca, ClientTrust.Verifier verifier) throws Exception {
        KeyPair pair = ca.ec();
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry("own", pair.getPrivate(), new char[0], new X509Certificate[] {ca.issueForLocalhost(pair)});
        KeyManagerFactory own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        own.init(store, new char[0]);
        return new MutualTlsServer(
                own.getKeyManagers(), new ClientTrust(verifier, List.of(), List.of(), InstantSource.system()));
    }

    private static KeyServer server(ClientListener listener) throws IOException {
        return new KeyServer(
                listener,
                Map::of,
                KeyServerLimits.DEFAULT,
                HolderQueues.of(new WorkQueue(Runnable::run)),
                UsageLog.none(),
                line -> {});
    }

    private UnixListener unix(Path socket) throws IOException {
        return UnixListener.open(socket, PosixFilePermissions.fromString("rw-------"), null, List.of(), line -> {});
    }

    private static CompletableFuture<Void> run(KeyServerLoops loops) {
        return CompletableFuture.runAsync(
                () -> {
                    try {
                        loops.run();
                    } catch (IOException e) {
                        throw new java.io.UncheckedIOException(e);
                    }
                },
                task -> new Thread(task, "loops").start());
    }

    private static void shakeHands(SSLSocket stranger) {
        try {
            stranger.startHandshake();
        } catch (IOException e) {
            // The key server has ended meanwhile.
        }
    }

    @Test
    void tlsComputationsOfStrangersDoNotDelayTheOwnersSocket() throws Exception {
        ThrowawayCa ca = new ThrowawayCa(Instant.now());
        SlowTrust slow = new SlowTrust();
        InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        TlsListener.Setting setting = new TlsListener.Setting(
                any,
                tls(ca, slow),
                ClientGrants.parse("--allow-client", List.of("dns:client.example"), key -> Set.of()));
        Path socket = directory.resolve("ks.sock");
        TlsListener tls = TlsListener.open(any, () -> setting);
        int port = tls.channel().socket().getLocalPort();
        CompletableFuture<Void> ended;
        try (KeyServerLoops loops = new KeyServerLoops(List.of(server(tls), server(unix(socket))));
                SSLSocket stranger =
                        TestClients.ofKeyServer(TestClients.certified(ca, TestFiles.keys("EC", "secp256r1")), port)) {
            ended = run(loops);
            new Thread(() -> shakeHands(stranger), "stranger").start();
            assertThat(slow.begun.await(30, TimeUnit.SECONDS)).isTrue();

            // The stranger's handshake now holds up the loop of the TCP port, for as long as it likes.
            try (RawClient owner = RawClient.greeted(socket)) {
                owner.send(1, new Message.Ping()).answer(1);
            }
            assertThat(slow.release.getCount()).isEqualTo(1);
            slow.release.countDown();
        }
        ended.get(30, TimeUnit.SECONDS);
    }

    /** A listener that ends its loop with a failure. */
    private record Broken(ServerSocketChannel channel) implements ClientListener {

        @Override
        public Admission admit(SocketChannel client) {
            throw new IllegalStateException("none comes");
        }

        @Override
        public String where() {
            return "nowhere";
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }

    @Test
    void aLoopThatCannotContinueEndsTheOthersAndIsTheReason() throws Exception {
        ServerSocketChannel closed = ServerSocketChannel.open();
        closed.close();
        Path socket = directory.resolve("ks.sock");
        try (KeyServerLoops loops = new KeyServerLoops(List.of(server(unix(socket)), server(new Broken(closed))))) {
            assertThatThrownBy(() -> run(loops).get(30, TimeUnit.SECONDS))
                    .hasRootCauseInstanceOf(java.nio.channels.ClosedChannelException.class);
        }
        assertThat(socket).doesNotExist();
    }
}
