package dev.lockstep.crypto.aead;

import dev.lockstep.crypto.provider.Providers;
import dev.lockstep.crypto.provider.RawKey;
import java.security.GeneralSecurityException;
import java.security.InvalidAlgorithmParameterException;
import java.security.InvalidKeyException;
import java.security.spec.AlgorithmParameterSpec;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import org.jspecify.annotations.Nullable;

/** An AEAD of the JDK's provider: one {@link Cipher}, re-initialised with each nonce, which is the floor there. */
abstract class JdkAead extends Aead {
    private final String transformation;
    private final RawKey key;
    private @Nullable Cipher cipher;

    JdkAead(
            AeadAlgorithm algorithm,
            boolean sealing,
            String transformation,
            String keyAlgorithm,
            byte[] key,
            int keyOff) {
        super(algorithm, sealing);
        this.transformation = transformation;
        this.cipher = newCipher(algorithm);
        this.key = new RawKey(keyAlgorithm, key, keyOff, algorithm.keyLength());
    }

    abstract AlgorithmParameterSpec parameters(byte[] nonce);

    /** Forgets the nonce used last, for ciphers that refuse to open with it again. */
    final void renewCipher() {
        cipher = newCipher(algorithm());
    }

    private Cipher newCipher(AeadAlgorithm algorithm) {
        return switch (algorithm) {
            // NIST's identifiers of AES-GCM
            case AES_128_GCM -> Providers.cipher(transformation, "2.16.840.1.101.3.4.1.6");
            case AES_256_GCM -> Providers.cipher(transformation, "2.16.840.1.101.3.4.1.46");
            default -> Providers.cipher(transformation);
        };
    }

    /** Returns the cipher, ready for a record. */
    Cipher start(byte[] nonce) throws InvalidKeyException, InvalidAlgorithmParameterException {
        Cipher started = cipher;
        if (started == null) {
            throw new IllegalStateException("the key has been destroyed");
        }
        started.init(isSealing() ? Cipher.ENCRYPT_MODE : Cipher.DECRYPT_MODE, key, parameters(nonce));
        return started;
    }

    @Override
    int encrypt(byte[] nonce, byte[] aad, int aadLen, byte[] in, int inOff, int len, byte[] out, int outOff) {
        try {
            return run(nonce, aad, aadLen, in, inOff, len, out, outOff);
        } catch (GeneralSecurityException e) {
            // Every argument has been checked, so what is left is the providers' guard against a repeated nonce.
            throw new IllegalStateException("the record could not be sealed: " + e.getMessage(), e);
        }
    }

    @Override
    int decrypt(byte[] nonce, byte[] aad, int aadLen, byte[] in, int inOff, int len, byte[] out, int outOff) {
        try {
            return run(nonce, aad, aadLen, in, inOff, len, out, outOff);
        } catch (AEADBadTagException e) {
            return -1;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the record could not be opened: " + e.getMessage(), e);
        }
    }

    private int run(byte[] nonce, byte[] aad, int aadLen, byte[] in, int inOff, int len, byte[] out, int outOff)
            throws GeneralSecurityException {
        Cipher started = start(nonce);
        started.updateAAD(aad, 0, aadLen);
        return started.doFinal(in, inOff, len, out, outOff);
    }

    @Override
    void release() {
        key.destroy();
        cipher = null;
    }
}
