package dev.lockstep.conversations.session;

import static dev.lockstep.conversations.fixture.SessionFixture.byId;
import static dev.lockstep.conversations.fixture.SessionFixture.byTicket;
import static dev.lockstep.conversations.fixture.SessionFixture.resumes;
import static dev.lockstep.conversations.fixture.SessionFixture.shortAnswer;
import static dev.lockstep.testkit.client.ClientMessages.clientHello;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.conversations.fixture.ClientAuthFixture;
import dev.lockstep.conversations.fixture.SessionFixture;
import dev.lockstep.testkit.Conversation;
import dev.lockstep.testkit.Forms;
import dev.lockstep.testkit.TestServers;
import dev.lockstep.testkit.answer.RecordingPsk;
import dev.lockstep.testkit.answer.RecordingVerifier;
import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.testkit.client.ClientOptions;
import dev.lockstep.testkit.client.ClientSession;
import dev.lockstep.testkit.client.Seen;
import dev.lockstep.tls.config.ClientAuthentication;
import dev.lockstep.tls.config.ConnectionOptions;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.config.TlsServerConfigBuilder;
import dev.lockstep.tls.credential.Credential;
import dev.lockstep.tls.credential.CredentialSelector;
import dev.lockstep.tls.spec.CipherSuite;
import dev.lockstep.tls.wait.Start;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Servers that share a store and ticket keys: a session is resumed where its client would be known anyway, and else is not. */
class SessionContextTest {

    private static final CipherSuite PSK = CipherSuite.TLS_ECDHE_PSK_WITH_CHACHA20_POLY1305_SHA256;
    private static final byte[] ONE = {1};
    private static final byte[] OTHER = {2};

    private final SessionFixture sessions = new SessionFixture();

    private TlsServerConfigBuilder psk(RecordingPsk source) {
        return sessions.builder().preSharedKeys(source);
    }

    private TlsServerConfigBuilder selecting(TestIdentity identity) {
        List<Credential> selected = List.of(TestServers.local(identity));
        CredentialSelector selector = (request, waker) -> Start.done(selected);
        return sessions.builder().credentialSelector(selector);
    }

    private static ClientOptions offeringPsk() {
        return ClientOptions.offering(PSK);
    }

    private static void assertResumes(TlsServerConfig config, ClientOptions options) {
        resumes(Conversation.of(config, options, Forms.PLAIN), shortAnswer());
    }

    private static void assertHandshakeInFull(TlsServerConfig config, ClientOptions options) {
        Conversation conversation = Conversation.of(config, options, Forms.PLAIN);
        conversation.client().sends(clientHello());
        conversation.server().settle();
        assertThat(conversation.client().takeSeen())
                .extracting(Seen::kind)
                .startsWith(Seen.Kind.SERVER_HELLO)
                .endsWith(Seen.Kind.SERVER_HELLO_DONE);
        assertThat(conversation.client().isResumed()).isFalse();
    }

    /** The key of the host that the client asks for decides, and not the one that clients get that ask for none. */
    @Test
    void aSessionBelongsToTheKeyOfItsHost() {
        TlsServerConfig first = host(TestIdentity.P384);
        ClientOptions asking = ClientOptions.defaults().serverName("a.example");
        ClientSession session = byId(first, asking);
        assertHandshakeInFull(host(TestIdentity.P521), asking.resumingById(session));
        assertResumes(host(TestIdentity.P384), asking.resumingById(session));
    }

    private TlsServerConfig host(TestIdentity identity) {
        return sessions.builder(TestServers.local(TestIdentity.P256))
                .credential("a.example", TestServers.local(identity))
                .build();
    }

    @Test
    void aPreSharedKeyOfAnotherServerOpensNoDoorHere() {
        TlsServerConfig knows = psk(new RecordingPsk()).build();
        TlsServerConfig knowsOthers = psk(new RecordingPsk()).build();
        ClientSession inTicket = byTicket(knows, offeringPsk());
        assertHandshakeInFull(knowsOthers, offeringPsk().resumingByTicket(inTicket));
        ClientSession stored = byId(knows, offeringPsk());
        assertHandshakeInFull(knowsOthers, offeringPsk().resumingById(stored));
        assertResumes(knows, offeringPsk().resumingById(stored));
    }

    @Test
    void aConfigurationMadeOfAnotherKeepsItsSessionsWithItsSource() {
        RecordingPsk source = new RecordingPsk();
        TlsServerConfig first = psk(source).build();
        ClientSession session = byId(first, offeringPsk());
        assertResumes(
                first.toBuilder().preSharedKeys(source).build(), offeringPsk().resumingById(session));
        TlsServerConfig withoutTheClient =
                first.toBuilder().preSharedKeys(new RecordingPsk()).build();
        assertHandshakeInFull(withoutTheClient, offeringPsk().resumingById(session));
    }

    @Test
    void sourcesThatSayTheyKnowTheSameKeysShareSessions() {
        TlsServerConfig one = psk(new RecordingPsk().sessionContext(ONE)).build();
        TlsServerConfig same = psk(new RecordingPsk().sessionContext(ONE)).build();
        TlsServerConfig other = psk(new RecordingPsk().sessionContext(OTHER)).build();
        ClientSession session = byId(one, offeringPsk());
        assertHandshakeInFull(other, offeringPsk().resumingById(session));
        assertResumes(same, offeringPsk().resumingById(session));
        ClientSession ofCertified = byId(certified(ONE), offeringPsk());
        assertResumes(certified(ONE), offeringPsk().resumingById(ofCertified));
        assertHandshakeInFull(certified(OTHER), offeringPsk().resumingById(ofCertified));
    }

    private TlsServerConfig certified(byte[] context) {
        return sessions.builder(TestServers.local(TestIdentity.P256))
                .preSharedKeys(new RecordingPsk().sessionContext(context))
                .build();
    }

    @Test
    void serversWithTheSameContextShareSessions() {
        TlsServerConfig one = psk(new RecordingPsk()).sessionContext(ONE).build();
        TlsServerConfig same = psk(new RecordingPsk()).sessionContext(ONE).build();
        TlsServerConfig other = psk(new RecordingPsk()).sessionContext(OTHER).build();
        ClientSession session = byId(one, offeringPsk());
        assertResumes(same, offeringPsk().resumingById(session));
        assertHandshakeInFull(other, offeringPsk().resumingById(session));
    }

    /** Two listeners of one configuration, each with a selector of its own: who answered the client is who may resume. */
    @Test
    void connectionsWithAnotherSelectorDoNotResume() {
        TlsServerConfig shared = selecting(TestIdentity.P384).build();
        CredentialSelector selector = (request, waker) -> Start.done(List.of(TestServers.local(TestIdentity.P256)));
        ConnectionOptions listener = ConnectionOptions.NONE.withCredentialSelector(selector);
        ConnectionOptions other = ConnectionOptions.NONE.withCredentialSelector(selector);
        ClientSession inTicket = byTicket(shared.with(listener), ClientOptions.defaults());
        assertHandshakeInFull(shared.with(other), ClientOptions.defaults().resumingByTicket(inTicket));
        assertHandshakeInFull(shared, ClientOptions.defaults().resumingByTicket(inTicket));
        assertResumes(shared.with(listener), ClientOptions.defaults().resumingByTicket(inTicket));
        ClientSession stored = byId(shared.with(listener), ClientOptions.defaults());
        assertHandshakeInFull(shared.with(other), ClientOptions.defaults().resumingById(stored));
        assertResumes(shared.with(listener), ClientOptions.defaults().resumingById(stored));
    }

    @Test
    void selectorsThatAreMadeForEachConnectionOfTheSameKeysResume() {
        TlsServerConfig shared = selecting(TestIdentity.P256).build();
        List<Credential> same = List.of(TestServers.local(TestIdentity.P256));
        ClientOptions options = ClientOptions.defaults();
        ClientSession session = byId(
                shared.with(ConnectionOptions.NONE.withSameCredentials((request, waker) -> Start.done(same))), options);
        assertResumes(
                shared.with(ConnectionOptions.NONE.withSameCredentials((request, waker) -> Start.done(same))),
                options.resumingById(session));
    }

    /** What a selector will answer is not known when a session is made or found. */
    @Test
    void serversWhoseCredentialsAreSelectedShareNoSessionsOnTheirOwn() {
        TlsServerConfig one = selecting(TestIdentity.P256).build();
        ClientSession session = byId(one, ClientOptions.defaults());
        assertResumes(one, ClientOptions.defaults().resumingById(session));
        assertHandshakeInFull(
                selecting(TestIdentity.P256_OTHER).build(),
                ClientOptions.defaults().resumingById(session));
        TlsServerConfig shared =
                selecting(TestIdentity.P256).sessionContext(ONE).build();
        ClientSession sharedSession = byId(shared, ClientOptions.defaults());
        assertResumes(
                selecting(TestIdentity.P256).sessionContext(ONE).build(),
                ClientOptions.defaults().resumingById(sharedSession));
    }

    @Test
    void aVerifierThatAcceptsOtherClientsOfTheSameAuthoritiesSeesThemAgain() {
        TlsServerConfig one = verifying(new RecordingVerifier().sessionContext(ONE));
        ClientOptions options = ClientOptions.defaults();
        Conversation first = ClientAuthFixture.asked(one, options, Forms.PLAIN);
        ClientAuthFixture.ends(ClientAuthFixture.shows(first, TestIdentity.P256), TestIdentity.P256);
        ClientSession session = first.client().session();
        assertHandshakeInFull(
                verifying(new RecordingVerifier().sessionContext(OTHER)),
                ClientOptions.defaults().resumingById(session));
        assertResumes(
                verifying(new RecordingVerifier().sessionContext(ONE)),
                ClientOptions.defaults().resumingById(session));
    }

    private TlsServerConfig verifying(RecordingVerifier verifier) {
        return sessions.builder(TestServers.local(TestIdentity.P256))
                .clientAuthentication(ClientAuthentication.wanted(verifier))
                .build();
    }
}
