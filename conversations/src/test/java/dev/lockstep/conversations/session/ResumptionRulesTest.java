package dev.lockstep.conversations.session;

import static dev.lockstep.conversations.fixture.SessionFixture.fullHandshake;
import static dev.lockstep.conversations.fixture.SessionFixture.resumes;
import static dev.lockstep.conversations.fixture.SessionFixture.shortAnswer;
import static dev.lockstep.testkit.TestServers.local;
import static dev.lockstep.testkit.certificate.TestIdentity.P256;
import static dev.lockstep.testkit.certificate.TestIdentity.P256_OTHER;
import static dev.lockstep.testkit.certificate.TestIdentity.RSA_2048;
import static dev.lockstep.testkit.client.ClientMessages.clientHello;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.conversations.fixture.Offering;
import dev.lockstep.conversations.fixture.SessionFixture;
import dev.lockstep.testkit.Conversation;
import dev.lockstep.testkit.Forms;
import dev.lockstep.testkit.answer.RecordingPsk;
import dev.lockstep.testkit.answer.RecordingVerifier;
import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.testkit.client.ClientOptions;
import dev.lockstep.testkit.client.ClientSession;
import dev.lockstep.testkit.client.Seen;
import dev.lockstep.testkit.client.Seen.Kind;
import dev.lockstep.tls.config.ClientAuthentication;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.session.ResumableSession;
import dev.lockstep.tls.session.SessionId;
import dev.lockstep.tls.spec.AlertDescription;
import dev.lockstep.tls.spec.CipherSuite;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a session is held against before it is resumed: the client's offer and the configuration of now. */
class ResumptionRulesTest {

    private static final CipherSuite SUITE = CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256;
    private static final CipherSuite OTHER_SUITE = CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384;

    private final SessionFixture sessions = new SessionFixture();

    private final TlsServerConfig config = sessions.builder(local(P256)).build();

    private static ClientOptions options() {
        return ClientOptions.offering(SUITE);
    }

    private static Conversation plain(TlsServerConfig config, ClientOptions options) {
        return Conversation.of(config, options, Forms.PLAIN);
    }

    // ---- the name

    /** RFC 6066 3-6: "Instead, it proceeds with a full handshake to establish a new session." */
    @ParameterizedTest
    @EnumSource(Offering.class)
    void aSessionIsNotResumedForAnotherServerName(Offering by) {
        ClientSession named = by.session(config, options().serverName("a.example"));
        ClientSession nameless = by.session(config, options());
        fullHandshake(plain(config, by.offering(options().serverName("b.example"), named)));
        fullHandshake(plain(config, by.offering(options(), named)));
        fullHandshake(plain(config, by.offering(options().serverName("a.example"), nameless)));
        // RFC 6066 3-7 is the scripted client's to check: the answer bears no server_name
        resumes(plain(config, by.offering(options().serverName("a.example"), named)), shortAnswer());
    }

    /** RFC 6066 3: names are compared without regard to case. */
    @ParameterizedTest
    @EnumSource(Offering.class)
    void theCaseOfAServerNameIsNoDifference(Offering by) {
        ClientSession session = by.session(config, options().serverName("host.example"));
        resumes(plain(config, by.offering(options().serverName("HOST.Example"), session)), shortAnswer());
    }

    @ParameterizedTest
    @EnumSource(Offering.class)
    void hostsOfOneServerDoNotShareSessions(Offering by) {
        TlsServerConfig hosts = sessions.builder(local(P256))
                .credential("a.example", local(P256))
                .credential("b.example", local(P256_OTHER))
                .build();
        ClientSession session = by.session(hosts, options().serverName("a.example"));
        fullHandshake(plain(hosts, by.offering(options().serverName("b.example"), session)));
        resumes(plain(hosts, by.offering(options().serverName("a.example"), session)), shortAnswer());
    }

    // ---- the binding

    /** Another server that only has the same store and ticket keys: who redirects a client does not choose who answers. */
    @ParameterizedTest
    @EnumSource(Offering.class)
    void aServerWithOtherKeysDoesNotResumeASession(Offering by) {
        ClientSession session = by.session(config, options().serverName("a.example"));
        TlsServerConfig other = sessions.builder(local(P256_OTHER)).build();
        fullHandshake(plain(other, by.offering(options().serverName("a.example"), session)));
        TlsServerConfig more = sessions.builder(local(P256), local(P256_OTHER)).build();
        fullHandshake(plain(more, by.offering(options().serverName("a.example"), session)));
    }

    @ParameterizedTest
    @EnumSource(Offering.class)
    void serversOfOneContextShareSessionsWhateverTheirKeys(Offering by) {
        TlsServerConfig one =
                sessions.builder(local(P256)).sessionContext(new byte[] {1}).build();
        TlsServerConfig two = sessions.builder(local(P256_OTHER))
                .sessionContext(new byte[] {1})
                .build();
        TlsServerConfig three =
                sessions.builder(local(P256)).sessionContext(new byte[] {2}).build();
        ClientSession session = by.session(one, options());
        resumes(plain(two, by.offering(options(), session)), shortAnswer());
        fullHandshake(plain(three, by.offering(options(), session)));
        fullHandshake(plain(config, by.offering(options(), session)));
    }

    @ParameterizedTest
    @EnumSource(Offering.class)
    void theOrderOfTheCredentialsIsNoDifference(Offering by) {
        ClientSession session =
                by.session(sessions.builder(local(P256), local(RSA_2048)).build(), options());
        resumes(
                plain(sessions.builder(local(RSA_2048), local(P256)).build(), by.offering(options(), session)),
                shortAnswer());
    }

    // ---- the suite

    /** RFC 5246 7.4.1.2-3: the client "MUST include at least the cipher_suite from that session." */
    @Test
    void anIdWithoutItsSuiteIsIllegal() {
        ClientSession session = Offering.BY_ID.session(config, options());
        Conversation conversation =
                plain(config, ClientOptions.offering(OTHER_SUITE).resumingById(session));
        conversation.client().sends(clientHello());
        conversation.server().refuses(AlertDescription.ILLEGAL_PARAMETER);
        assertThat(sessions.store().sessions())
                .as("an id that an eavesdropper may have read ends no session")
                .containsKey(new SessionId(session.id()));
    }

    /** The rule is made for ids: a ticket is opaque to its client (RFC 5077 section 3.4). */
    @Test
    void aTicketWithoutItsSuiteIsAFullHandshake() {
        ClientSession session = Offering.BY_TICKET.session(config, options());
        fullHandshake(plain(config, ClientOptions.offering(OTHER_SUITE).resumingByTicket(session)));
    }

    @ParameterizedTest
    @EnumSource(Offering.class)
    void aSuiteThatIsNoLongerEnabledIsAFullHandshake(Offering by) {
        ClientSession session = by.session(config, options());
        TlsServerConfig strict =
                sessions.builder(local(P256)).cipherSuites(List.of(OTHER_SUITE)).build();
        Conversation conversation = plain(strict, by.offering(ClientOptions.offering(SUITE, OTHER_SUITE), session));
        fullHandshake(conversation);
        assertThat(conversation.client().cipherSuite()).isEqualTo(OTHER_SUITE);
    }

    @ParameterizedTest
    @EnumSource(Offering.class)
    void theSuiteOfTheSessionGoesBeforeThePreference(Offering by) {
        ClientSession session = by.session(config, ClientOptions.offering(OTHER_SUITE));
        Conversation conversation = plain(config, by.offering(ClientOptions.offering(SUITE, OTHER_SUITE), session));
        resumes(conversation, shortAnswer());
        assertThat(conversation.client().cipherSuite()).isEqualTo(OTHER_SUITE);
    }

    // ---- the master secret

    /** RFC 7627 5.3-3 and 5.4-5: "the server MUST abort the abbreviated handshake." */
    @ParameterizedTest
    @EnumSource(Offering.class)
    void droppingTheExtendedMasterSecretEndsTheHandshake(Offering by) {
        ClientSession session = by.session(config, options());
        Conversation conversation = plain(config, by.offering(options().extendedMasterSecret(false), session));
        conversation.client().sends(clientHello());
        conversation.server().refuses(AlertDescription.HANDSHAKE_FAILURE);
    }

    /** RFC 7627 5.3-2: "it SHOULD continue with a full handshake". */
    @ParameterizedTest
    @EnumSource(Offering.class)
    void aSessionWithoutTheExtendedMasterSecretIsNotResumedByAClientThatHasIt(Offering by) {
        ClientSession session = by.session(config, options().extendedMasterSecret(false));
        Conversation conversation = plain(config, by.offering(options(), session));
        fullHandshake(conversation);
        assertThat(conversation.server().connection().info().extendedMasterSecret())
                .isTrue();
    }

    /** RFC 7627 5.3-4: the answer says so (which the scripted client demands), and 5.3 lets old clients resume. */
    @ParameterizedTest
    @EnumSource(Offering.class)
    void theExtendedMasterSecretStaysAsItWas(Offering by) {
        for (boolean extended : new boolean[] {true, false}) {
            ClientSession session = by.session(config, options().extendedMasterSecret(extended));
            Conversation conversation = plain(config, by.offering(options().extendedMasterSecret(extended), session));
            resumes(conversation, shortAnswer());
            assertThat(conversation.server().connection().info().extendedMasterSecret())
                    .isEqualTo(extended);
        }
    }

    // ---- what belongs to a connection and not to a session

    /** RFC 7301 3.1: "this extension does not establish properties of the session, only of the connection." */
    @ParameterizedTest
    @EnumSource(Offering.class)
    void theApplicationProtocolIsNegotiatedAgain(Offering by) {
        TlsServerConfig config = sessions.builder(local(P256))
                .applicationProtocols(List.of("h2", "http/1.1"))
                .build();
        ClientSession session = by.session(config, options().protocols("h2"));
        Conversation other = plain(config, by.offering(options().protocols("http/1.1"), session));
        resumes(other, shortAnswer());
        assertThat(other.server().connection().info().applicationProtocol()).isEqualTo("http/1.1");
        Conversation none = plain(config, by.offering(options(), session));
        resumes(none, shortAnswer());
        assertThat(none.server().connection().info().applicationProtocol()).isNull();
        Conversation foreign = plain(config, by.offering(options().protocols("gopher"), session));
        foreign.client().sends(clientHello());
        foreign.server().refuses(AlertDescription.NO_APPLICATION_PROTOCOL);
    }

    /** RFC 6066 1.1-2: what was negotiated at first holds in the resumption, and is not answered again. */
    @ParameterizedTest
    @EnumSource(Offering.class)
    void theMaximumFragmentLengthStaysWithTheSession(Offering by) {
        byte[] of1024 = {2};
        ClientSession session = by.session(config, options().extension(1, of1024));
        for (ClientOptions offer : List.of(options().extension(1, of1024), options())) {
            Conversation conversation = plain(config, by.offering(offer, session));
            resumes(conversation, shortAnswer());
            assertThat(conversation.client().serverExtension(1)).isNull();
            conversation.server().sends(new byte[3000]);
            conversation.server().hasSent(Kind.APPLICATION_DATA, Kind.APPLICATION_DATA, Kind.APPLICATION_DATA);
        }
    }

    // ---- the client's certificates

    private static RecordingVerifier verifier() {
        return new RecordingVerifier().acceptedIssuers(List.of());
    }

    private TlsServerConfig asking(ClientAuthentication policy) {
        return sessions.builder(local(P256)).clientAuthentication(policy).build();
    }

    /** A session that a client with this certificate has made, known to the store and sealed into its ticket. */
    private ClientSession sessionOf(X509Certificate certificate) {
        ClientSession session = Offering.BY_ID.session(config, options());
        ResumableSession known = sessions.store().sessions().get(new SessionId(session.id()));
        ResumableSession withClient = ResumableSession.builder(
                        known.cipherSuite(), known.masterSecret(), known.createdAtSeconds())
                .extendedMasterSecret(true)
                .context(known.context())
                .clientChain(List.of(certificate))
                .build();
        sessions.store().sessions().put(new SessionId(session.id()), withClient);
        return session.withTicket(sessions.ring().seal(withClient));
    }

    private static void asksForACertificate(Conversation conversation) {
        conversation.client().sends(clientHello());
        conversation.server().settle();
        assertThat(conversation.client().takeSeen())
                .extracting(Seen::kind)
                .containsExactly(
                        Kind.SERVER_HELLO,
                        Kind.CERTIFICATE,
                        Kind.SERVER_KEY_EXCHANGE,
                        Kind.CERTIFICATE_REQUEST,
                        Kind.SERVER_HELLO_DONE);
    }

    @ParameterizedTest
    @EnumSource(Offering.class)
    void aClientWhoseCertificateHasExpiredAuthenticatesAgain(Offering by) {
        X509Certificate certificate = TestIdentity.P256_OTHER.certificate();
        long end = certificate.getNotAfter().toInstant().getEpochSecond();
        sessions.advance(end - 100 - sessions.instant().getEpochSecond());
        TlsServerConfig asking = asking(ClientAuthentication.wanted(verifier()));
        ClientSession session = sessionOf(certificate);
        Conversation conversation = plain(asking, by.offering(options(), session));
        resumes(conversation, shortAnswer());
        assertThat(conversation.server().connection().info().peerCertificates()).containsExactly(certificate);
        sessions.advance(101);
        asksForACertificate(plain(asking, by.offering(options(), session)));
    }

    @ParameterizedTest
    @EnumSource(Offering.class)
    void aSessionWithoutACertificateIsNoWayAroundARequiredOne(Offering by) {
        ClientSession session = by.session(config, options());
        asksForACertificate(plain(asking(ClientAuthentication.required(verifier())), by.offering(options(), session)));
        resumes(plain(asking(ClientAuthentication.wanted(verifier())), by.offering(options(), session)), shortAnswer());
    }

    @ParameterizedTest
    @EnumSource(Offering.class)
    void aSessionIsNotResumedUnderOtherAuthorities(Offering by) {
        ClientSession session = sessionOf(TestIdentity.P256_OTHER.certificate());
        TlsServerConfig others = asking(ClientAuthentication.wanted(
                verifier().acceptedIssuers(List.of(TestIdentity.CA.certificate().getSubjectX500Principal()))));
        asksForACertificate(plain(others, by.offering(options(), session)));
    }

    @ParameterizedTest
    @EnumSource(Offering.class)
    void aSessionWithACertificateIsNotResumedWhereNoneIsAskedFor(Offering by) {
        ClientSession session = sessionOf(TestIdentity.P256_OTHER.certificate());
        fullHandshake(plain(config, by.offering(options(), session)));
    }

    /** Who authenticated with a pre-shared key is known by its identity in the resumption too; the source is not asked. */
    @ParameterizedTest
    @EnumSource(Offering.class)
    void theIdentityOfAPreSharedKeyStaysWithTheSession(Offering by) {
        RecordingPsk keys = new RecordingPsk();
        TlsServerConfig config =
                sessions.builder(local(RSA_2048)).preSharedKeys(keys).build();
        for (CipherSuite suite :
                List.of(CipherSuite.TLS_PSK_WITH_AES_128_GCM_SHA256, CipherSuite.TLS_RSA_PSK_WITH_AES_128_GCM_SHA256)) {
            ClientSession session = by.session(config, ClientOptions.offering(suite));
            int asked = keys.operations().size();
            Conversation conversation = plain(config, by.offering(ClientOptions.offering(suite), session));
            resumes(conversation, shortAnswer());
            assertThat(conversation.server().connection().info().pskIdentity()).isNotNull();
            assertThat(keys.operations()).hasSize(asked);
        }
    }

    // ---- forgeries

    /** RFC 5077 3.2: a ticket that does not verify is a full handshake; never an alert, whichever byte was touched. */
    @Test
    void aTicketForgedInAnyByteIsAFullHandshake() {
        ClientSession session = Offering.BY_TICKET.session(config, options());
        for (int i = 0; i < session.ticket().length; i++) {
            byte[] forged = session.ticket().clone();
            forged[i] ^= (byte) (1 << i % 8);
            beginsFullHandshake(config, forged);
        }
        for (int length = 1; length < session.ticket().length; length += 7) {
            beginsFullHandshake(config, Arrays.copyOf(session.ticket(), length));
        }
        beginsFullHandshake(config, Arrays.copyOf(session.ticket(), session.ticket().length + 1));
        beginsFullHandshake(config, new byte[65_000]);
        assertThat(sessions.tickets().given()).isEmpty();
    }

    private static void beginsFullHandshake(TlsServerConfig config, byte[] ticket) {
        Conversation conversation = plain(config, options().ticket(ticket).withoutVerification());
        conversation.client().sends(clientHello());
        conversation.server().settle();
        assertThat(conversation.client().takeSeen()).extracting(Seen::kind).containsExactly(Conversation.fullAnswer());
    }

    /** One forged ticket to its end: the connection is as good as any, and the client gets a good ticket. */
    @Test
    void whoPresentsAForgedTicketGetsAnotherOne() {
        ClientSession session = Offering.BY_TICKET.session(config, options());
        Conversation conversation = plain(config, options().ticket(new byte[40]));
        fullHandshake(conversation);
        ClientSession next = conversation.client().session();
        assertThat(next.ticket()).isNotEmpty().isNotEqualTo(session.ticket());
        resumes(plain(config, options().resumingByTicket(next)), shortAnswer());
    }
}
