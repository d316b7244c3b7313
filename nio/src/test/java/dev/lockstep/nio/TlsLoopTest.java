package dev.lockstep.nio;

import static dev.lockstep.nio.TestLoop.assertEnded;
import static dev.lockstep.nio.TestLoop.handshake;
import static dev.lockstep.nio.TestLoop.ping;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.testkit.answer.KeyScript;
import dev.lockstep.testkit.answer.RecordedOperation;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** One thread serves all connections: one that waits does not stop the others, and none can stop the loop. */
@Timeout(120)
class TlsLoopTest {

    private static void leave(Socket client) throws IOException {
        client.close();
    }

    @Test
    void anEstablishedConnectionIsServedWhileAnotherIsSuspended() throws Exception {
        try (TestLoop server = TestLoop.echo(Limits.DEFAULT);
                SSLSocket neighbour = server.client();
                SSLSocket suspended = server.client()) {
            server.key.signs(KeyScript.ready());
            neighbour.startHandshake();
            server.key.signs(KeyScript.manual());

            CompletableFuture<Void> handshake = handshake(suspended);
            RecordedOperation signature = server.key.takePending();
            long longest = 0;
            for (int i = 0; i < 1000; i++) {
                long before = System.nanoTime();
                ping(neighbour);
                longest = Math.max(longest, System.nanoTime() - before);
            }
            assertThat(handshake).isNotDone(); // a thousand answers, and still suspended
            System.out.printf("longest of 1000 echoes beside a suspended handshake: %.1f ms%n", longest / 1e6);

            signature.complete();
            handshake.get(30, TimeUnit.SECONDS);
            ping(suspended);
            ping(neighbour);
        }
    }

    @Test
    void answersThatComeInAnotherOrderReachTheConnectionsTheyBelongTo() throws Exception {
        try (TestLoop server = TestLoop.echo(Limits.DEFAULT)) {
            List<SSLSocket> clients = new ArrayList<>();
            List<CompletableFuture<Void>> handshakes = new ArrayList<>();
            List<RecordedOperation> signatures = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                clients.add(server.client());
                handshakes.add(handshake(clients.get(i)));
                signatures.add(server.key.takePending());
            }
            for (int i = 19; i >= 0; i--) {
                assertThat(handshakes.get(i)).isNotDone();
                signatures.get(i).complete();
                handshakes.get(i).get(30, TimeUnit.SECONDS); // the client has checked the signature
                ping(clients.get(i));
                clients.get(i).close();
            }
        }
    }

    @Test
    void suspendedAndIdleConnectionsHoldNoBuffers() throws Exception {
        // Asked from within, on the loop's own thread: the buffers out are those of the connection that asks.
        AtomicReference<TlsLoop> self = new AtomicReference<>();
        Handler counting = (session, data) -> session.send(
                ByteBuffer.wrap(new byte[] {(byte) self.get().buffers().lent()}));
        try (TestLoop server = new TestLoop(Limits.DEFAULT, () -> counting, config -> config);
                SSLSocket asking = server.client();
                SSLSocket idle = server.client();
                SSLSocket suspended = server.client()) {
            self.set(server.loop);
            server.key.signs(KeyScript.ready());
            asking.startHandshake();
            idle.startHandshake();
            idle.getOutputStream().write(1);
            assertThat(idle.getInputStream().read()).isPositive();
            asking.getOutputStream().write(1);
            int alone = asking.getInputStream().read();
            assertThat(alone).isBetween(1, 3);

            server.key.signs(KeyScript.manual());
            handshake(suspended);
            RecordedOperation signature = server.key.takePending();
            asking.getOutputStream().write(1);

            assertThat(asking.getInputStream().read()).isEqualTo(alone);
            signature.complete();
        }
    }

    @Test
    void aPeerThatLeavesWhileItsHandshakeIsSuspendedCancelsTheOperation() throws Exception {
        try (TestLoop server = TestLoop.echo(Limits.DEFAULT);
                SSLSocket leaving = server.client()) {
            CompletableFuture<Void> handshake = handshake(leaving);
            RecordedOperation signature = server.key.takePending();

            leave(leaving);

            signature.awaitCancel();
            handshake.handle((done, failed) -> null).get(30, TimeUnit.SECONDS);
            assertThat(server.runs()).isTrue();
        }
    }

    @Test
    void afterAFatalAlertTheConnectionIsHalfClosedAndNotReset() throws Exception {
        try (TestLoop server = TestLoop.echo(Limits.DEFAULT);
                Socket client = server.tcp()) {
            OutputStream out = client.getOutputStream();
            out.write(new byte[] {22, 3, 1, 0, 4, 1, 0, 0, 0}); // a ClientHello without content
            out.write(new byte[200_000]); // unread input, which would turn a close into a reset

            byte[] received = client.getInputStream().readAllBytes(); // throws on a reset
            assertThat(received).startsWith(21, 3).endsWith(2, 50); // one alert: fatal, decode_error
            assertThat(received).hasSize(7);
            out.write(new byte[200_000]); // still taken
        }
    }

    @Test
    void aClientThatContinuesAfterTheEndIsCutOff() throws Exception {
        Limits impatient = Limits.DEFAULT.withFarewell(Duration.ofMinutes(1), 100_000);
        try (TestLoop server = TestLoop.echo(impatient);
                Socket client = server.tcp()) {
            client.getOutputStream().write(new byte[] {99, 3, 1, 0, 1, 0});
            assertThat(client.getInputStream().readAllBytes()).hasSize(7);

            assertThatThrownBy(() -> {
                        for (int i = 0; i < 10_000; i++) {
                            client.getOutputStream().write(new byte[10_000]);
                        }
                    })
                    .isInstanceOf(IOException.class);
        }
    }

    @Test
    void aSilentPeerIsLetGo() throws Exception {
        Limits impatient = Limits.DEFAULT.withIdle(Duration.ofMillis(100)).withFarewell(Duration.ofMillis(100), 1000);
        try (TestLoop server = TestLoop.echo(impatient);
                Socket silent = server.tcp()) {
            byte[] last = silent.getInputStream().readAllBytes();

            assertThat(last).startsWith(21, 3).endsWith(1, 0); // close_notify
            assertThat(server.events()).contains("failure: no complete ClientHello in time");
        }
    }

    @Test
    void whenTheHouseIsFullFurtherConnectionsWaitForTheirTurn() throws Exception {
        Limits two = Limits.DEFAULT.withConnections(2).withFarewell(Duration.ofMillis(50), 1000);
        try (TestLoop server = TestLoop.echo(two);
                SSLSocket first = server.client();
                SSLSocket second = server.client();
                SSLSocket third = server.client()) {
            server.key.signs(KeyScript.ready());
            first.startHandshake();
            second.startHandshake();
            third.setSoTimeout(200);
            assertThatThrownBy(third::startHandshake).isInstanceOf(SocketTimeoutException.class);

            try (SSLSocket fourth = server.client()) {
                leave(third);
                leave(first);
                fourth.startHandshake();
                ping(fourth);
                ping(second);
            }
        }
    }

    @Test
    void aReaderThatIsSlowGetsEverythingInTheEnd() throws Exception {
        byte[] much = new byte[4 << 20];
        new Random(1).nextBytes(much);
        try (TestLoop server = TestLoop.echo(Limits.DEFAULT);
                SSLSocket slow = server.client();
                SSLSocket neighbour = server.client()) {
            server.key.signs(KeyScript.ready());
            slow.startHandshake();
            neighbour.startHandshake();
            CompletableFuture<Void> writing = CompletableFuture.runAsync(() -> {
                try {
                    slow.getOutputStream().write(much);
                } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            });
            for (int i = 0; i < 100; i++) {
                ping(neighbour);
            }
            assertThat(slow.getInputStream().readNBytes(much.length)).isEqualTo(much);
            writing.get(30, TimeUnit.SECONDS);
        }
    }

    @Test
    void nothingThatPeersSendEndsTheLoop() throws Exception {
        Random random = new Random(7);
        try (TestLoop server = TestLoop.echo(Limits.DEFAULT)) {
            for (int i = 0; i < 300; i++) {
                try (Socket client = server.tcp()) {
                    byte[] noise = new byte[random.nextInt(2000)];
                    random.nextBytes(noise);
                    if (noise.length > 5 && random.nextBoolean()) {
                        System.arraycopy(new byte[] {22, 3, 1, 0, 100}, 0, noise, 0, 5);
                    }
                    client.setSoLinger(true, i % 2 == 0 ? 0 : 1); // half of them leave with a reset
                    client.getOutputStream().write(noise);
                }
            }
            server.key.signs(KeyScript.ready());
            try (SSLSocket client = server.client()) {
                client.startHandshake();
                ping(client);
            }
            assertThat(server.loop.counters().defects()).isZero();
        }
    }

    @Test
    void whatAHandlerThrowsEndsItsConnectionOnly() throws Exception {
        Handler handler = (session, data) -> {
            if (data.get(0) == 'x') {
                throw new IllegalStateException("a defect");
            }
            if (data.get(0) == 'y') {
                throw new OutOfMemoryError("an error");
            }
            session.send(data);
        };
        try (TestLoop server = new TestLoop(Limits.DEFAULT, () -> handler, config -> config);
                SSLSocket another = server.client();
                SSLSocket unlucky = server.client();
                SSLSocket other = server.client()) {
            server.key.signs(KeyScript.ready());
            unlucky.startHandshake();
            another.startHandshake();
            other.startHandshake();
            unlucky.getOutputStream().write('x');
            assertEnded(unlucky);
            another.getOutputStream().write('y');
            assertEnded(another);
            ping(other);
            assertThat(server.events())
                    .containsExactly(
                            "defect: java.lang.IllegalStateException: a defect",
                            "defect: java.lang.OutOfMemoryError: an error");
            assertThat(server.loop.counters().defects()).isEqualTo(2);
        }
    }

    @Test
    void recordsAreEchoedOneForOne() throws Exception {
        try (TestLoop server = TestLoop.echo(Limits.DEFAULT);
                SSLSocket client = server.client()) {
            server.key.signs(KeyScript.ready());
            client.startHandshake();
            byte[] full = new byte[1 << 14];
            Arrays.fill(full, (byte) 'f');
            byte[] into = new byte[1 << 15];
            for (int size : new int[] {1 << 14, 1, 4000, (1 << 14) - 1}) {
                client.getOutputStream().write(full, 0, size);
                // One read gives at most one record. The JDK's client splits none of these.
                assertThat(client.getInputStream().read(into)).isEqualTo(size);
            }
        }
    }
}
