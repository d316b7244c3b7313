package dev.lockstep.keys.pkcs11;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.testkit.JdkConversation;
import dev.lockstep.testkit.answer.ExchangedCiphertext;
import dev.lockstep.testkit.client.PremasterBlock;
import dev.lockstep.tls.credential.Credential;
import dev.lockstep.tls.key.ExternalPrivateKey;
import dev.lockstep.tls.spec.AlertDescription;
import java.security.interfaces.RSAPublicKey;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Malformed premaster secrets decrypted in a token, once with raw RSA and once with a token that unpads and fails on bad
 * padding: nothing that a client sees tells one from the other, nor how often the token was asked.
 *
 * <p>The client is an honest one, and does not know what is in the block; its ciphertext is exchanged for a prepared one on the way into the key.
 */
@Timeout(120)
class Pkcs11BleichenbacherTest {

    private static final int CLIENT_VERSION = 0x0303;

    private static SoftHsm token;

    /** What shows outside, and what the token was asked. */
    private record Observation(
            int suspensions,
            List<Integer> flights,
            AlertDescription alert,
            String clientFailure,
            long decryptions,
            long signatures,
            long logins) {}

    @BeforeAll
    static void makeToken() throws Exception {
        token = SoftHsm.get();
    }

    @ParameterizedTest(name = "without {0}")
    @ValueSource(strings = {"nothing", "CKM_RSA_X_509"})
    void everyDefectLooksLikeTheSecretOfAnotherHandshake(String without) throws Exception {
        Pkcs11Keys.Builder builder = Pkcs11Keys.builder(SoftHsm.LIBRARY)
                .pin(SoftHsm.PIN::toCharArray)
                .concurrency(1);
        if (!without.equals("nothing")) {
            builder.withoutMechanism(without);
        }
        try (Pkcs11Keys keys = builder.open()) {
            Observation expected = observe(keys, PremasterBlock.WELL_FORMED);
            assertThat(expected.alert()).isEqualTo(AlertDescription.BAD_RECORD_MAC);
            assertThat(expected.suspensions()).isEqualTo(1);
            assertThat(expected.decryptions()).isEqualTo(1);
            for (PremasterBlock premaster : PremasterBlock.values()) {
                assertThat(observe(keys, premaster)).as(premaster.name()).isEqualTo(expected);
            }
        }
    }

    private static Observation observe(Pkcs11Keys keys, PremasterBlock premaster) throws Exception {
        long decryptions = token.decryptions();
        long signatures = token.signatures();
        long logins = token.calls("C_Login");
        byte[] ciphertext = premaster.encrypted(CLIENT_VERSION, (RSAPublicKey) token.rsa.getPublicKey());
        ExternalPrivateKey key = new ExchangedCiphertext(keys.key(token.rsa), ciphertext);
        JdkConversation talk = JdkConversation.of(
                        Credential.external(token.chain("RSA"), key), "TLS_RSA_WITH_AES_128_CBC_SHA256")
                .run();
        return new Observation(
                talk.server().suspensions(),
                talk.server().flights(),
                talk.server().failure().alert(),
                talk.client().failure().getMessage(),
                token.decryptions() - decryptions,
                token.signatures() - signatures,
                token.calls("C_Login") - logins);
    }
}
