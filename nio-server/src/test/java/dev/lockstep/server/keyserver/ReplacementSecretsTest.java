package dev.lockstep.server.keyserver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.keys.BlockingKey;
import dev.lockstep.keys.InMemoryKey;
import dev.lockstep.server.keyserver.policy.ServerKeyExchangeInput;
import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.tls.key.DecryptRequest;
import dev.lockstep.tls.key.SignRequest;
import dev.lockstep.tls.spec.SignatureScheme;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Whether who asks for the same bad ciphertext twice is answered twice alike. */
class ReplacementSecretsTest {

    private static final PublicKey PUBLIC = TestIdentity.RSA_2048.publicKey();

    private final BlockingKey key = InMemoryKey.of(TestIdentity.RSA_2048.privateKey(), new SecureRandom());
    private final List<String> notes = new ArrayList<>();

    /** A key of a token that is for decryption alone. */
    private record DecryptingOnly(BlockingKey key) implements BlockingKey {

        @Override
        public Set<SignatureScheme> signatureSchemes() {
            return Set.of();
        }

        @Override
        public boolean canDecrypt() {
            return key.canDecrypt();
        }

        @Override
        public byte[] sign(SignRequest request) {
            throw new IllegalStateException("it does not sign");
        }

        @Override
        public byte[] decrypt(DecryptRequest request) throws Exception {
            return key.decrypt(request);
        }
    }

    @Test
    void everyProcessWithTheKeyHasTheSameSecretAndAnotherKeyAnother() {
        byte[] secret = new ReplacementSecrets().of(key, PUBLIC, "key", notes::add);
        BlockingKey again = InMemoryKey.of(TestIdentity.RSA_2048.privateKey(), new SecureRandom());
        assertThat(new ReplacementSecrets().of(again, PUBLIC, "key", notes::add))
                .isEqualTo(secret)
                .hasSize(32);
        BlockingKey other = InMemoryKey.of(TestIdentity.RSA_3072.privateKey(), new SecureRandom());
        assertThat(new ReplacementSecrets().of(other, TestIdentity.RSA_3072.publicKey(), "other", notes::add))
                .isNotEqualTo(secret);
        assertThat(notes).isEmpty();
    }

    @Test
    void ofAKeyThatDoesNotSignItIsTheSameInOneProcessAndTheOperatorIsTold() {
        for (BlockingKey mute : List.of(new DecryptingOnly(key), new FaultyKey(key))) {
            notes.clear();
            ReplacementSecrets process = new ReplacementSecrets();
            byte[] secret = process.of(mute, PUBLIC, "token: CN=a", notes::add);
            assertThat(process.of(mute, PUBLIC, "token: CN=a", notes::add)).isEqualTo(secret);
            assertThat(process.of(key, PUBLIC, "token: CN=a", notes::add))
                    .as("also after the token has recovered")
                    .isEqualTo(secret);
            assertThat(notes).singleElement().asString().startsWith("token: CN=a does not sign (rsa_pkcs1_sha256)");
            assertThat(new ReplacementSecrets().of(mute, PUBLIC, "token: CN=a", notes::add))
                    .isNotEqualTo(secret);
        }
    }

    @Test
    void noClientObtainsTheSignatureThatItFollowsFrom() {
        assertThat(ServerKeyExchangeInput.isWellFormed(ReplacementSecrets.SIGNED, true))
                .isFalse();
    }
}
