package dev.lockstep.crypto.provider;

import org.bouncycastle.crypto.BlockCipher;
import org.bouncycastle.crypto.engines.ARIAEngine;
import org.bouncycastle.crypto.engines.CamelliaEngine;

/**
 * The block ciphers the JDK does not have, from bcprov.
 *
 * <p>Both engines look their S-boxes up in tables, so cache timing may tell something of the key to programs that share the
 * processor: one more reason why no policy but the one for peers that cannot be changed has them.
 */
public final class BcBlockCiphers {
    private BcBlockCiphers() {}

    public static BlockCipher camellia() {
        return new CamelliaEngine();
    }

    public static BlockCipher aria() {
        return new ARIAEngine();
    }
}
