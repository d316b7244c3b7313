package dev.lockstep.server.keyserver.listener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.keys.keyserver.protocol.Message;
import dev.lockstep.server.RawClient;
import dev.lockstep.server.TestClients;
import dev.lockstep.server.TestFiles;
import dev.lockstep.server.certificate.ClientTrust;
import dev.lockstep.server.certificate.MutualTlsServer;
import dev.lockstep.server.demo.ThrowawayCa;
import dev.lockstep.server.keyserver.HolderQueues;
import dev.lockstep.server.keyserver.KeyServer;
import dev.lockstep.server.keyserver.KeyServerLimits;
import dev.lockstep.server.keyserver.UsageLog;
import dev.lockstep.server.keyserver.WorkQueue;
import dev.lockstep.server.keyserver.policy.ClientGrants;
import dev.lockstep.tls.peer.PkixVerifier;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.security.KeyPair;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Clients over TCP that send TLS records which lead nowhere, for as long as they can. */
@Timeout(120)
class RecordFloodTest {

    private static final InetSocketAddress ANY = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    private static final int HANDSHAKE = 22;

    /** Far more than a key server bears. */
    private static final int MANY = 100_000;

    private final List<String> warnings = new CopyOnWriteArrayList<>();
    private SSLContext clients;
    private KeyServer server;
    private CompletableFuture<Void> ended;
    private int port;

    /** Something that ends when the other end of a socket is gone. */
    @FunctionalInterface
    private interface Talk {
        void run() throws IOException;
    }

    private static CompletableFuture<Void> begin(Talk talk) {
        CompletableFuture<Void> end = new CompletableFuture<>();
        Thread thread = new Thread(
                () -> {
                    try {
                        talk.run();
                        end.complete(null);
                    } catch (Throwable e) { // boundary of the thread: the test looks at it
                        end.completeExceptionally(e);
                    }
                },
                "talk");
        thread.setDaemon(true);
        thread.start();
        return end;
    }

    @BeforeEach
    void start() throws Exception {
        ThrowawayCa ca = new ThrowawayCa(Instant.now());
        clients = TestClients.certified(ca, TestFiles.keys("EC", "secp256r1"));
        KeyPair pair = ca.ec();
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry("own", pair.getPrivate(), new char[0], new X509Certificate[] {ca.issueForLocalhost(pair)});
        KeyManagerFactory own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        own.init(store, new char[0]);
        List<X509Certificate> trusted = List.of(ca.certificate());
        PkixVerifier verifier = PkixVerifier.builder().trust(trusted).build();
        TlsListener.Setting setting = new TlsListener.Setting(
                ANY,
                new MutualTlsServer(
                        own.getKeyManagers(), new ClientTrust(verifier::verify, trusted, List.of(), Clock.systemUTC())),
                ClientGrants.parse("--allow-client", List.of("dns:localhost"), key -> Set.of()));
        TlsListener listener = TlsListener.open(ANY, () -> setting);
        port = listener.channel().socket().getLocalPort();
        server = new KeyServer(
                listener,
                Map::of,
                KeyServerLimits.DEFAULT,
                HolderQueues.of(new WorkQueue(Runnable::run)),
                UsageLog.none(),
                warnings::add);
        ended = begin(server::run);
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
        ended.get(30, TimeUnit.SECONDS);
    }

    private static void ping(RawClient client) throws Exception {
        assertThat(client.send(7, new Message.Ping()).answer(7)).isEqualTo(new Message.Pong());
    }

    private RawClient client() throws Exception {
        return RawClient.greeted(TestClients.ofKeyServer(clients, port));
    }

    private static byte[] records(int number, byte... content) {
        byte[] one = new byte[5 + content.length];
        one[0] = HANDSHAKE;
        one[1] = 3;
        one[2] = 3;
        one[4] = (byte) content.length;
        System.arraycopy(content, 0, one, 5, content.length);
        byte[] all = new byte[number * one.length];
        for (int i = 0; i < number; i++) {
            System.arraycopy(one, 0, all, i * one.length, one.length);
        }
        return all;
    }

    private static void assertEndedByTheServer(CompletableFuture<Void> flood) {
        assertThatThrownBy(() -> flood.get(30, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(IOException.class);
    }

    @Test
    void aFloodOfEmptyRecordsIsEndedAndOthersAreServedMeanwhile() throws Exception {
        byte[] share = records(10_000);
        try (RawClient known = client();
                Socket stranger = new Socket(InetAddress.getLoopbackAddress(), port)) {
            OutputStream out = stranger.getOutputStream();
            CompletableFuture<Void> flood = begin(() -> {
                while (true) {
                    out.write(share);
                }
            });
            while (!flood.isDone()) {
                ping(known);
            }
            assertEndedByTheServer(flood);
            try (RawClient late = client()) {
                ping(late);
            }
        }
        assertThat(warnings).singleElement().asString().startsWith("HANDSHAKE the TLS handshake of 127.0.0.1:");
    }

    /** A message of 32 KiB, the longest that the JDK takes, in records of one byte. */
    @Test
    void aClientHelloInCountlessRecordsIsEnded() throws Exception {
        byte[] all = records(4 + 0x7FF0, (byte) 0);
        byte[] header = {1, 0, 0x7F, (byte) 0xF0};
        for (int i = 0; i < header.length; i++) {
            all[i * 6 + 5] = header[i];
        }
        try (Socket stranger = new Socket(InetAddress.getLoopbackAddress(), port)) {
            stranger.setSoTimeout(30_000);
            CompletableFuture<Void> sent =
                    begin(() -> stranger.getOutputStream().write(all));
            try (RawClient known = client()) {
                ping(known);
            }
            assertThat(begin(() -> {
                        InputStream in = stranger.getInputStream();
                        while (in.read() >= 0) {
                            // an alert
                        }
                    }))
                    .satisfies(end -> end.handle((value, fault) -> value).get(30, TimeUnit.SECONDS));
            sent.handle((value, fault) -> value).get(30, TimeUnit.SECONDS);
        }
        assertThat(warnings).singleElement().asString().contains("more than 256 TLS records in a row without content");
    }

    /** With TLS 1.3, a second handshake of the JDK's client is a KeyUpdate that asks for another one. */
    @Test
    void keyUpdatesAreAnsweredAndAFloodOfThemIsEnded() throws Exception {
        try (SSLSocket socket = TestClients.ofKeyServer(clients, port);
                RawClient updating = RawClient.greeted(socket)) {
            for (int i = 0; i < 3; i++) {
                for (int j = 0; j < 20; j++) {
                    socket.startHandshake();
                }
                ping(updating);
            }
            CompletableFuture<Void> flood = begin(() -> {
                for (int i = 0; i < MANY; i++) {
                    socket.startHandshake();
                }
            });
            try (RawClient other = client()) {
                ping(other);
            }
            assertEndedByTheServer(flood);
        }
    }

    /** Passes on what comes in one direction, in writes of this size. */
    private static void pass(Socket from, Socket to, int bytes) throws IOException {
        InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream();
        byte[] buffer = new byte[bytes];
        for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
            out.write(Arrays.copyOf(buffer, read));
        }
    }

    @Test
    void aHandshakeInSegmentsOfOneByteWorks() throws Exception {
        try (ServerSocket relay = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                SSLSocket socket = TestClients.ofKeyServer(clients, relay.getLocalPort());
                Socket near = relay.accept();
                Socket far = new Socket(InetAddress.getLoopbackAddress(), port)) {
            far.setTcpNoDelay(true);
            CompletableFuture<Void> there = begin(() -> pass(near, far, 1));
            CompletableFuture<Void> back = begin(() -> pass(far, near, 16 * 1024));
            try (RawClient client = RawClient.greeted(socket)) {
                ping(client);
            }
            there.get(30, TimeUnit.SECONDS);
            far.shutdownOutput();
            back.handle((value, fault) -> value).get(30, TimeUnit.SECONDS);
        }
        assertThat(warnings).isEmpty();
    }
}
