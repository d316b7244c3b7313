package dev.lockstep.server.keyserver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.keys.BlockingKey;
import dev.lockstep.keys.keyserver.protocol.KeyId;
import dev.lockstep.keys.keyserver.protocol.Message;
import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.testkit.client.RsaBlocks;
import dev.lockstep.testkit.util.TimingComparison;
import dev.lockstep.testkit.util.TimingComparison.Subject;
import dev.lockstep.tls.key.DecryptRequest;
import dev.lockstep.tls.key.SignRequest;
import dev.lockstep.tls.spec.SignatureScheme;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Set;
import javax.crypto.BadPaddingException;
import org.junit.jupiter.api.Test;

/**
 * The key server answers a decryption as fast for a block that is padded wrongly as for one that is right. The key is ideal:
 * its raw blocks are made before.
 */
class ServedKeyTimingTest {

    private static final int SAMPLES = 4_000;
    private static final int MODULUS = 256;

    /** Answers the blocks of one class or the other, always from an array of its own. */
    private static class IdealKey implements BlockingKey, Subject {

        private final SecureRandom random = new SecureRandom();
        private final ServedKey served;
        private final byte[] ciphertext = new byte[MODULUS];
        private Message.Decrypt request;
        byte[] block = {};
        private int answered;

        IdealKey() {
            served = new ServedKey("ideal", this, TestIdentity.RSA_2048.publicKey(), new byte[32], true);
            request = request();
        }

        private Message.Decrypt request() {
            random.nextBytes(ciphertext);
            return new Message.Decrypt(KeyId.of(TestIdentity.RSA_2048.publicKey()), 0, ciphertext);
        }

        @Override
        public final Set<SignatureScheme> signatureSchemes() {
            return Set.of();
        }

        @Override
        public final boolean canDecrypt() {
            return true;
        }

        @Override
        public final byte[] sign(SignRequest unused) throws GeneralSecurityException {
            throw new GeneralSecurityException("signs nothing");
        }

        @Override
        public byte[] decrypt(DecryptRequest unused) throws GeneralSecurityException {
            return block;
        }

        @Override
        public final void prepare(boolean second) {
            request = request();
            byte[] premaster = new byte[48];
            random.nextBytes(premaster);
            premaster[0] = 3;
            premaster[1] = 3;
            byte[] good = RsaBlocks.padded(premaster, MODULUS, random);
            byte[] bad = good.clone();
            bad[20] = 0;
            block = new byte[MODULUS];
            System.arraycopy(second ? bad : good, 0, block, 0, MODULUS);
        }

        @Override
        public final void run() {
            answered += served.decrypt(request).answer() instanceof Message.Result ? 1 : 0;
        }
    }

    @Test
    void aBadBlockTakesAsLongAsAGoodOne() throws Exception {
        IdealKey key = new IdealKey();
        assertThat(TimingComparison.compare("key server, decryption", SAMPLES, key))
                .isLessThan(10);
        assertThat(key.answered).isGreaterThanOrEqualTo(SAMPLES);
    }

    /** The control: a token that unpads by itself and throws, whose time is its own affair. */
    @Test
    void theComparisonFindsAKeyThatThrows() throws Exception {
        IdealKey key = new IdealKey() {
            @Override
            public byte[] decrypt(DecryptRequest unused) throws GeneralSecurityException {
                byte[] premaster = RsaBlocks.unpadded(block);
                if (premaster == null || premaster.length != 48) {
                    throw new BadPaddingException("bad padding");
                }
                return premaster;
            }
        };
        assertThat(TimingComparison.control("control, key server with a token that throws", SAMPLES, key))
                .isGreaterThan(10);
    }
}
