package dev.lockstep.conversations.conversation;

import static dev.lockstep.testkit.TestServers.config;
import static dev.lockstep.testkit.TestServers.local;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.testkit.Conversation;
import dev.lockstep.testkit.Forms;
import dev.lockstep.testkit.certificate.TestAuthority;
import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.testkit.client.ClientOptions;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.credential.Credential;
import dev.lockstep.tls.internal.algorithm.ChainSignatures;
import dev.lockstep.tls.spec.CipherSuite;
import dev.lockstep.tls.spec.SignatureScheme;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Chains that the client says it can verify come first: RFC 5246 7.4.2, RFC 8446 4.2.3. */
class CertificateSchemesTest {
    private static final CipherSuite ECDSA = CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256;
    private static final CipherSuite RSA = CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256;
    private static final int SIGNATURE_ALGORITHMS_CERT = 50;

    /** Issued with ecdsa_secp256r1_sha256, as all of TestIdentity's are. */
    private static final Credential ISSUED_WITH_SHA256 = local(TestIdentity.P256);

    /** Issued with ecdsa_secp384r1_sha384. */
    private static final Credential ISSUED_WITH_SHA384 = Credential.local(
            List.of(TestAuthority.root("another authority")
                    .order("server", TestIdentity.P256_OTHER.publicKey())
                    .signedWith("SHA384withECDSA")
                    .sign()),
            TestIdentity.P256_OTHER.privateKey());

    private static X509Certificate served(TlsServerConfig config, ClientOptions options) {
        return Conversation.of(config, options, Forms.PLAIN)
                .completes()
                .client()
                .certificate();
    }

    @Test
    void theChainThatFitsSignatureAlgorithmsCertIsSent() {
        TlsServerConfig both = config(ISSUED_WITH_SHA256, ISSUED_WITH_SHA384);
        assertThat(served(both, ClientOptions.offering(ECDSA))).isEqualTo(ISSUED_WITH_SHA256.certificate());
        assertThat(served(both, ClientOptions.offering(ECDSA).extension(SIGNATURE_ALGORITHMS_CERT, bytes(0x0503))))
                .isEqualTo(ISSUED_WITH_SHA384.certificate());
        assertThat(served(both, ClientOptions.offering(ECDSA).extension(SIGNATURE_ALGORITHMS_CERT, bytes(0x0403))))
                .isEqualTo(ISSUED_WITH_SHA256.certificate());
    }

    @Test
    void withoutThatExtensionSignatureAlgorithmsGoverns() {
        // RFC 5246 7.4.2-14
        TlsServerConfig both = config(ISSUED_WITH_SHA256, ISSUED_WITH_SHA384);
        ClientOptions options = ClientOptions.offering(ECDSA).schemes(SignatureScheme.ECDSA_SECP384R1_SHA384);
        assertThat(served(both, options)).isEqualTo(ISSUED_WITH_SHA384.certificate());
    }

    @Test
    void whereNoChainFitsTheServersOrderDecides() {
        // RFC 5246 7.4.2-14
        TlsServerConfig both = config(ISSUED_WITH_SHA256, ISSUED_WITH_SHA384);
        assertThat(served(both, ClientOptions.offering(ECDSA).extension(SIGNATURE_ALGORITHMS_CERT, bytes(0x0807))))
                .isEqualTo(ISSUED_WITH_SHA256.certificate());
        assertThat(served(both, ClientOptions.offering(ECDSA).extension(SIGNATURE_ALGORITHMS_CERT, bytes(0x1a1a))))
                .isEqualTo(ISSUED_WITH_SHA256.certificate());
    }

    @Test
    void aChainThatFitsButServesNoSuiteOfTheClientDoesNotStandInTheWay() {
        TlsServerConfig both = config(local(TestIdentity.RSA_2048), ISSUED_WITH_SHA384);
        ClientOptions options = ClientOptions.offering(RSA).extension(SIGNATURE_ALGORITHMS_CERT, bytes(0x0503));
        assertThat(served(both, options)).isEqualTo(TestIdentity.RSA_2048.certificate());
    }

    @Test
    void aSelfSignedCertificateFitsEveryList() {
        X509Certificate own = TestAuthority.selfSigned(TestIdentity.P256, "SHA256withECDSA");
        assertThat(ChainSignatures.of(List.of(own)).fit(Set.of())).isTrue();
        assertThat(ChainSignatures.of(TestIdentity.P256.chain()).fit(Set.of())).isFalse();
        assertThat(ChainSignatures.of(TestIdentity.P256.chain()).fit(Set.of(SignatureScheme.ECDSA_SECP256R1_SHA256)))
                .isTrue();
    }

    private static byte[] bytes(int scheme) {
        return new byte[] {0, 2, (byte) (scheme >>> 8), (byte) scheme};
    }
}
