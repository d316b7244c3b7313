package dev.lockstep.keys.pkcs11;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.keys.Talk;
import dev.lockstep.tls.credential.Credential;
import dev.lockstep.tls.key.DecryptRequest;
import dev.lockstep.tls.key.ExternalPrivateKey;
import dev.lockstep.tls.spec.AlertDescription;
import dev.lockstep.tls.wait.Start;
import dev.lockstep.tls.wait.Waker;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import javax.crypto.Cipher;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Malformed premaster secrets decrypted in a token, once with raw RSA and once with a token that unpads and fails on bad
 * padding: nothing that a client sees tells one from the other, nor how often the token was asked.
 *
 * <p>The client is an honest one; its ciphertext is exchanged for a prepared one on the way into the key.
 */
@Timeout(120)
class Pkcs11BleichenbacherTest {

    private static final int MODULUS = 256;

    private static SoftHsm token;

    /** Everything in a premaster secret, or around it, that can be wrong. */
    enum Premaster {
        OF_SOMEBODY_ELSE,
        CORRUPT,
        TOO_LONG,
        TOO_SHORT,
        EMPTY,
        WRONG_MAJOR_VERSION,
        WRONG_MINOR_VERSION,
        WRONG_BLOCK_TYPE,
        WRONG_LEADING_BYTE,
        NO_ZERO,
        ZERO_IN_THE_PADDING,
        ALL_ZERO;

        byte[] block() {
            byte[] secret = random(48, 1);
            secret[0] = 3;
            secret[1] = 3;
            byte[] right = padded(secret);
            return switch (this) {
                case OF_SOMEBODY_ELSE -> right;
                case CORRUPT -> with(random(MODULUS, 2), 0, 0x11);
                case TOO_LONG -> padded(Arrays.copyOf(secret, 49));
                case TOO_SHORT -> padded(Arrays.copyOf(secret, 47));
                case EMPTY -> padded(new byte[0]);
                case WRONG_MAJOR_VERSION -> padded(with(secret, 0, 2));
                case WRONG_MINOR_VERSION -> padded(with(secret, 1, 1));
                case WRONG_BLOCK_TYPE -> with(right, 1, 1);
                case WRONG_LEADING_BYTE -> with(right, 0, 1);
                case NO_ZERO -> noZero(right);
                case ZERO_IN_THE_PADDING -> with(right, 5, 0);
                case ALL_ZERO -> new byte[MODULUS];
            };
        }

        private static byte[] padded(byte[] secret) {
            byte[] block = new byte[MODULUS];
            Arrays.fill(block, 2, MODULUS, (byte) 0x5a);
            block[1] = 2;
            block[MODULUS - secret.length - 1] = 0;
            System.arraycopy(secret, 0, block, MODULUS - secret.length, secret.length);
            return block;
        }

        private static byte[] noZero(byte[] block) {
            for (int i = 2; i < block.length; i++) {
                block[i] |= 1;
            }
            return block;
        }

        private static byte[] with(byte[] bytes, int index, int value) {
            byte[] changed = bytes.clone();
            changed[index] = (byte) value;
            return changed;
        }

        private static byte[] random(int length, long seed) {
            byte[] bytes = new byte[length];
            new Random(seed).nextBytes(bytes);
            return bytes;
        }
    }

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
    void everyDefectLooksLikeTheSecretOfSomebodyElse(String without) throws Exception {
        Pkcs11Keys.Builder builder = Pkcs11Keys.builder(SoftHsm.LIBRARY)
                .pin(SoftHsm.PIN::toCharArray)
                .concurrency(1);
        if (!without.equals("nothing")) {
            builder.withoutMechanism(without);
        }
        try (Pkcs11Keys keys = builder.open()) {
            Observation expected = observe(keys, Premaster.OF_SOMEBODY_ELSE);
            assertThat(expected.alert()).isEqualTo(AlertDescription.BAD_RECORD_MAC);
            assertThat(expected.suspensions()).isEqualTo(1);
            assertThat(expected.decryptions()).isEqualTo(1);
            for (Premaster premaster : Premaster.values()) {
                assertThat(observe(keys, premaster)).as(premaster.name()).isEqualTo(expected);
            }
        }
    }

    private static Observation observe(Pkcs11Keys keys, Premaster premaster) throws Exception {
        long decryptions = token.decryptions();
        long signatures = token.signatures();
        long logins = token.calls("C_Login");
        Exchanging key = new Exchanging(keys.key(token.rsa), encrypt(premaster.block()));
        Talk talk = Talk.with(Credential.external(token.chain("RSA"), key), "TLS_RSA_WITH_AES_128_CBC_SHA256")
                .run();
        return new Observation(
                talk.suspensions,
                talk.flights,
                talk.serverFailure.alert(),
                talk.clientFailure.getMessage(),
                token.decryptions() - decryptions,
                token.signatures() - signatures,
                token.calls("C_Login") - logins);
    }

    private static byte[] encrypt(byte[] block) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("RSA/ECB/NoPadding");
        cipher.init(Cipher.ENCRYPT_MODE, token.rsa.getPublicKey());
        // A block above the modulus cannot be encrypted, so a corrupt one starts with a byte that is surely below.
        return cipher.doFinal(block);
    }

    /** Hands another ciphertext on than the one it gets. */
    private record Exchanging(ExternalPrivateKey key, byte[] ciphertext) implements ExternalPrivateKey {

        @Override
        public boolean canDecrypt() {
            return key.canDecrypt();
        }

        @Override
        public Start<byte[]> startDecrypt(DecryptRequest request, Waker waker) throws Exception {
            return key.startDecrypt(
                    new DecryptRequest(ciphertext, request.chain(), request.serverName(), request.deadlineNanos()),
                    waker);
        }
    }
}
