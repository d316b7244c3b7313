package dev.lockstep.conversations.peer;

import static dev.lockstep.testkit.TestServers.builder;
import static dev.lockstep.testkit.TestServers.local;
import static dev.lockstep.testkit.client.ClientAuthMessages.certificate;
import static dev.lockstep.testkit.client.ClientAuthMessages.certificateVerify;
import static dev.lockstep.testkit.client.ClientAuthMessages.defaultScheme;
import static dev.lockstep.testkit.client.ClientAuthMessages.noCertificate;
import static dev.lockstep.testkit.client.ClientMessages.changeCipherSpec;
import static dev.lockstep.testkit.client.ClientMessages.clientKeyExchange;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.conversations.fixture.ClientAuthFixture;
import dev.lockstep.testkit.Conversation;
import dev.lockstep.testkit.Forms;
import dev.lockstep.testkit.answer.RecordingVerifier;
import dev.lockstep.testkit.certificate.TestAuthority;
import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.testkit.client.ClientMessage;
import dev.lockstep.testkit.client.ClientOptions;
import dev.lockstep.testkit.client.Seen.Kind;
import dev.lockstep.tls.config.ClientAuthentication;
import dev.lockstep.tls.spec.AlertDescription;
import dev.lockstep.tls.spec.CipherSuite;
import dev.lockstep.tls.spec.ClientCertificateType;
import dev.lockstep.tls.spec.SignatureScheme;
import java.math.BigInteger;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.function.UnaryOperator;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v1CertificateBuilder;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a client's certificate must be before the verifier judges it, and what must follow it: RFC 5246 7.4.4 to 7.4.8. */
class ClientCertificateRulesTest {

    private static final CipherSuite SUITE = CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256;

    private final RecordingVerifier verifier = new RecordingVerifier();
    private final TestAuthority authority = TestAuthority.root("clients");

    private Conversation asked(UnaryOperator<ClientAuthentication> change) {
        ClientAuthentication policy = change.apply(ClientAuthentication.wanted(verifier));
        return Conversation.of(
                        builder(local(TestIdentity.P256))
                                .clientAuthentication(policy)
                                .build(),
                        ClientOptions.offering(SUITE),
                        Forms.PLAIN)
                .clientHelloAndAnswer();
    }

    private Conversation asked() {
        return asked(policy -> policy);
    }

    private static void refuses(Conversation conversation, AlertDescription alert, ClientMessage... messages) {
        conversation.client().sends(messages);
        conversation.server().refuses(alert);
    }

    private X509Certificate issued(TestIdentity identity, int usage) {
        return authority.order("client", identity.publicKey()).usage(usage).sign();
    }

    @ParameterizedTest
    @EnumSource(
            names = {"CA"},
            mode = EnumSource.Mode.EXCLUDE)
    void everyKindOfKeyProvesItself(TestIdentity identity) {
        // RFC 5246 7.4.6-2, 7.4.6-4, 7.4.6-6, 7.4.8-2, RFC 8422 3.1-1, 5.6-1
        Conversation conversation = asked();
        ClientAuthFixture.shows(conversation, identity);
        conversation.server().answers(Kind.CHANGE_CIPHER_SPEC, Kind.FINISHED);
        conversation.exchangesData();
    }

    @Test
    void whoHasNoneSaysSoAndProvesNothing() {
        // RFC 5246 7.3-2, RFC 8422 3-1
        Conversation conversation = asked();
        ClientAuthFixture.showsNothing(conversation);
        conversation.server().answers(Kind.CHANGE_CIPHER_SPEC, Kind.FINISHED);
        conversation.exchangesData();
        refuses(asked(), AlertDescription.UNEXPECTED_MESSAGE, clientKeyExchange());
        refuses(
                asked(),
                AlertDescription.UNEXPECTED_MESSAGE,
                noCertificate(),
                clientKeyExchange(),
                certificateVerify(TestIdentity.P256));
    }

    @Test
    void aCertificateIsFollowedByItsProof() {
        // RFC 5246 7.4.7-1, 7.4.8-1
        refuses(
                asked(),
                AlertDescription.UNEXPECTED_MESSAGE,
                certificate(TestIdentity.P256),
                clientKeyExchange(),
                changeCipherSpec());
        refuses(
                asked(),
                AlertDescription.UNEXPECTED_MESSAGE,
                certificate(TestIdentity.P256),
                certificateVerify(TestIdentity.P256));
    }

    @Test
    void aKeyOfATypeThatWasNotAskedForIsUnsupported() {
        // RFC 5246 7.4.4-2, 7.4.6-2, RFC 8422 3.1-1, 5.6-1
        refuses(
                asked(policy -> policy.withCertificateTypes(List.of(ClientCertificateType.RSA_SIGN))),
                AlertDescription.UNSUPPORTED_CERTIFICATE,
                certificate(TestIdentity.P256));
        refuses(
                asked(policy -> policy.withCertificateTypes(List.of(ClientCertificateType.ECDSA_SIGN))),
                AlertDescription.UNSUPPORTED_CERTIFICATE,
                certificate(TestIdentity.RSA_2048));
    }

    @Test
    void aKeyThatSignsWithNoSchemeAskedForIsUnsupported() {
        // RFC 5246 7.4.4-3
        refuses(
                asked(policy -> policy.withSignatureSchemes(List.of(SignatureScheme.ED25519))),
                AlertDescription.UNSUPPORTED_CERTIFICATE,
                certificate(TestIdentity.P256));
    }

    @Test
    void aKeyThatMayNotSignIsUnsupported() {
        // RFC 5246 7.4.6-4, 7.4.6-6
        for (TestIdentity identity : List.of(TestIdentity.RSA_2048, TestIdentity.P256)) {
            refuses(
                    asked(),
                    AlertDescription.UNSUPPORTED_CERTIFICATE,
                    certificate(List.of(issued(identity, KeyUsage.keyEncipherment | KeyUsage.keyAgreement))));
        }
    }

    @Test
    void aKeyOnAnotherCurveIsUnsupported() throws Exception {
        // RFC 5246 7.4.6-6
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC", new BouncyCastleProvider());
        generator.initialize(new ECGenParameterSpec("brainpoolP256r1"));
        X509Certificate other = authority
                .order("client", generator.generateKeyPair().getPublic())
                .usage(KeyUsage.digitalSignature)
                .sign();
        refuses(asked(), AlertDescription.UNSUPPORTED_CERTIFICATE, certificate(List.of(other)));
    }

    @Test
    void aCertificateOfVersion1IsUnsupported() throws Exception {
        // RFC 5246 7.4.6-3
        X500Principal name = new X500Principal("CN=old");
        TestIdentity identity = TestIdentity.P256;
        X509Certificate old = new JcaX509CertificateConverter()
                .getCertificate(new JcaX509v1CertificateBuilder(
                                name,
                                BigInteger.ONE,
                                Date.from(Instant.EPOCH),
                                Date.from(TestAuthority.NOW),
                                name,
                                identity.publicKey())
                        .build(new JcaContentSignerBuilder("SHA256withECDSA").build(identity.privateKey())));
        assertThat(old.getVersion()).isEqualTo(1);
        refuses(asked(), AlertDescription.UNSUPPORTED_CERTIFICATE, certificate(List.of(old)));
    }

    @Test
    void aSchemeThatWasNotAskedForIsIllegal() {
        // RFC 5246 7.4.8-2
        refuses(
                asked(policy -> policy.withSignatureSchemes(
                        List.of(SignatureScheme.RSA_PSS_RSAE_SHA256, SignatureScheme.RSA_PKCS1_SHA256))),
                AlertDescription.ILLEGAL_PARAMETER,
                certificate(TestIdentity.RSA_2048),
                clientKeyExchange(),
                certificateVerify(SignatureScheme.RSA_PKCS1_SHA512, TestIdentity.RSA_2048));
    }

    @Test
    void aSchemeOfAnotherKindOfKeyIsIllegal() {
        // RFC 5246 7.4.8-3
        refuses(
                asked(),
                AlertDescription.ILLEGAL_PARAMETER,
                certificate(TestIdentity.P256),
                clientKeyExchange(),
                certificateVerify(defaultScheme(TestIdentity.RSA_2048), TestIdentity.RSA_2048));
    }
}
