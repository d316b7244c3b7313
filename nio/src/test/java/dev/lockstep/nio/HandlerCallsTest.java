package dev.lockstep.nio;

import static dev.lockstep.nio.TestLoop.PING;
import static dev.lockstep.nio.TestLoop.ping;
import static dev.lockstep.testkit.client.ClientMessages.applicationData;
import static dev.lockstep.testkit.client.ClientMessages.changeCipherSpec;
import static dev.lockstep.testkit.client.ClientMessages.clientHello;
import static dev.lockstep.testkit.client.ClientMessages.clientKeyExchange;
import static dev.lockstep.testkit.client.ClientMessages.finished;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.testkit.answer.KeyScript;
import dev.lockstep.testkit.answer.RecordedOperation;
import dev.lockstep.testkit.client.Seen;
import dev.lockstep.tls.TlsServerConnection;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a handler may call, and when, and what its client then gets. */
@Timeout(60)
@SuppressWarnings("try") // what ends before its block does is what is tested
class HandlerCallsTest {

    /** No deadline gives a connection a turn while a test waits for something else to do so. */
    private static final Limits PATIENT = Limits.DEFAULT.withHello(Duration.ofMinutes(5));

    private static TestLoop serverOf(Handler handler) throws Exception {
        TestLoop server = new TestLoop(PATIENT, () -> handler, config -> config);
        server.key.signs(KeyScript.ready());
        return server;
    }

    // ---- data that is passed on

    @Test
    void whatIsPassedOnIsSentAsItIsAlsoWhenTheHandlerThenPauses() throws Exception {
        Handler handler = new Handler() {
            @Override
            public void onData(Session session, ByteBuffer data) {
                session.send(data);
                session.duplex().reading(Reading.PAUSED);
            }

            @Override
            public void onSent(Session session) {
                session.duplex().reading(Reading.BETWEEN_SENDS);
            }
        };
        try (TestLoop server = serverOf(handler);
                SSLSocket client = server.client()) {
            ping(client);
            ping(client);
        }
    }

    /** What is read meanwhile goes into another buffer: this one may not be another connection's yet. */
    @Test
    void whatIsPassedOnIsSentAsItIsAlsoWhenTheHandlerReadsMoreBeforeThat() throws Exception {
        byte[] much = new byte[16 << 20];
        CompletableFuture<Session> passedOn = new CompletableFuture<>();
        CompletableFuture<Integer> readMore = new CompletableFuture<>();
        Handler handler = (session, data) -> {
            if (passedOn.isDone()) {
                readMore.complete(data.remaining());
            } else {
                session.send(ByteBuffer.wrap(much)); // more than the client takes before it reads
                session.send(data);
                passedOn.complete(session);
            }
        };
        try (TestLoop server = serverOf(handler);
                SSLSocket client = server.client()) {
            client.getOutputStream().write(PING);
            Session session = passedOn.get(30, TimeUnit.SECONDS);
            session.execute(() -> session.duplex().reading(Reading.ALWAYS));
            client.getOutputStream().write("something else".getBytes(StandardCharsets.US_ASCII));
            readMore.get(30, TimeUnit.SECONDS);

            client.getInputStream().skipNBytes(much.length);
            assertThat(client.getInputStream().readNBytes(PING.length)).isEqualTo(PING);
        }
    }

    /** Its buffers belong to the memory that {@link Limits#memory} bounds. */
    @Test
    void whatIsPassedOnToAClientThatDoesNotReadIsCounted() throws Exception {
        try (TestLoop server = serverOf(TestLoop.ECHO);
                Socket tcp = server.tcp();
                SSLSocket client = Localhost.over(tcp)) {
            client.startHandshake();
            CompletableFuture<Object> writes = ChannelPair.async(() -> {
                client.getOutputStream().write(new byte[64 << 20]);
                return true;
            });
            int size = TlsServerConnection.NETWORK_BUFFER_SIZE;
            server.awaitOnTheLoop(
                    "a record waits to be sent", () -> server.loop.buffers().lent() >= 2);
            server.awaitOnTheLoop(
                    "buffers are counted",
                    () -> server.loop.heldBytes()
                            >= (long) size * server.loop.buffers().lent());
            assertThat(writes).isNotDone();
            tcp.close(); // ends the write, for which a close of the client would wait
        }
    }

    // ---- calls from outside the connection's own turn

    /** What the handler of one connection does to another one. */
    enum Action {
        SEND(session -> session.send(ByteBuffer.wrap(PING))),
        SHUTDOWN(Session::shutdownOutput),
        CLOSE(Session::close),
        ABORT(Session::abort),
        READ(session -> session.duplex().reading(Reading.BETWEEN_SENDS)),
        ALARM(session -> session.duplex().alarm(Duration.ofMillis(1)));

        private final Consumer<Session> on;

        Action(Consumer<Session> on) {
            this.on = on;
        }
    }

    private static final class Members implements Handler {
        private final List<Session> members;
        private final Action action;
        private final CompletableFuture<Session> closed;

        Members(List<Session> members, Action action, CompletableFuture<Session> closed) {
            this.members = members;
            this.action = action;
            this.closed = closed;
        }

        @Override
        public void onEstablished(Session session) {
            members.add(session);
            if (members.size() == 1 && action == Action.READ) {
                session.duplex().reading(Reading.PAUSED);
            }
        }

        @Override
        public void onData(Session session, ByteBuffer data) {
            if (session == members.get(0)) {
                session.send(data);
            } else {
                action.on.accept(members.get(0));
            }
        }

        @Override
        public void onAlarm(Session session) {
            session.send(ByteBuffer.wrap(PING));
        }

        @Override
        public void onClosed(Session session, Throwable cause) {
            closed.complete(session);
        }
    }

    @ParameterizedTest
    @EnumSource(Action.class)
    void theHandlerOfOneConnectionCallsAnother(Action action) throws Exception {
        List<Session> members = new CopyOnWriteArrayList<>();
        CompletableFuture<Session> closed = new CompletableFuture<>();
        try (TestLoop server = new TestLoop(PATIENT, () -> new Members(members, action, closed), config -> config);
                SSLSocket other = server.client();
                SSLSocket one = server.client()) {
            server.key.signs(KeyScript.ready());
            other.startHandshake();
            server.awaitEstablished(1);
            one.startHandshake();
            if (action == Action.READ) {
                other.getOutputStream().write(PING);
            }
            one.getOutputStream().write(PING);

            switch (action) {
                case SEND, READ, ALARM ->
                    assertThat(other.getInputStream().readNBytes(PING.length)).isEqualTo(PING);
                case SHUTDOWN, CLOSE ->
                    assertThat(other.getInputStream().read()).isEqualTo(-1);
                case ABORT -> assertThat(closed.get(30, TimeUnit.SECONDS)).isSameAs(members.get(0));
            }
        }
    }

    @Test
    void aTaskOfTheLoopCallsAConnection() throws Exception {
        CompletableFuture<Session> established = new CompletableFuture<>();
        Handler handler = new Handler() {
            @Override
            public void onEstablished(Session session) {
                established.complete(session);
            }

            @Override
            public void onData(Session session, ByteBuffer data) {}
        };
        try (TestLoop server = serverOf(handler);
                SSLSocket client = server.client()) {
            client.startHandshake();
            Session session = established.get(30, TimeUnit.SECONDS);
            server.loop.execute(() -> session.send(ByteBuffer.wrap(PING)));
            assertThat(client.getInputStream().readNBytes(PING.length)).isEqualTo(PING);
        }
    }

    // ---- what is told

    private enum Refusal {
        CLOSE,
        ABORT
    }

    /** The client's first data comes together with its Finished. */
    @ParameterizedTest
    @EnumSource(Refusal.class)
    void aClientThatIsRefusedWhenItIsEstablishedIsNotHeard(Refusal refusal) throws Exception {
        AtomicBoolean heard = new AtomicBoolean();
        CompletableFuture<Void> closed = new CompletableFuture<>();
        Handler handler = new Handler() {
            @Override
            public void onEstablished(Session session) {
                if (refusal == Refusal.CLOSE) {
                    session.close();
                } else {
                    session.abort();
                }
            }

            @Override
            public void onData(Session session, ByteBuffer data) {
                heard.set(true);
            }

            @Override
            public void onClosed(Session session, Throwable cause) {
                closed.complete(null);
            }
        };
        try (TestLoop server = serverOf(handler);
                Socket tcp = server.tcp()) {
            ScriptedPeer peer = new ScriptedPeer(tcp);
            peer.says(clientHello());
            peer.hears(Seen.Kind.SERVER_HELLO_DONE);
            peer.client.sends(clientKeyExchange(), changeCipherSpec(), finished(), applicationData("delete all"));
            ByteArrayOutputStream together = new ByteArrayOutputStream();
            peer.client.takeRecords().forEach(together::writeBytes);
            tcp.getOutputStream().write(together.toByteArray());
            tcp.shutdownOutput();
            closed.get(30, TimeUnit.SECONDS);
            assertThat(heard).isFalse();
            assertThat(server.loop.counters().handshakes()).isOne();
        }
    }

    @Test
    void theEndOfTheHandshakeIsToldAlsoAfterAnEarlyEndOfTheOutput() throws Exception {
        CompletableFuture<Void> established = new CompletableFuture<>();
        Handler handler = new Handler() {
            @Override
            public void onSuspended(Session session) {
                session.send(ByteBuffer.wrap(PING));
                session.shutdownOutput();
            }

            @Override
            public void onEstablished(Session session) {
                established.complete(null);
            }

            @Override
            public void onData(Session session, ByteBuffer data) {
                assertThat(established).isDone();
            }
        };
        try (TestLoop server = new TestLoop(Limits.DEFAULT, () -> handler, config -> config);
                SSLSocket client = server.client()) {
            CompletableFuture<Void> handshake = TestLoop.handshake(client);
            RecordedOperation signature = server.key.takePending();
            signature.complete();
            handshake.get(30, TimeUnit.SECONDS);
            assertThat(client.getInputStream().readAllBytes()).isEqualTo(PING);
            established.get(30, TimeUnit.SECONDS);
            assertThat(server.loop.counters().handshakes()).isOne();
        }
    }

    // ---- what is thrown

    private enum Where {
        ON_ESTABLISHED,
        ON_DATA,
        ON_SENT,
        ON_ALARM
    }

    /** close_notify would call what the client has got the whole. */
    @ParameterizedTest
    @EnumSource(Where.class)
    void anIOExceptionOfAHandlerIsNoGoodEnd(Where where) throws Exception {
        CompletableFuture<Throwable> closed = new CompletableFuture<>();
        Handler handler = new Handler() {
            private void at(Where here) throws IOException {
                if (here == where) {
                    throw new IOException("the file cannot be read");
                }
            }

            @Override
            public void onEstablished(Session session) throws IOException {
                at(Where.ON_ESTABLISHED);
            }

            @Override
            public void onData(Session session, ByteBuffer data) throws IOException {
                session.send(data);
                session.duplex().alarm(Duration.ofMillis(1));
                at(Where.ON_DATA);
            }

            @Override
            public void onSent(Session session) throws IOException {
                at(Where.ON_SENT);
            }

            @Override
            public void onAlarm(Session session) throws IOException {
                at(Where.ON_ALARM);
            }

            @Override
            public void onClosed(Session session, Throwable cause) {
                closed.complete(cause);
            }
        };
        try (TestLoop server = serverOf(handler);
                SSLSocket client = server.client()) {
            client.startHandshake();
            client.getOutputStream().write(PING);
            assertThatThrownBy(() -> client.getInputStream().readAllBytes())
                    .isInstanceOf(SSLException.class)
                    .hasMessageContaining("internal_error");
            client.close();
            assertThat(closed.get(30, TimeUnit.SECONDS)).hasMessage("the file cannot be read");
            assertThat(server.loop.counters().failed()).isOne();
            assertThat(server.events()).containsExactly("failure: the file cannot be read");
        }
    }
}
