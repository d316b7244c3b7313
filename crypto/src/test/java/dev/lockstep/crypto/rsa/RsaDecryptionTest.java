package dev.lockstep.crypto.rsa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.crypto.TestKeys;
import dev.lockstep.crypto.TestProviders;
import dev.lockstep.crypto.Unsigned;
import dev.lockstep.crypto.VectorFile;
import dev.lockstep.crypto.provider.Providers;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.interfaces.RSAPrivateKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.RSAPrivateKeySpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.crypto.Cipher;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

@ParameterizedClass
@MethodSource("dev.lockstep.crypto.TestProviders#all")
class RsaDecryptionTest {
    @Parameter
    TestProviders provider;

    private static final byte[] SUBSTITUTE = new byte[48];

    @Test
    void wycheproofCiphertextsDecryptToTheBlockThatHoldsTheMessage() throws Exception {
        List<VectorFile.Row> rows = VectorFile.rows("rsa-decrypt-2048.txt");
        assertThat(rows).hasSizeGreaterThan(60);
        List<String> wrong = new ArrayList<>();
        int thrown = 0;
        for (VectorFile.Row row : rows) {
            RSAPrivateCrtKey key = (RSAPrivateCrtKey) KeyFactory.getInstance("RSA")
                    .generatePrivate(new PKCS8EncodedKeySpec(VectorFile.unhex(row.setting("key"))));
            byte[] ciphertext = row.bytes(4);
            boolean inRange = ciphertext.length == 256 && new BigInteger(1, ciphertext).compareTo(key.getModulus()) < 0;
            try {
                byte[] block = RsaDecryption.of(key, provider.sources()).raw(ciphertext);
                byte[] expected = Unsigned.bytes(
                        new BigInteger(1, ciphertext).modPow(key.getPrivateExponent(), key.getModulus()), 256);
                if (!inRange || !Arrays.equals(block, expected)) {
                    wrong.add(row.toString());
                }
                byte[] message = row.bytes(3);
                if (row.is("valid") && !Arrays.equals(Arrays.copyOfRange(block, 256 - message.length, 256), message)) {
                    wrong.add(row + " message");
                }
                byte[] secret = RsaPremaster.unpad(block, 0x0303, SUBSTITUTE);
                if (!Arrays.equals(secret, SUBSTITUTE)) {
                    wrong.add(row + " is no premaster secret");
                }
            } catch (GeneralSecurityException e) {
                thrown++;
                if (inRange) {
                    wrong.add(row + " " + e);
                }
            }
        }
        assertThat(wrong).isEmpty();
        assertThat(thrown).isEqualTo(6);
    }

    @Test
    void aPremasterComesThroughEncryptionAndUnpadding() throws Exception {
        byte[] premaster = new byte[48];
        new SecureRandom().nextBytes(premaster);
        premaster[0] = 3;
        premaster[1] = 3;
        Cipher cipher = Cipher.getInstance("RSA/ECB/PKCS1Padding");
        cipher.init(Cipher.ENCRYPT_MODE, TestKeys.RSA_2048.getPublic());
        RsaDecryption decryption = RsaDecryption.of(TestKeys.RSA_2048.getPrivate(), provider.sources());
        assertThat(decryption.modulusLength()).isEqualTo(256);
        byte[] block = decryption.raw(cipher.doFinal(premaster));
        assertThat(block).hasSize(256);
        assertThat(RsaPremaster.unpad(block, 0x0303, SUBSTITUTE)).isEqualTo(premaster);
    }

    @Test
    void leadingZerosOfABlockAreKept() throws Exception {
        RSAPublicKey key = (RSAPublicKey) TestKeys.RSA_2048.getPublic();
        for (PrivateKey form : forms()) {
            RsaDecryption decryption = RsaDecryption.of(form, provider.sources());
            for (int value : new int[] {0, 1, 2, 255}) {
                BigInteger c = BigInteger.valueOf(value).modPow(key.getPublicExponent(), key.getModulus());
                assertThat(decryption.raw(Unsigned.bytes(c, 256)))
                        .isEqualTo(Unsigned.bytes(BigInteger.valueOf(value), 256));
            }
        }
    }

    /** The JDK's key object, Bouncy Castle's, and one without the primes. */
    private static List<PrivateKey> forms() throws GeneralSecurityException {
        RSAPrivateKey key = (RSAPrivateKey) TestKeys.RSA_2048.getPrivate();
        return List.of(
                key,
                KeyFactory.getInstance("RSA", TestKeys.BC).generatePrivate(new PKCS8EncodedKeySpec(key.getEncoded())),
                KeyFactory.getInstance("RSA")
                        .generatePrivate(new RSAPrivateKeySpec(key.getModulus(), key.getPrivateExponent())));
    }

    @Test
    void aCiphertextOfAnotherLengthOrNotBelowTheModulusIsRefused() {
        RsaDecryption decryption = RsaDecryption.of(TestKeys.RSA_2048.getPrivate(), provider.sources());
        BigInteger n = ((RSAPublicKey) TestKeys.RSA_2048.getPublic()).getModulus();
        for (int length : new int[] {0, 1, 255, 257, 512}) {
            assertThatThrownBy(() -> decryption.raw(new byte[length])).isInstanceOf(GeneralSecurityException.class);
        }
        assertThatThrownBy(() -> decryption.raw(Unsigned.bytes(n, 256))).isInstanceOf(GeneralSecurityException.class);
        byte[] ones = new byte[256];
        Arrays.fill(ones, (byte) 0xff);
        assertThatThrownBy(() -> decryption.raw(ones)).isInstanceOf(GeneralSecurityException.class);
    }

    @Test
    void theOperationIsTheOneOfTheJdkWhichBlinds() {
        // RFC 5246 7.4.7.1-6
        assertThat(Providers.cipher("RSA/ECB/NoPadding").getProvider().getName())
                .isEqualTo("SunJCE");
    }

    @Test
    void keysThatDecryptNothingAreRefused() {
        assertThatThrownBy(() -> RsaDecryption.of(TestKeys.RSA_PSS.getPrivate(), provider.sources()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> RsaDecryption.of(TestKeys.P256.getPrivate(), provider.sources()))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aDestroyedKeyDecryptsNothing() {
        RsaDecryption decryption = RsaDecryption.of(TestKeys.RSA_2048.getPrivate(), provider.sources());
        decryption.destroy();
        decryption.destroy();
        assertThatThrownBy(() -> decryption.raw(new byte[256])).isInstanceOf(GeneralSecurityException.class);
    }
}
