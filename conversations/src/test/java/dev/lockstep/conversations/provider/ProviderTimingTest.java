package dev.lockstep.conversations.provider;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.crypto.Unsigned;
import dev.lockstep.crypto.rsa.RsaDecryption;
import dev.lockstep.crypto.signature.LocalSigner;
import dev.lockstep.crypto.signature.SignatureAlgorithm;
import dev.lockstep.crypto.source.PrimitiveSources;
import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.testkit.util.TimingComparison;
import dev.lockstep.testkit.util.TimingComparison.Subject;
import java.math.BigInteger;
import java.security.SecureRandom;
import java.security.interfaces.RSAPublicKey;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What a provider decrypts and signs takes as long for one class of secrets as for another.
 */
@Tag("one-jdk") // what is timed is native code
@ParameterizedClass
@EnumSource(NativeProviders.class)
class ProviderTimingTest {
    private static final int SAMPLES = 800;
    private static final int MODULUS = 256;

    @Parameter
    NativeProviders provider;

    private final Random random = new Random(5246);

    private PrimitiveSources sources() {
        return provider.providers().sources();
    }

    /** A block that is padded well, against one of which all but the last bytes are zeros: both are numbers to decrypt. */
    @Test
    void leadingZerosOfADecryptedBlockDoNotShow() throws Exception {
        RSAPublicKey key = (RSAPublicKey) TestIdentity.RSA_2048.publicKey();
        RsaDecryption decryption = RsaDecryption.of(TestIdentity.RSA_2048.privateKey(), sources());
        double t = TimingComparison.compare(provider + ", RSA decryption", SAMPLES, new Subject() {
            private byte[] ciphertext = {};

            @Override
            public void prepare(boolean second) {
                byte[] block = new byte[MODULUS];
                random.nextBytes(block);
                block[0] = 0;
                block[1] = 2;
                byte[] zeros = new byte[MODULUS];
                System.arraycopy(block, MODULUS - 48, zeros, MODULUS - 48, 48);
                BigInteger plain = new BigInteger(1, second ? zeros : block);
                ciphertext = Unsigned.bytes(plain.modPow(key.getPublicExponent(), key.getModulus()), MODULUS);
            }

            @Override
            public void run() throws Exception {
                decryption.raw(ciphertext);
            }
        });
        assertThat(t).isLessThan(10);
    }

    /** The digest is not secret, but with a nonce that depends on it alone the time would say something of the key. */
    @Test
    void theMessageDoesNotShowInAnEcdsaSignature() throws Exception {
        LocalSigner signer = LocalSigner.of(TestIdentity.P256.privateKey(), new SecureRandom(), sources());
        byte[] one = new byte[64];
        double t = TimingComparison.compare(provider + ", ECDSA signature", SAMPLES, new Subject() {
            private byte[] message = {};

            @Override
            public void prepare(boolean second) {
                byte[] other = new byte[64];
                random.nextBytes(other);
                message = second ? other : one.clone();
            }

            @Override
            public void run() throws Exception {
                signer.sign(SignatureAlgorithm.ECDSA_SHA256, message);
            }
        });
        assertThat(t).isLessThan(10);
    }
}
