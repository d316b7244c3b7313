package dev.lockstep.conversations.suspend;

import static dev.lockstep.conversations.fixture.Scene.HANDSHAKE;
import static dev.lockstep.conversations.fixture.Scene.WAIT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.conversations.fixture.Scene;
import dev.lockstep.conversations.fixture.SessionFixture;
import dev.lockstep.testkit.Conversation;
import dev.lockstep.testkit.Forms;
import dev.lockstep.testkit.TestServers;
import dev.lockstep.testkit.answer.ScriptedAnswers;
import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.testkit.client.ClientMessage;
import dev.lockstep.testkit.client.ClientMessages;
import dev.lockstep.testkit.client.ClientOptions;
import dev.lockstep.testkit.client.ClientSession;
import dev.lockstep.testkit.client.ScriptedClient;
import dev.lockstep.testkit.util.FakeClock;
import dev.lockstep.tls.TlsException;
import dev.lockstep.tls.TlsServerConnection;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.session.ResumableSession;
import dev.lockstep.tls.session.SessionId;
import dev.lockstep.tls.session.SessionLookup;
import dev.lockstep.tls.session.SessionStore;
import dev.lockstep.tls.wait.Start;
import dev.lockstep.tls.wait.Suspension;
import dev.lockstep.tls.wait.SuspensionKind;
import dev.lockstep.tls.wait.Waker;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** After every call the next deadline lies ahead or there is none, however far the clock jumped before it. */
class DeadlineAheadTest {

    private static final Duration[] JUMPS = {
        Duration.ZERO,
        Duration.ofNanos(1),
        WAIT.minusNanos(1),
        WAIT,
        WAIT.plusNanos(1),
        HANDSHAKE.minusNanos(1),
        HANDSHAKE,
        HANDSHAKE.multipliedBy(100)
    };

    private final ByteBuffer netOut = ByteBuffer.allocate(TlsServerConnection.NETWORK_BUFFER_SIZE);
    private final ByteBuffer appOut = ByteBuffer.allocate(TlsServerConnection.APPLICATION_BUFFER_SIZE);
    private final ByteBuffer noRoom = ByteBuffer.allocate(0);

    @ParameterizedTest
    @EnumSource(SuspensionKind.class)
    void itLiesAheadWhateverTheConnectionWaitsFor(SuspensionKind missing) {
        boolean waited = false;
        for (int seed = 0; seed < 200; seed++) {
            Scene scene = Scene.without(missing);
            waited |= run(scene, new Random(seed), missing);
            scene.assertDisciplined();
        }
        assertThat(waited).as("it has waited for %s", missing).isTrue();
    }

    private boolean run(Scene scene, Random random, SuspensionKind missing) {
        ScriptedClient client = scene.client();
        TlsServerConnection tls = TlsServerConnection.create(scene.config(), waiting -> {});
        boolean waited = false;
        for (ClientMessage[] flight : scene.flights()) {
            client.sends(flight);
            ByteBuffer netIn = ByteBuffer.allocate(TlsServerConnection.NETWORK_BUFFER_SIZE);
            client.takeRecords().forEach(netIn::put);
            netIn.flip();
            for (int calls = 0; calls < 40 && !tls.isClosed(); calls++) {
                boolean jumps = random.nextInt(8) == 0;
                scene.clock().advance(jumps ? JUMPS[random.nextInt(JUMPS.length)] : Duration.ZERO);
                callsSomething(tls, netIn, random);
                requireAhead(tls, scene.clock());
                Suspension suspension = tls.suspension();
                waited |= suspension != null && suspension.kind() == missing;
                client.receives(Arrays.copyOf(netOut.array(), netOut.position()));
                netOut.clear();
            }
            boolean isAnswered = client.cipherSuite() != null && !netIn.hasRemaining() && tls.suspension() == null;
            if (tls.isClosed() || !isAnswered || scene.resumes() != client.isResumed()) {
                return waited; // what the client sends next would make no sense
            }
        }
        return waited;
    }

    private void callsSomething(TlsServerConnection tls, ByteBuffer netIn, Random random) {
        ByteBuffer out = random.nextInt(4) == 0 ? noRoom : netOut;
        int call = tls.isEstablished() ? random.nextInt(4) : 0;
        try {
            Conversation.markedStep(() -> {
                switch (call) {
                    case 0 -> tls.step(netIn, out);
                    case 1 -> tls.read(netIn, appOut.clear());
                    case 2 -> tls.write(ByteBuffer.allocate(10), out);
                    default -> tls.closeOutput(out);
                }
            });
        } catch (TlsException e) {
            assertThat(tls.isClosed()).isTrue();
        }
    }

    private static void requireAhead(TlsServerConnection tls, FakeClock clock) {
        OptionalLong deadline = tls.nextDeadlineNanos();
        if (deadline.isPresent()) {
            assertThat(deadline.getAsLong() - clock.getAsLong())
                    .as("nanoseconds left, %s", tls.suspension())
                    .isPositive();
        }
    }

    /** A time that is none is a failed look-up; with zero, as with more than the configuration has, the limit is the configuration's. */
    @ParameterizedTest
    @ValueSource(longs = {-5, 0, 1, Long.MAX_VALUE})
    void itLiesAheadWithEveryTimeoutOfAStore(long seconds) throws TlsException {
        SessionFixture sessions = new SessionFixture();
        FakeClock clock = new FakeClock();
        TlsServerConfig config = TestServers.builder(TestServers.local(TestIdentity.P256))
                .sessionStore(new Hurried(sessions.store(), seconds))
                .wallClock(sessions)
                .clock(clock)
                .handshakeTimeout(HANDSHAKE)
                .build();
        ClientSession session = SessionFixture.byId(config, ClientOptions.defaults());
        sessions.answers(ScriptedAnswers.Form.MANUAL);
        Conversation conversation =
                Conversation.of(config, ClientOptions.defaults().resumingById(session), Forms.PLAIN);
        conversation.client().sends(ClientMessages.clientHello());
        TlsServerConnection tls = conversation.server().connection();
        for (int steps = 0; steps < 5; steps++) {
            conversation.server().stepsOnce();
            requireAhead(tls, clock);
        }
        if (seconds < 0) {
            assertThat(sessions.store().answers().cancels()).isZero();
            conversation.server().settle();
            SessionFixture.finishesFullHandshake(conversation);
        } else {
            assertThat(tls.suspension().kind()).isEqualTo(SuspensionKind.SESSION_LOOKUP);
        }
        sessions.store().answers().assertDisciplined();
    }

    /** A store with another time limit. */
    private record Hurried(SessionStore store, long seconds) implements SessionStore {
        @Override
        public Start<Optional<ResumableSession>> start(SessionLookup lookup, Waker waker) throws Exception {
            return store.start(lookup, waker);
        }

        @Override
        public Duration lookupTimeout() {
            return Duration.ofSeconds(seconds);
        }

        @Override
        public void put(SessionId id, ResumableSession session) {
            store.put(id, session);
        }

        @Override
        public void remove(SessionId id) {
            store.remove(id);
        }
    }
}
