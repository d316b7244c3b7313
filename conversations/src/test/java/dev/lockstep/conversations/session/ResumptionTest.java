package dev.lockstep.conversations.session;

import static dev.lockstep.conversations.fixture.SessionFixture.byId;
import static dev.lockstep.conversations.fixture.SessionFixture.byTicket;
import static dev.lockstep.conversations.fixture.SessionFixture.finishesResumption;
import static dev.lockstep.conversations.fixture.SessionFixture.fullHandshake;
import static dev.lockstep.conversations.fixture.SessionFixture.resumes;
import static dev.lockstep.conversations.fixture.SessionFixture.shortAnswer;
import static dev.lockstep.conversations.fixture.SessionFixture.shortAnswerWithTicket;
import static dev.lockstep.testkit.TestServers.local;
import static dev.lockstep.testkit.certificate.TestIdentity.P256;
import static dev.lockstep.testkit.certificate.TestIdentity.RSA_2048;
import static dev.lockstep.testkit.client.ClientMessages.applicationData;
import static dev.lockstep.testkit.client.ClientMessages.changeCipherSpec;
import static dev.lockstep.testkit.client.ClientMessages.changeCipherSpecContaining;
import static dev.lockstep.testkit.client.ClientMessages.clientHello;
import static dev.lockstep.testkit.client.ClientMessages.clientKeyExchange;
import static dev.lockstep.testkit.client.ClientMessages.fatalAlert;
import static dev.lockstep.testkit.client.ClientMessages.finished;
import static dev.lockstep.testkit.client.ClientMessages.record;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.lockstep.conversations.fixture.Failures;
import dev.lockstep.conversations.fixture.Offering;
import dev.lockstep.conversations.fixture.SessionFixture;
import dev.lockstep.testkit.Conversation;
import dev.lockstep.testkit.Forms;
import dev.lockstep.testkit.SecretHunt;
import dev.lockstep.testkit.TestServers;
import dev.lockstep.testkit.answer.RecordingKey;
import dev.lockstep.testkit.answer.ScriptedAnswers.Form;
import dev.lockstep.testkit.client.ClientOptions;
import dev.lockstep.testkit.client.ClientSession;
import dev.lockstep.testkit.client.Seen.Kind;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.config.TlsServerConfigBuilder;
import dev.lockstep.tls.session.ResumableSession;
import dev.lockstep.tls.session.SessionId;
import dev.lockstep.tls.spec.AlertDescription;
import dev.lockstep.tls.spec.CipherSuite;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The abbreviated handshake, by id and by ticket: when it happens, and what it is made of. */
class ResumptionTest {

    private static final CipherSuite SUITE = CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256;

    private final SessionFixture sessions = new SessionFixture();
    private final RecordingKey key = new RecordingKey(P256);

    private TlsServerConfigBuilder builder() {
        return sessions.builder(key.credential());
    }

    private final TlsServerConfig config = builder().build();

    private static ClientOptions options() {
        return ClientOptions.offering(SUITE);
    }

    private static Conversation plain(TlsServerConfig config, ClientOptions options) {
        return Conversation.of(config, options, Forms.PLAIN);
    }

    static Stream<Arguments> formsOfBoth() {
        return Stream.of(Offering.values()).flatMap(by -> Forms.all().map(forms -> Arguments.of(by, forms)));
    }

    /** RFC 5246 7.3-4, RFC 5077 3.4-1: nothing but the hello messages stands before ChangeCipherSpec and Finished. */
    @ParameterizedTest
    @MethodSource("formsOfBoth")
    void aSessionIsResumedWithoutAKeyOperation(Offering by, Forms forms) {
        ClientSession session = by.session(config, options());
        assertThat(key.starts()).isEqualTo(1);
        sessions.answers(Form.like(forms.key()));
        Conversation conversation = Conversation.of(config, by.offering(options(), session), forms);
        resumes(conversation, shortAnswer());
        assertThat(key.starts()).as("key operations").isEqualTo(1);
        assertThat(conversation.server().connection().info().credential()).isNull();
        assertThat(sessions.store().answers().starts()).isEqualTo(by == Offering.BY_ID ? 1 : 0);
        assertThat(sessions.tickets().answers().starts()).isEqualTo(by == Offering.BY_ID ? 0 : 1);
        sessions.store().answers().assertDisciplined();
        sessions.tickets().answers().assertDisciplined();
        conversation.server().closes();
        assertNothingKept(conversation);
    }

    @ParameterizedTest
    @EnumSource(Offering.class)
    void aSessionIsResumedManyTimes(Offering by) {
        ClientSession session = by.session(config, options());
        for (int i = 0; i < 5; i++) {
            Conversation conversation = plain(config, by.offering(options().seed(100 + i), session));
            resumes(conversation, shortAnswer());
            conversation.server().closes();
        }
    }

    @ParameterizedTest
    @EnumSource(Offering.class)
    void everySuiteResumes(Offering by) {
        TlsServerConfig config = sessions.builder(local(RSA_2048), local(P256)).build();
        for (CipherSuite suite : CipherSuite.values()) {
            if (!config.cipherSuites().contains(suite)
                    || suite.name().startsWith("TLS_PSK")
                    || suite.name().contains("_PSK_")) {
                continue;
            }
            ClientSession session = by.session(config, ClientOptions.offering(suite));
            resumes(plain(config, by.offering(ClientOptions.offering(suite), session)), shortAnswer());
        }
    }

    /** RFC 7366 3.1: what protects the session continues protecting it, and is negotiated in the hello messages. */
    @ParameterizedTest
    @EnumSource(Offering.class)
    void encryptThenMacIsNegotiatedAgainAndNeverLost(Offering by) {
        CipherSuite cbc = CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA;
        ClientSession protectedOne = by.session(config, ClientOptions.offering(cbc));
        Conversation kept = plain(config, by.offering(ClientOptions.offering(cbc), protectedOne));
        resumes(kept, shortAnswer());
        assertThat(kept.server().connection().info().encryptThenMac()).isTrue();
        fullHandshake(plain(config, by.offering(ClientOptions.offering(cbc).encryptThenMac(false), protectedOne)));

        ClientSession old = by.session(config, ClientOptions.offering(cbc).encryptThenMac(false));
        Conversation upgraded = plain(config, by.offering(ClientOptions.offering(cbc), old));
        resumes(upgraded, shortAnswer());
        assertThat(upgraded.server().connection().info().encryptThenMac()).isTrue();
    }

    /** RFC 5077 3.4-1: an accepted ticket is answered with the client's own session id, an empty one included. */
    @Test
    void theSessionIdOfATicketIsEchoed() {
        ClientSession session = byTicket(config, options());
        resumes(plain(config, options().resumingByTicket(session)), shortAnswer());
        // RFC 5077 3.4-2: whatever the id is
        for (byte[] id : List.of(new byte[0], new byte[1], new byte[32])) {
            Conversation conversation =
                    plain(config, options().resumingByTicket(session).sessionId(id));
            resumes(conversation, shortAnswer());
            assertThat(conversation.client().sessionId()).isEqualTo(id);
        }
    }

    /** RFC 5077 3.4-3: a ticket rules the lookup out, also when it does not open, also when the server opens none. */
    @Test
    void withATicketNoSessionIdIsLookedUp() {
        ClientSession known = byId(config, options());
        ClientOptions both = options().resumingById(known).extension(35, new byte[50]);
        Conversation conversation = plain(config, both);
        fullHandshake(conversation);
        assertThat(conversation.client().sessionId()).isEmpty();
        TlsServerConfig withoutTickets = sessions.storeOnly(key.credential()).build();
        fullHandshake(plain(withoutTickets, options().resumingById(known).extension(35, new byte[50])));
        assertThat(sessions.store().lookups()).isEmpty();
    }

    @Test
    void anUnknownIdIsAFullHandshakeWithANewOne() {
        ClientSession session = byId(config, options());
        Conversation conversation = plain(config, options().sessionId(new byte[32]));
        fullHandshake(conversation);
        assertThat(conversation.client().sessionId()).hasSize(32).isNotEqualTo(new byte[32]);
        assertThat(conversation.client().sessionId()).isNotEqualTo(session.id());
        assertThat(sessions.store().sessions()).hasSize(2);
    }

    /** RFC 5246 7.4.1.2-1: whatever a client calls its session, it breaks nothing. */
    @Test
    void anIdOfAnyLengthIsLookedUpAndNotFound() {
        for (int length = 1; length <= 32; length++) {
            fullHandshake(plain(config, options().sessionId(new byte[length])));
        }
        assertThat(sessions.store().lookups()).hasSize(32);
    }

    @Test
    void anEmptyIdIsNotLookedUp() {
        fullHandshake(plain(config, options()));
        assertThat(sessions.store().lookups()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Offering.class)
    void aSessionEndsWithItsLifetime(Offering by) {
        // RFC 9325 3.4-5
        ClientSession session = by.session(config, options());
        sessions.advance(SessionFixture.LIFETIME - 1);
        resumes(plain(config, by.offering(options(), session)), shortAnswer());
        sessions.advance(1);
        fullHandshake(plain(config, by.offering(options(), session)));
    }

    /** Servers that share sessions may differ by a minute; a session from further ahead is not resumed. */
    @ParameterizedTest
    @EnumSource(Offering.class)
    void aSessionFromTheFutureIsResumedOnlyWithinTheSkewOfClocks(Offering by) {
        ClientSession session = by.session(config, options());
        sessions.advance(-60);
        resumes(plain(config, by.offering(options(), session)), shortAnswer());
        sessions.advance(-1);
        fullHandshake(plain(config, by.offering(options(), session)));
    }

    /** RFC 5077 3.3: the hint is the time that the session has left, renewals included. */
    @Test
    void aRenewedTicketKeepsTheTimeOfItsSession() {
        // RFC 9325 3.4-5, RFC 5077 3.3-5
        ClientSession session = byTicket(config, options());
        assertThat(session.lifetimeHint()).isEqualTo(SessionFixture.LIFETIME);
        sessions.ring().rotateTo(List.of(SessionFixture.key(2)));
        sessions.advance(1000);
        Conversation conversation = plain(config, options().resumingByTicket(session));
        resumes(conversation, shortAnswerWithTicket());
        ClientSession renewed = conversation.client().session();
        assertThat(renewed.ticket()).isNotEqualTo(session.ticket());
        assertThat(renewed.lifetimeHint()).isEqualTo(SessionFixture.LIFETIME - 1000);
        sessions.advance(SessionFixture.LIFETIME - 1001);
        resumes(plain(config, options().resumingByTicket(renewed)), shortAnswer());
        sessions.advance(1);
        fullHandshake(plain(config, options().resumingByTicket(renewed)));
    }

    /** Neither of RFC 5246's two flights is answered before its time: no data for a client that has not finished. */
    @Test
    void theServerSaysNothingBetweenItsFinishedAndTheClients() {
        ClientSession session = byId(config, options());
        Conversation conversation = plain(config, options().resumingById(session));
        conversation.client().sends(clientHello());
        conversation.server().answers(shortAnswer());
        assertThat(conversation.server().connection().isEstablished()).isFalse();
        conversation.client().sends(changeCipherSpec());
        conversation.server().answers();
        assertThat(conversation.server().connection().isEstablished()).isFalse();
        conversation.client().sends(finished());
        conversation.server().answers();
        conversation.exchangesData();
    }

    @ParameterizedTest
    @EnumSource(Offering.class)
    void aWrongFinishedEndsAResumption(Offering by) {
        ClientSession session = by.session(config, options());
        Conversation conversation = plain(config, by.offering(options(), session));
        conversation.client().sends(clientHello());
        conversation.server().answers(shortAnswer());
        conversation.client().sends(changeCipherSpec(), finished(body -> {
            body[3] ^= 1;
            return body;
        }));
        conversation.server().refuses(AlertDescription.DECRYPT_ERROR);
        assertNothingKept(conversation);
    }

    /** A client that names a session but does not have its secret gets nothing of it. */
    @ParameterizedTest
    @EnumSource(Offering.class)
    void whoDoesNotKnowTheMasterSecretDoesNotResume(Offering by) {
        ClientSession session = by.session(config, options());
        Conversation conversation = plain(config, by.offering(options(), session));
        conversation.client().sends(clientHello());
        conversation.server().answers(shortAnswer());
        conversation.client().sends(changeCipherSpecContaining(1), finished());
        conversation.server().refuses(AlertDescription.BAD_RECORD_MAC);
    }

    @ParameterizedTest
    @EnumSource(Offering.class)
    void applicationDataBeforeTheClientsFinishedIsUnexpected(Offering by) {
        ClientSession session = by.session(config, options());
        Conversation conversation = plain(config, by.offering(options(), session));
        conversation.client().sends(clientHello());
        conversation.server().answers(shortAnswer());
        conversation.client().sends(changeCipherSpec(), applicationData("early"));
        conversation.server().refuses(AlertDescription.UNEXPECTED_MESSAGE);
    }

    /** RFC 5246 7.2-1, 7.2.2-1 and 7.2.2-2: in whichever direction the fatal alert goes. */
    @Test
    void aSessionThatEndsWithAFatalAlertIsForgotten() {
        for (boolean ours : new boolean[] {true, false}) {
            Conversation first = plain(config, options());
            fullHandshake(first);
            ClientSession session = first.client().session();
            first.client().sends(ours ? record(99, new byte[1]) : fatalAlert(AlertDescription.INTERNAL_ERROR));
            first.server().settle();
            assertThat(first.server().connection().isClosed()).isTrue();
            first.client().takeSeen();
            assertThat(sessions.store().sessions()).isEmpty();
            fullHandshake(plain(config, options().resumingById(session)));
            sessions.store().sessions().clear();
        }
    }

    /** RFC 5246 7.2-1: the level of an alert says that it is fatal, whatever its description, close_notify included. */
    @ParameterizedTest
    @EnumSource(AlertDescription.class)
    void aFatalAlertOfAnyDescriptionForgetsTheSession(AlertDescription description) {
        Conversation first = plain(config, options());
        fullHandshake(first);
        ClientSession session = first.client().session();
        assertThat(sessions.store().sessions()).containsKey(new SessionId(session.id()));
        first.client().sends(fatalAlert(description));
        first.server().settle();
        assertThat(first.server().failure().fromPeer()).isTrue();
        assertThat(sessions.store().sessions()).isEmpty();
        fullHandshake(plain(config, options().resumingById(session)));
    }

    @Test
    void aResumptionThatEndsWithAFatalAlertEndsItsSession() {
        ClientSession session = byId(config, options());
        Conversation conversation = plain(config, options().resumingById(session));
        resumes(conversation, shortAnswer());
        conversation.client().sends(fatalAlert(AlertDescription.INTERNAL_ERROR));
        conversation.server().settle();
        assertThat(sessions.store().sessions()).doesNotContainKey(new SessionId(session.id()));
    }

    /** RFC 5246 7.2.1: "failure to properly close a connection no longer requires that a session not be resumed." */
    @Test
    void aSessionWithoutAFatalAlertIsKept() {
        for (Boolean notify : new Boolean[] {true, false}) {
            Conversation first = plain(config, options());
            fullHandshake(first);
            if (notify) {
                first.server().closes();
            } else {
                first.server().meetsEndOfStream().settle();
            }
            first.client().takeSeen();
            resumes(plain(config, options().resumingById(first.client().session())), shortAnswer());
        }
        assertThat(sessions.store().removals()).isZero();
    }

    /** Nothing is kept of a handshake that was not finished by both sides. */
    @Test
    void aSessionIsKeptOnlyWhenBothSidesHaveFinished() {
        Conversation conversation = plain(config, options());
        conversation.client().sends(clientHello());
        conversation.server().settle();
        conversation.client().sends(clientKeyExchange(), changeCipherSpec());
        conversation.server().settle();
        assertThat(sessions.store().sessions()).isEmpty();
        conversation.client().sends(finished(body -> new byte[12]));
        conversation.server().settle();
        assertThat(conversation.server().failure().alert()).isEqualTo(AlertDescription.DECRYPT_ERROR);
        assertThat(sessions.store().sessions()).isEmpty();
        assertNothingKept(conversation);
    }

    /** RFC 5077 3.2-3, 3.2-4, 3.3-1 and 3.3-2, RFC 6066 1.1-1: a ticket is announced and sent if it was asked for, else neither. */
    @Test
    void aTicketComesOnlyToWhomAsksForOne() {
        Conversation asking = plain(config, options().wantingTicket());
        asking.client().sends(clientHello());
        asking.server().answers(Conversation.fullAnswer());
        assertThat(asking.client().serverExtension(35)).isEmpty();
        // RFC 5077 3.4: "it SHOULD include an empty Session ID in the ServerHello."
        assertThat(asking.client().sessionId()).isEmpty();
        asking.secondFlight();
        asking.server().answers(Kind.NEW_SESSION_TICKET, Kind.CHANGE_CIPHER_SPEC, Kind.FINISHED);
        assertThat(sessions.store().sessions()).isEmpty();

        Conversation silent = plain(config, options());
        fullHandshake(silent);
        assertThat(silent.client().serverExtension(35)).isNull();
        assertThat(silent.client().sessionId()).hasSize(32);
        assertThat(sessions.store().sessions()).hasSize(1);

        TlsServerConfig withoutTickets = sessions.storeOnly(key.credential()).build();
        Conversation ignored = plain(withoutTickets, options().wantingTicket());
        fullHandshake(ignored);
        assertThat(ignored.client().serverExtension(35)).isNull();
        assertThat(ignored.client().sessionId()).hasSize(32);
    }

    /** RFC 5077 3.3-3: the ticket of a full handshake waits for the client's Finished. */
    @Test
    void aWrongFinishedGetsNoTicket() {
        Conversation conversation = plain(config, options().wantingTicket());
        conversation.clientHelloAndAnswer();
        conversation.client().sends(clientKeyExchange(), changeCipherSpec(), finished(body -> {
            body[3] ^= 1;
            return body;
        }));
        conversation.server().refuses(AlertDescription.DECRYPT_ERROR);
    }

    /** RFC 5077 3.3: no ticket after all is a ticket of no length, and the connection is as good as any. */
    @Test
    void aProtectorThatDoesNotSealCostsTheTicketAndNothingElse() {
        List<Throwable> told = new ArrayList<>();
        for (boolean throwing : new boolean[] {false, true}) {
            SessionFixture fixture = new SessionFixture();
            if (throwing) {
                fixture.tickets().throwsFromSeal(new IllegalStateException("no key"));
            } else {
                fixture.tickets().sealsNothing();
            }
            TlsServerConfig config = fixture.builder(key.credential())
                    .observer(Failures.into(told))
                    .build();
            Conversation conversation = plain(config, options().wantingTicket());
            fullHandshake(conversation);
            assertThat(conversation.client().session().ticket()).isEmpty();
            assertThat(conversation.client().session().lifetimeHint()).isZero();
        }
        assertThat(told).singleElement().extracting(Throwable::getMessage).isEqualTo("no key");
    }

    @Test
    void aStoreThatThrowsCostsTheSessionAndNothingElse() {
        List<Throwable> told = new ArrayList<>();
        sessions.store().throwsFromPut(new IllegalStateException("full"));
        Conversation conversation =
                plain(builder().observer(Failures.into(told)).build(), options());
        fullHandshake(conversation);
        assertThat(told).hasSize(1);
        conversation.client().sends(fatalAlert(AlertDescription.INTERNAL_ERROR));
        conversation.server().settle();
        assertThat(told).hasSize(2);
        assertThat(conversation.server().failure().fromPeer()).isTrue();
    }

    /** With the store and the tickets switched off nothing is offered, asked or remembered. */
    @Test
    void resumptionIsOffUnlessConfigured() {
        TlsServerConfig config = TestServers.builder(key.credential()).build();
        Conversation conversation = plain(config, options().wantingTicket().sessionId(new byte[32]));
        fullHandshake(conversation);
        assertThat(conversation.client().serverExtension(35)).isNull();
        assertThat(conversation.client().sessionId()).isEmpty();
    }

    /** A session belongs to the connection for as long as it lasts, and is wiped then. */
    @ParameterizedTest
    @EnumSource(Offering.class)
    void theSecretsOfAResumptionAreCleared(Offering by) {
        ClientSession session = by.session(config, options());
        Conversation conversation = plain(config, by.offering(options(), session));
        resumes(conversation, shortAnswer());
        SecretHunt.assertHandshakeHoldsNone(conversation.server().connection());
        assertGivenAreDestroyed();
        conversation.server().closes();
        assertNothingKept(conversation);
    }

    private void assertGivenAreDestroyed() {
        for (ResumableSession given : sessions.given()) {
            assertThatIllegalStateException().isThrownBy(given::masterSecret);
        }
    }

    private void assertNothingKept(Conversation conversation) {
        SecretHunt.assertHandshakeHoldsNone(conversation.server().connection());
        SecretHunt.assertNoneIn(
                conversation.server().connection(), conversation.client().secrets());
        assertGivenAreDestroyed();
    }

    @Test
    void aResumptionCanBeTheFirstThingAfterAnother() {
        ClientSession session = byId(config, options());
        Conversation one = plain(config, options().resumingById(session));
        Conversation two = plain(config, options().seed(9).resumingById(session));
        one.client().sends(clientHello());
        two.client().sends(clientHello());
        one.server().answers(shortAnswer());
        two.server().answers(shortAnswer());
        finishesResumption(two);
        finishesResumption(one);
    }
}
