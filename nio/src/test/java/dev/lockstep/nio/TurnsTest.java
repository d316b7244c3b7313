package dev.lockstep.nio;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.testkit.JdkClient;
import dev.lockstep.testkit.TestServers;
import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.tls.config.TlsServerConfig;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How much of a connection's work a loop does before it is the others' turn. */
@Timeout(60)
class TurnsTest {

    private static final int RECORDS = 2000;
    private static final int CALLS = 40;
    private static final int MUCH = 100;

    private final CountDownLatch written = new CountDownLatch(1);
    private final CompletableFuture<Void> ended = new CompletableFuture<>();

    /** How many records each turn of the loop has handed over. */
    private final List<Integer> perTurn = new CopyOnWriteArrayList<>();

    private int handedOver;
    private int all;

    /** All of the records wait, and the connection is called often in one turn, as by a busy backend. */
    private void onData(Session session, ByteBuffer data) throws IOException {
        if (all == 0) {
            awaitWritten();
            for (int i = 0; i < CALLS; i++) {
                session.execute(() -> {});
            }
        }
        handedOver++;
        all++;
        if (all == RECORDS) {
            session.send(ByteBuffer.wrap(new byte[1]));
        }
    }

    private void awaitWritten() throws IOException {
        try {
            assertThat(written.await(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    /** Is called in every turn of the loop. */
    private final class Counting extends QuietGuest {

        @Override
        public void tick(long nowNanos) {
            perTurn.add(handedOver);
            handedOver = 0;
        }
    }

    @Test
    void aConnectionThatIsCalledOftenInOneTurnHasNoMoreInTheNext() throws Exception {
        TlsServerConfig config = TestServers.live(TestServers.local(TestIdentity.RSA_2048));
        ServerSocketChannel listener =
                ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        int port = ((InetSocketAddress) listener.getLocalAddress()).getPort();
        try (TlsLoop loop = TlsLoop.builder(listener, () -> config, () -> this::onData)
                .guest(new Counting())
                .build()) {
            new Thread(() -> run(loop), "loop under test").start();
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                JdkClient client = JdkClient.trustingAll("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256");
                while (!client.isFinished()) {
                    exchange(client, socket);
                }
                for (int i = 0; i < RECORDS; i++) {
                    client.sends(new byte[1]);
                }
                send(client, socket);
                written.countDown();
                while (client.takeReceived().length == 0) {
                    exchange(client, socket);
                }
            }
        }
        ended.get(30, TimeUnit.SECONDS);
        assertThat(perTurn)
                .as("records in each turn")
                .filteredOn(records -> records > MUCH)
                .hasSize(1);
    }

    /** In one piece: a segment for each record would fill the socket. */
    private static void send(JdkClient client, Socket socket) throws IOException {
        ByteArrayOutputStream records = new ByteArrayOutputStream();
        client.takeRecords().forEach(records::writeBytes);
        socket.getOutputStream().write(records.toByteArray());
    }

    private static void exchange(JdkClient client, Socket socket) throws IOException {
        send(client, socket);
        byte[] received = new byte[1 << 14];
        int count = socket.getInputStream().read(received);
        assertThat(count).isPositive();
        client.receives(Arrays.copyOf(received, count));
    }

    private void run(TlsLoop loop) {
        try {
            loop.run();
            ended.complete(null);
        } catch (Throwable e) { // boundary of the thread: whatever ends the loop is what the test must see
            ended.completeExceptionally(e);
        }
    }
}
