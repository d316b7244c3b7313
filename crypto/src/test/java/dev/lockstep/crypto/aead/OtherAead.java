package dev.lockstep.crypto.aead;

import org.bouncycastle.crypto.InvalidCipherTextException;
import org.bouncycastle.crypto.engines.AESEngine;
import org.bouncycastle.crypto.engines.ARIAEngine;
import org.bouncycastle.crypto.engines.CamelliaLightEngine;
import org.bouncycastle.crypto.modes.AEADCipher;
import org.bouncycastle.crypto.modes.CCMBlockCipher;
import org.bouncycastle.crypto.modes.ChaCha20Poly1305;
import org.bouncycastle.crypto.modes.GCMBlockCipher;
import org.bouncycastle.crypto.params.AEADParameters;
import org.bouncycastle.crypto.params.KeyParameter;

/** Each AEAD by the implementation the library did not take: bcprov for the JDK's, GCM by the book for bcprov's. */
final class OtherAead {
    private OtherAead() {}

    static byte[] seal(AeadAlgorithm a, byte[] key, byte[] nonce, byte[] aad, byte[] plain) {
        try {
            return switch (a) {
                case AES_128_GCM, AES_256_GCM ->
                    bouncyCastle(GCMBlockCipher.newInstance(AESEngine.newInstance()), key, 128, nonce, aad, plain);
                case CHACHA20_POLY1305 -> bouncyCastle(new ChaCha20Poly1305(), key, 128, nonce, aad, plain);
                case AES_128_CCM, AES_256_CCM, AES_128_CCM_8, AES_256_CCM_8 ->
                    bouncyCastleCcm(key, 8 * a.tagLength(), nonce, aad, plain);
                // without the tables of the engine that the library takes
                case CAMELLIA_128_GCM, CAMELLIA_256_GCM ->
                    BlockGcm.seal(new CamelliaLightEngine(), key, nonce, aad, plain);
                case ARIA_128_GCM, ARIA_256_GCM -> BlockGcm.seal(new ARIAEngine(), key, nonce, aad, plain);
            };
        } catch (InvalidCipherTextException e) {
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
}
