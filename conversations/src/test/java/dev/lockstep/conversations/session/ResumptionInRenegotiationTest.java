package dev.lockstep.conversations.session;

import static dev.lockstep.testkit.certificate.TestIdentity.P256;
import static dev.lockstep.testkit.certificate.TestIdentity.P256_OTHER;
import static dev.lockstep.testkit.client.ClientMessages.changeCipherSpec;
import static dev.lockstep.testkit.client.ClientMessages.clientHello;
import static dev.lockstep.testkit.client.ClientMessages.finished;
import static dev.lockstep.testkit.client.ClientMessages.renegotiatingClientHello;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.lockstep.conversations.fixture.ClientAuthFixture;
import dev.lockstep.conversations.fixture.SessionFixture;
import dev.lockstep.testkit.Conversation;
import dev.lockstep.testkit.Forms;
import dev.lockstep.testkit.TestServers;
import dev.lockstep.testkit.answer.RecordingVerifier;
import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.testkit.client.ClientMessage;
import dev.lockstep.testkit.client.ClientOptions;
import dev.lockstep.testkit.client.ClientSession;
import dev.lockstep.testkit.client.Seen;
import dev.lockstep.testkit.client.Seen.Kind;
import dev.lockstep.tls.config.ClientAuthentication;
import dev.lockstep.tls.config.ConnectionOptions;
import dev.lockstep.tls.config.RenegotiationPolicy;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.spec.AlertDescription;
import dev.lockstep.tls.spec.CipherSuite;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A renegotiation that names an earlier session: it is resumed where it takes nothing from the connection, and else is not. */
class ResumptionInRenegotiationTest {

    private static final CipherSuite SIGNING = CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256;
    private static final CipherSuite CBC = CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA;
    private static final RenegotiationPolicy OFTEN =
            RenegotiationPolicy.ALLOWED.withMaxRenegotiations(10).withMinInterval(Duration.ZERO);

    private final SessionFixture sessions = new SessionFixture();
    private final TlsServerConfig config = sessions.builder(TestServers.local(TestIdentity.RSA_2048))
            .clientAuthentication(ClientAuthentication.wanted(new RecordingVerifier()))
            .renegotiation(OFTEN)
            .build();

    /** A connection whose client has shown a certificate, or none. */
    private Conversation connected(ClientOptions options, @Nullable TestIdentity identity) {
        Conversation conversation = Conversation.of(config, options, Forms.PLAIN);
        fullHandshake(conversation, clientHello(), identity);
        return conversation;
    }

    private static void fullHandshake(Conversation conversation, ClientMessage hello, @Nullable TestIdentity identity) {
        conversation.client().sends(hello);
        conversation.server().settle();
        assertThat(kinds(conversation)).contains(Kind.CERTIFICATE_REQUEST).endsWith(Kind.SERVER_HELLO_DONE);
        if (identity == null) {
            ClientAuthFixture.showsNothing(conversation);
        } else {
            ClientAuthFixture.shows(conversation, identity);
        }
        conversation.server().settle();
        assertThat(kinds(conversation)).endsWith(Kind.CHANGE_CIPHER_SPEC, Kind.FINISHED);
        conversation.exchangesData();
        assertKnows(conversation, identity);
    }

    private static List<Kind> kinds(Conversation conversation) {
        return conversation.client().takeSeen().stream().map(Seen::kind).toList();
    }

    private static void assertKnows(Conversation conversation, @Nullable TestIdentity identity) {
        assertThat(conversation.server().connection().info().peerCertificates().stream()
                        .limit(1)
                        .toList())
                .isEqualTo(identity == null ? List.of() : List.of(identity.certificate()));
    }

    private ClientSession session(ClientOptions options, @Nullable TestIdentity identity) {
        return connected(options, identity).client().session();
    }

    @Test
    void theConnectionsOwnSessionIsResumed() {
        ClientOptions options = ClientOptions.offering(SIGNING);
        Conversation conversation = connected(options, P256);
        options.resumingById(conversation.client().session());
        conversation.client().sends(renegotiatingClientHello());
        conversation.server().answers(SessionFixture.shortAnswer());
        conversation.client().sends(changeCipherSpec(), finished());
        conversation.server().answers();
        conversation.exchangesData();
        assertThat(conversation.server().connection().info().resumed()).isTrue();
        assertKnows(conversation, P256);
    }

    /** RFC 5246 7.2.2: the session that is being resumed is one of the connection's. */
    @Test
    void aSessionThatIsBeingResumedIsInvalidatedWithTheOthers() {
        ClientSession earlier = session(ClientOptions.offering(SIGNING), P256);
        ClientOptions options = ClientOptions.offering(SIGNING);
        Conversation conversation = connected(options, P256);
        assertThat(sessions.store().sessions()).hasSize(2);
        options.resumingById(earlier);
        conversation.client().sends(renegotiatingClientHello());
        conversation.server().answers(SessionFixture.shortAnswer());
        conversation.server().connection().invalidateSession();
        assertThat(sessions.store().sessions()).isEmpty();
    }

    /** What the application was told about the client stays true: a handshake in full shows who it is. */
    @Test
    void aSessionOfAnotherClientIsNot() {
        ClientSession ofAnother = session(ClientOptions.offering(SIGNING), P256_OTHER);
        ClientOptions options = ClientOptions.offering(SIGNING);
        Conversation conversation = connected(options, P256);
        options.resumingById(ofAnother);
        fullHandshake(conversation, renegotiatingClientHello(), P256);
        assertAllDestroyed();
    }

    @Test
    void aSessionWithoutAClientIsNotWhereTheClientIsKnown() {
        ClientSession withoutClient = session(ClientOptions.offering(SIGNING), null);
        ClientOptions options = ClientOptions.offering(SIGNING);
        Conversation conversation = connected(options, P256);
        options.resumingById(withoutClient);
        fullHandshake(conversation, renegotiatingClientHello(), P256);
    }

    @Test
    void aSessionWithoutAClientIsNoAnswerToAServerThatAsks() {
        ClientOptions options = ClientOptions.offering(SIGNING);
        Conversation conversation = connected(options, null);
        options.resumingById(conversation.client().session());
        assertThat(conversation.server().connection().renegotiate()).isTrue();
        conversation.server().answers(Kind.HELLO_REQUEST);
        fullHandshake(conversation, renegotiatingClientHello(), P256);
    }

    /** Where the client begins it, the server has not asked who the client is. */
    @Test
    void aSessionWithoutAClientIsOneToAServerThatDoesNotAsk() {
        ClientOptions options = ClientOptions.offering(SIGNING);
        Conversation conversation = connected(options, null);
        options.resumingById(conversation.client().session());
        conversation.client().sends(renegotiatingClientHello());
        conversation.server().answers(SessionFixture.shortAnswer());
    }

    /** RFC 7366 3.1 forbids the way back to MAC-then-encrypt in a renegotiation, by way of a session too. */
    @Test
    void aSessionWithoutEncryptThenMacEndsAConnectionThatHasIt() {
        ClientSession weaker = session(ClientOptions.offering(CBC).encryptThenMac(false), null);
        ClientOptions options = ClientOptions.offering(CBC);
        Conversation conversation = connected(options, null);
        options.encryptThenMac(false).resumingById(weaker);
        conversation.client().sends(renegotiatingClientHello());
        conversation.server().refuses(AlertDescription.HANDSHAKE_FAILURE);
        assertAllDestroyed();
    }

    /** Where the server does not ask again, the client that was known would be unknown, and no one would notice. */
    @Test
    void aRenegotiationThatAsksForNoCertificateEndsAConnectionWhoseClientIsKnown() {
        Conversation conversation = connected(ClientOptions.offering(SIGNING), P256);
        assertThat(conversation
                        .server()
                        .connection()
                        .renegotiate(ConnectionOptions.NONE.withClientAuthentication(ClientAuthentication.none())))
                .isTrue();
        conversation.server().answers(Kind.HELLO_REQUEST);
        conversation.client().sends(renegotiatingClientHello());
        conversation.server().refuses(AlertDescription.HANDSHAKE_FAILURE);
    }

    private void assertAllDestroyed() {
        assertThat(sessions.given()).isNotEmpty().allSatisfy(session -> assertThatIllegalStateException()
                .isThrownBy(session::masterSecret));
    }
}
