package dev.lockstep.conversations.psk;

import static dev.lockstep.testkit.client.ClientMessages.clientKeyExchange;
import static dev.lockstep.testkit.client.ClientMessages.renegotiatingClientHello;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.conversations.fixture.SessionFixture;
import dev.lockstep.testkit.Conversation;
import dev.lockstep.testkit.Forms;
import dev.lockstep.testkit.TestServers;
import dev.lockstep.testkit.answer.RecordingPsk;
import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.testkit.client.ClientOptions;
import dev.lockstep.testkit.client.ClientSession;
import dev.lockstep.testkit.client.Seen.Kind;
import dev.lockstep.tls.config.RenegotiationPolicy;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.psk.PskIdentity;
import dev.lockstep.tls.spec.AlertDescription;
import dev.lockstep.tls.spec.CipherSuite;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The client of a connection stays who it is, by its pre-shared key as by its certificate, unless the policy allows a change. */
class PskRenegotiationTest {

    private static final CipherSuite PSK = CipherSuite.TLS_ECDHE_PSK_WITH_CHACHA20_POLY1305_SHA256;
    private static final CipherSuite CERTIFICATE = CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256;
    private static final byte[] BOB = "bob".getBytes(StandardCharsets.UTF_8);
    private static final byte[] KEY_OF_BOB = new byte[32];
    private static final RenegotiationPolicy OFTEN =
            RenegotiationPolicy.ALLOWED.withMaxRenegotiations(10).withMinInterval(Duration.ZERO);

    private final SessionFixture sessions = new SessionFixture();
    private final RecordingPsk psk = new RecordingPsk().knows(BOB, KEY_OF_BOB);
    private final ClientOptions options = ClientOptions.offering(PSK, CERTIFICATE);

    private Conversation connected(RenegotiationPolicy policy) {
        Conversation conversation = Conversation.of(config(policy), options, Forms.PLAIN);
        conversation.completes();
        assertThat(conversation.client().cipherSuite()).isEqualTo(PSK);
        return conversation;
    }

    private TlsServerConfig config(RenegotiationPolicy policy) {
        return sessions.builder(TestServers.local(TestIdentity.P256))
                .preSharedKeys(psk)
                .cipherSuites(List.of(PSK, CERTIFICATE))
                .renegotiation(policy)
                .build();
    }

    private static PskIdentity identity(Conversation conversation) {
        return conversation.server().connection().info().pskIdentity();
    }

    @Test
    void anotherIdentityIsRefusedBeforeItsKeyIsLookedUp() {
        Conversation conversation = connected(OFTEN);
        options.psk(BOB, KEY_OF_BOB);
        conversation.client().sends(renegotiatingClientHello());
        conversation.server().settle();
        conversation.client().takeSeen();
        conversation.client().sends(clientKeyExchange());
        conversation.server().refuses(AlertDescription.ACCESS_DENIED);
        assertThat(psk.requests()).hasSize(1);
    }

    @Test
    void theSameIdentityMayShowItsKeyAgain() {
        Conversation conversation = connected(OFTEN);
        conversation.client().sends(renegotiatingClientHello());
        conversation.server().settle();
        SessionFixture.finishesFullHandshake(conversation);
        assertThat(identity(conversation)).isEqualTo(PskIdentity.of(ClientOptions.PSK_IDENTITY));
    }

    @Test
    void aHandshakeWithoutAPreSharedKeyIsRefused() {
        Conversation conversation = connected(OFTEN);
        options.suites(CERTIFICATE);
        conversation.client().sends(renegotiatingClientHello());
        conversation.server().refuses(AlertDescription.HANDSHAKE_FAILURE);
    }

    @Test
    void aPolicyMayAllowAnotherClient() {
        Conversation conversation = connected(OFTEN.withClientCertificateMayChange(true));
        options.psk(BOB, KEY_OF_BOB);
        conversation.client().sends(renegotiatingClientHello());
        conversation.server().settle();
        SessionFixture.finishesFullHandshake(conversation);
        assertThat(identity(conversation)).isEqualTo(PskIdentity.of(BOB));
    }

    /** A session of another client costs a full handshake, in which the connection's own shows its key. */
    @Test
    void aSessionOfAnotherIdentityIsNotResumed() {
        TlsServerConfig config = config(OFTEN);
        ClientSession ofBob =
                SessionFixture.byId(config, ClientOptions.offering(PSK).psk(BOB, KEY_OF_BOB));
        Conversation conversation = Conversation.of(config, options, Forms.PLAIN);
        conversation.completes();
        options.resumingById(ofBob);
        conversation.client().sends(renegotiatingClientHello());
        conversation.server().answers(Kind.SERVER_HELLO, Kind.SERVER_KEY_EXCHANGE, Kind.SERVER_HELLO_DONE);
    }
}
