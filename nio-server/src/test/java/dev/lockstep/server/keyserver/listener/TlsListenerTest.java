package dev.lockstep.server.keyserver.listener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.keys.InMemoryKey;
import dev.lockstep.keys.keyserver.protocol.KeyId;
import dev.lockstep.keys.keyserver.protocol.KeyOffer;
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
import dev.lockstep.server.keyserver.ServedKey;
import dev.lockstep.server.keyserver.UsageLog;
import dev.lockstep.server.keyserver.WorkQueue;
import dev.lockstep.server.keyserver.policy.ClientGrants;
import dev.lockstep.testkit.certificate.TestAuthority;
import dev.lockstep.tls.peer.PkixVerifier;
import dev.lockstep.tls.peer.PkixVerifierBuilder;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.security.KeyPair;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import jdk.net.ExtendedSocketOptions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a client's certificate is good for, and for how long. */
@Timeout(60)
class TlsListenerTest {

    private static final InetSocketAddress ANY = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    private static final KeyId ONE = KeyId.ofEncoded(new byte[] {1});

    /** Shows the test's time to what verifies certificates. */
    private final Clock clock = ((InstantSource) () -> this.now).withZone(ZoneOffset.UTC);

    private final AtomicInteger verified = new AtomicInteger();
    private final Map<KeyId, ServedKey> keys = new HashMap<>();
    private final List<String> warnings = new CopyOnWriteArrayList<>();
    private final FutureTask<Void> ended = new FutureTask<>(() -> {
        this.server.run();
        return null;
    });
    private volatile Instant now = Instant.now();
    private volatile TlsListener.Setting setting;
    private ThrowawayCa ca;
    private SSLContext clients;
    private Thread loop;
    private KeyServer server;
    private int port;

    private TlsListener.Setting trusting(X509Certificate authority, X509CRL... lists) throws Exception {
        return trusting(List.of(authority), List.of("dns:localhost"), lists);
    }

    private TlsListener.Setting trusting(List<X509Certificate> trusted, List<String> clients, X509CRL... lists)
            throws Exception {
        KeyPair pair = ca.ec();
        PkixVerifierBuilder builder = PkixVerifier.builder().trust(trusted).clock(clock);
        if (lists.length > 0) {
            builder.crls(List.of(lists));
        }
        PkixVerifier verifier = builder.build();
        ClientTrust.Verifier counted = request -> {
            verified.incrementAndGet();
            return verifier.verify(request);
        };
        return new TlsListener.Setting(
                ANY,
                new MutualTlsServer(
                        own(pair.getPrivate(), ca.issueForLocalhost(pair)),
                        new ClientTrust(counted, trusted, List.of(lists), clock)),
                ClientGrants.parse("--allow-client", clients, key -> Set.of(ONE)));
    }

    private static KeyManager[] own(PrivateKey key, X509Certificate... chain) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry("own", key, new char[0], chain);
        KeyManagerFactory own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        own.init(store, new char[0]);
        return own.getKeyManagers();
    }

    /** Clients that show this chain, and whatever the key server shows. */
    private SSLContext showing(PrivateKey key, X509Certificate... chain) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setCertificateEntry("ca", ca.certificate());
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(own(key, chain), trust.getTrustManagers(), null);
        return context;
    }

    @BeforeEach
    void start() throws Exception {
        ca = new ThrowawayCa(now);
        clients = TestClients.certified(ca, TestFiles.keys("EC", "secp256r1"));
        setting = trusting(ca.certificate());
        TlsListener listener = TlsListener.open(ANY, () -> setting);
        port = listener.channel().socket().getLocalPort();
        server = new KeyServer(
                listener,
                () -> keys,
                KeyServerLimits.DEFAULT,
                HolderQueues.of(new WorkQueue(Runnable::run)),
                UsageLog.none(),
                warnings::add);
        loop = new Thread(ended, "key server under test");
        loop.start();
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

    private void assertEnds(RawClient client, String why) throws Exception {
        client.send(8, new Message.Ping());
        assertThat(client.nextOrEnd()).as("what comes instead of the end").isNull();
        assertThat(warnings)
                .singleElement()
                .asString()
                .startsWith("closed the connection of 127.0.0.1:")
                .contains(why);
    }

    /** Trusts every key server, and counts the certificates that it is asked about. */
    private static final class AnyServer extends X509ExtendedTrustManager {

        private final AtomicInteger seen = new AtomicInteger();

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) {
            seen.incrementAndGet();
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket) {
            seen.incrementAndGet();
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine) {
            seen.incrementAndGet();
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine) {
            throw new UnsupportedOperationException();
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }

    @Test
    void everyConnectionProvesItsKeyThoughItsClientKnowsASession() throws Exception {
        AnyServer handshakes = new AnyServer();
        KeyPair keys = TestFiles.keys("EC", "secp256r1");
        clients = SSLContext.getInstance("TLS");
        clients.init(own(keys.getPrivate(), ca.issueForLocalhost(keys)), new TrustManager[] {handshakes}, null);
        for (int i = 1; i <= 3; i++) {
            try (RawClient client = client()) {
                ping(client); // with it, the client has read a ticket, if there is one
                assertThat(handshakes.seen).as("whole handshakes").hasValue(i);
                assertThat(verified).as("once, since it is the same client").hasValue(1);
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
            assertEnds(client, ": its certificate is not trusted any more: ");
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
            assertEnds(client, ": its certificate is not trusted any more: ");
        }
    }

    /** From now on clients show a certificate of this issuer, with those above it. */
    private X509Certificate shows(TestAuthority issuer, X509Certificate... above) throws Exception {
        KeyPair keys = TestFiles.keys("EC", "secp256r1");
        X509Certificate leaf =
                issuer.order("a client", keys.getPublic()).hosts("web1.example").sign();
        clients = showing(
                keys.getPrivate(),
                Stream.concat(Stream.of(leaf), Stream.of(above)).toArray(X509Certificate[]::new));
        return leaf;
    }

    @Test
    void aConnectionEndsWithAnIntermediateCertificateOfItsPath() throws Exception {
        TestAuthority root = TestAuthority.root("clients", now);
        Instant end = now.plus(Duration.ofDays(3)).truncatedTo(ChronoUnit.SECONDS);
        TestAuthority below = root.intermediate("below", order -> order.valid(now.minus(Duration.ofDays(1)), end));
        shows(below, below.certificate());
        setting = trusting(List.of(root.certificate()), List.of("dns:web1.example"));
        try (RawClient client = client()) {
            now = end;
            ping(client);
            ping(client);
            assertThat(verified).as("not for each frame").hasValue(1);
            now = end.plusSeconds(1);
            assertEnds(client, ": its certificate is not trusted any more: ");
        }
    }

    @Test
    void aConnectionEndsWhenItsCertificateIsRevoked() throws Exception {
        TestAuthority root = TestAuthority.root("clients", now);
        X509Certificate leaf = shows(root);
        X509Certificate other = root.client(ca.ec().getPublic(), "another");
        List<X509Certificate> trusted = List.of(root.certificate());
        List<String> who = List.of("dns:web1.example");
        setting = trusting(trusted, who, root.revoking(other));
        try (RawClient client = client()) {
            ping(client);
            setting = trusting(trusted, who, root.revoking(leaf));
            assertEnds(client, ": its certificate is not trusted any more: ");
        }
        assertThatThrownBy(this::client).isInstanceOfAny(IOException.class, AssertionError.class);
        assertThat(warnings.get(warnings.size() - 1))
                .startsWith("HANDSHAKE the TLS handshake of 127.0.0.1:")
                .contains(" failed: its certificate is not trusted: ");
    }

    /** Nothing tells then whom the next list would revoke: serve refuses such clients, too. */
    @Test
    void aConnectionEndsWhenTheListOfItsAuthorityIsOutOfDate() throws Exception {
        TestAuthority root = TestAuthority.root("clients", now);
        shows(root);
        List<X509Certificate> trusted = List.of(root.certificate());
        List<String> who = List.of("dns:web1.example");
        setting = trusting(trusted, who, root.revoking());
        try (RawClient client = client()) {
            now = now.plus(Duration.ofHours(23)); // the list is for a day
            ping(client);
            now = now.plus(Duration.ofHours(2));
            assertEnds(client, ": its certificate is not trusted any more: ");
        }
        assertThatThrownBy(this::client).isInstanceOfAny(IOException.class, AssertionError.class);
    }

    @Test
    void aCertificateThatIsTrustedItselfIsRevokedToo() throws Exception {
        TestAuthority root = TestAuthority.root("clients", now);
        X509Certificate leaf = shows(root);
        List<String> who = List.of("dns:web1.example");
        setting = trusting(List.of(leaf), who);
        try (RawClient client = client()) {
            ping(client);
            setting = trusting(List.of(leaf), who, root.revoking(leaf));
            assertEnds(client, ": its certificate is not trusted any more: ");
        }
    }

    @Test
    void aConnectionEndsWithItsLastGrantAndHasTheRightsOfEachMoment() throws Exception {
        InMemoryKey one = InMemoryKey.of(ca.keys().getPrivate(), new SecureRandom());
        keys.put(ONE, new ServedKey("test", one, ca.keys().getPublic(), new byte[32], false));
        keys.put(
                KeyId.ofEncoded(new byte[] {2}),
                new ServedKey("test", one, ca.keys().getPublic(), new byte[32], false));
        List<X509Certificate> trusted = List.of(ca.certificate());
        try (RawClient client = client()) {
            assertThat(listed(client)).hasSize(2);
            setting = trusting(trusted, List.of("dns:localhost=one"));
            assertThat(listed(client)).extracting(KeyOffer::key).containsExactly(ONE);
            setting = trusting(trusted, List.of("dns:other"));
            assertEnds(client, ": no key is for it any more");
        }
    }

    private static List<KeyOffer> listed(RawClient client) throws Exception {
        return ((Message.Keys) client.send(1, new Message.ListKeys()).answer(1)).keys();
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
            assertThat(listed(client)).hasSize(Message.MAX_KEYS);
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
