package dev.lockstep.nio;

import static dev.lockstep.nio.TestLoop.assertEnded;
import static dev.lockstep.nio.TestLoop.ping;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.lockstep.testkit.answer.KeyScript;
import dev.lockstep.tls.TlsServerConnection;
import dev.lockstep.tls.config.TlsServerConfig;
import java.io.DataOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What becomes of connections when places or memory run out: the right ones end, and the others are served. */
@Timeout(120)
class ShortageTest {

    private static final Duration AT_ANY_AGE = Duration.ofNanos(1);

    /** A socket from another address of the loopback network. */
    private static Socket from(String address, TestLoop server) throws IOException {
        Socket socket = new Socket();
        socket.bind(new InetSocketAddress(InetAddress.getByName(address), 0));
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()));
        socket.setSoTimeout(30_000);
        return socket;
    }

    @Test
    void anAddressThatHasItsShareIsRefusedAnotherPlaceAndOthersAreNot() throws Exception {
        Limits limits = Limits.DEFAULT.withConnections(100, 3).withEvictable(Duration.ofMinutes(1));
        try (TestLoop server = TestLoop.echo(limits);
                SSLSocket honest = server.client()) {
            server.key.signs(KeyScript.ready());
            honest.startHandshake();
            List<Socket> sockets = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                sockets.add(from("127.0.0.2", server));
            }
            Socket refused = from("127.0.0.2", server);

            assertEnded(refused);
            assertThat(server.loop.counters().refused()).isOne();
            assertThat(server.events()).anyMatch(event -> event.startsWith("shortage of NETWORK for /127.0.0.2"));
            ping(honest);
            try (SSLSocket another = server.client()) {
                another.startHandshake();
                ping(another);
            }
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }

    @Test
    void anAddressThatHasItsShareGetsAnotherPlaceForAnOldHandshakeOfItsOwn() throws Exception {
        Limits limits = Limits.DEFAULT.withConnections(100, 2).withEvictable(AT_ANY_AGE);
        try (TestLoop server = TestLoop.echo(limits);
                Socket bystander = from("127.0.0.3", server);
                Socket first = from("127.0.0.2", server);
                Socket second = from("127.0.0.2", server)) {
            try (Socket third = from("127.0.0.2", server)) {
                assertEnded(first);
                assertThat(server.loop.counters().evicted()).isOne();
                for (Socket open : List.of(bystander, second, third)) {
                    assertThat(open.getInputStream().available()).isZero();
                }
            }
        }
    }

    /** Who has used up the share of a network gets no place of another network's, however full the loop is. */
    @Test
    void aNetworkThatHasItsShareTakesNoPlaceOfAnotherWhenTheLoopIsFull() throws Exception {
        Limits limits = Limits.DEFAULT.withConnections(3, 2).withEvictable(AT_ANY_AGE);
        try (TestLoop server = TestLoop.echo(limits);
                Socket bystander = from("127.0.0.3", server);
                Socket first = from("127.0.0.2", server);
                Socket second = from("127.0.0.2", server);
                Socket third = from("127.0.0.2", server)) {
            assertEnded(first);
            assertThat(server.loop.counters().evicted()).isOne();
            for (Socket open : List.of(bystander, second, third)) {
                assertThat(open.getInputStream().available()).isZero();
            }
            server.key.signs(KeyScript.ready());
            try (SSLSocket honest = Localhost.over(bystander)) {
                ping(honest);
            }
        }
    }

    @Test
    void aNetworkWhoseShareIsEstablishedIsRefusedAnotherPlaceWhenTheLoopIsFull() throws Exception {
        Limits limits = Limits.DEFAULT.withConnections(3, 2).withEvictable(AT_ANY_AGE);
        try (TestLoop server = TestLoop.echo(limits)) {
            server.key.signs(KeyScript.ready());
            try (SSLSocket first = Localhost.over(from("127.0.0.2", server));
                    SSLSocket second = Localhost.over(from("127.0.0.2", server))) {
                ping(first);
                ping(second);
                try (Socket bystander = from("127.0.0.3", server);
                        Socket refused = from("127.0.0.2", server)) {
                    assertEnded(refused);
                    assertThat(server.loop.counters().refused()).isOne();
                    assertThat(server.loop.counters().evicted()).isZero();
                    try (SSLSocket honest = Localhost.over(bystander)) {
                        ping(honest);
                    }
                }
            }
        }
    }

    @Test
    void placesThatAreLeftCanBeTakenAgain() throws Exception {
        Limits limits = Limits.DEFAULT.withConnections(100, 4).withEvictable(Duration.ofMinutes(1));
        try (TestLoop server = TestLoop.echo(limits)) {
            server.key.signs(KeyScript.ready());
            for (int i = 0; i < 20; i++) {
                SSLSocket client = server.client();
                try {
                    client.startHandshake();
                    ping(client);
                } catch (IOException refused) {
                    assertThat(server.loop.counters().refused()).isPositive(); // the ones before are not forgotten yet
                }
                client.close();
            }
            assertThat(server.loop.counters().handshakes()).isGreaterThan(10);
        }
    }

    @Test
    void whenTheMemoryRunsOutTheHandshakesThatHoldMostEnd() throws Exception {
        Limits limits = Limits.DEFAULT.withMemory(1 << 20);
        try (TestLoop server = TestLoop.echo(limits);
                SSLSocket established = server.client();
                Socket silent = server.tcp()) {
            server.key.signs(KeyScript.ready());
            established.startHandshake();
            Socket small = unfinishedHello(server, 20_000);
            List<Socket> large = new ArrayList<>();
            for (int i = 0; i < 12; i++) {
                large.add(unfinishedHello(server, 120_000));
            }
            server.awaitEvicted(4); // what was sent is not yet what was read
            try (SSLSocket another = server.client()) {
                another.startHandshake();
                ping(another);
            }
            ping(established);
            assertThat(server.loop.counters().evicted()).isBetween(4L, 9L);
            assertThat(server.events()).contains("shortage of MEMORY");
            for (Socket open : List.of(silent, small)) {
                assertThat(open.getInputStream().available()).isZero();
                open.getOutputStream().write(new byte[1]); // fails on a socket that was reset
                open.close();
            }
            for (Socket socket : large) {
                socket.close();
            }
        }
    }

    /** A ClientHello of 190,000 bytes, of which {@code sent} come. */
    private static Socket unfinishedHello(TestLoop server, int sent) throws IOException {
        Socket socket = server.tcp();
        DataOutputStream out = new DataOutputStream(socket.getOutputStream());
        out.write(new byte[] {22, 3, 1, 0x40, 0, 1, 2, (byte) (190_000 >> 8), (byte) 190_000});
        out.write(new byte[0x4000 - 4]);
        for (int done = 0x4000; done < sent; done += 0x4000) {
            out.write(new byte[] {22, 3, 1, 0x40, 0});
            out.write(new byte[0x4000]);
        }
        return socket;
    }

    @Test
    void aNetworkIsAnAddressOrTheFirst64BitsOfOne() throws Exception {
        Network one = Network.of(InetAddress.getByName("2001:db8:1:2:3:4:5:6"));
        assertThat(Network.of(InetAddress.getByName("2001:db8:1:2::1"))).isEqualTo(one);
        assertThat(Network.of(InetAddress.getByName("2001:db8:1:3::1"))).isNotEqualTo(one);
        assertThat(Network.of(InetAddress.getByName("192.0.2.1")))
                .isEqualTo(Network.of(InetAddress.getByName("192.0.2.1")))
                .isNotEqualTo(Network.of(InetAddress.getByName("192.0.2.2")))
                .isNotEqualTo(Network.of(InetAddress.getByName("::c000:201")));
        assertThat(Network.of(InetAddress.getByName("::ffff:192.0.2.1")))
                .isEqualTo(Network.of(InetAddress.getByName("192.0.2.1")));
    }

    /** What the constants that places are computed from say is what the heap says. */
    @Test
    void aSilentConnectionCostsNoMoreThanIsCounted() {
        TlsServerConfig config = TlsServerConfig.builder()
                .credential(Localhost.heldKey().credential())
                .build();
        List<TlsServerConnection> kept = new ArrayList<>();
        for (int i = 0; i < 2000; i++) {
            kept.add(TlsServerConnection.create(config, connection -> {}));
        }
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < 1000; i++) {
            kept.add(TlsServerConnection.create(config, connection -> {}));
        }
        long each = (threads.getCurrentThreadAllocatedBytes() - before) / 1000;
        System.out.println("a connection without its socket: " + each + " bytes");
        assertThat(each).isLessThanOrEqualTo(kept.get(0).heldBytes());
    }
}
