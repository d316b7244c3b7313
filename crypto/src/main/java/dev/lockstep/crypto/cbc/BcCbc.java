package dev.lockstep.crypto.cbc;

import dev.lockstep.crypto.Wipe;
import dev.lockstep.crypto.provider.BcBlockCiphers;
import org.bouncycastle.crypto.BlockCipher;
import org.bouncycastle.crypto.modes.CBCBlockCipher;
import org.bouncycastle.crypto.modes.CBCModeCipher;
import org.bouncycastle.crypto.params.KeyParameter;
import org.bouncycastle.crypto.params.ParametersWithIV;

/** Camellia and ARIA in CBC mode from bcprov: the JDK has neither. */
final class BcCbc extends CbcMode {
    private final CBCModeCipher cipher;

    BcCbc(CbcCipher algorithm, boolean encrypting, byte[] key) {
        BlockCipher block =
                switch (algorithm) {
                    case CAMELLIA_128, CAMELLIA_256 -> BcBlockCiphers.camellia();
                    case ARIA_128, ARIA_256 -> BcBlockCiphers.aria();
                    case AES_128, AES_256 -> throw new IllegalArgumentException("AES comes from the JDK");
                };
        cipher = CBCBlockCipher.newInstance(block);
        KeyParameter parameter = new KeyParameter(key);
        try {
            cipher.init(encrypting, new ParametersWithIV(parameter, new byte[BLOCK]));
        } finally {
            Wipe.bytes(parameter.getKey());
        }
    }

    @Override
    public void run(byte[] in, int inOff, int len, byte[] out, int outOff) {
        for (int done = 0; done < len; done += BLOCK) {
            cipher.processBlock(in, inOff + done, out, outOff + done);
        }
    }
}
