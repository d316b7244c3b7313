package dev.lockstep.server.keyserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.keys.BlockingKey;
import dev.lockstep.keys.InMemoryKey;
import dev.lockstep.keys.keyserver.protocol.KeyId;
import dev.lockstep.keys.keyserver.protocol.Message;
import dev.lockstep.server.UsageError;
import dev.lockstep.server.keyserver.policy.ServerKeyExchangeInput;
import dev.lockstep.testkit.certificate.TestAuthority;
import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.tls.key.DecryptRequest;
import dev.lockstep.tls.key.SignRequest;
import dev.lockstep.tls.provider.CryptoProviders;
import dev.lockstep.tls.spec.SignatureScheme;
import dev.lockstep.tls.wait.OperationException;
import java.security.InvalidKeyException;
import java.security.ProviderException;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
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
    void everyProcessWithTheKeyHasTheSameSecretAndAnotherKeyAnother() throws Exception {
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

    /** A key whose token does not do what it is asked as often as it is told. */
    private record Failing(BlockingKey key, AtomicInteger times, Exception fault) implements BlockingKey {

        @Override
        public Set<SignatureScheme> signatureSchemes() {
            return key.signatureSchemes();
        }

        @Override
        public boolean canDecrypt() {
            return key.canDecrypt();
        }

        @Override
        public byte[] sign(SignRequest request) throws Exception {
            if (times.getAndDecrement() > 0) {
                throw fault;
            }
            return key.sign(request);
        }

        @Override
        public byte[] decrypt(DecryptRequest request) throws Exception {
            return key.decrypt(request);
        }
    }

    @Test
    void ofAKeyThatDoesNotSignItIsTheSameInOneProcessAndTheOperatorIsTold() throws Exception {
        Exception forbidden = new OperationException(
                OperationException.Reason.KEY_UNAVAILABLE,
                "the token does not sign",
                new InvalidKeyException("no", new ProviderException("CKR_KEY_FUNCTION_NOT_PERMITTED")));
        for (BlockingKey mute : List.of(new DecryptingOnly(key), new Failing(key, new AtomicInteger(100), forbidden))) {
            notes.clear();
            ReplacementSecrets process = new ReplacementSecrets();
            byte[] secret = process.of(mute, PUBLIC, "token: CN=a", notes::add);
            assertThat(process.of(mute, PUBLIC, "token: CN=a", notes::add)).isEqualTo(secret);
            assertThat(notes).singleElement().asString().startsWith("token: CN=a does not sign (rsa_pkcs1_sha256)");
            assertThat(new ReplacementSecrets().of(mute, PUBLIC, "token: CN=a", notes::add))
                    .isNotEqualTo(secret);
        }
    }

    @Test
    void ofAKeyThatFailsForAMomentNothingIsKept() throws Exception {
        Exception away = new OperationException(OperationException.Reason.KEY_UNAVAILABLE, "the token is away");
        ReplacementSecrets process = new ReplacementSecrets();
        for (Exception fault : List.of(away, new IllegalStateException("of the test"))) {
            BlockingKey failing = new Failing(key, new AtomicInteger(1), fault);
            assertThatThrownBy(() -> new ReplacementSecrets().of(failing, PUBLIC, "token: CN=a", notes::add))
                    .isInstanceOf(OperationException.class)
                    .hasMessageStartingWith("it did not make the signature (rsa_pkcs1_sha256)")
                    .hasMessageEndingWith(": " + fault.getMessage());
        }
        assertThatThrownBy(() -> process.of(new FaultyKey(key), PUBLIC, "token: CN=a", notes::add))
                .isInstanceOf(OperationException.class)
                .hasMessageEndingWith(": its signature does not verify");
        assertThat(process.of(key, PUBLIC, "token: CN=a", notes::add))
                .isEqualTo(new ReplacementSecrets().of(key, PUBLIC, "key", notes::add));
        assertThat(notes).isEmpty();
    }

    @Test
    void aLoadWithSuchAKeyIsRefusedAndTheNextOneHasTheSecretOfEveryProcess() throws Exception {
        X509Certificate certificate = TestAuthority.root("a").server(PUBLIC, "web1.example");
        ReplacementSecrets process = new ReplacementSecrets();
        Exception away = new OperationException(OperationException.Reason.KEY_UNAVAILABLE, "the token is away");
        BlockingKey failing = new Failing(key, new AtomicInteger(1), away);
        ServedKeys.Allowed decrypting = new ServedKeys.Allowed(true, false, false);
        assertThatThrownBy(() -> new ServedKeys(decrypting, CryptoProviders.NONE, process)
                        .addTokenKey("--pkcs11", failing, certificate, "token: CN=a", notes::add))
                .isInstanceOf(UsageError.class)
                .hasMessageStartingWith("--pkcs11: token: CN=a: it did not make the signature")
                .hasMessageEndingWith(": the token is away; try again when it works, or leave out --allow-decrypt");
        ServedKeys loaded = new ServedKeys(decrypting, CryptoProviders.NONE, process);
        loaded.addTokenKey("--pkcs11", failing, certificate, "token: CN=a", notes::add);
        ServedKeys other = new ServedKeys(decrypting, CryptoProviders.NONE, new ReplacementSecrets());
        other.addTokenKey("--pkcs11", key, certificate, "token: CN=a", notes::add);
        Message.Decrypt bad = new Message.Decrypt(KeyId.of(PUBLIC), 0, new byte[256]);
        assertThat(loaded.served().get(KeyId.of(PUBLIC)).decrypt(bad).answer())
                .isInstanceOf(Message.Result.class)
                .isEqualTo(other.served().get(KeyId.of(PUBLIC)).decrypt(bad).answer());
        assertThat(notes).isEmpty();
    }

    @Test
    void noClientObtainsTheSignatureThatItFollowsFrom() {
        assertThat(ServerKeyExchangeInput.isWellFormed(ReplacementSecrets.SIGNED, true))
                .isFalse();
    }
}
