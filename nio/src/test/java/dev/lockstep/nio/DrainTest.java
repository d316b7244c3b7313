package dev.lockstep.nio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.testkit.TappedSocket;
import dev.lockstep.testkit.answer.KeyScript;
import dev.lockstep.testkit.answer.RecordedOperation;
import java.io.IOException;
import java.net.ConnectException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A loop that is to end finishes what is under way, and closes the rest in good order. */
@Timeout(60)
@SuppressWarnings("try") // what ends before its block does is what is tested
class DrainTest {

    private static final Duration LONG = Duration.ofSeconds(60);

    /** Answers "ping" and closes; a connection without a request may stay while the loop drains. */
    private static final class Patient implements Handler {
        @Override
        public void onData(Session session, ByteBuffer data) {
            session.send(data);
            session.close();
        }

        @Override
        public void onDrain(Session session) {}
    }

    /** May have more to send at any time, and waits for it while the loop drains. */
    private record Relay(boolean mayEnd) implements Handler {
        @Override
        public void onData(Session session, ByteBuffer data) {
            session.send(data);
        }

        @Override
        public void onDrain(Session session) {}

        @Override
        public boolean mayEnd(Session session) {
            return mayEnd;
        }
    }

    @Test
    void anIdleConnectionIsClosedWithCloseNotifyAndTheLoopEnds() throws Exception {
        try (TestLoop server = TestLoop.echo(Limits.DEFAULT);
                SSLSocket client = server.client()) {
            server.key.signs(KeyScript.ready());
            TestLoop.ping(client);
            server.loop.drain(LONG);
            assertThat(client.getInputStream().read()).isEqualTo(-1); // a truncation would throw
            client.close();
            server.awaitEnd();
        }
    }

    @Test
    void aHandshakeUnderWayIsFinishedAndItsRequestAnswered() throws Exception {
        try (TestLoop server = new TestLoop(Limits.DEFAULT, Patient::new, config -> config);
                SSLSocket client = server.client()) {
            CompletableFuture<Void> handshake = TestLoop.handshake(client);
            RecordedOperation signature = server.key.takePending();
            server.loop.drain(LONG);
            server.awaitRefusingConnections();
            assertThat(handshake).isNotDone();
            signature.complete();
            handshake.get(30, TimeUnit.SECONDS);
            TestLoop.ping(client);
            assertThat(client.getInputStream().read()).isEqualTo(-1);
            client.close();
            server.awaitEnd();
        }
    }

    /** Stays while the loop drains, and counts how often it was asked to end. */
    private record Counting(AtomicInteger asked) implements Handler {
        @Override
        public void onData(Session session, ByteBuffer data) {
            session.send(data);
        }

        @Override
        public void onDrain(Session session) {
            asked.incrementAndGet();
        }
    }

    /** Otherwise many idle connections would occupy the loop to the end. */
    @Test
    void aConnectionIsAskedOnceToEndAndServedOnlyWhenSomethingHappens() throws Exception {
        AtomicLong time = new AtomicLong();
        AtomicInteger asked = new AtomicInteger();
        try (TestLoop server = TestLoop.timed(Limits.DEFAULT, () -> new Counting(asked), time::get);
                SSLSocket idle = server.client();
                SSLSocket late = server.client()) {
            server.key.signs(KeyScript.ready());
            TestLoop.ping(idle);
            server.key.signs(KeyScript.manual());
            CompletableFuture<Void> handshake = TestLoop.handshake(late);
            RecordedOperation signature = server.key.takePending();
            server.loop.drain(LONG);
            server.awaitRefusingConnections();
            signature.complete();
            handshake.get(30, TimeUnit.SECONDS);
            TestLoop.ping(late);
            turn(server, time);
            assertThat(asked).hasValue(2);
            long turns = server.loop.counters().turns();
            for (int i = 0; i < 20; i++) {
                turn(server, time);
            }
            assertThat(server.loop.counters().turns()).isEqualTo(turns);
            assertThat(asked).hasValue(2);
            TestLoop.ping(idle);
            TestLoop.ping(late);
            time.addAndGet(LONG.toNanos());
            server.loop.execute(() -> {}); // it sleeps by another clock
            assertThat(idle.getInputStream().read()).isEqualTo(-1);
            server.awaitEnd();
        }
    }

    /** Lets a turn of the loop pass, and a while on its clock. */
    private static void turn(TestLoop server, AtomicLong time) throws Exception {
        time.addAndGet(TimeUnit.MILLISECONDS.toNanos(100));
        CompletableFuture<Void> turn = new CompletableFuture<>();
        server.loop.execute(() -> turn.complete(null));
        turn.get(30, TimeUnit.SECONDS);
    }

    /** One of the two streams has ended when the loop begins to drain, and the other one has no end of its own. */
    private static final class HalfClosed implements Handler {
        private final boolean endsOutput;
        private final CompletableFuture<Void> half;

        HalfClosed(boolean endsOutput, CompletableFuture<Void> half) {
            this.endsOutput = endsOutput;
            this.half = half;
        }

        @Override
        public void onData(Session session, ByteBuffer data) {
            if (endsOutput) {
                session.shutdownOutput();
                session.execute(() -> half.complete(null));
            }
        }

        @Override
        public void onEnd(Session session) {
            half.complete(null);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aConnectionThatIsHalfClosedIsAskedToEnd(boolean endsOutput) throws Exception {
        CompletableFuture<Void> half = new CompletableFuture<>();
        try (TestLoop server = new TestLoop(
                        Limits.DEFAULT.withFarewell(Duration.ofMillis(200), 1 << 20),
                        () -> new HalfClosed(endsOutput, half),
                        config -> config.outputAfterCloseNotify(true));
                SSLSocket client = server.client()) {
            server.key.signs(KeyScript.ready());
            client.getOutputStream().write(TestLoop.PING);
            if (!endsOutput) {
                client.shutdownOutput();
            }
            half.get(30, TimeUnit.SECONDS);
            server.loop.drain(LONG);
            server.awaitEnd(); // within half of LONG; the client, which would answer close_notify, reads nothing before
            assertThat(client.getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    void whatIsLeftWhenTheTimeIsOverIsClosedWithCloseNotify() throws Exception {
        try (TestLoop server = new TestLoop(Limits.DEFAULT, Patient::new, config -> config);
                SSLSocket client = server.client()) {
            server.key.signs(KeyScript.ready());
            client.startHandshake();
            server.awaitEstablished(1);
            server.loop.drain(Duration.ofMillis(100));
            assertThat(client.getInputStream().read()).isEqualTo(-1);
            server.awaitEnd();
            assertThatThrownBy(server::tcp).isInstanceOf(ConnectException.class);
        }
    }

    /** What is still to come, and whether an alert was the end of it. */
    private static boolean endsWithAlert(TappedSocket tcp, SSLSocket client) throws IOException {
        try {
            client.getInputStream().readAllBytes();
        } catch (SocketException e) {
            // a reset: an end without an alert
        }
        return tcp.endsWithAlert();
    }

    @Test
    void aStreamThatMayNotEndYetIsCutWithoutCloseNotify() throws Exception {
        for (boolean may : new boolean[] {true, false}) {
            try (TestLoop server = new TestLoop(Limits.DEFAULT, () -> new Relay(may), config -> config);
                    TappedSocket tcp = new TappedSocket(server.port());
                    SSLSocket client = Localhost.over(tcp)) {
                server.key.signs(KeyScript.ready());
                TestLoop.ping(client);
                server.loop.drain(Duration.ofMillis(100));
                assertThat(endsWithAlert(tcp, client)).isEqualTo(may);
                server.awaitEnd();
            }
        }
    }

    @Test
    void aStreamThatMayNotEndYetIsCutWithoutCloseNotifyWhenItIsIdle() throws Exception {
        Limits limits = Limits.DEFAULT.withIdle(Duration.ofSeconds(1));
        for (boolean may : new boolean[] {true, false}) {
            try (TestLoop server = new TestLoop(limits, () -> new Relay(may), config -> config);
                    TappedSocket tcp = new TappedSocket(server.port());
                    SSLSocket client = Localhost.over(tcp)) {
                server.key.signs(KeyScript.ready());
                TestLoop.ping(client);
                assertThat(endsWithAlert(tcp, client)).isEqualTo(may);
            }
        }
    }

    /** On a busy machine a time limit can pass between two looks at the clock, in the middle of a turn. */
    @Test
    void aStreamThatMayNotEndYetIsCutWithoutCloseNotifyHoweverSlowTheLoopIs() throws Exception {
        for (int millisForALook = 1; millisForALook <= 60; millisForALook++) {
            assertThat(endsWithAlertWhenALookTakes(millisForALook))
                    .as("%d ms for a look at the clock", millisForALook)
                    .isFalse();
        }
    }

    private static boolean endsWithAlertWhenALookTakes(int millis) throws Exception {
        AtomicLong time = new AtomicLong();
        AtomicLong step = new AtomicLong(TimeUnit.MILLISECONDS.toNanos(1));
        Limits limits = Limits.DEFAULT.withIdle(Duration.ofSeconds(1));
        try (TestLoop server = TestLoop.timed(limits, () -> new Relay(false), () -> time.addAndGet(step.get()));
                TappedSocket tcp = new TappedSocket(server.port());
                SSLSocket client = Localhost.over(tcp)) {
            server.key.signs(KeyScript.ready());
            TestLoop.ping(client);
            step.set(TimeUnit.MILLISECONDS.toNanos(millis));
            for (int turns = 0; turns < 2000 && server.loop.counters().closed.sum() == 0; turns++) {
                CompletableFuture<Void> turn = new CompletableFuture<>();
                server.loop.execute(() -> turn.complete(null));
                turn.get(30, TimeUnit.SECONDS);
            }
            return endsWithAlert(tcp, client);
        }
    }

    /** More than all buffers hold: the client reads the rest afterwards, and it is not all. */
    @Test
    void whatIsNotSentYetWhenTheTimeIsOverIsNoCompleteAnswer() throws Exception {
        Handler much = (session, data) -> session.send(ByteBuffer.allocate(64 << 20));
        try (TestLoop server = new TestLoop(Limits.DEFAULT, () -> much, config -> config);
                TappedSocket tcp = new TappedSocket(server.port());
                SSLSocket client = Localhost.over(tcp)) {
            server.key.signs(KeyScript.ready());
            client.getOutputStream().write(TestLoop.PING);
            assertThat(client.getInputStream().read()).isZero();
            server.loop.drain(Duration.ofMillis(100));
            server.awaitEnd();
            assertThat(endsWithAlert(tcp, client)).isFalse();
        }
    }

    @Test
    void aClientThatSpeaksPlainHttpIsToldSoInPlainText() throws Exception {
        try (TestLoop server = TestLoop.echo(Limits.DEFAULT);
                Socket client = server.tcp()) {
            client.getOutputStream().write("GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            String answer = new String(client.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            assertThat(answer).startsWith("HTTP/1.1 400 Bad Request\r\n").endsWith("use https:\n");
            assertThat(server.events()).containsExactly("failure: the client speaks plain HTTP on a TLS port");
        }
    }
}
