package dev.lockstep.keys.sshagent;

import static dev.lockstep.keys.Failures.reason;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.keys.BlockingKey;
import dev.lockstep.testkit.JdkConversation;
import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.tls.credential.Credential;
import dev.lockstep.tls.key.ExternalPrivateKey;
import dev.lockstep.tls.key.SignRequest;
import dev.lockstep.tls.spec.AlertDescription;
import dev.lockstep.tls.spec.SignatureScheme;
import dev.lockstep.tls.wait.OperationException.Reason;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whole handshakes of the JDK's client with a server whose keys are in a stock OpenSSH agent. */
@Timeout(120)
class SshAgentHandshakeTest {

    private static final String ECDSA_SUITE = "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256";
    private static final String RSA_SUITE = "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256";

    @TempDir
    Path directory;

    private OpenSshAgent agent;
    private SshAgentKeys keys;

    @BeforeEach
    void start() throws Exception {
        agent = new OpenSshAgent(directory);
        keys = SshAgentKeys.at(agent.socket());
    }

    @AfterEach
    void stop() throws Exception {
        if (keys != null) {
            keys.close();
        }
        if (agent != null) {
            agent.kill();
        }
    }

    private JdkConversation talk(X509Certificate certificate, ExternalPrivateKey key, String suite) throws Exception {
        return JdkConversation.of(Credential.external(List.of(certificate), key), suite)
                .run();
    }

    @ParameterizedTest
    @CsvSource({
        "rsa, 2048, " + RSA_SUITE,
        "rsa, 3072, TLS_DHE_RSA_WITH_AES_128_GCM_SHA256",
        "ecdsa, 256, " + ECDSA_SUITE,
        "ecdsa, 384, " + ECDSA_SUITE,
        "ecdsa, 521, " + ECDSA_SUITE,
        "ed25519, 256, " + ECDSA_SUITE
    })
    void theAgentSignsTheServerKeyExchange(String type, int bits, String suite) throws Exception {
        X509Certificate certificate = agent.key(type, bits).certificate();
        ExternalPrivateKey key = keys.key(certificate);
        for (int i = 0; i < 3; i++) {
            JdkConversation talk = talk(certificate, key, suite);
            assertThat(talk.server().failure()).isNull();
            assertThat(talk.client().failure()).isNull();
            assertThat(talk.echoed()).isTrue();
            assertThat(talk.server().suspensions()).isPositive();
            assertThat(talk.client().serverCertificate()).isEqualTo(certificate);
        }
    }

    @ParameterizedTest
    @CsvSource({"rsa, 2048", "ecdsa, 256", "ecdsa, 384", "ecdsa, 521", "ed25519, 256"})
    void everySchemeThatIsClaimedGivesSignaturesThatVerify(String type, int bits) throws Exception {
        X509Certificate certificate = agent.key(type, bits).certificate();
        BlockingKey key = keys.blockingKey(certificate);
        Credential verifier = Credential.external(List.of(certificate), keys.key(certificate));
        assertThat(key.signatureSchemes()).isNotEmpty();
        for (SignatureScheme scheme : key.signatureSchemes()) {
            for (int length = 0; length < 60; length++) {
                byte[] message = new byte[length];
                SignRequest request =
                        new SignRequest(scheme, message, List.of(certificate), null, OptionalLong.empty());
                assertThat(verifier.verifies(scheme, message, key.sign(request)))
                        .isTrue();
            }
        }
    }

    @Test
    void theKeyIsFoundByTheCertificateAmongOthers() throws Exception {
        agent.key("rsa", 2048);
        X509Certificate ec = agent.key("ecdsa", 256).certificate();
        agent.key("ecdsa", 256);

        assertThat(talk(ec, keys.key(ec), ECDSA_SUITE).echoed()).isTrue();
        assertThatThrownBy(() -> keys.key(TestIdentity.P256.certificate()))
                .satisfies(e -> assertThat(reason(e)).isEqualTo(Reason.KEY_UNAVAILABLE));
    }

    @Test
    void anAgentThatDiedFailsHandshakesUntilItIsBack() throws Exception {
        OpenSshAgent.Keyed made = agent.key("ecdsa", 256);
        ExternalPrivateKey key = keys.key(made.certificate());
        agent.kill();
        JdkConversation failed = talk(made.certificate(), key, ECDSA_SUITE);
        assertThat(failed.server().failure().alert()).isEqualTo(AlertDescription.INTERNAL_ERROR);
        assertThat(failed.client().failure()).hasMessageContaining("internal_error");

        agent.start();
        agent.add(made.file());
        assertThat(talk(made.certificate(), key, ECDSA_SUITE).echoed()).isTrue();
    }

    @Test
    void aKeyThatWasTakenOutOfTheAgentFailsTheHandshake() throws Exception {
        OpenSshAgent.Keyed made = agent.key("ecdsa", 256);
        ExternalPrivateKey key = keys.key(made.certificate());
        agent.removeAll();
        JdkConversation failed = talk(made.certificate(), key, ECDSA_SUITE);

        assertThat(failed.server().failure())
                .hasRootCauseMessage("the ssh-agent at " + agent.socket()
                        + " does not hold the certificate's key, or is locked; use ssh-add");
    }
}
