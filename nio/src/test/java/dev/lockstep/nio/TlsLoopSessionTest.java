package dev.lockstep.nio;

import static dev.lockstep.nio.TestLoop.PING;
import static dev.lockstep.nio.TestLoop.assertEnded;
import static dev.lockstep.nio.TestLoop.handshake;
import static dev.lockstep.nio.TestLoop.ping;
import static dev.lockstep.testkit.client.ClientMessages.applicationData;
import static dev.lockstep.testkit.client.ClientMessages.changeCipherSpec;
import static dev.lockstep.testkit.client.ClientMessages.clientHello;
import static dev.lockstep.testkit.client.ClientMessages.clientKeyExchange;
import static dev.lockstep.testkit.client.ClientMessages.finished;
import static dev.lockstep.testkit.client.ClientMessages.renegotiatingClientHello;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.testkit.answer.KeyScript;
import dev.lockstep.testkit.answer.RecordedOperation;
import dev.lockstep.testkit.client.ClientMessage;
import dev.lockstep.testkit.client.Seen;
import dev.lockstep.tls.config.RenegotiationPolicy;
import dev.lockstep.tls.config.RenegotiationPolicy.LegacyClients;
import dev.lockstep.tls.config.TlsServerConfigBuilder;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What handlers and limits do to connections, and not to others. */
@Timeout(120)
class TlsLoopSessionTest {

    @Test
    void aFullLoopEndsTheHandshakeThatIsOldestAndLeastFar() throws Exception {
        Limits three = Limits.DEFAULT.withConnections(3).withEvictable(Duration.ofMillis(1));
        try (TestLoop server = TestLoop.echo(three);
                SSLSocket open = server.client()) {
            server.key.signs(KeyScript.ready());
            open.startHandshake();
            server.key.signs(KeyScript.manual());
            try (SSLSocket suspended = server.client();
                    Socket silent = server.tcp()) {
                CompletableFuture<Void> handshake = handshake(suspended);
                RecordedOperation signature = server.key.takePending();

                try (SSLSocket fourth = server.client()) {
                    CompletableFuture<Void> fourthHandshake = handshake(fourth);
                    RecordedOperation fourthSignature = server.key.takePending();
                    assertEnded(silent); // it had sent nothing
                    try (SSLSocket fifth = server.client()) {
                        CompletableFuture<Void> fifthHandshake = handshake(fifth);
                        RecordedOperation fifthSignature = server.key.takePending();
                        assertThatThrownBy(() -> handshake.get(30, TimeUnit.SECONDS))
                                .hasCauseInstanceOf(java.io.UncheckedIOException.class); // the older of two
                        signature.awaitCancel();

                        fourthSignature.complete();
                        fifthSignature.complete();
                        fourthHandshake.get(30, TimeUnit.SECONDS);
                        fifthHandshake.get(30, TimeUnit.SECONDS);
                        ping(fourth);
                        ping(fifth);
                    }
                }
            }
            ping(open); // an established connection stays
            assertThat(server.loop.counters().evicted()).isEqualTo(2);
        }
    }

    @Test
    void anAnswerCanComeFromAnotherThreadLater() throws Exception {
        Handler handler = (session, data) -> {
            byte[] question = new byte[data.remaining()];
            data.get(question);
            CompletableFuture.runAsync(() -> session.execute(() -> {
                session.send(ByteBuffer.wrap(question));
                session.close();
            }));
        };
        try (TestLoop server = new TestLoop(Limits.DEFAULT, () -> handler, config -> config);
                SSLSocket client = server.client()) {
            server.key.signs(KeyScript.ready());
            client.startHandshake();
            ping(client);
            assertThat(client.getInputStream().read()).isEqualTo(-1); // close_notify
        }
    }

    @Test
    void aServerMayTalkFirstAndEndItsStreamFirst() throws Exception {
        Handler handler = new Handler() {
            @Override
            public void onEstablished(Session session) {
                session.send(ByteBuffer.wrap(PING));
                session.send(ByteBuffer.wrap(PING));
                session.shutdownOutput();
            }

            @Override
            public void onData(Session session, ByteBuffer data) {
                throw new IllegalStateException("the client says nothing");
            }
        };
        try (TestLoop server = new TestLoop(Limits.DEFAULT, () -> handler, config -> config);
                SSLSocket client = server.client()) {
            server.key.signs(KeyScript.ready());
            client.startHandshake();
            assertThat(client.getInputStream().readAllBytes()).hasSize(2 * PING.length);
            assertThat(server.loop.counters().failed()).isZero();
        }
    }

    @Test
    void aRenegotiationWithoutAnEndDoesNotKeepTheThread() throws Exception {
        UnaryOperator<TlsServerConfigBuilder> renegotiating = config -> config.handshakeTimeout(Duration.ofMillis(500))
                .keyOperationTimeout(Duration.ofMinutes(1))
                .renegotiation(
                        new RenegotiationPolicy(true, false, LegacyClients.SERVE_ONCE, false, 10, Duration.ZERO));
        try (TestLoop server = new TestLoop(Limits.DEFAULT, () -> TestLoop.ECHO, renegotiating);
                SSLSocket neighbour = server.client();
                SSLSocket silent = server.client()) {
            server.key.signs(KeyScript.ready());
            neighbour.startHandshake();
            silent.startHandshake();
            long turns = server.loop.counters().turns();
            silent.startHandshake(); // sends a ClientHello; the client would go on with its next read
            int pings = 0;
            long begin = System.nanoTime();
            while (server.loop.counters().failed() == 0) {
                assertThat(System.nanoTime() - begin).isLessThan(TimeUnit.SECONDS.toNanos(20));
                ping(neighbour);
                pings++;
            }
            assertThat(server.loop.counters().turns() - turns).isLessThan(3L * pings + 100);
            assertThat(server.loop.counters().failed()).isEqualTo(1);
        }
    }

    /** What a handler does that does not wait for the handshake. */
    private enum Early {
        SEND,
        SHUTDOWN,
        SEND_AND_SHUTDOWN
    }

    @ParameterizedTest
    @EnumSource(Early.class)
    void aHandlerThatTalksEarlyLearnsOfAClientThatEndsTheConnectionInItsHandshake(Early early) throws Exception {
        CompletableFuture<Void> suspended = new CompletableFuture<>();
        CompletableFuture<Void> ended = new CompletableFuture<>();
        Handler handler = new Handler() {
            @Override
            public void onSuspended(Session session) {
                if (early != Early.SHUTDOWN) {
                    session.send(ByteBuffer.wrap(PING));
                }
                if (early != Early.SEND) {
                    session.shutdownOutput();
                }
                suspended.complete(null);
            }

            @Override
            public void onData(Session session, ByteBuffer data) {
                throw new IllegalStateException("the client says nothing");
            }

            @Override
            public void onEnd(Session session) {
                ended.complete(null);
                session.close();
            }
        };
        try (TestLoop server = new TestLoop(Limits.DEFAULT, () -> handler, config -> config);
                Socket tcp = server.tcp()) {
            new ScriptedPeer(tcp).says(clientHello());
            RecordedOperation signature = server.key.takePending(); // which is never completed
            suspended.get(30, TimeUnit.SECONDS);
            tcp.getOutputStream().write(new byte[] {21, 3, 3, 0, 2, 1, 0}); // close_notify
            ended.get(30, TimeUnit.SECONDS);
            signature.awaitCancel();
            tcp.getInputStream().readAllBytes();
            assertThat(server.loop.counters().failed()).isZero();
        }
    }

    /** The answer of the key needs no input, so that it does not wait until the client's data is wanted again. */
    @Test
    void aRenegotiationOfAPausedConnectionMovesWhenTheKeyHasAnswered() throws Exception {
        UnaryOperator<TlsServerConfigBuilder> renegotiating =
                config -> config.keyOperationTimeout(Duration.ofMinutes(1))
                        .renegotiation(new RenegotiationPolicy(
                                true, false, LegacyClients.SERVE_ONCE, false, 10, Duration.ZERO));
        CompletableFuture<Session> paused = new CompletableFuture<>();
        Handler handler = new Handler() {
            @Override
            public void onSuspended(Session session) {
                session.duplex().reading(Reading.PAUSED);
                paused.complete(session);
            }

            @Override
            public void onData(Session session, ByteBuffer data) {
                session.send(data);
            }
        };
        try (TestLoop server = new TestLoop(Limits.DEFAULT, () -> handler, renegotiating);
                Socket tcp = server.tcp()) {
            server.key.signs(KeyScript.ready());
            ScriptedPeer peer = new ScriptedPeer(tcp);
            peer.says(clientHello());
            peer.hears(Seen.Kind.SERVER_HELLO_DONE);
            peer.says(clientKeyExchange(), changeCipherSpec(), finished());
            peer.hears(Seen.Kind.FINISHED);
            peer.client.takeSeen();
            server.key.signs(KeyScript.manual());
            peer.says(new ClientMessage[] {renegotiatingClientHello()});
            Session session = paused.get(30, TimeUnit.SECONDS);
            server.key.takePending().complete();
            peer.hears(Seen.Kind.SERVER_HELLO_DONE);

            peer.says(clientKeyExchange(), changeCipherSpec(), finished(), applicationData("still here"));
            session.execute(() -> session.duplex().reading(Reading.BETWEEN_SENDS));
            assertThat(peer.hearsData()).asString().isEqualTo("still here");
            assertThat(server.loop.counters().failed()).isZero();
        }
    }

    /** What a handler does after it has sent more than the client takes. */
    private enum Afterwards {
        NOTHING,
        SHUTDOWN,
        CLOSE
    }

    @ParameterizedTest
    @EnumSource(Afterwards.class)
    void aClientThatDoesNotReadCostsNoTurnsWhileItsInputIsWanted(Afterwards afterwards) throws Exception {
        ByteBuffer much = ByteBuffer.allocate(64 << 20);
        CompletableFuture<Integer> received = new CompletableFuture<>();
        Handler handler = new Handler() {
            @Override
            public void onEstablished(Session session) {
                session.duplex().reading(Reading.ALWAYS);
                session.send(much);
                if (afterwards == Afterwards.SHUTDOWN) {
                    session.shutdownOutput();
                } else if (afterwards == Afterwards.CLOSE) {
                    session.close();
                }
            }

            @Override
            public void onData(Session session, ByteBuffer data) {
                received.complete(data.remaining());
            }
        };
        try (TestLoop server = new TestLoop(Limits.DEFAULT, () -> handler, config -> config);
                SSLSocket client = server.client()) {
            server.key.signs(KeyScript.ready());
            client.startHandshake();
            server.awaitEstablished(1);
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
            long turns;
            do { // until the buffers of the kernel are full
                assertThat(System.nanoTime()).as("the loop keeps turning").isLessThan(end);
                turns = server.loop.counters().turns();
                Thread.sleep(1000);
            } while (server.loop.counters().turns() - turns > 10);

            assertThat(much.hasRemaining()).isTrue();
            client.getOutputStream().write(PING);
            assertThat(received.get(30, TimeUnit.SECONDS)).isEqualTo(PING.length);
        }
    }
}
