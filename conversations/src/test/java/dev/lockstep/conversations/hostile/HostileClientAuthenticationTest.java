package dev.lockstep.conversations.hostile;

import static dev.lockstep.conversations.fixture.ClientAuthFixture.asked;
import static dev.lockstep.conversations.fixture.ClientAuthFixture.requiring;
import static dev.lockstep.conversations.fixture.ClientAuthFixture.wanting;
import static dev.lockstep.testkit.TestServers.local;
import static dev.lockstep.testkit.certificate.TestIdentity.ED25519;
import static dev.lockstep.testkit.certificate.TestIdentity.P256;
import static dev.lockstep.testkit.certificate.TestIdentity.P256_OTHER;
import static dev.lockstep.testkit.certificate.TestIdentity.RSA_2048;
import static dev.lockstep.testkit.certificate.TestIdentity.RSA_PSS;
import static dev.lockstep.testkit.client.ClientAuthMessages.certificate;
import static dev.lockstep.testkit.client.ClientAuthMessages.certificateBody;
import static dev.lockstep.testkit.client.ClientAuthMessages.certificateVerify;
import static dev.lockstep.testkit.client.ClientAuthMessages.certificateVerifyOf;
import static dev.lockstep.testkit.client.ClientAuthMessages.certificatesOf;
import static dev.lockstep.testkit.client.ClientAuthMessages.noCertificate;
import static dev.lockstep.testkit.client.ClientMessages.changeCipherSpec;
import static dev.lockstep.testkit.client.ClientMessages.clientKeyExchange;
import static dev.lockstep.testkit.client.ClientMessages.finished;
import static dev.lockstep.tls.spec.AlertDescription.BAD_CERTIFICATE;
import static dev.lockstep.tls.spec.AlertDescription.CERTIFICATE_UNKNOWN;
import static dev.lockstep.tls.spec.AlertDescription.DECODE_ERROR;
import static dev.lockstep.tls.spec.AlertDescription.DECRYPT_ERROR;
import static dev.lockstep.tls.spec.AlertDescription.ILLEGAL_PARAMETER;
import static dev.lockstep.tls.spec.AlertDescription.UNEXPECTED_MESSAGE;
import static dev.lockstep.tls.spec.AlertDescription.UNSUPPORTED_CERTIFICATE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.testkit.Conversation;
import dev.lockstep.testkit.Forms;
import dev.lockstep.testkit.TestServers;
import dev.lockstep.testkit.answer.KeyScript;
import dev.lockstep.testkit.answer.RecordingVerifier;
import dev.lockstep.testkit.certificate.TestAuthority;
import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.testkit.client.ClientMessage;
import dev.lockstep.testkit.client.ClientOptions;
import dev.lockstep.testkit.util.Bytes;
import dev.lockstep.tls.config.ClientAuthentication;
import dev.lockstep.tls.config.Policy;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.peer.Verdict;
import dev.lockstep.tls.spec.AlertDescription;
import dev.lockstep.tls.spec.CipherSuite;
import dev.lockstep.tls.spec.ClientCertificateType;
import dev.lockstep.tls.spec.SignatureScheme;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What a client may not do about its certificate and its proof, and the alert it gets for it. */
class HostileClientAuthenticationTest {

    private static final CipherSuite ECDHE = CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256;
    private static final CipherSuite RSA = CipherSuite.TLS_RSA_WITH_AES_128_GCM_SHA256;
    private static final int ECDSA_SHA256 = SignatureScheme.ECDSA_SECP256R1_SHA256.code();
    private static final TestAuthority AUTHORITY = TestAuthority.root("Any");

    /** Something a client sends, and the alert for it. */
    private record Act(String name, AlertDescription alert, ClientMessage... messages) {
        @Override
        public String toString() {
            return name + " -> " + alert;
        }
    }

    private static Act act(String name, AlertDescription alert, ClientMessage... messages) {
        return new Act(name, alert, messages);
    }

    // ---- Certificate

    static Stream<Act> certificates() throws GeneralSecurityException {
        byte[] good = der(P256.certificate());
        byte[] pem = ("-----BEGIN CERTIFICATE-----\n" + Base64.getMimeEncoder().encodeToString(good)
                        + "\n-----END CERTIFICATE-----\n")
                .getBytes(StandardCharsets.US_ASCII);
        byte[] wrongTag = good.clone();
        wrongTag[0] = 0x31;
        byte[] indefinite = good.clone();
        indefinite[1] = (byte) 0x80;
        return Stream.of(
                act("an empty body", DECODE_ERROR, certificateBody(new byte[0])),
                act("a list longer than its message", DECODE_ERROR, certificateBody(new byte[] {0, 0, 1})),
                act("a byte after the list", DECODE_ERROR, certificateBody(new byte[] {0, 0, 0, 0})),
                act("a certificate longer than its list", DECODE_ERROR, certificateBody(hex("000004 000002 30"))),
                act("an empty certificate", DECODE_ERROR, certificateBody(hex("000003 000000"))),
                act("half a length in the list", DECODE_ERROR, certificateBody(hex("000002 0000"))),
                act("an empty certificate after a good one", DECODE_ERROR, certificatesOf(good, new byte[0])),
                act("one byte", BAD_CERTIFICATE, certificatesOf(new byte[] {0})),
                act("noughts", BAD_CERTIFICATE, certificatesOf(new byte[200])),
                act("an empty sequence", BAD_CERTIFICATE, certificatesOf(hex("3000"))),
                act("PEM", BAD_CERTIFICATE, certificatesOf(pem)),
                act("a certificate cut off", BAD_CERTIFICATE, certificatesOf(Arrays.copyOf(good, good.length - 1))),
                act(
                        "a certificate with a byte after it",
                        BAD_CERTIFICATE,
                        certificatesOf(Arrays.copyOf(good, good.length + 1))),
                act("two certificates in the place of one", BAD_CERTIFICATE, certificatesOf(Bytes.concat(good, good))),
                act("another tag", BAD_CERTIFICATE, certificatesOf(wrongTag)),
                act("an indefinite length", BAD_CERTIFICATE, certificatesOf(indefinite)),
                act("a declared length of 2 GiB", BAD_CERTIFICATE, certificatesOf(hex("30847fffffff 00"))),
                act("nonsense behind a good one", BAD_CERTIFICATE, certificatesOf(good, new byte[] {1, 2, 3})),
                act(
                        "one certificate more than is read",
                        CERTIFICATE_UNKNOWN,
                        certificate(Collections.nCopies(11, P256.certificate()))),
                act(
                        "a key that is not for signing",
                        UNSUPPORTED_CERTIFICATE,
                        certificate(List.of(AUTHORITY
                                .order("client", P256.publicKey())
                                .usage(KeyUsage.keyAgreement | KeyUsage.keyEncipherment)
                                .sign()))),
                act(
                        "a key on another curve",
                        UNSUPPORTED_CERTIFICATE,
                        certificate(
                                List.of(AUTHORITY.order("client", brainpool()).sign()))),
                act(
                        "a DSA key",
                        UNSUPPORTED_CERTIFICATE,
                        certificate(List.of(AUTHORITY.order("client", dsa()).sign()))),
                act(
                        "an X25519 key",
                        UNSUPPORTED_CERTIFICATE,
                        certificate(List.of(AUTHORITY.order("client", x25519()).sign()))));
    }

    @ParameterizedTest
    @MethodSource("certificates")
    void aCertificateThatIsNone(Act act) {
        RecordingVerifier verifier = new RecordingVerifier();
        Conversation conversation =
                asked(wanting(verifier, local(RSA_2048)), ClientOptions.offering(ECDHE), Forms.PLAIN);
        conversation.client().sends(act.messages());
        conversation.server().refuses(act.alert());
        assertThat(verifier.requests())
                .as("the verifier sees well-formed chains only")
                .isEmpty();
    }

    @Test
    void aMessageLargerThanTheBoundIsRefusedBeforeItIsRead() {
        RecordingVerifier verifier = new RecordingVerifier();
        Conversation conversation =
                asked(wanting(verifier, local(RSA_2048)), ClientOptions.offering(ECDHE), Forms.PLAIN);
        conversation.client().sends(certificatesOf(new byte[1 << 16]));
        conversation.server().refuses(CERTIFICATE_UNKNOWN);
    }

    @Test
    void aKeyOfATypeThatWasNotAskedForIsUnsupported() {
        TlsServerConfig config = TestServers.builder(local(RSA_2048))
                .clientAuthentication(ClientAuthentication.wanted(new RecordingVerifier())
                        .withCertificateTypes(List.of(ClientCertificateType.ECDSA_SIGN)))
                .build();
        Conversation conversation = asked(config, ClientOptions.offering(ECDHE), Forms.PLAIN);
        conversation.client().sends(certificate(RSA_2048));
        conversation.server().refuses(UNSUPPORTED_CERTIFICATE);
        TlsServerConfig pkcs1 = TestServers.builder(local(RSA_2048))
                .clientAuthentication(ClientAuthentication.wanted(new RecordingVerifier())
                        .withSignatureSchemes(List.of(SignatureScheme.RSA_PKCS1_SHA256)))
                .build();
        Conversation pss = asked(pkcs1, ClientOptions.offering(ECDHE), Forms.PLAIN);
        pss.client().sends(certificate(RSA_PSS));
        pss.server().refuses(UNSUPPORTED_CERTIFICATE);
    }

    @ParameterizedTest
    @EnumSource(
            value = AlertDescription.class,
            names = {
                "BAD_CERTIFICATE",
                "UNSUPPORTED_CERTIFICATE",
                "CERTIFICATE_REVOKED",
                "CERTIFICATE_EXPIRED",
                "CERTIFICATE_UNKNOWN",
                "UNKNOWN_CA",
                "ACCESS_DENIED"
            })
    void theVerdictsAlertIsSentAndItsReasonIsNot(AlertDescription alert) {
        for (KeyScript script : List.of(KeyScript.ready(), KeyScript.inProgress(2))) {
            RecordingVerifier verifier = new RecordingVerifier()
                    .answers(script)
                    .judges(request -> Verdict.rejected(alert, "a reason for the log"));
            Conversation conversation =
                    asked(wanting(verifier, local(RSA_2048)), ClientOptions.offering(ECDHE), Forms.PLAIN);
            conversation.client().sends(certificate(P256));
            conversation.server().refuses(alert);
            assertThat(conversation.server().failure()).hasMessageContaining("a reason for the log");
            verifier.assertDisciplined();
        }
    }

    // ---- CertificateVerify

    static Stream<Arguments> proofs() {
        byte[] psychic = hex("3006 020100 020100");
        SignatureScheme sha256 = SignatureScheme.ECDSA_SECP256R1_SHA256;
        List<Act> acts = new ArrayList<>(List.of(
                act("another key of the same kind", DECRYPT_ERROR, certificateVerify(sha256, P256_OTHER)),
                act(
                        "another hash than it says",
                        DECRYPT_ERROR,
                        certificateVerify(
                                SignatureScheme.ECDSA_SECP384R1_SHA384,
                                ECDSA_SHA256,
                                P256.privateKey(),
                                m -> m,
                                b -> b)),
                act("a transcript with a bit flipped", DECRYPT_ERROR, verifyOver(messages -> {
                    messages[messages.length / 2] ^= 1;
                    return messages;
                })),
                act(
                        "a transcript without its last byte",
                        DECRYPT_ERROR,
                        verifyOver(messages -> Arrays.copyOf(messages, messages.length - 1))),
                act("an empty transcript", DECRYPT_ERROR, verifyOver(messages -> new byte[0])),
                act("a psychic signature", DECRYPT_ERROR, certificateVerifyOf(ECDSA_SHA256, psychic)),
                act("an empty signature", DECRYPT_ERROR, certificateVerifyOf(ECDSA_SHA256, new byte[0])),
                act("a signature of noughts", DECRYPT_ERROR, certificateVerifyOf(ECDSA_SHA256, new byte[72])),
                act("r = order", DECRYPT_ERROR, certificateVerifyOf(ECDSA_SHA256, orderSignature())),
                act("a byte after the message", DECODE_ERROR, changed(b -> Arrays.copyOf(b, b.length + 1))),
                act("the message without its last byte", DECODE_ERROR, changed(b -> Arrays.copyOf(b, b.length - 1))),
                act("a scheme alone", DECODE_ERROR, changed(b -> Arrays.copyOf(b, 2))),
                act("an empty message", DECODE_ERROR, changed(b -> new byte[0])),
                act("a signature with a byte after it", DECRYPT_ERROR, changed(b -> {
                    byte[] longer = Arrays.copyOf(b, b.length + 1);
                    longer[3]++;
                    return longer;
                })),
                act("an unknown scheme", ILLEGAL_PARAMETER, certificateVerifyOf(0xfefe, new byte[64])),
                act("MD5", ILLEGAL_PARAMETER, certificateVerifyOf(0x0103, new byte[64])),
                act(
                        "a scheme of TLS 1.3 that was not asked for",
                        ILLEGAL_PARAMETER,
                        certificateVerify(sha256, 0x081a, P256.privateKey(), m -> m, b -> b)),
                act("a scheme for another kind of key", ILLEGAL_PARAMETER, certificateVerify(ED25519)),
                act("a proof with RSA for an EC certificate", ILLEGAL_PARAMETER, certificateVerify(RSA_2048)),
                act("no proof at all", UNEXPECTED_MESSAGE, changeCipherSpec(), finished()),
                act("no proof and no change of keys", UNEXPECTED_MESSAGE, finished()),
                act("a second certificate", UNEXPECTED_MESSAGE, certificate(P256)),
                act("a second key exchange", UNEXPECTED_MESSAGE, clientKeyExchange()),
                act("the proof twice", UNEXPECTED_MESSAGE, certificateVerify(P256), certificateVerify(P256))));
        return acts.stream().flatMap(act -> Stream.of(Arguments.of(act, ECDHE), Arguments.of(act, RSA)));
    }

    @ParameterizedTest
    @MethodSource("proofs")
    void aProofThatIsNone(Act act, CipherSuite suite) {
        for (Forms forms : List.of(Forms.PLAIN, Forms.suspending().toList().get(0))) {
            RecordingVerifier verifier = new RecordingVerifier().answers(forms.script());
            Conversation conversation =
                    asked(requiring(verifier, local(RSA_2048)), ClientOptions.offering(suite), forms);
            conversation.client().sends(certificate(P256), clientKeyExchange());
            conversation.client().sends(act.messages());
            conversation.server().refuses(act.alert());
            assertThat(conversation.server().connection().info().peerCertificates())
                    .isEmpty();
            verifier.assertDisciplined();
        }
    }

    static Stream<Act> disorders() {
        return Stream.of(
                act("the key exchange without a Certificate", UNEXPECTED_MESSAGE, clientKeyExchange()),
                act("the proof before everything", UNEXPECTED_MESSAGE, certificateVerify(P256)),
                act("a change of keys", UNEXPECTED_MESSAGE, changeCipherSpec()),
                act(
                        "the proof before the key exchange",
                        UNEXPECTED_MESSAGE,
                        certificate(P256),
                        certificateVerify(P256)),
                act("two certificates", UNEXPECTED_MESSAGE, certificate(P256), certificate(P256)),
                act("two empty certificates", UNEXPECTED_MESSAGE, noCertificate(), noCertificate()),
                act("none, then one", UNEXPECTED_MESSAGE, noCertificate(), certificate(P256)),
                act(
                        "a proof without a certificate",
                        UNEXPECTED_MESSAGE,
                        noCertificate(),
                        clientKeyExchange(),
                        certificateVerify(P256)));
    }

    @ParameterizedTest
    @MethodSource("disorders")
    void anotherOrder(Act act) {
        for (CipherSuite suite : List.of(ECDHE, RSA)) {
            Conversation conversation = asked(
                    wanting(new RecordingVerifier(), local(RSA_2048)), ClientOptions.offering(suite), Forms.PLAIN);
            conversation.client().sends(act.messages());
            conversation.server().refuses(act.alert());
        }
    }

    @Test
    void aCertificateThatWasNotAskedForIsUnexpected() {
        Conversation conversation =
                Conversation.of(TestServers.config(local(RSA_2048)), ClientOptions.offering(ECDHE), Forms.PLAIN);
        conversation.clientHelloAndAnswer();
        conversation.client().sends(certificate(P256));
        conversation.server().refuses(UNEXPECTED_MESSAGE);
    }

    /** The very bytes that were good in one handshake, in the next. */
    @Test
    void aProofIsGoodForOneHandshakeOnly() {
        TlsServerConfig config = requiring(new RecordingVerifier(), local(RSA_2048));
        byte[][] heard = new byte[1][];
        Conversation first = asked(config, ClientOptions.offering(ECDHE), Forms.PLAIN);
        first.client()
                .sends(
                        certificate(P256),
                        clientKeyExchange(),
                        certificateVerify(
                                SignatureScheme.ECDSA_SECP256R1_SHA256, ECDSA_SHA256, P256.privateKey(), m -> m, b -> {
                                    heard[0] = b;
                                    return b;
                                }));
        first.server().answers();
        Conversation second = asked(config, ClientOptions.offering(ECDHE), Forms.PLAIN);
        second.client().sends(certificate(P256), clientKeyExchange(), changed(own -> heard[0]));
        second.server().refuses(DECRYPT_ERROR);
    }

    @Test
    void sha1AndSha224AreNotTakenWhereTheyWereNotAskedFor() {
        TlsServerConfig config = TestServers.builder(local(RSA_2048))
                .policy(Policy.MODERN)
                .clientAuthentication(ClientAuthentication.required(new RecordingVerifier()))
                .build();
        for (SignatureScheme old : List.of(SignatureScheme.ECDSA_SHA1, SignatureScheme.ECDSA_SHA224)) {
            Conversation conversation = asked(config, ClientOptions.offering(ECDHE), Forms.PLAIN);
            conversation.client().sends(certificate(P256), clientKeyExchange(), certificateVerify(old, P256));
            conversation.server().refuses(ILLEGAL_PARAMETER);
        }
    }

    /** RFC 8446 4.2.3: rsae is for rsaEncryption keys, pss for RSASSA-PSS ones, and PKCS#1 is not for the latter. */
    @Test
    void anRsaSchemeIsForItsOwnTypeOfKey() {
        TlsServerConfig config = requiring(new RecordingVerifier(), local(RSA_2048));
        record Misfit(TestIdentity identity, SignatureScheme said, SignatureScheme signed) {}
        for (Misfit misfit : List.of(
                new Misfit(RSA_2048, SignatureScheme.RSA_PSS_PSS_SHA256, SignatureScheme.RSA_PSS_RSAE_SHA256),
                new Misfit(RSA_PSS, SignatureScheme.RSA_PSS_RSAE_SHA256, SignatureScheme.RSA_PSS_PSS_SHA256),
                new Misfit(RSA_PSS, SignatureScheme.RSA_PKCS1_SHA256, SignatureScheme.RSA_PSS_PSS_SHA256))) {
            Conversation conversation = asked(config, ClientOptions.offering(ECDHE), Forms.PLAIN);
            conversation
                    .client()
                    .sends(
                            certificate(misfit.identity()),
                            clientKeyExchange(),
                            certificateVerify(
                                    misfit.signed(),
                                    misfit.said().code(),
                                    misfit.identity().privateKey(),
                                    m -> m,
                                    b -> b));
            conversation.server().refuses(ILLEGAL_PARAMETER);
        }
    }

    private static ClientMessage verifyOver(java.util.function.UnaryOperator<byte[]> messages) {
        return certificateVerify(
                SignatureScheme.ECDSA_SECP256R1_SHA256, ECDSA_SHA256, P256.privateKey(), messages, b -> b);
    }

    private static ClientMessage changed(java.util.function.UnaryOperator<byte[]> body) {
        return certificateVerify(SignatureScheme.ECDSA_SECP256R1_SHA256, ECDSA_SHA256, P256.privateKey(), m -> m, body);
    }

    /** r is the order of P-256, which is nought modulo the order; s is 1. */
    private static byte[] orderSignature() {
        return hex("3026 022100 ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551 020101");
    }

    private static PublicKey brainpool() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC", new BouncyCastleProvider());
        generator.initialize(new ECGenParameterSpec("brainpoolP256r1"));
        return generator.generateKeyPair().getPublic();
    }

    private static PublicKey dsa() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("DSA");
        generator.initialize(2048);
        return generator.generateKeyPair().getPublic();
    }

    private static PublicKey x25519() throws GeneralSecurityException {
        return KeyPairGenerator.getInstance("X25519").generateKeyPair().getPublic();
    }

    private static byte[] der(X509Certificate certificate) throws CertificateEncodingException {
        return certificate.getEncoded();
    }

    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text.replace(" ", ""));
    }
}
