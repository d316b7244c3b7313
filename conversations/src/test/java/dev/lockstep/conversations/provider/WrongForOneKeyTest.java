package dev.lockstep.conversations.provider;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.conversations.fixture.Setting;
import dev.lockstep.testkit.Conversation;
import dev.lockstep.testkit.Forms;
import dev.lockstep.testkit.TestServers;
import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.testkit.client.ClientOptions;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.provider.CryptoProviders;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A provider that passes the self-test and signs wrongly with a server's key: signatures of local keys are not verified by
 * default, so that a client would get a wrong one.
 */
class WrongForOneKeyTest {

    private final WrongProvider provider = new WrongProvider();

    /** Completes two handshakes with a credential, and returns how many signatures the provider has made in the second. */
    private int signatures(TestIdentity identity, CryptoProviders providers) {
        TlsServerConfig config = TestServers.builder(TestServers.local(identity))
                .cryptoProviders(providers)
                .build();
        ClientOptions client = new Setting(Forms.PLAIN, identity).signingClient();
        Conversation.of(config, client, Forms.PLAIN).completes();
        int before = provider.signatures();
        Conversation.of(config, client, Forms.PLAIN).completes();
        return provider.signatures() - before;
    }

    @ParameterizedTest
    @CsvSource({
        "RSA_2048, SHA256withRSA, RSA_3072, RSA signatures",
        "RSA_2048, RSASSA-PSS, RSA_3072, RSA signatures",
        "RSA_PSS, RSASSA-PSS, RSA_3072, RSA signatures",
        "P256, NONEwithECDSA, P256_OTHER, ECDSA signatures on P-256",
        "P384, NONEwithECDSA, P256, ECDSA signatures on P-384",
    })
    void aKeyThatAProviderSignsWronglyWithSignsInJava(
            TestIdentity wrong, String algorithm, TestIdentity right, String primitive) {
        provider.wrongFor(wrong.privateKey(), algorithm);
        CryptoProviders providers = CryptoProviders.of(provider);
        assertThat(providers.table()).contains(primitive + ": " + provider.getName());
        assertThat(signatures(wrong, providers)).isZero();
        assertThat(signatures(right, providers)).isEqualTo(1);
    }
}
