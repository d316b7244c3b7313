package dev.lockstep.crypto.aead;

import dev.lockstep.crypto.Wipe;
import dev.lockstep.crypto.provider.RawKey;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.InvalidAlgorithmParameterException;
import java.security.InvalidKeyException;
import java.security.Provider;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import org.jspecify.annotations.Nullable;

/**
 * ChaCha20-Poly1305 by a provider that was added.
 *
 * <p>It works on two direct buffers of the thread: providers that work outside Java copy an array whole, however little of
 * it is used, once on the way in and once on the way out. The plaintext is wiped from them with each record.
 */
final class ProviderChaCha20Poly1305 extends Aead {
    private static final AeadAlgorithm ALGORITHM = AeadAlgorithm.CHACHA20_POLY1305;

    private final Provider provider;
    private final RawKey key;
    private @Nullable Cipher cipher;

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

    private Cipher start(byte[] nonce) throws GeneralSecurityException {
        int mode = isSealing() ? Cipher.ENCRYPT_MODE : Cipher.DECRYPT_MODE;
        Cipher started = cipher;
        if (started == null) {
            throw new IllegalStateException("the key has been destroyed");
        }
        try {
            started.init(mode, key, new IvParameterSpec(nonce));
            return started;
        } catch (InvalidKeyException | InvalidAlgorithmParameterException e) {
            // Some refuse the key and nonce they saw last. That protects who seals; opening a record twice is harmless.
            if (isSealing()) {
                throw e;
            }
            Cipher fresh = newCipher(provider);
            cipher = fresh;
            fresh.init(mode, key, new IvParameterSpec(nonce));
            return fresh;
        }
    }

    private int run(byte[] nonce, byte[] aad, int aadLen, byte[] in, int inOff, int len, byte[] out, int outOff)
            throws GeneralSecurityException {
        int tag = ALGORITHM.tagLength();
        int expected = isSealing() ? len + tag : len - tag;
        Buffers buffers = Buffers.ofThread(len + tag);
        try {
            Cipher started = start(nonce);
            started.updateAAD(aad, 0, aadLen);
            buffers.in.clear().put(in, inOff, len).flip();
            int length = started.doFinal(buffers.in, buffers.out.clear());
            if (length != expected) {
                throw new IllegalStateException("the provider gives " + length + " bytes");
            }
            buffers.out.get(0, out, outOff, length);
            return length;
        } finally {
            ByteBuffer plaintext = (isSealing() ? buffers.in : buffers.out).clear();
            Wipe.range(plaintext, 0, len);
        }
    }

    @Override
    int encrypt(byte[] nonce, byte[] aad, int aadLen, byte[] in, int inOff, int len, byte[] out, int outOff) {
        try {
            return run(nonce, aad, aadLen, in, inOff, len, out, outOff);
        } catch (GeneralSecurityException | RuntimeException e) {
            // Every argument has been checked, so what is left is the guard against a repeated nonce.
            throw new IllegalStateException("the record could not be sealed: " + e.getMessage(), e);
        }
    }

    @Override
    int decrypt(byte[] nonce, byte[] aad, int aadLen, byte[] in, int inOff, int len, byte[] out, int outOff) {
        try {
            return run(nonce, aad, aadLen, in, inOff, len, out, outOff);
        } catch (AEADBadTagException e) {
            return -1;
        } catch (GeneralSecurityException | RuntimeException e) {
            throw new IllegalStateException("the record could not be opened: " + e.getMessage(), e);
        }
    }

    @Override
    void release() {
        key.destroy();
        cipher = null; // the provider is not asked: the end of a connection must not depend on it
    }

    /** What a thread's records pass through; they are larger than any record of TLS, and larger ones get their own. */
    record Buffers(ByteBuffer in, ByteBuffer out) {
        private static final int SIZE = 17 << 10;
        private static final ThreadLocal<Buffers> OF_THREAD = ThreadLocal.withInitial(() -> new Buffers(SIZE));

        private Buffers(int size) {
            this(ByteBuffer.allocateDirect(size), ByteBuffer.allocateDirect(size));
        }

        static Buffers ofThread(int size) {
            return size <= SIZE ? OF_THREAD.get() : new Buffers(size);
        }
    }
}
