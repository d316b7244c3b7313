package dev.lockstep.tls.credential;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.testkit.certificate.TestAuthority;
import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.tls.spec.SignatureFamily;
import dev.lockstep.tls.spec.SignatureScheme;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v1CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.Test;

/** Which chains a server may have, and what a certificate lets its key do: RFC 5246 7.4.2, RFC 9325 4.5. */
class CredentialChainTest {

    private final TestAuthority root = TestAuthority.root("root");
    private final TestAuthority middle = root.intermediate("middle");

    private X509Certificate server(TestIdentity identity, int usage) {
        return middle.order(identity.hostName(), identity.publicKey())
                .usage(usage)
                .sign();
    }

    private static Credential local(TestIdentity identity, X509Certificate... chain) {
        return Credential.local(List.of(chain), identity.privateKey());
    }

    @Test
    void theOrderIsLeafThenTheIssuerOfEach() {
        // RFC 5246 7.4.2-3, 7.4.2-4
        X509Certificate leaf = server(TestIdentity.P256, KeyUsage.digitalSignature);
        assertThat(local(TestIdentity.P256, leaf, middle.certificate(), root.certificate())
                        .certificate())
                .isEqualTo(leaf);
        assertThat(local(TestIdentity.P256, leaf).chain()).containsExactly(leaf);
        assertThatThrownBy(() -> local(TestIdentity.P256, leaf, root.certificate()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("chain: ")
                .hasMessageContaining("did not issue");
        assertThatThrownBy(() -> local(TestIdentity.P256, leaf, root.certificate(), middle.certificate()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> local(TestIdentity.P256, middle.certificate(), leaf))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void anIssuerOfTheSameNameWithAnotherKeyIsNotTheIssuer() {
        // RFC 5246 7.4.2-4
        X509Certificate leaf = server(TestIdentity.P256, KeyUsage.digitalSignature);
        X509Certificate namesake = root.intermediate("middle").certificate();
        assertThatThrownBy(() -> local(TestIdentity.P256, leaf, namesake))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("did not issue");
    }

    @Test
    void aCertificateOfVersion1IsRefused() throws Exception {
        // RFC 5246 7.4.2-5
        X509Certificate old = version1(TestIdentity.P256);
        assertThat(old.getVersion()).isEqualTo(1);
        assertThatThrownBy(() -> local(TestIdentity.P256, old))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("X.509 version 1");
    }

    @Test
    void anRsaKeyBelow2048BitsIsRefused() throws Exception {
        // RFC 9325 4.5-3
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2040);
        KeyPair small = generator.generateKeyPair();
        X509Certificate leaf = root.order("small", small.getPublic())
                .usage(KeyUsage.digitalSignature)
                .sign();
        assertThatThrownBy(() -> Credential.local(List.of(leaf), small.getPrivate()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("2040 bits");
    }

    @Test
    void aKeyUsageWithoutDigitalSignatureLeavesNothingToSignWith() {
        // RFC 5246 7.4.2-8, 7.4.2-12, RFC 8422 2.2-1
        for (TestIdentity identity : List.of(TestIdentity.RSA_2048, TestIdentity.P256)) {
            X509Certificate signing = server(identity, KeyUsage.digitalSignature);
            assertThat(local(identity, signing).signatureSchemes()).isNotEmpty();
            X509Certificate other = server(identity, KeyUsage.keyEncipherment | KeyUsage.keyAgreement);
            assertThat(local(identity, other).signatureSchemes()).isEmpty();
        }
    }

    @Test
    void aKeyUsageWithoutKeyEnciphermentLeavesNothingToDecrypt() {
        // RFC 5246 7.4.2-7
        TestIdentity rsa = TestIdentity.RSA_2048;
        assertThat(local(rsa, server(rsa, KeyUsage.keyEncipherment)).canDecrypt())
                .isTrue();
        assertThat(local(rsa, server(rsa, KeyUsage.digitalSignature)).canDecrypt())
                .isFalse();
    }

    @Test
    void theSchemesAreThoseOfTheKeyInTheCertificate() {
        // RFC 5246 7.4.2-6, 7.4.3-4, RFC 8422 5.3-1, 5.9-1, 5.9-2, 5.9-3, 5.9-4
        assertThat(schemes(TestIdentity.ED25519)).containsExactly(SignatureScheme.ED25519);
        assertThat(schemes(TestIdentity.ED448)).containsExactly(SignatureScheme.ED448);
        assertThat(schemes(TestIdentity.P256)).allMatch(scheme -> scheme.family() == SignatureFamily.ECDSA);
        assertThat(schemes(TestIdentity.RSA_2048))
                .allMatch(scheme -> scheme.family() == SignatureFamily.RSA_PKCS1
                        || scheme.family() == SignatureFamily.RSA_PSS_RSAE);
    }

    private Iterable<SignatureScheme> schemes(TestIdentity identity) {
        return local(identity, server(identity, KeyUsage.digitalSignature)).signatureSchemes();
    }

    private static X509Certificate version1(TestIdentity identity)
            throws GeneralSecurityException, OperatorCreationException {
        X500Principal name = new X500Principal("CN=old");
        return new JcaX509CertificateConverter()
                .getCertificate(new JcaX509v1CertificateBuilder(
                                name,
                                BigInteger.ONE,
                                Date.from(Instant.EPOCH),
                                Date.from(TestAuthority.NOW),
                                name,
                                identity.publicKey())
                        .build(new JcaContentSignerBuilder("SHA256withECDSA").build(identity.privateKey())));
    }
}
