package dev.lockstep.conversations.peer;

import static dev.lockstep.conversations.fixture.ClientAuthFixture.asked;
import static dev.lockstep.conversations.fixture.ClientAuthFixture.ends;
import static dev.lockstep.conversations.fixture.ClientAuthFixture.isAsked;
import static dev.lockstep.conversations.fixture.ClientAuthFixture.knows;
import static dev.lockstep.conversations.fixture.ClientAuthFixture.requiring;
import static dev.lockstep.conversations.fixture.ClientAuthFixture.shows;
import static dev.lockstep.conversations.fixture.ClientAuthFixture.showsNothing;
import static dev.lockstep.conversations.fixture.ClientAuthFixture.wanting;
import static dev.lockstep.testkit.TestServers.decryptingClient;
import static dev.lockstep.testkit.TestServers.local;
import static dev.lockstep.testkit.certificate.TestIdentity.P256;
import static dev.lockstep.testkit.certificate.TestIdentity.P256_OTHER;
import static dev.lockstep.testkit.certificate.TestIdentity.RSA_2048;
import static dev.lockstep.testkit.client.ClientAuthMessages.certificate;
import static dev.lockstep.testkit.client.ClientAuthMessages.certificateVerify;
import static dev.lockstep.testkit.client.ClientAuthMessages.noCertificate;
import static dev.lockstep.testkit.client.ClientMessages.changeCipherSpec;
import static dev.lockstep.testkit.client.ClientMessages.clientHello;
import static dev.lockstep.testkit.client.ClientMessages.clientKeyExchange;
import static dev.lockstep.testkit.client.ClientMessages.finished;
import static dev.lockstep.testkit.client.ClientMessages.renegotiatingClientHello;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.conversations.fixture.SessionFixture;
import dev.lockstep.conversations.fixture.Setting;
import dev.lockstep.testkit.Conversation;
import dev.lockstep.testkit.Forms;
import dev.lockstep.testkit.TestServers;
import dev.lockstep.testkit.answer.RecordingKey;
import dev.lockstep.testkit.answer.RecordingPsk;
import dev.lockstep.testkit.answer.RecordingVerifier;
import dev.lockstep.testkit.certificate.SchemeSignatures;
import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.testkit.client.ClientOptions;
import dev.lockstep.testkit.client.ClientSession;
import dev.lockstep.testkit.client.RequestSeen;
import dev.lockstep.testkit.client.Seen.Kind;
import dev.lockstep.tls.config.ClientAuthentication;
import dev.lockstep.tls.config.Policy;
import dev.lockstep.tls.config.RenegotiationPolicy;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.spec.AlertDescription;
import dev.lockstep.tls.spec.CipherSuite;
import dev.lockstep.tls.spec.ClientCertificateType;
import dev.lockstep.tls.spec.SignatureScheme;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that show who they are, or need not, with keys and verifiers that answer sooner or later. */
class ClientAuthenticationConversationTest {

    private static final String ALL_SETTINGS = "dev.lockstep.conversations.fixture.Setting#all";
    private static final String ALL_FORMS = "dev.lockstep.testkit.Forms#all";
    private static final CipherSuite ECDHE = CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256;

    private final RecordingVerifier verifier = new RecordingVerifier();

    private Conversation askedBy(TlsServerConfig config) {
        return asked(config, ClientOptions.offering(ECDHE), Forms.PLAIN);
    }

    @ParameterizedTest
    @MethodSource(ALL_SETTINGS)
    void aClientShowsWhoItIs(Setting setting) {
        RecordingKey key =
                new RecordingKey(setting.identity()).answers(setting.forms().script());
        verifier.answers(setting.forms().script());
        Conversation conversation = asked(
                requiring(verifier, key.credential()),
                setting.signingClient().serverName("www.example.org"),
                setting.forms());
        ends(shows(conversation, P256), P256);
        assertThat(verifier.requests()).singleElement().satisfies(request -> {
            assertThat(request.chain()).isEqualTo(P256.chain());
            assertThat(request.certificate()).isEqualTo(P256.certificate());
            assertThat(request.serverName()).isEqualTo("www.example.org");
            assertThat(request.deadlineNanos()).isPresent();
        });
        verifier.assertDisciplined();
        key.assertDisciplined();
    }

    /** Behind a decryption CertificateVerify waits together with ChangeCipherSpec. */
    @ParameterizedTest
    @MethodSource(ALL_FORMS)
    void aClientShowsWhoItIsUnderTheRsaKeyExchange(Forms forms) {
        RecordingKey key = new RecordingKey(RSA_2048).answers(forms.script());
        verifier.answers(forms.script());
        Conversation conversation = asked(requiring(verifier, key.credential()), decryptingClient(), forms);
        ends(shows(conversation, RSA_2048), RSA_2048);
        verifier.assertDisciplined();
        key.assertDisciplined();
    }

    @ParameterizedTest
    @MethodSource(ALL_FORMS)
    void aClientWithoutACertificateIsServedWhereOneIsOnlyWanted(Forms forms) {
        RecordingKey key = new RecordingKey(RSA_2048).answers(forms.script());
        for (ClientOptions options : List.of(ClientOptions.offering(ECDHE), decryptingClient())) {
            ends(showsNothing(asked(wanting(verifier, key.credential()), options, forms)), null);
        }
        assertThat(verifier.requests()).isEmpty();
    }

    @ParameterizedTest
    @MethodSource(ALL_FORMS)
    void aClientWithoutACertificateGetsHandshakeFailureWhereOneIsRequired(Forms forms) {
        // RFC 5246 7.4.6
        Conversation conversation = asked(requiring(verifier, local(RSA_2048)), ClientOptions.offering(ECDHE), forms);
        conversation.client().sends(noCertificate());
        conversation.server().refuses(AlertDescription.HANDSHAKE_FAILURE);
        assertThat(verifier.requests()).isEmpty();
    }

    static Stream<Arguments> schemesAndKeys() {
        return Stream.of(SignatureScheme.values()).flatMap(scheme -> Stream.of(TestIdentity.values())
                .filter(identity -> identity != TestIdentity.CA && SchemeSignatures.fits(scheme, identity))
                .map(identity -> Arguments.of(scheme, identity)));
    }

    /** In TLS 1.2 the hash does not go with the curve: every ECDSA scheme with every EC key. */
    @ParameterizedTest
    @MethodSource("schemesAndKeys")
    void everySchemeIsVerified(SignatureScheme scheme, TestIdentity identity) {
        for (ClientOptions options : List.of(
                ClientOptions.offering(ECDHE),
                ClientOptions.offering(CipherSuite.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384)
                        .extendedMasterSecret(false))) {
            Conversation conversation = asked(requiring(verifier, local(RSA_2048)), options, Forms.PLAIN);
            conversation
                    .client()
                    .sends(
                            certificate(identity),
                            clientKeyExchange(),
                            certificateVerify(scheme, identity),
                            changeCipherSpec(),
                            finished());
            ends(conversation, identity);
        }
    }

    @Test
    void theRequestSaysWhatThePolicySays() {
        RequestSeen everything =
                askedBy(wanting(verifier, local(RSA_2048))).client().certificateRequest();
        assertThat(everything.types()).containsExactly(1, 64);
        assertThat(everything.schemes())
                .isEqualTo(Policy.COMPATIBLE.signatureSchemes().stream()
                        .map(SignatureScheme::code)
                        .toList());
        assertThat(everything.authorities())
                .containsExactly(TestIdentity.CA.certificate().getSubjectX500Principal());
        RequestSeen little = askedBy(TestServers.builder(local(RSA_2048))
                        .clientAuthentication(ClientAuthentication.wanted(verifier)
                                .withCertificateAuthorities(List.of())
                                .withCertificateTypes(List.of(ClientCertificateType.ECDSA_SIGN))
                                .withSignatureSchemes(List.of(SignatureScheme.ED448, SignatureScheme.ED25519)))
                        .build())
                .client()
                .certificateRequest();
        assertThat(little.types()).containsExactly(64);
        assertThat(little.schemes()).containsExactly(0x0808, 0x0807);
        assertThat(little.authorities()).isEmpty();
    }

    @Test
    void theHostNameDecidesWhetherAClientIsAsked() {
        TlsServerConfig config = TestServers.builder(local(RSA_2048))
                .clientAuthentication("admin.example.org", ClientAuthentication.required(verifier))
                .clientAuthentication("*.example.com", ClientAuthentication.wanted(verifier))
                .build();
        for (String open : new String[] {"www.example.org", null}) {
            Conversation conversation =
                    Conversation.of(config, ClientOptions.offering(ECDHE).serverName(open), Forms.PLAIN);
            conversation.completes();
            knows(conversation, null);
        }
        ClientOptions some = ClientOptions.offering(ECDHE).serverName("any.example.com");
        ends(showsNothing(asked(config, some, Forms.PLAIN)), null);
        ClientOptions admin = ClientOptions.offering(ECDHE).serverName("ADMIN.example.org");
        ends(shows(asked(config, admin, Forms.PLAIN), P256), P256);
        Conversation anonymous = asked(config, admin, Forms.PLAIN);
        anonymous.client().sends(noCertificate());
        anonymous.server().refuses(AlertDescription.HANDSHAKE_FAILURE);
    }

    /** RFC 4279 2: no CertificateRequest beside a pre-shared key, which is no way around a certificate that is required. */
    @ParameterizedTest
    @EnumSource(
            value = CipherSuite.class,
            names = {
                "TLS_PSK_WITH_AES_128_GCM_SHA256",
                "TLS_ECDHE_PSK_WITH_AES_128_GCM_SHA256",
                "TLS_RSA_PSK_WITH_AES_128_GCM_SHA256"
            })
    void aPreSharedKeyIsNeverTakenForACertificate(CipherSuite suite) {
        RecordingPsk psk = new RecordingPsk();
        TlsServerConfig wanting = TestServers.builder(local(RSA_2048))
                .preSharedKeys(psk)
                .clientAuthentication(ClientAuthentication.wanted(verifier))
                .build();
        Conversation conversation = Conversation.of(wanting, ClientOptions.offering(suite), Forms.PLAIN);
        conversation.clientHelloAndAnswer();
        assertThat(conversation.client().certificateRequest()).isNull();
        conversation.secondFlight();
        ends(conversation, null);
        TlsServerConfig requiring = TestServers.builder(local(RSA_2048))
                .preSharedKeys(psk)
                .clientAuthentication(ClientAuthentication.required(verifier))
                .build();
        Conversation refused = Conversation.of(requiring, ClientOptions.offering(suite), Forms.PLAIN);
        refused.client().sends(clientHello());
        refused.server().refuses(AlertDescription.HANDSHAKE_FAILURE);
        // with another suite on offer, that one is taken, however much lower it stands
        ends(
                shows(
                        asked(
                                requiring,
                                ClientOptions.offering(suite, CipherSuite.TLS_RSA_WITH_AES_128_GCM_SHA256),
                                Forms.PLAIN),
                        P256),
                P256);
    }

    // ---- sessions

    private TlsServerConfig sessions(SessionFixture fixture, ClientAuthentication policy) {
        return fixture.builder(local(RSA_2048)).clientAuthentication(policy).build();
    }

    private ClientSession sessionOf(TlsServerConfig config, ClientOptions options, TestIdentity identity) {
        Conversation conversation = asked(config, options, Forms.PLAIN);
        if (identity == null) {
            showsNothing(conversation);
        } else {
            shows(conversation, identity);
        }
        conversation.server().settle();
        conversation.client().takeSeen();
        knows(conversation, identity);
        conversation.exchangesData();
        return conversation.client().session();
    }

    private static Conversation resuming(TlsServerConfig config, ClientSession session, boolean byTicket) {
        ClientOptions options = ClientOptions.offering(ECDHE);
        return Conversation.of(
                config, byTicket ? options.resumingByTicket(session) : options.resumingById(session), Forms.PLAIN);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aResumedSessionKnowsTheClientWithoutAskingAgain(boolean byTicket) {
        TlsServerConfig config = sessions(new SessionFixture(), ClientAuthentication.required(verifier));
        ClientOptions options = ClientOptions.offering(ECDHE);
        ClientSession session = sessionOf(config, byTicket ? options.wantingTicket() : options, P256);
        Conversation conversation = resuming(config, session, byTicket);
        SessionFixture.resumes(conversation, SessionFixture.shortAnswer());
        knows(conversation, P256);
        assertThat(verifier.requests()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aSessionWithoutACertificateIsNoWayAroundOneThatIsRequired(boolean byTicket) {
        SessionFixture fixture = new SessionFixture();
        ClientOptions options = ClientOptions.offering(ECDHE);
        ClientSession session = sessionOf(
                sessions(fixture, ClientAuthentication.wanted(verifier)),
                byTicket ? options.wantingTicket() : options,
                null);
        Conversation conversation =
                resuming(sessions(fixture, ClientAuthentication.required(verifier)), session, byTicket);
        isAsked(conversation, clientHello());
        conversation.client().sends(noCertificate());
        conversation.server().refuses(AlertDescription.HANDSHAKE_FAILURE);
    }

    @Test
    void aSessionOfOtherAuthoritiesIsNotResumed() {
        SessionFixture fixture = new SessionFixture();
        ClientSession session = sessionOf(
                sessions(fixture, ClientAuthentication.required(verifier)), ClientOptions.offering(ECDHE), P256);
        Conversation conversation = resuming(
                sessions(
                        fixture,
                        ClientAuthentication.required(verifier)
                                .withCertificateAuthorities(List.of(
                                        TestIdentity.RSA_2048.certificate().getSubjectX500Principal()))),
                session,
                false);
        isAsked(conversation, clientHello());
        ends(shows(conversation, P256), P256);
    }

    // ---- renegotiation

    private Conversation renegotiating(RenegotiationPolicy policy, ClientAuthentication authentication) {
        TlsServerConfig config = TestServers.builder(local(RSA_2048))
                .clientAuthentication(authentication)
                .renegotiation(policy.withMaxRenegotiations(10).withMinInterval(Duration.ZERO))
                .build();
        Conversation conversation = askedBy(config);
        ends(shows(conversation, P256), P256);
        isAsked(conversation, renegotiatingClientHello());
        return conversation;
    }

    private static void endsAgain(Conversation conversation, TestIdentity known) {
        conversation.server().answers(Kind.CHANGE_CIPHER_SPEC, Kind.FINISHED);
        knows(conversation, known);
        conversation.exchangesData();
    }

    @Test
    void theSameClientMayRenegotiate() {
        Conversation conversation = renegotiating(RenegotiationPolicy.ALLOWED, ClientAuthentication.required(verifier));
        endsAgain(shows(conversation, P256), P256);
    }

    @Test
    void anotherClientIsDeniedAccessBeforeItsCertificateIsEvenJudged() {
        Conversation conversation = renegotiating(RenegotiationPolicy.ALLOWED, ClientAuthentication.wanted(verifier));
        conversation.client().sends(certificate(P256_OTHER));
        conversation.server().refuses(AlertDescription.ACCESS_DENIED);
        assertThat(verifier.requests()).hasSize(1);
    }

    @Test
    void aClientThatWasKnownMayNotBecomeUnknown() {
        Conversation conversation = renegotiating(RenegotiationPolicy.ALLOWED, ClientAuthentication.wanted(verifier));
        conversation.client().sends(noCertificate());
        conversation.server().refuses(AlertDescription.HANDSHAKE_FAILURE);
    }

    @Test
    void theClientMayBecomeAnotherOneWhereThePolicySaysSo() {
        Conversation conversation = renegotiating(
                RenegotiationPolicy.ALLOWED.withClientCertificateMayChange(true),
                ClientAuthentication.wanted(verifier));
        knows(conversation, P256);
        shows(conversation, P256_OTHER);
        knows(conversation, P256);
        endsAgain(conversation, P256_OTHER);
        isAsked(conversation, renegotiatingClientHello());
        endsAgain(showsNothing(conversation), null);
    }

    @Test
    void anUnknownClientMayBecomeAKnownOne() {
        TlsServerConfig config = TestServers.builder(local(RSA_2048))
                .clientAuthentication(ClientAuthentication.wanted(verifier))
                .renegotiation(
                        RenegotiationPolicy.ALLOWED.withMaxRenegotiations(10).withMinInterval(Duration.ZERO))
                .build();
        Conversation conversation = askedBy(config);
        ends(showsNothing(conversation), null);
        isAsked(conversation, renegotiatingClientHello());
        endsAgain(shows(conversation, P256), P256);
    }
}
