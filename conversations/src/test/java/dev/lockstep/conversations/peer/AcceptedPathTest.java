package dev.lockstep.conversations.peer;

import static dev.lockstep.conversations.fixture.ClientAuthFixture.asked;
import static dev.lockstep.conversations.fixture.ClientAuthFixture.isAsked;
import static dev.lockstep.testkit.TestServers.local;
import static dev.lockstep.testkit.certificate.TestIdentity.P256;
import static dev.lockstep.testkit.certificate.TestIdentity.P256_OTHER;
import static dev.lockstep.testkit.certificate.TestIdentity.RSA_2048;
import static dev.lockstep.testkit.client.ClientAuthMessages.certificate;
import static dev.lockstep.testkit.client.ClientAuthMessages.certificateVerify;
import static dev.lockstep.testkit.client.ClientMessages.changeCipherSpec;
import static dev.lockstep.testkit.client.ClientMessages.clientHello;
import static dev.lockstep.testkit.client.ClientMessages.clientKeyExchange;
import static dev.lockstep.testkit.client.ClientMessages.finished;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.conversations.fixture.Offering;
import dev.lockstep.conversations.fixture.SessionFixture;
import dev.lockstep.testkit.Conversation;
import dev.lockstep.testkit.Forms;
import dev.lockstep.testkit.answer.RecordingVerifier;
import dev.lockstep.testkit.certificate.TestAuthority;
import dev.lockstep.testkit.client.ClientOptions;
import dev.lockstep.testkit.client.ClientSession;
import dev.lockstep.tls.config.ClientAuthentication;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.peer.Verdict;
import dev.lockstep.tls.spec.AlertDescription;
import dev.lockstep.tls.spec.CipherSuite;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a connection and its session keep of a client's chain: what the verifier accepted of it. */
class AcceptedPathTest {

    private static final CipherSuite ECDHE = CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256;
    private static final X509Certificate JUNK = TestAuthority.root("Junk").certificate();

    private final SessionFixture fixture = new SessionFixture();
    private final RecordingVerifier verifier =
            new RecordingVerifier().judges(request -> Verdict.accepted(List.of(request.certificate())));

    private TlsServerConfig server(ClientAuthentication policy) {
        return fixture.builder(local(RSA_2048)).clientAuthentication(policy).build();
    }

    /** A handshake in which the client sends certificates that its path does not need. */
    private Conversation withJunk(TlsServerConfig config, ClientOptions options) {
        List<X509Certificate> chain = new ArrayList<>(P256.chain());
        chain.add(JUNK);
        Conversation conversation = asked(config, options, Forms.PLAIN);
        conversation
                .client()
                .sends(
                        certificate(chain),
                        clientKeyExchange(),
                        certificateVerify(P256),
                        changeCipherSpec(),
                        finished());
        conversation.server().settle();
        conversation.client().takeSeen();
        assertThat(verifier.requests().get(0).chain()).isEqualTo(chain);
        conversation.exchangesData();
        return conversation;
    }

    /** A client that is given a ticket has no session in the store. */
    private static ClientOptions first(Offering by) {
        ClientOptions options = ClientOptions.offering(ECDHE);
        return by == Offering.BY_TICKET ? options.wantingTicket() : options;
    }

    private static List<X509Certificate> known(Conversation conversation) {
        return conversation.server().connection().info().peerCertificates();
    }

    @ParameterizedTest
    @EnumSource(Offering.class)
    void whatWasNotAcceptedIsNotKept(Offering by) {
        TlsServerConfig config = server(ClientAuthentication.required(verifier));
        Conversation first = withJunk(config, first(by));
        assertThat(known(first)).containsExactly(P256.certificate());
        ClientSession session = first.client().session();
        Conversation resumed =
                Conversation.of(config, by.offering(ClientOptions.offering(ECDHE), session), Forms.PLAIN);
        SessionFixture.resumes(resumed, SessionFixture.shortAnswer());
        assertThat(known(resumed)).containsExactly(P256.certificate());
        assertThat(fixture.given()).isNotEmpty().allSatisfy(each -> assertThat(each.clientChain())
                .containsExactly(P256.certificate()));
    }

    @Test
    void aVerifierThatNamesNoPathAcceptsTheWholeChain() {
        verifier.judges(request -> Verdict.accepted());
        Conversation conversation =
                withJunk(server(ClientAuthentication.required(verifier)), ClientOptions.offering(ECDHE));
        assertThat(known(conversation)).hasSize(3).endsWith(JUNK);
    }

    @Test
    void aVerifierThatAcceptsAnotherClientIsDefective() {
        verifier.judges(request -> Verdict.accepted(List.of(P256_OTHER.certificate())));
        Conversation conversation =
                asked(server(ClientAuthentication.required(verifier)), ClientOptions.offering(ECDHE), Forms.PLAIN);
        conversation.client().sends(certificate(P256));
        conversation.server().refuses(AlertDescription.INTERNAL_ERROR);
    }

    /** Without names in CertificateRequest, the verifier's authorities still bind a session. */
    @ParameterizedTest
    @EnumSource(Offering.class)
    void aSessionOfOtherAuthoritiesIsNotResumedWhereNoneAreListed(Offering by) {
        ClientAuthentication unlisted = ClientAuthentication.required(verifier).withCertificateAuthorities(List.of());
        Conversation first = withJunk(server(unlisted), first(by));
        ClientSession session = first.client().session();
        RecordingVerifier other = new RecordingVerifier().acceptedIssuers(List.of(JUNK.getSubjectX500Principal()));
        Conversation conversation = Conversation.of(
                server(ClientAuthentication.required(other).withCertificateAuthorities(List.of())),
                by.offering(ClientOptions.offering(ECDHE), session),
                Forms.PLAIN);
        isAsked(conversation, clientHello());
    }
}
