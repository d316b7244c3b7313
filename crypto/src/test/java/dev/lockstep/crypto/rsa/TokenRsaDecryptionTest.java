package dev.lockstep.crypto.rsa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.crypto.rsa.TokenRsaDecryption.Form;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.security.Provider;
import java.security.Security;
import java.util.Arrays;
import javax.crypto.BadPaddingException;
import javax.crypto.Cipher;
import javax.crypto.IllegalBlockSizeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is asked of a provider, and what of its answers reaches the caller. A provider of the JDK stands for the token. */
class TokenRsaDecryptionTest {
    private static final Provider PROVIDER = Security.getProvider("SunJCE");
    private static final KeyPair KEYS = generate();

    private static KeyPair generate() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(1024);
            return generator.generateKeyPair();
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    /** Offers RSA without padding alone, or PKCS#1 alone, or nothing. */
    private static final class Offering extends Provider {
        private static final long serialVersionUID = 1L;

        Offering(String... transformations) {
            super("Offering", "1", "for a test");
            for (String transformation : transformations) {
                put("Cipher." + transformation, "no.such.Class");
            }
        }
    }

    private static byte[] encrypt(String transformation, byte[] plain) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance(transformation);
        cipher.init(Cipher.ENCRYPT_MODE, KEYS.getPublic());
        return cipher.doFinal(plain);
    }

    private static TokenRsaDecryption decryption(Form form) {
        return TokenRsaDecryption.of(KEYS.getPrivate(), PROVIDER, 128, form);
    }

    @Test
    void theRawBlockIsPreferredToUnpadding() {
        assertThat(Form.of(new Offering("RSA/ECB/PKCS1Padding", "RSA/ECB/NoPadding")))
                .isEqualTo(Form.RAW);
        assertThat(Form.of(new Offering("RSA/ECB/PKCS1Padding"))).isEqualTo(Form.PKCS1);
        assertThat(Form.of(new Offering())).isNull();
    }

    @Test
    void aRawBlockKeepsItsLeadingZerosAndAnyPadding() throws Exception {
        byte[] block = new byte[128];
        Arrays.fill(block, 5, 128, (byte) 0x99);
        assertThat(decryption(Form.RAW).decrypt(encrypt("RSA/ECB/NoPadding", block)))
                .isEqualTo(block);
    }

    @Test
    void withPkcs1ThePaddingIsGoneAndAWrongOneIsAFailure() throws Exception {
        byte[] plain = {1, 2, 3};
        assertThat(decryption(Form.PKCS1).decrypt(encrypt("RSA/ECB/PKCS1Padding", plain)))
                .isEqualTo(plain);
        byte[] wrong = new byte[128];
        Arrays.fill(wrong, 1, 128, (byte) 1);
        assertThatThrownBy(() -> decryption(Form.PKCS1).decrypt(encrypt("RSA/ECB/NoPadding", wrong)))
                .isInstanceOf(BadPaddingException.class);
    }

    @ParameterizedTest
    @EnumSource
    void aCiphertextOfAnotherLengthNeverReachesTheToken(Form form) {
        for (int length : new int[] {0, 127, 129}) {
            assertThatThrownBy(() -> decryption(form).decrypt(new byte[length]))
                    .isInstanceOf(IllegalBlockSizeException.class)
                    .hasMessageContaining("128");
        }
    }
}
