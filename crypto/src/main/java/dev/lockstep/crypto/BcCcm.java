package dev.lockstep.crypto;

import java.util.Arrays;
import org.bouncycastle.crypto.InvalidCipherTextException;
import org.bouncycastle.crypto.engines.AESEngine;
import org.bouncycastle.crypto.modes.CCMBlockCipher;
import org.bouncycastle.crypto.params.AEADParameters;
import org.bouncycastle.crypto.params.KeyParameter;

/**
 * AES-CCM from bcprov: the JDK has none.
 *
 * <p>bcprov's AES works with tables, so cache timing may tell something of the key to whoever shares the processor, which
 * is one more reason to prefer the GCM suites.
 */
final class BcCcm extends Aead {
    private final KeyParameter key;
    private CCMBlockCipher cipher = newCipher();

    BcCcm(AeadAlgorithm algorithm, boolean sealing, byte[] key, int keyOff) {
        super(algorithm, sealing);
        this.key = new KeyParameter(key, keyOff, algorithm.keyLength());
    }

    private static CCMBlockCipher newCipher() {
        // Only the class itself, not the interface its factory returns, works on arrays without collecting the record.
        return (CCMBlockCipher) CCMBlockCipher.newInstance(AESEngine.newInstance());
    }

    @Override
    int encrypt(byte[] nonce, byte[] aad, int aadLen, byte[] in, int inOff, int len, byte[] out, int outOff) {
        try {
            return run(nonce, aad, aadLen, in, inOff, len, out, outOff);
        } catch (InvalidCipherTextException e) {
            throw new IllegalStateException("the record could not be sealed", e);
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
        cipher.init(isSealing(), new AEADParameters(key, 8 * algorithm().tagLength(), nonce, exactAad));
        return cipher.processPacket(in, inOff, len, out, outOff);
    }

    @Override
    void release() {
        Wipe.bytes(key.getKey());
        cipher = newCipher();
    }
}
