package dev.lockstep.server.keyserver.listener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.keys.InMemoryKey;
import dev.lockstep.keys.keyserver.protocol.KeyId;
import dev.lockstep.keys.keyserver.protocol.Message;
import dev.lockstep.server.RawClient;
import dev.lockstep.server.TestClients;
import dev.lockstep.server.TestFiles;
import dev.lockstep.server.certificate.MutualTlsServer;
import dev.lockstep.server.demo.ThrowawayCa;
import dev.lockstep.server.keyserver.KeyServer;
import dev.lockstep.server.keyserver.KeyServerLimits;
import dev.lockstep.server.keyserver.ServedKey;
import dev.lockstep.server.keyserver.UsageLog;
import dev.lockstep.server.keyserver.WorkQueue;
import dev.lockstep.server.keyserver.policy.ClientGrants;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.security.KeyPair;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.X509TrustManager;
import jdk.net.ExtendedSocketOptions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a client's certificate is good for, and for how long. */
@Timeout(60)
class TlsListenerTest {

    private static final InetSocketAddress ANY = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    private final AtomicInteger verified = new AtomicInteger();
    private final Map<KeyId, ServedKey> keys = new HashMap<>();
    private final List<String> warnings = new CopyOnWriteArrayList<>();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private volatile Instant now = Instant.now();
    private volatile TlsListener.Setting setting;
    private ThrowawayCa ca;
    private SSLContext clients;
    private Thread loop;
    private KeyServer server;
    private int port;

    /** Trusts an authority by its signature alone, and counts. */
    private final class Trust implements X509TrustManager {
        private final X509Certificate authority;

        Trust(X509Certificate authority) {
            this.authority = authority;
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
            verified.incrementAndGet();
            try {
                chain[0].verify(authority.getPublicKey());
            } catch (Exception e) { // boundary: whichever of a dozen, it is not trusted
                throw new CertificateException(e);
            }
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) {
            throw new IllegalStateException("no server is checked here");
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }

    private TlsListener.Setting trusting(X509Certificate authority) throws Exception {
        KeyPair pair = ca.ec();
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry("own", pair.getPrivate(), new char[0], new X509Certificate[] {ca.issueForLocalhost(pair)});
        KeyManagerFactory own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        own.init(store, new char[0]);
        return new TlsListener.Setting(
                ANY,
                new MutualTlsServer(own.getKeyManagers(), new Trust(authority)),
                ClientGrants.parse("--allow-client", List.of("dns:localhost"), key -> Set.of()));
    }

    @BeforeEach
    void start() throws Exception {
        ca = new ThrowawayCa(now);
        clients = TestClients.certified(ca, TestFiles.keys("EC", "secp256r1"));
        setting = trusting(ca.certificate());
        TlsListener listener = TlsListener.open(ANY, () -> setting, () -> now);
        port = listener.channel().socket().getLocalPort();
        server = new KeyServer(
                listener,
                () -> keys,
                KeyServerLimits.DEFAULT,
                new WorkQueue(Runnable::run),
                UsageLog.none(),
                warnings::add);
        loop = new Thread(this::run, "key server under test");
        loop.start();
    }

    private void run() {
        try {
            server.run();
            ended.complete(null);
        } catch (Throwable e) { // boundary of the thread: whatever ends the loop is what the test must see
            ended.completeExceptionally(e);
        }
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
        ended.get(30, TimeUnit.SECONDS);
    }

    private RawClient client() throws Exception {
        return RawClient.greeted(TestClients.ofKeyServer(clients, port));
    }

    private static void ping(RawClient client) throws Exception {
        assertThat(client.send(7, new Message.Ping()).answer(7)).isEqualTo(new Message.Pong());
    }

    private void assertEnds(RawClient client) throws Exception {
        client.send(8, new Message.Ping());
        assertThat(client.nextOrEnd()).as("what comes instead of the end").isNull();
        assertThat(warnings)
                .singleElement()
                .asString()
                .startsWith("closed the connection of 127.0.0.1:")
                .endsWith("its certificate has expired or is not trusted any more");
    }

    @Test
    void everyConnectionProvesItsKeyThoughItsClientKnowsASession() throws Exception {
        for (int i = 1; i <= 3; i++) {
            try (RawClient client = client()) {
                ping(client); // with it, the client has read a ticket, if there is one
                assertThat(verified).hasValue(i);
            }
        }
    }

    @Test
    void renegotiationIsImpossible() throws Exception {
        try (SSLSocket old = TestClients.client(clients, port)) {
            assertThat(old.getEnabledProtocols()).containsExactly("TLSv1.2");
            assertThatThrownBy(old::startHandshake).isInstanceOf(IOException.class);
        }
    }

    @Test
    void aConnectionEndsWithItsCertificate() throws Exception {
        try (RawClient client = client()) {
            ping(client);
            now = now.plus(Duration.ofDays(6)); // the authority's certificates last for seven
            ping(client);
            now = now.plus(Duration.ofDays(2));
            assertEnds(client);
        }
    }

    @Test
    void aConnectionEndsWhenItsAuthorityIsNotTrustedAnyMore() throws Exception {
        try (RawClient client = client()) {
            ping(client);
            setting = trusting(ca.certificate());
            ping(client);
            ping(client);
            assertThat(verified).as("once by each setting").hasValue(2);
            setting = trusting(new ThrowawayCa(now).certificate());
            assertEnds(client);
        }
    }

    @Test
    void aListOfManyKeysLooksAtTheCertificateOnce() throws Exception {
        InMemoryKey one = InMemoryKey.of(ca.keys().getPrivate(), new SecureRandom());
        ServedKey key = new ServedKey("test", one, ca.keys().getPublic(), new byte[32], false);
        for (int i = 0; i < Message.MAX_KEYS; i++) {
            byte[] id = new byte[32];
            Arrays.fill(id, (byte) i);
            keys.put(KeyId.ofBytes(id), key);
        }
        try (RawClient client = client()) {
            list(client, 100); // what is loaded once does not count
            long before = allocated();
            list(client, 100);
            assertThat((allocated() - before) / 100 / Message.MAX_KEYS)
                    .as("bytes of the heap for each key of a list")
                    .isLessThan(1_000);
        }
    }

    private static void list(RawClient client, int times) throws Exception {
        for (int i = 0; i < times; i++) {
            assertThat(((Message.Keys) client.send(1, new Message.ListKeys()).answer(1)).keys())
                    .hasSize(Message.MAX_KEYS);
        }
    }

    private long allocated() {
        return ((com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean())
                .getThreadAllocatedBytes(loop.getId());
    }

    @Test
    void theKernelAsksWhetherAClientThatSendsNothingIsStillThere() throws Exception {
        try (TlsListener listener = TlsListener.open(ANY, () -> setting)) {
            listener.channel().configureBlocking(true);
            int own = listener.channel().socket().getLocalPort();
            try (Socket client = new Socket(ANY.getAddress(), own);
                    SocketChannel accepted = listener.channel().accept()) {
                assertThat(listener.admit(accepted)).isNotNull();
                assertThat(client.isConnected()).isTrue();
                assertThat(accepted.getOption(StandardSocketOptions.SO_KEEPALIVE))
                        .isTrue();
                if (accepted.supportedOptions().contains(ExtendedSocketOptions.TCP_KEEPIDLE)) {
                    int idle = accepted.getOption(ExtendedSocketOptions.TCP_KEEPIDLE);
                    int interval = accepted.getOption(ExtendedSocketOptions.TCP_KEEPINTERVAL);
                    int count = accepted.getOption(ExtendedSocketOptions.TCP_KEEPCOUNT);
                    assertThat(idle + interval * count).as("seconds").isLessThanOrEqualTo(60);
                }
            }
        }
    }
}
