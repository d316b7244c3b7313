package dev.lockstep.conversations.session;

import static dev.lockstep.conversations.fixture.SessionFixture.byId;
import static dev.lockstep.conversations.fixture.SessionFixture.byTicket;
import static dev.lockstep.conversations.fixture.SessionFixture.fullHandshake;
import static dev.lockstep.conversations.fixture.SessionFixture.resumes;
import static dev.lockstep.conversations.fixture.SessionFixture.shortAnswer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.lockstep.conversations.fixture.ClientAuthFixture;
import dev.lockstep.conversations.fixture.SessionFixture;
import dev.lockstep.testkit.Conversation;
import dev.lockstep.testkit.Forms;
import dev.lockstep.testkit.TestServers;
import dev.lockstep.testkit.answer.RecordingVerifier;
import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.testkit.client.ClientMessages;
import dev.lockstep.testkit.client.ClientOptions;
import dev.lockstep.testkit.client.ClientSession;
import dev.lockstep.tls.ConnectionInfo;
import dev.lockstep.tls.TlsServerConnection;
import dev.lockstep.tls.config.ClientAuthentication;
import dev.lockstep.tls.config.RenegotiationPolicy;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.session.SessionId;
import dev.lockstep.tls.spec.AlertDescription;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a connection tells of its session, and how an application ends one. */
class ConnectionSessionTest {

    private final SessionFixture sessions = new SessionFixture();
    private final TlsServerConfig config =
            sessions.builder(TestServers.local(TestIdentity.P256)).build();

    private Conversation conversation(ClientOptions options) {
        return Conversation.of(config, options, Forms.PLAIN);
    }

    private static ConnectionInfo info(Conversation conversation) {
        return conversation.server().connection().info();
    }

    @Test
    void aStoredSessionHasItsIdAndTheTimeOfItsFullHandshake() {
        Instant created = sessions.instant();
        Conversation first = conversation(ClientOptions.defaults());
        fullHandshake(first);
        ClientSession session = first.client().session();
        assertThat(info(first).sessionId()).isEqualTo(new SessionId(session.id()));
        assertThat(info(first).sessionCreatedAt()).isEqualTo(created);

        sessions.advance(100);
        Conversation second = conversation(ClientOptions.defaults().resumingById(session));
        resumes(second, shortAnswer());
        assertThat(info(second).resumed()).isTrue();
        assertThat(info(second).sessionId()).isEqualTo(new SessionId(session.id()));
        assertThat(info(second).sessionCreatedAt().getEpochSecond()).isEqualTo(created.getEpochSecond());
    }

    @Test
    void aSessionInATicketHasNoId() {
        Instant created = sessions.instant();
        ClientSession session = byTicket(config, ClientOptions.defaults());
        sessions.advance(100);
        Conversation resumed = conversation(ClientOptions.defaults().resumingByTicket(session));
        resumes(resumed, shortAnswer());
        assertThat(info(resumed).sessionId()).isNull();
        assertThat(info(resumed).sessionCreatedAt().getEpochSecond()).isEqualTo(created.getEpochSecond());
    }

    /** The time is that of the session, whole seconds, however long the handshake that made it was. */
    @Test
    void aSlowHandshakeAndItsResumptionTellTheSameTime() {
        Instant created = sessions.instant();
        Conversation slow = conversation(ClientOptions.defaults().wantingTicket());
        slow.client().sends(ClientMessages.clientHello());
        slow.server().settle();
        sessions.advance(30);
        SessionFixture.finishesFullHandshake(slow);
        assertThat(info(slow).sessionCreatedAt()).isEqualTo(created);
        ClientSession session = slow.client().session();
        Conversation byTicket = conversation(ClientOptions.defaults().resumingByTicket(session));
        resumes(byTicket, shortAnswer());
        assertThat(info(byTicket).sessionCreatedAt()).isEqualTo(created);
    }

    @Test
    void aStoredSessionTellsTheTimeOfItsSlowHandshake() {
        Instant created = sessions.instant();
        Conversation slow = conversation(ClientOptions.defaults());
        slow.client().sends(ClientMessages.clientHello());
        slow.server().settle();
        sessions.advance(30);
        SessionFixture.finishesFullHandshake(slow);
        Conversation resumed =
                conversation(ClientOptions.defaults().resumingById(slow.client().session()));
        resumes(resumed, shortAnswer());
        assertThat(info(resumed).sessionCreatedAt()).isEqualTo(created);
    }

    @Test
    void withoutAStoreThereIsNoIdAndNothingToInvalidate() {
        TlsServerConfig alone = TestServers.config(TestServers.local(TestIdentity.P256));
        Conversation conversation =
                Conversation.of(alone, ClientOptions.defaults(), Forms.PLAIN).completes();
        assertThat(info(conversation).sessionId()).isNull();
        conversation.server().connection().invalidateSession();
        conversation.exchangesData();
    }

    /** RFC 5929 3.1: the channel is bound to the Finished that comes first, which is the server's where a session is resumed. */
    @Test
    void tlsUniqueIsTheFirstFinished() {
        Conversation full = conversation(ClientOptions.defaults());
        fullHandshake(full);
        assertThat(full.server().connection().tlsUnique())
                .isEqualTo(full.client().clientVerifyData());
        Conversation resumed =
                conversation(ClientOptions.defaults().resumingById(full.client().session()));
        resumes(resumed, shortAnswer());
        assertThat(resumed.server().connection().tlsUnique())
                .hasSize(12)
                .isNotEqualTo(resumed.client().clientVerifyData());
    }

    /** RFC 5077 has no way to take a ticket back: it resumes, and its connection is as good as any. */
    @Test
    void aTicketOutlivesTheInvalidationOfItsConnection() {
        ClientSession session = byTicket(config, ClientOptions.defaults());
        Conversation first = conversation(ClientOptions.defaults().resumingByTicket(session));
        resumes(first, shortAnswer());
        first.server().connection().invalidateSession();
        assertThat(sessions.store().removals()).isZero();
        resumes(conversation(ClientOptions.defaults().resumingByTicket(session)), shortAnswer());
    }

    /** A store that fails is the observer's to know of; the connection is not touched. */
    @Test
    void aStoreThatFailsToRemoveDoesNoHarm() {
        Conversation conversation = conversation(ClientOptions.defaults());
        fullHandshake(conversation);
        sessions.store().throwsFromPut(new IllegalStateException("the store is down"));
        conversation.server().connection().invalidateSession();
        assertThat(sessions.store().removals()).isEqualTo(1);
        conversation.exchangesData();
    }

    @Test
    void anInvalidatedSessionIsNotResumedAndItsConnectionStays() {
        Conversation first = conversation(ClientOptions.defaults());
        fullHandshake(first);
        first.server().connection().invalidateSession();
        first.exchangesData();
        assertThat(sessions.store().sessions()).isEmpty();
        fullHandshake(conversation(
                ClientOptions.defaults().resumingById(first.client().session())));
    }

    @Test
    void aResumedConnectionInvalidatesTheSessionThatItResumes() {
        ClientSession session = byId(config, ClientOptions.defaults());
        Conversation resumed = conversation(ClientOptions.defaults().resumingById(session));
        resumes(resumed, shortAnswer());
        resumed.server().connection().invalidateSession();
        assertThat(sessions.store().sessions()).doesNotContainKey(new SessionId(session.id()));
    }

    /** RFC 5246 7.2.2: a failed connection forgets "any session-identifiers" associated with it. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aRenegotiatedConnectionForgetsTheSessionsOfAllItsHandshakes(boolean fails) {
        RenegotiationPolicy often =
                RenegotiationPolicy.ALLOWED.withMaxRenegotiations(10).withMinInterval(Duration.ZERO);
        TlsServerConfig renegotiating = config.toBuilder().renegotiation(often).build();
        Conversation conversation = Conversation.of(renegotiating, ClientOptions.defaults(), Forms.PLAIN);
        fullHandshake(conversation);
        for (int i = 0; i < 2; i++) {
            conversation.client().sends(ClientMessages.renegotiatingClientHello());
            conversation.server().answers(Conversation.fullAnswer());
            conversation.secondFlight();
            conversation.server().settle();
            conversation.client().takeSeen();
        }
        assertThat(sessions.store().sessions()).hasSize(3);
        if (fails) {
            conversation.client().sends(ClientMessages.fatalAlert(AlertDescription.INTERNAL_ERROR));
            conversation.server().settle();
        } else {
            conversation.server().connection().invalidateSession();
            conversation.exchangesData();
        }
        assertThat(sessions.store().sessions()).isEmpty();
        assertThat(sessions.store().removals()).isEqualTo(3);
    }

    @Test
    void thereIsNothingToInvalidateBeforeTheHandshakeIsOver() {
        TlsServerConnection tls = TlsServerConnection.create(config, waiting -> {});
        assertThatIllegalStateException().isThrownBy(tls::invalidateSession);
    }

    /** RFC 7627 1: a master secret that two clients may share vouches for none of them, in a ticket or in a store. */
    @Test
    void aSessionWithoutTheExtendedMasterSecretDoesNotVouchForAClient() {
        TlsServerConfig asking = sessions.builder(TestServers.local(TestIdentity.P256))
                .clientAuthentication(ClientAuthentication.wanted(new RecordingVerifier()))
                .build();
        ClientOptions options = ClientOptions.defaults().extendedMasterSecret(false);
        ClientAuthFixture.ends(
                ClientAuthFixture.shows(ClientAuthFixture.asked(asking, options, Forms.PLAIN), TestIdentity.P256),
                TestIdentity.P256);
        assertThat(sessions.store().sessions()).isEmpty();

        Conversation withTicket = ClientAuthFixture.asked(asking, options.wantingTicket(), Forms.PLAIN);
        ClientAuthFixture.shows(withTicket, TestIdentity.P256);
        withTicket.server().settle();
        assertThat(withTicket.server().connection().isEstablished()).isTrue();
        assertThat(withTicket.client().session().ticket()).isEmpty();

        ClientOptions unknown = ClientOptions.defaults().extendedMasterSecret(false);
        ClientAuthFixture.ends(
                ClientAuthFixture.showsNothing(ClientAuthFixture.asked(asking, unknown, Forms.PLAIN)), null);
        assertThat(sessions.store().sessions())
                .as("without a client to vouch for")
                .hasSize(1);
    }
}
