package dev.lockstep.crypto.aead;

import dev.lockstep.crypto.Wipe;
import dev.lockstep.crypto.provider.BcBlockCiphers;
import java.util.Arrays;
import org.bouncycastle.crypto.BlockCipher;
import org.bouncycastle.crypto.InvalidCipherTextException;
import org.bouncycastle.crypto.modes.GCMBlockCipher;
import org.bouncycastle.crypto.modes.GCMModeCipher;
import org.bouncycastle.crypto.params.AEADParameters;
import org.bouncycastle.crypto.params.KeyParameter;

/** Camellia and ARIA in Galois/Counter Mode from bcprov: the JDK has neither, and gives no GHASH away for others. */
final class BcGcm extends Aead {
    private final KeyParameter key;
    private GCMModeCipher cipher;

    BcGcm(AeadAlgorithm algorithm, boolean sealing, byte[] key, int keyOff) {
        super(algorithm, sealing);
        this.key = new KeyParameter(key, keyOff, algorithm.keyLength());
        this.cipher = newCipher(algorithm);
        // The key schedule and GHASH's tables are made here, once: records bring a nonce only. This one is no record's,
        // for it has another length.
        cipher.init(sealing, new AEADParameters(this.key, 8 * algorithm.tagLength(), new byte[1]));
    }

    private static GCMModeCipher newCipher(AeadAlgorithm algorithm) {
        BlockCipher block =
                switch (algorithm) {
                    case CAMELLIA_128_GCM, CAMELLIA_256_GCM -> BcBlockCiphers.camellia();
                    case ARIA_128_GCM, ARIA_256_GCM -> BcBlockCiphers.aria();
                    default -> throw new IllegalArgumentException(algorithm + " does not come from here");
                };
        return GCMBlockCipher.newInstance(block);
    }

    @Override
    int encrypt(byte[] nonce, byte[] aad, int aadLen, byte[] in, int inOff, int len, byte[] out, int outOff) {
        try {
            return run(nonce, aad, aadLen, in, inOff, len, out, outOff);
        } catch (InvalidCipherTextException | IllegalArgumentException e) {
            // Every argument has been checked, so what is left is bcprov's guard against a repeated nonce.
            throw new IllegalStateException("the record could not be sealed: " + e.getMessage(), e);
        }
    }

    @Override
    int decrypt(byte[] nonce, byte[] aad, int aadLen, byte[] in, int inOff, int len, byte[] out, int outOff) {
        try {
            return run(nonce, aad, aadLen, in, inOff, len, out, outOff);
        } catch (InvalidCipherTextException e) {
            return -1;
        }
    }

    private int run(byte[] nonce, byte[] aad, int aadLen, byte[] in, int inOff, int len, byte[] out, int outOff)
            throws InvalidCipherTextException {
        byte[] exactAad = aadLen == aad.length ? aad : Arrays.copyOf(aad, aadLen);
        cipher.init(isSealing(), new AEADParameters(null, 8 * algorithm().tagLength(), nonce, exactAad));
        int done = cipher.processBytes(in, inOff, len, out, outOff);
        return done + cipher.doFinal(out, outOff + done);
    }

    @Override
    void release() {
        Wipe.bytes(key.getKey());
        cipher = newCipher(algorithm());
    }
}
