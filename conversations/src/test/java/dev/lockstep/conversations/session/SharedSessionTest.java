package dev.lockstep.conversations.session;

import static dev.lockstep.conversations.fixture.SessionFixture.fullHandshake;
import static dev.lockstep.conversations.fixture.SessionFixture.resumes;
import static dev.lockstep.conversations.fixture.SessionFixture.session;
import static dev.lockstep.conversations.fixture.SessionFixture.shortAnswer;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.conversations.fixture.Failures;
import dev.lockstep.testkit.Conversation;
import dev.lockstep.testkit.Forms;
import dev.lockstep.testkit.TestServers;
import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.testkit.client.ClientOptions;
import dev.lockstep.testkit.client.ClientSession;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.session.OpenedTicket;
import dev.lockstep.tls.session.ResumableSession;
import dev.lockstep.tls.session.SessionId;
import dev.lockstep.tls.session.SessionLookup;
import dev.lockstep.tls.session.SessionStore;
import dev.lockstep.tls.session.TicketOpening;
import dev.lockstep.tls.session.TicketProtector;
import dev.lockstep.tls.wait.OperationException;
import dev.lockstep.tls.wait.OperationException.Reason;
import dev.lockstep.tls.wait.Start;
import dev.lockstep.tls.wait.Waker;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A store that hands its own objects out, and no copies: the first connection destroys them, and the next has a full handshake. */
class SharedSessionTest {

    private final Map<SessionId, ResumableSession> kept = new HashMap<>();
    private final List<Throwable> told = new ArrayList<>();
    private final TlsServerConfig config = TestServers.builder(TestServers.local(TestIdentity.P256))
            .sessionStore(new Store())
            .tickets(new Tickets())
            .observer(Failures.into(told))
            .build();

    private final class Store implements SessionStore {
        @Override
        public Start<Optional<ResumableSession>> start(SessionLookup lookup, Waker waker) {
            return Start.done(Optional.ofNullable(kept.get(lookup.id())));
        }

        @Override
        public void put(SessionId id, ResumableSession session) {
            kept.put(id, session.copy());
        }

        @Override
        public void remove(SessionId id) {
            kept.remove(id);
        }
    }

    private final class Tickets implements TicketProtector {
        @Override
        public byte[] seal(ResumableSession session) {
            byte[] ticket = {1};
            kept.put(new SessionId(ticket), session.copy());
            return ticket;
        }

        @Override
        public Start<Optional<OpenedTicket>> start(TicketOpening opening, Waker waker) {
            ResumableSession session = kept.get(new SessionId(opening.ticket()));
            return Start.done(Optional.ofNullable(session).map(found -> new OpenedTicket(found, false)));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aSessionThatIsSpentMeansAFullHandshake(boolean ticket) {
        ClientOptions options = ClientOptions.defaults();
        ClientSession session = session(config, ticket ? options.wantingTicket() : options);
        ClientOptions again = ticket ? options.resumingByTicket(session) : options.resumingById(session);
        resumes(Conversation.of(config, again, Forms.PLAIN), shortAnswer());
        assertThat(told).isEmpty();
        fullHandshake(Conversation.of(config, again, Forms.PLAIN));
        assertThat(told).singleElement().isInstanceOfSatisfying(OperationException.class, e -> assertThat(e.reason())
                .isEqualTo(Reason.INVALID_OUTPUT));
    }
}
