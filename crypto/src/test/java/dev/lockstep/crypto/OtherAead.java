package dev.lockstep.crypto;

import java.security.GeneralSecurityException;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.crypto.InvalidCipherTextException;
import org.bouncycastle.crypto.engines.AESEngine;
import org.bouncycastle.crypto.modes.AEADCipher;
import org.bouncycastle.crypto.modes.CCMBlockCipher;
import org.bouncycastle.crypto.modes.ChaCha20Poly1305;
import org.bouncycastle.crypto.modes.GCMBlockCipher;
import org.bouncycastle.crypto.params.AEADParameters;
import org.bouncycastle.crypto.params.KeyParameter;

/** Each AEAD by the implementation the library did not take: bcprov for the JDK's, CCM put together from the JDK's AES. */
final class OtherAead {
    private OtherAead() {}

    static byte[] seal(AeadAlgorithm a, byte[] key, byte[] nonce, byte[] aad, byte[] plain) {
        try {
            return switch (a) {
                case AES_128_GCM, AES_256_GCM ->
                    bouncyCastle(GCMBlockCipher.newInstance(AESEngine.newInstance()), key, 128, nonce, aad, plain);
                case CHACHA20_POLY1305 -> bouncyCastle(new ChaCha20Poly1305(), key, 128, nonce, aad, plain);
                case AES_128_CCM, AES_256_CCM, AES_128_CCM_8, AES_256_CCM_8 ->
                    ccm(key, a.tagLength(), nonce, aad, plain);
            };
        } catch (GeneralSecurityException | InvalidCipherTextException e) {
            throw new IllegalStateException(e);
        }
    }

    static byte[] bouncyCastleCcm(byte[] key, int tagBits, byte[] nonce, byte[] aad, byte[] plain)
            throws InvalidCipherTextException {
        return bouncyCastle(CCMBlockCipher.newInstance(AESEngine.newInstance()), key, tagBits, nonce, aad, plain);
    }

    private static byte[] bouncyCastle(
            AEADCipher cipher, byte[] key, int tagBits, byte[] nonce, byte[] aad, byte[] plain)
            throws InvalidCipherTextException {
        cipher.init(true, new AEADParameters(new KeyParameter(key), tagBits, nonce, aad));
        byte[] out = new byte[cipher.getOutputSize(plain.length)];
        int written = cipher.processBytes(plain, 0, plain.length, out, 0);
        cipher.doFinal(out, written);
        return out;
    }

    /** RFC 3610 with a nonce of 12 bytes and additional data shorter than 0xff00 bytes. */
    private static byte[] ccm(byte[] key, int tagLength, byte[] nonce, byte[] aad, byte[] plain)
            throws GeneralSecurityException {
        byte[] b0 = new byte[16];
        b0[0] = (byte) ((aad.length > 0 ? 0x40 : 0) + 8 * ((tagLength - 2) / 2) + 2);
        System.arraycopy(nonce, 0, b0, 1, 12);
        b0[13] = (byte) (plain.length >> 16);
        b0[14] = (byte) (plain.length >> 8);
        b0[15] = (byte) plain.length;
        byte[] aadLength = {(byte) (aad.length >> 8), (byte) aad.length};
        byte[] header = aad.length == 0 ? new byte[0] : padded(SymmetricVectors.concat(aadLength, aad));
        byte[] macInput = SymmetricVectors.concat(b0, header, padded(plain));

        SecretKeySpec aes = new SecretKeySpec(key, "AES");
        Cipher cbc = Cipher.getInstance("AES/CBC/NoPadding");
        cbc.init(Cipher.ENCRYPT_MODE, aes, new IvParameterSpec(new byte[16]));
        byte[] chained = cbc.doFinal(macInput);

        byte[] a0 = new byte[16];
        a0[0] = 2;
        System.arraycopy(nonce, 0, a0, 1, 12);
        Cipher ctr = Cipher.getInstance("AES/CTR/NoPadding");
        ctr.init(Cipher.ENCRYPT_MODE, aes, new IvParameterSpec(a0));
        byte[] lastBlock = java.util.Arrays.copyOfRange(chained, chained.length - 16, chained.length);
        byte[] stream = ctr.doFinal(SymmetricVectors.concat(lastBlock, plain));
        byte[] out = new byte[plain.length + tagLength];
        System.arraycopy(stream, 16, out, 0, plain.length);
        System.arraycopy(stream, 0, out, plain.length, tagLength);
        return out;
    }

    private static byte[] padded(byte[] b) {
        return java.util.Arrays.copyOf(b, (b.length + 15) / 16 * 16);
    }
}
