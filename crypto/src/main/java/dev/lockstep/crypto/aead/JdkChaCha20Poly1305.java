package dev.lockstep.crypto.aead;

import java.security.InvalidAlgorithmParameterException;
import java.security.InvalidKeyException;
import java.security.spec.AlgorithmParameterSpec;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;

/** ChaCha20-Poly1305 from the JDK: level with bcprov at 16 KiB on 17, nine times faster on 25 for its intrinsics. */
final class JdkChaCha20Poly1305 extends JdkAead {
    JdkChaCha20Poly1305(AeadAlgorithm algorithm, boolean sealing, byte[] key, int keyOff) {
        super(algorithm, sealing, "ChaCha20-Poly1305", "ChaCha20", key, keyOff);
    }

    /**
     * The JDK collects ciphertext in a buffer that grows, unless it begins at index 0: 35 KB for a record of 16 KiB.
     */
    @Override
    public boolean opensFromStart() {
        return true;
    }

    @Override
    AlgorithmParameterSpec parameters(byte[] nonce) {
        return new IvParameterSpec(nonce);
    }

    @Override
    Cipher start(byte[] nonce) throws InvalidKeyException, InvalidAlgorithmParameterException {
        try {
            return super.start(nonce);
        } catch (InvalidKeyException e) {
            // The JDK refuses the key and nonce it saw last. That protects who seals; opening the same record twice
            // is harmless, and only a cipher without a past will do it.
            if (isSealing()) {
                throw e;
            }
            renewCipher();
            return super.start(nonce);
        }
    }
}
