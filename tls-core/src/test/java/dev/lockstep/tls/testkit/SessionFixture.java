package dev.lockstep.tls.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.config.TlsServerConfigBuilder;
import dev.lockstep.tls.credential.Credential;
import dev.lockstep.tls.session.ResumableSession;
import dev.lockstep.tls.session.TicketKey;
import dev.lockstep.tls.session.TicketKeyRing;
import dev.lockstep.tls.testkit.ScriptedAnswers.Form;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/** Servers that share a store and ticket keys, a wall clock that a test moves, and sessions made with them. */
public final class SessionFixture implements InstantSource {

    /** How long a session lives with {@link #builder}, in seconds. */
    public static final int LIFETIME = 3600;

    private final ScriptedStore store = new ScriptedStore();
    private final TicketKeyRing ring =
            TicketKeyRing.of(List.of(key(1)), Duration.ofSeconds(LIFETIME), this, new SeededRandom(5));
    private final ScriptedTickets tickets = new ScriptedTickets(ring);
    private long seconds = 1_800_000_000L;

    @Override
    public Instant instant() {
        return Instant.ofEpochSecond(seconds);
    }

    /** Lets the time of day go on. */
    public void advance(long moreSeconds) {
        seconds += moreSeconds;
    }

    public static TicketKey key(int seed) {
        return TicketKey.generate(new SeededRandom(seed));
    }

    public ScriptedStore store() {
        return store;
    }

    public ScriptedTickets tickets() {
        return tickets;
    }

    public TicketKeyRing ring() {
        return ring;
    }

    /** Both ways of resumption answer like this from now on. */
    public SessionFixture answers(Form form) {
        store.answers().answers(form);
        tickets.answers().answers(form);
        return this;
    }

    /** Gives the answer that is waited for. */
    public void complete() {
        if (store.answers().isPending()) {
            store.answers().complete();
        }
        if (tickets.answers().isPending()) {
            tickets.answers().complete();
        }
    }

    /** A server with the store and the tickets. */
    public TlsServerConfigBuilder builder(Credential... credentials) {
        return TestServers.builder(credentials)
                .sessionStore(store)
                .tickets(tickets)
                .sessionLifetime(Duration.ofSeconds(LIFETIME))
                .wallClock(this);
    }

    /** A server with the store alone. */
    public TlsServerConfigBuilder storeOnly(Credential... credentials) {
        return TestServers.builder(credentials).sessionStore(store).wallClock(this);
    }

    /** Every session that a connection was given. */
    public List<ResumableSession> given() {
        List<ResumableSession> given = new ArrayList<>(store.given());
        given.addAll(tickets.given());
        return given;
    }

    /** A full handshake of a client with these options, and what the client remembers of it. */
    public static ClientSession session(TlsServerConfig config, ClientOptions options) {
        Conversation conversation = Conversation.of(config, options, Forms.PLAIN);
        fullHandshake(conversation);
        conversation.client().sends(ClientMessages.closeNotify());
        conversation.server().settle();
        return conversation.client().session();
    }

    /** A session that can be resumed by its id. */
    public static ClientSession byId(TlsServerConfig config, ClientOptions options) {
        ClientSession session = session(config, options);
        assertThat(session.id()).hasSize(32);
        return session;
    }

    /** A session that can be resumed by its ticket. */
    public static ClientSession byTicket(TlsServerConfig config, ClientOptions options) {
        ClientSession session = session(config, options.wantingTicket());
        assertThat(session.ticket()).isNotEmpty();
        return session;
    }

    /** A full handshake, whatever the client has offered. */
    public static void fullHandshake(Conversation conversation) {
        conversation.client().sends(ClientMessages.clientHello());
        conversation.server().settle();
        finishesFullHandshake(conversation);
    }

    /** The rest of a full handshake after the server's first flight. */
    public static void finishesFullHandshake(Conversation conversation) {
        assertThat(conversation.client().takeSeen())
                .extracting(Seen::kind)
                .as("failure %s", conversation.server().failure())
                .contains(Seen.Kind.SERVER_HELLO_DONE);
        conversation.secondFlight();
        conversation.server().settle();
        assertThat(conversation.client().takeSeen())
                .extracting(Seen::kind)
                .endsWith(Seen.Kind.CHANGE_CIPHER_SPEC, Seen.Kind.FINISHED);
        assertThat(conversation.client().isResumed()).isFalse();
        assertThat(conversation.server().connection().info().resumed()).isFalse();
        conversation.exchangesData();
    }

    /** An abbreviated handshake in which the server sends exactly this, and a word in each direction. */
    public static void resumes(Conversation conversation, Seen.Kind... flight) {
        conversation.client().sends(ClientMessages.clientHello());
        conversation.server().answers(flight);
        finishesResumption(conversation);
    }

    /** The client's answer to the server's flight of an abbreviated handshake. */
    public static void finishesResumption(Conversation conversation) {
        assertThat(conversation.client().isResumed()).isTrue();
        assertThat(conversation.server().connection().isEstablished()).isFalse();
        conversation.client().sends(ClientMessages.changeCipherSpec(), ClientMessages.finished());
        conversation.server().answers();
        assertThat(conversation.server().connection().isEstablished()).isTrue();
        assertThat(conversation.server().connection().info().resumed()).isTrue();
        conversation.exchangesData();
    }

    /** The server's flight of an abbreviated handshake. */
    public static Seen.Kind[] shortAnswer() {
        return new Seen.Kind[] {Seen.Kind.SERVER_HELLO, Seen.Kind.CHANGE_CIPHER_SPEC, Seen.Kind.FINISHED};
    }

    /** The same with a new ticket. */
    public static Seen.Kind[] shortAnswerWithTicket() {
        return new Seen.Kind[] {
            Seen.Kind.SERVER_HELLO, Seen.Kind.NEW_SESSION_TICKET, Seen.Kind.CHANGE_CIPHER_SPEC, Seen.Kind.FINISHED
        };
    }
}
