package dev.lockstep.crypto.aead;

import dev.lockstep.crypto.Wipe;
import dev.lockstep.crypto.provider.RawKey;
import java.security.GeneralSecurityException;
import java.security.InvalidAlgorithmParameterException;
import java.security.InvalidKeyException;
import java.security.Provider;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;

/**
 * ChaCha20-Poly1305 by a provider that was added.
 *
 * <p>It is given arrays of the very length and makes its results: providers that work outside Java copy an array whole,
 * however little of it is used.
 */
final class ProviderChaCha20Poly1305 extends Aead {
    private static final AeadAlgorithm ALGORITHM = AeadAlgorithm.CHACHA20_POLY1305;

    private final Provider provider;
    private final RawKey key;
    private Cipher cipher;

    ProviderChaCha20Poly1305(Provider provider, boolean sealing, byte[] key, int keyOff) {
        super(ALGORITHM, sealing);
        this.provider = provider;
        this.cipher = newCipher(provider);
        this.key = new RawKey("ChaCha20", key, keyOff, ALGORITHM.keyLength());
    }

    private static Cipher newCipher(Provider provider) {
        // The name of the JDK, and the one of Conscrypt.
        for (String name : new String[] {"ChaCha20-Poly1305", "ChaCha20/Poly1305/NoPadding"}) {
            try {
                return Cipher.getInstance(name, provider);
            } catch (GeneralSecurityException e) {
                // The next one, and what follows the loop.
            }
        }
        throw new IllegalStateException(provider.getName() + " has no ChaCha20-Poly1305");
    }

    private void start(byte[] nonce) throws GeneralSecurityException {
        int mode = isSealing() ? Cipher.ENCRYPT_MODE : Cipher.DECRYPT_MODE;
        try {
            cipher.init(mode, key, new IvParameterSpec(nonce));
        } catch (InvalidKeyException | InvalidAlgorithmParameterException e) {
            // Some refuse the key and nonce they saw last. That protects who seals; opening a record twice is harmless.
            if (isSealing()) {
                throw e;
            }
            cipher = newCipher(provider);
            cipher.init(mode, key, new IvParameterSpec(nonce));
        }
    }

    private byte[] run(byte[] nonce, byte[] aad, int aadLen, byte[] in, int inOff, int len)
            throws GeneralSecurityException {
        start(nonce);
        cipher.updateAAD(aad, 0, aadLen);
        boolean whole = inOff == 0 && len == in.length;
        return cipher.doFinal(whole ? in : Arrays.copyOfRange(in, inOff, inOff + len));
    }

    @Override
    int encrypt(byte[] nonce, byte[] aad, int aadLen, byte[] in, int inOff, int len, byte[] out, int outOff) {
        try {
            byte[] sealed = run(nonce, aad, aadLen, in, inOff, len);
            return deliver(sealed, len + ALGORITHM.tagLength(), out, outOff);
        } catch (GeneralSecurityException | RuntimeException e) {
            // Every argument has been checked, so what is left is the guard against a repeated nonce.
            throw new IllegalStateException("the record could not be sealed: " + e.getMessage(), e);
        }
    }

    @Override
    int decrypt(byte[] nonce, byte[] aad, int aadLen, byte[] in, int inOff, int len, byte[] out, int outOff) {
        try {
            byte[] opened = run(nonce, aad, aadLen, in, inOff, len);
            int length = deliver(opened, len - ALGORITHM.tagLength(), out, outOff);
            Wipe.bytes(opened);
            return length;
        } catch (AEADBadTagException e) {
            return -1;
        } catch (GeneralSecurityException | RuntimeException e) {
            throw new IllegalStateException("the record could not be opened: " + e.getMessage(), e);
        }
    }

    private static int deliver(byte[] result, int length, byte[] out, int outOff) {
        if (result.length != length) {
            throw new IllegalStateException("the provider gives " + result.length + " bytes");
        }
        System.arraycopy(result, 0, out, outOff, length);
        return length;
    }

    @Override
    void release() {
        key.destroy();
        cipher = newCipher(provider);
    }
}
