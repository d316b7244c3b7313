package dev.lockstep.tls.internal.handshake.phase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.lockstep.crypto.hash.HashAlgorithm;
import dev.lockstep.crypto.hash.TranscriptHash;
import dev.lockstep.crypto.signature.KnownVerifiers;
import dev.lockstep.crypto.source.PrimitiveSources;
import dev.lockstep.testkit.TestServers;
import dev.lockstep.testkit.certificate.SchemeSignatures;
import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.testkit.util.Bytes;
import dev.lockstep.tls.config.ClientAuthentication;
import dev.lockstep.tls.internal.wire.FatalAlert;
import dev.lockstep.tls.spec.AlertDescription;
import dev.lockstep.tls.spec.ClientCertificateType;
import dev.lockstep.tls.spec.SignatureScheme;
import dev.lockstep.tls.wait.Start;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What of a client's chain is read, for which schemes its key stands, and whether a signature is its key's. */
class ClientCertificateTest {

    private static final byte[] MESSAGES = "the messages up to here".getBytes(StandardCharsets.US_ASCII);

    private final KnownVerifiers known = new KnownVerifiers(4, PrimitiveSources.JAVA);
    /** With the defaults that a configuration fills in. */
    private final ClientAuthentication policy = TestServers.builder(TestServers.local(TestIdentity.P256))
            .clientAuthentication(ClientAuthentication.required((request, waker) -> Start.fallThrough()))
            .build()
            .clientAuthentication(null);

    private ClientCertificate parse(byte[]... chain) {
        return ClientCertificate.parse(List.of(chain), policy, known);
    }

    private static byte[] encoded(X509Certificate certificate) {
        try {
            return certificate.getEncoded();
        } catch (CertificateEncodingException e) {
            throw new AssertionError(e);
        }
    }

    private static byte[] encoded(TestIdentity identity) {
        return encoded(identity.certificate());
    }

    /** Whose messages are kept, as where a client may sign. */
    private static TranscriptHash transcript() {
        TranscriptHash transcript = condensable();
        transcript.choose(HashAlgorithm.SHA256, true);
        return transcript;
    }

    private static TranscriptHash condensable() {
        TranscriptHash transcript = new TranscriptHash();
        transcript.update(MESSAGES, 0, MESSAGES.length);
        return transcript;
    }

    private static void refuses(AlertDescription alert, Runnable parse) {
        FatalAlert refusal = catchThrowableOfType(FatalAlert.class, parse::run);
        assertThat(refusal).isNotNull();
        assertThat(refusal.description()).as(refusal.reason()).isEqualTo(alert);
    }

    @Test
    void theChainIsReadInItsOrderAndCounted() {
        byte[] own = encoded(TestIdentity.P256);
        byte[] issuer = encoded(TestIdentity.CA);
        ClientCertificate certificate = parse(own, issuer);
        assertThat(certificate.chain()).containsExactly(TestIdentity.P256.certificate(), TestIdentity.CA.certificate());
        assertThat(certificate.heldBytes()).isGreaterThanOrEqualTo(2 * (own.length + issuer.length));
        assertThat(certificate.heldBytes() - parse(own).heldBytes()).isGreaterThanOrEqualTo(2 * issuer.length);
    }

    /** RFC 5246 7.4.8-2, 7.4.8-3. */
    @Test
    void itsKeySignsWithSchemesOfItsKindThatWereAskedForOnly() {
        ClientCertificate certificate = parse(encoded(TestIdentity.P256));
        assertThat(certificate.signsWith(SignatureScheme.ECDSA_SECP256R1_SHA256))
                .isTrue();
        assertThat(certificate.signsWith(SignatureScheme.RSA_PKCS1_SHA256)).isFalse();
        assertThat(certificate.signsWith(null)).as("a scheme that is not known").isFalse();
        ClientCertificate limited = ClientCertificate.parse(
                List.of(encoded(TestIdentity.RSA_2048)),
                policy.withSignatureSchemes(List.of(SignatureScheme.RSA_PKCS1_SHA256)),
                known);
        assertThat(limited.signsWith(SignatureScheme.RSA_PKCS1_SHA256)).isTrue();
        assertThat(limited.signsWith(SignatureScheme.RSA_PKCS1_SHA512)).isFalse();
    }

    @Test
    void aKeyThatWasNotAskedForIsUnsupported() {
        List<byte[]> chain = List.of(encoded(TestIdentity.P256));
        refuses(
                AlertDescription.UNSUPPORTED_CERTIFICATE,
                () -> ClientCertificate.parse(
                        chain, policy.withSignatureSchemes(List.of(SignatureScheme.ED25519)), known));
        refuses(
                AlertDescription.UNSUPPORTED_CERTIFICATE,
                () -> ClientCertificate.parse(
                        chain, policy.withCertificateTypes(List.of(ClientCertificateType.RSA_SIGN)), known));
    }

    @Test
    void bytesThatAreNoCertificateOrMoreThanOneAreBad() {
        byte[] own = encoded(TestIdentity.P256);
        String pem = "-----BEGIN CERTIFICATE-----\n" + Base64.getMimeEncoder().encodeToString(own)
                + "\n-----END CERTIFICATE-----\n";
        for (byte[] bad : List.of(
                new byte[] {1, 2, 3},
                Bytes.concat(own, new byte[1]),
                Bytes.slice(own, 0, own.length - 1),
                pem.getBytes(StandardCharsets.US_ASCII))) {
            refuses(AlertDescription.BAD_CERTIFICATE, () -> parse(bad));
            refuses(AlertDescription.BAD_CERTIFICATE, () -> parse(own, bad));
        }
    }

    @ParameterizedTest
    @EnumSource(
            names = {"CA"},
            mode = EnumSource.Mode.EXCLUDE)
    void aSignatureIsItsKeysOrNot(TestIdentity identity) {
        ClientCertificate certificate = parse(encoded(identity));
        for (SignatureScheme scheme : SignatureScheme.values()) {
            if (!certificate.signsWith(scheme) || !SchemeSignatures.fits(scheme, identity)) {
                continue;
            }
            byte[] signature = SchemeSignatures.sign(scheme, identity.privateKey(), MESSAGES);
            assertThat(certificate.verifies(scheme, transcript(), signature))
                    .as("%s", scheme)
                    .isTrue();
            TranscriptHash other = transcript();
            other.update(MESSAGES, 0, 1);
            assertThat(certificate.verifies(scheme, other, signature))
                    .as("%s", scheme)
                    .isFalse();
        }
    }

    /** Where a long ClientHello has been condensed, only digests are left to verify over. */
    @Test
    void digestsWillDoWhereTheMessagesAreGone() {
        for (TestIdentity identity : List.of(TestIdentity.P256, TestIdentity.RSA_2048)) {
            SignatureScheme scheme =
                    identity.isRsa() ? SignatureScheme.RSA_PSS_RSAE_SHA256 : SignatureScheme.ECDSA_SECP256R1_SHA256;
            TranscriptHash condensed = condensable();
            condensed.condense(EnumSet.of(HashAlgorithm.SHA256));
            condensed.choose(HashAlgorithm.SHA256);
            byte[] signature = SchemeSignatures.sign(scheme, identity.privateKey(), MESSAGES);
            assertThat(parse(encoded(identity)).verifies(scheme, condensed, signature))
                    .isTrue();
            assertThat(parse(encoded(identity)).verifies(scheme, condensed, new byte[signature.length]))
                    .isFalse();
        }
    }

    @Test
    void aKeyThatIsRememberedIsNotDecodedAgain() {
        ClientCertificate certificate = parse(encoded(TestIdentity.P256));
        Object before = known.of(TestIdentity.P256.publicKey());
        assertThat(known.of(TestIdentity.P256.publicKey())).isNotSameAs(before);
        certificate.remember(known);
        assertThat(known.of(TestIdentity.P256.publicKey())).isSameAs(known.of(TestIdentity.P256.publicKey()));
    }
}
