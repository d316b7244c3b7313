package dev.lockstep.conversations.conversation;

import static dev.lockstep.testkit.client.ClientAuthMessages.certificate;
import static dev.lockstep.testkit.client.ClientAuthMessages.certificateVerify;
import static dev.lockstep.testkit.client.ClientAuthMessages.noCertificate;
import static dev.lockstep.testkit.client.ClientMessages.applicationData;
import static dev.lockstep.testkit.client.ClientMessages.changeCipherSpec;
import static dev.lockstep.testkit.client.ClientMessages.changeCipherSpecContaining;
import static dev.lockstep.testkit.client.ClientMessages.clientHello;
import static dev.lockstep.testkit.client.ClientMessages.clientKeyExchange;
import static dev.lockstep.testkit.client.ClientMessages.closeNotify;
import static dev.lockstep.testkit.client.ClientMessages.finished;
import static dev.lockstep.testkit.client.ClientMessages.renegotiatingClientHello;
import static dev.lockstep.testkit.client.ClientMessages.strayHandshake;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.conversations.fixture.SessionFixture;
import dev.lockstep.testkit.Conversation;
import dev.lockstep.testkit.Forms;
import dev.lockstep.testkit.answer.KeyScript;
import dev.lockstep.testkit.answer.RecordedOperation;
import dev.lockstep.testkit.answer.RecordingKey;
import dev.lockstep.testkit.answer.RecordingPsk;
import dev.lockstep.testkit.answer.RecordingVerifier;
import dev.lockstep.testkit.answer.ScriptedAnswers;
import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.testkit.certificate.TestOcsp;
import dev.lockstep.testkit.client.ClientMessage;
import dev.lockstep.testkit.client.ClientOptions;
import dev.lockstep.testkit.client.ClientSession;
import dev.lockstep.testkit.client.Seen;
import dev.lockstep.testkit.util.Bytes;
import dev.lockstep.tls.StepResult;
import dev.lockstep.tls.config.ClientAuthentication;
import dev.lockstep.tls.config.ConnectionObserver;
import dev.lockstep.tls.config.RenegotiationPolicy;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.config.TlsServerConfigBuilder;
import dev.lockstep.tls.credential.Credential;
import dev.lockstep.tls.internal.handshake.Event;
import dev.lockstep.tls.internal.handshake.Row;
import dev.lockstep.tls.internal.handshake.ServerHandshake;
import dev.lockstep.tls.internal.handshake.State;
import dev.lockstep.tls.internal.handshake.State.Kind;
import dev.lockstep.tls.spec.AlertDescription;
import dev.lockstep.tls.spec.CipherSuite;
import dev.lockstep.tls.spec.ContentType;
import dev.lockstep.tls.spec.HandshakeType;
import dev.lockstep.tls.wait.PendingOperation;
import dev.lockstep.tls.wait.Progress;
import dev.lockstep.tls.wait.Start;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Walks over the transition table: every edge of it, and at every state everything that has no row there. */
@Tag("one-jdk")
class TransitionWalkTest {

    private static final CipherSuite ECDHE = CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256;
    private static final CipherSuite RSA = CipherSuite.TLS_RSA_WITH_AES_128_GCM_SHA256;
    private static final CipherSuite PSK = CipherSuite.TLS_PSK_WITH_AES_128_GCM_SHA256;
    private static final CipherSuite ECDHE_PSK = CipherSuite.TLS_ECDHE_PSK_WITH_AES_128_GCM_SHA256;
    private static final CipherSuite RSA_PSK = CipherSuite.TLS_RSA_PSK_WITH_AES_128_GCM_SHA256;
    private static final int UNKNOWN_HANDSHAKE_TYPE = 99;

    private record Edge(String from, String event, String to) {}

    /** What the server makes the client say about itself. */
    private enum ClientOf {
        NO_INTEREST,
        A_CERTIFICATE,
        NO_CERTIFICATE;

        static ClientOf through(State state) {
            return switch (state) {
                case SEND_CERTIFICATE_REQUEST, READ_CERTIFICATE, AWAIT_VERDICT, READ_CERTIFICATE_VERIFY ->
                    A_CERTIFICATE;
                default -> NO_INTEREST;
            };
        }

        List<ClientMessage> messages(ClientMessage hello) {
            return switch (this) {
                case NO_INTEREST -> List.of(hello, clientKeyExchange(), changeCipherSpec(), finished());
                case A_CERTIFICATE ->
                    List.of(
                            hello,
                            certificate(TestIdentity.P256),
                            clientKeyExchange(),
                            certificateVerify(TestIdentity.P256),
                            changeCipherSpec(),
                            finished());
                case NO_CERTIFICATE ->
                    List.of(hello, noCertificate(), clientKeyExchange(), changeCipherSpec(), finished());
            };
        }
    }

    /** A handshake that is led state by state, with everything in it that can suspend suspended. */
    private static final class Walk implements ConnectionObserver {
        private final RecordingKey key = new RecordingKey(TestIdentity.RSA_2048);
        private final RecordingPsk psk = new RecordingPsk();
        private final Set<Edge> edges;
        private final Conversation conversation;
        private final RecordingVerifier verifier = new RecordingVerifier();
        private final ClientOf client;
        private final Deque<ClientMessage> script;
        private final SessionFixture sessions = new SessionFixture();
        private State state = State.READ_CLIENT_HELLO;
        private boolean selected;

        Walk(
                CipherSuite suite,
                Set<Edge> edges,
                boolean selector,
                boolean stapling,
                KeyScript keyScript,
                Offer offer,
                ClientOf client) {
            this.edges = edges;
            this.client = client;
            Credential credential = key.credential().withOcspResponse(TestOcsp.good(TestIdentity.RSA_2048));
            ClientOptions options = offer.options(sessions, credential, suite);
            if (stapling) {
                options.statusRequest();
            }
            this.script = new ArrayDeque<>(
                    offer.isTaken()
                            ? List.of(clientHello(), changeCipherSpec(), finished())
                            : client.messages(clientHello()));
            key.answers(keyScript);
            psk.answers(keyScript);
            verifier.answers(keyScript);
            TlsServerConfigBuilder builder = sessions.answers(ScriptedAnswers.Form.MANUAL)
                    .builder(credential)
                    .observer(this)
                    .preSharedKeys(psk)
                    .renegotiation(RenegotiationPolicy.ALLOWED
                            .withClientMayAsk(false)
                            .withServerMayAsk(true)
                            .withMaxRenegotiations(1)
                            .withMinInterval(Duration.ZERO));
            if (client != ClientOf.NO_INTEREST) {
                builder.clientAuthentication(ClientAuthentication.wanted(verifier));
            }
            if (selector) {
                builder.pskIdentityHint("whose?");
                PendingOperation<List<Credential>> choice =
                        () -> selected ? Progress.done(List.of(credential)) : Progress.inProgress();
                builder.credentialSelector((request, waker) -> Start.inProgress(choice));
            }
            TlsServerConfig config = builder.build();
            conversation = Conversation.of(config, options, Forms.PLAIN);
        }

        /** A walk whose way leads through {@code state}. */
        static Walk through(State state) {
            return new Walk(
                    suiteThrough(state),
                    new HashSet<>(),
                    true,
                    true,
                    KeyScript.manual(),
                    Offer.through(state),
                    ClientOf.through(state));
        }

        @Override
        public void onTransition(String from, String event, String to) {
            assertThat(State.valueOf(from)).isEqualTo(state);
            state = State.valueOf(to);
            edges.add(new Edge(from, event, to));
        }

        /** One step at a time, giving the client and the key their turns as they are due. */
        Walk to(State target) {
            for (int steps = 0; state != target; steps++) {
                assertThat(steps).as("steps to %s, now at %s", target, state).isLessThan(100);
                if (state == State.CONNECTED && target == State.HALF_CLOSED) {
                    conversation.server().settle();
                    conversation.server().closesOutput();
                    continue;
                }
                StepResult result = conversation.server().stepsOnce();
                if (state == target) {
                    return this;
                }
                if (result == StepResult.NEED_INPUT
                        && !conversation.server().connection().wantsOutput()) {
                    conversation.client().sends(script.remove());
                } else if (result == StepResult.ASYNC_IN_PROGRESS) {
                    answer();
                }
            }
            return this;
        }

        /** Once more on the same connection, asked for by the server; then the end of its output and of everything. */
        void renegotiatesAndHalfCloses() {
            assertThat(conversation.server().connection().renegotiate()).isTrue();
            selected = false;
            script.addAll(client.messages(renegotiatingClientHello()));
            conversation.server().settle();
            conversation.server().hasSent(Seen.Kind.HELLO_REQUEST);
            conversation.client().sends(script.remove());
            conversation.server().stepsOnce();
            assertThat(state).isNotEqualTo(State.CONNECTED);
            to(State.CONNECTED);
            conversation.server().settle();
            conversation.client().takeSeen();
            conversation.exchangesData();
            to(State.HALF_CLOSED);
            conversation.server().hasSent(Seen.Kind.ALERT);
            conversation.client().sends(applicationData("still said"), clientHello());
            conversation.server().answers();
            conversation.server().hasReceived("still said");
            conversation.client().sends(closeNotify());
            assertThat(conversation.server().settle()).isEqualTo(StepResult.CLOSED);
            conversation.server().hasSent();
        }

        void answer() {
            selected = true;
            sessions.complete();
            Stream.of(key.operations(), psk.operations(), verifier.operations())
                    .flatMap(List::stream)
                    .filter(RecordedOperation::isPending)
                    .forEach(RecordedOperation::complete);
        }
    }

    /** What the client brings along from an earlier handshake. */
    private enum Offer {
        NO_SESSION,
        WISH_FOR_A_TICKET,
        ID,
        UNKNOWN_ID,
        TICKET,
        OLD_TICKET,
        FORGED_TICKET;

        boolean isTaken() {
            return this == ID || this == TICKET || this == OLD_TICKET;
        }

        static Offer through(State state) {
            return switch (state) {
                case AWAIT_TICKET, RESUME_NEW_SESSION_TICKET -> OLD_TICKET;
                case AWAIT_SESSION,
                        RESUME_SERVER_HELLO,
                        RESUME_CHANGE_CIPHER_SPEC,
                        RESUME_FINISHED,
                        RESUME_READ_CHANGE_CIPHER,
                        RESUME_READ_FINISHED -> ID;
                case SEND_NEW_SESSION_TICKET -> WISH_FOR_A_TICKET;
                default -> NO_SESSION;
            };
        }

        /** The options of a client that makes the offer, after the handshake that it comes from. */
        ClientOptions options(SessionFixture sessions, Credential credential, CipherSuite suite) {
            ClientOptions options = ClientOptions.offering(suite);
            if (this == NO_SESSION) {
                return options;
            }
            if (this == WISH_FOR_A_TICKET) {
                return options.wantingTicket();
            }
            TlsServerConfig config = sessions.builder(credential).build();
            if (this == ID || this == UNKNOWN_ID) {
                ClientSession session = SessionFixture.byId(config, ClientOptions.offering(suite));
                return options.resumingById(this == ID ? session : session.withId(new byte[32]));
            }
            ClientSession session = SessionFixture.byTicket(config, ClientOptions.offering(suite));
            if (this == OLD_TICKET) {
                sessions.ring().rotateTo(List.of(SessionFixture.key(2)));
            }
            return options.resumingByTicket(this == FORGED_TICKET ? session.withTicket(new byte[100]) : session);
        }
    }

    private static CipherSuite suiteThrough(State state) {
        return switch (state) {
            case AWAIT_DECRYPTION -> RSA;
            case SEND_SERVER_KEY_EXCHANGE -> ECDHE_PSK;
            case AWAIT_PSK -> PSK;
            default -> ECDHE;
        };
    }

    /** Where a message that comes in {@code state} is taken: states that act by themselves do so first. */
    private static State takenIn(State state, @Nullable Event event) {
        return switch (state) {
            case RESUME_SERVER_HELLO, RESUME_NEW_SESSION_TICKET, RESUME_CHANGE_CIPHER_SPEC, RESUME_FINISHED ->
                State.RESUME_READ_CHANGE_CIPHER;
            case NEGOTIATE, SEND_SERVER_HELLO, SEND_CERTIFICATE, SEND_CERTIFICATE_STATUS, MAKE_KEY_SHARE ->
                State.AWAIT_SIGNATURE;
            case SEND_CERTIFICATE_REQUEST -> State.READ_CERTIFICATE;
            case SEND_SERVER_KEY_EXCHANGE, SEND_SERVER_HELLO_DONE -> State.READ_CLIENT_KEY_EXCHANGE;
            case DERIVE_KEYS -> State.READ_CHANGE_CIPHER_SPEC;
            case SEND_NEW_SESSION_TICKET, SEND_CHANGE_CIPHER_SPEC, SEND_FINISHED -> State.CONNECTED;
            // handshake messages and ChangeCipherSpec wait for the answer, and are then judged by the next state
            case AWAIT_VERDICT -> isData(event) ? state : State.READ_CLIENT_KEY_EXCHANGE;
            case AWAIT_SHARED_SECRET, AWAIT_PSK, AWAIT_DECRYPTION ->
                isData(event) ? state : State.READ_CHANGE_CIPHER_SPEC;
            default -> state;
        };
    }

    private static boolean isData(@Nullable Event event) {
        return event == null;
    }

    /** Pairs of a state and what comes from the client there; null stands for application data. */
    static Stream<Arguments> pairsWithoutARow() {
        return Stream.of(State.values())
                .filter(state -> state.kind() != Kind.END)
                .flatMap(state -> fromTheClient()
                        .filter(event -> isAbsent(takenIn(state, event), event))
                        .map(event -> Arguments.of(state, event)));
    }

    private static Stream<@Nullable Event> fromTheClient() {
        return Stream.concat(
                Stream.of(Event.values()).filter(event -> event.type() != null || event == Event.CHANGE_CIPHER_SPEC),
                Stream.of((Event) null));
    }

    private static boolean isAbsent(State state, @Nullable Event event) {
        return event == null
                ? !ServerHandshake.TABLE.carriesData(state, false)
                : ServerHandshake.TABLE.row(state, event) == null;
    }

    @ParameterizedTest(name = "{1} in {0}")
    @MethodSource("pairsWithoutARow")
    void aPairWithoutARowIsAnUnexpectedMessageAndTheEnd(State state, @Nullable Event event) {
        // RFC 5246 7.3-3, 7.4-1, 7.4.7-1, 7.4.7-2, 7.4.8-1, 7.3-2, 7.3-4
        refuses(Walk.through(state).to(state), message(event));
    }

    @ParameterizedTest(name = "an unknown handshake message in {0}")
    @MethodSource("statesBeforeTheEnd")
    void anUnknownHandshakeMessageIsUnexpectedInEveryState(State state) {
        refuses(Walk.through(state).to(state), strayHandshake(UNKNOWN_HANDSHAKE_TYPE, new byte[2]));
    }

    static Stream<State> statesBeforeTheEnd() {
        return Stream.of(State.values()).filter(state -> state.kind() != Kind.END);
    }

    private static void refuses(Walk walk, ClientMessage message) {
        boolean waits = ServerHandshake.TABLE.holds(walk.state, ContentType.HANDSHAKE, false);
        walk.conversation.client().takeSeen();
        walk.conversation.client().sends(message);
        for (int steps = 0;
                steps < 20 && !walk.conversation.server().connection().isClosed();
                steps++) {
            if (walk.conversation.server().stepsOnce() == StepResult.ASYNC_IN_PROGRESS && waits) {
                walk.answer();
            }
        }
        List<Seen> seen = walk.conversation.client().takeSeen();
        if (walk.conversation.server().failure().state().equals(State.HALF_CLOSED.name())) {
            assertThat(seen).as("nothing follows close_notify").isEmpty();
            assertThat(walk.conversation.server().failure().alert()).isEqualTo(AlertDescription.UNEXPECTED_MESSAGE);
            walk.conversation.server().isDead();
            return;
        }
        assertThat(seen)
                .as("answer, failure %s", walk.conversation.server().failure())
                .isNotEmpty();
        Seen last = seen.get(seen.size() - 1);
        assertThat(last.kind()).isEqualTo(Seen.Kind.ALERT);
        assertThat(last.body()).containsExactly(2, 10);
        walk.conversation.server().isDead();
        assertThat(walk.key.operations()).noneMatch(RecordedOperation::isPending);
        walk.key.assertDisciplined();
        assertThat(walk.psk.operations()).noneMatch(RecordedOperation::isPending);
        walk.psk.assertDisciplined();
        assertThat(walk.verifier.operations()).noneMatch(RecordedOperation::isPending);
        walk.verifier.assertDisciplined();
    }

    private static ClientMessage message(@Nullable Event event) {
        if (event == null) {
            return applicationData("early");
        }
        HandshakeType type = event.type();
        return type == null ? changeCipherSpecContaining(1) : strayHandshake(type.code(), Bytes.vector(2, new byte[2]));
    }

    /** After the end nothing is answered, whatever comes. */
    @Test
    void nothingIsAnsweredOnceClosed() {
        for (Event event : fromTheClient().toList()) {
            Walk walk = Walk.through(State.CONNECTED).to(State.CONNECTED);
            walk.conversation.server().closes();
            walk.conversation.client().takeSeen();
            walk.conversation.client().sends(message(event));
            assertThat(walk.conversation.server().stepsOnce()).isEqualTo(StepResult.CLOSED);
            walk.conversation.server().hasSent();
            walk.conversation.server().isDead();
        }
    }

    @Test
    void everyStateIsReachedByAScriptedClient() {
        for (State state : State.values()) {
            if (state.kind() != Kind.END) {
                assertThat(Walk.through(state).to(state).state).isEqualTo(state);
            }
        }
    }

    private static void walkThrough(
            CipherSuite suite,
            Set<Edge> walked,
            boolean selector,
            boolean stapling,
            KeyScript script,
            ClientOf client) {
        Walk walk = new Walk(suite, walked, selector, stapling, script, Offer.NO_SESSION, client);
        walk.to(State.CONNECTED);
        walk.conversation.server().settle();
        walk.conversation.client().takeSeen();
        walk.conversation.exchangesData();
        // a renegotiation that is refused, with the data still served
        walk.conversation.client().sends(clientHello());
        walk.conversation.server().answers(Seen.Kind.ALERT);
        walk.conversation.exchangesData();
        walk.renegotiatesAndHalfCloses();
    }

    @Test
    void everyRowAndEveryConditionIsWalkedBothWaysAndNothingElse() {
        Set<Edge> walked = new HashSet<>();
        for (CipherSuite suite :
                List.of(ECDHE, CipherSuite.TLS_DHE_RSA_WITH_AES_128_GCM_SHA256, RSA, PSK, ECDHE_PSK, RSA_PSK)) {
            for (KeyScript script : List.of(KeyScript.ready(), KeyScript.manual(), KeyScript.readyAfter(1))) {
                for (boolean stapling : new boolean[] {false, true}) {
                    walkThrough(suite, walked, false, stapling, script, ClientOf.NO_INTEREST);
                    walkThrough(suite, walked, true, stapling, script, ClientOf.NO_INTEREST);
                    if (!suite.keyExchange().usesPsk()) {
                        walkThrough(suite, walked, true, stapling, script, ClientOf.A_CERTIFICATE);
                        walkThrough(suite, walked, true, stapling, script, ClientOf.NO_CERTIFICATE);
                    }
                }
            }
        }
        for (Offer offer : Offer.values()) {
            Walk walk = new Walk(ECDHE, walked, false, true, KeyScript.ready(), offer, ClientOf.NO_INTEREST)
                    .to(State.CONNECTED);
            walk.conversation.server().settle();
            walk.conversation.client().takeSeen();
            walk.conversation.exchangesData();
            assertThat(walk.conversation.client().isResumed()).isEqualTo(offer.isTaken());
        }
        Set<String> expected = new TreeSet<>();
        Set<String> seen = new TreeSet<>();
        for (Row row : ServerHandshake.TABLE.rows()) {
            row.successors().forEach(next -> expected.add(row.state() + " x " + row.event() + " -> " + next));
            if (row.isConditional()) {
                expected.add(row.state() + " is passed over");
            }
        }
        for (Edge edge : walked) {
            seen.addAll(steps(edge));
        }
        assertThat(seen).isEqualTo(expected);
    }

    /** The one row of an edge, and the states that were passed over on the way to where it ended. */
    private static List<String> steps(Edge edge) {
        Row row = ServerHandshake.TABLE.row(State.valueOf(edge.from()), Event.valueOf(edge.event()));
        assertThat(row).as("a row for %s", edge).isNotNull();
        for (State next : row.successors()) {
            List<String> steps = new ArrayList<>(List.of(row.state() + " x " + row.event() + " -> " + next));
            State reached = next;
            while (!reached.name().equals(edge.to()) && conditional(reached) != null) {
                steps.add(reached + " is passed over");
                List<State> further = conditional(reached).successors();
                reached = further.get(further.size() - 1);
            }
            if (reached.name().equals(edge.to())) {
                return steps;
            }
        }
        throw new AssertionError("the table does not lead along " + edge);
    }

    private static @Nullable Row conditional(State state) {
        return ServerHandshake.TABLE.rows().stream()
                .filter(row -> row.state() == state && row.isConditional())
                .findFirst()
                .orElse(null);
    }

    /** What may wait while a wait is pending is written in the table too. */
    @Test
    void whatTheClientHasToSayInOneGoWaitsForWhatIsInItsWay() {
        Set<State> waiting =
                Set.of(State.AWAIT_VERDICT, State.AWAIT_SHARED_SECRET, State.AWAIT_PSK, State.AWAIT_DECRYPTION);
        for (State state : State.values()) {
            for (ContentType type : ContentType.values()) {
                boolean waits = waiting.contains(state)
                        && (type == ContentType.HANDSHAKE || type == ContentType.CHANGE_CIPHER_SPEC);
                assertThat(ServerHandshake.TABLE.holds(state, type, false))
                        .as("%s in %s", type, state)
                        .isEqualTo(waits);
            }
        }
    }
}
