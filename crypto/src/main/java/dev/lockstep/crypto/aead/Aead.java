package dev.lockstep.crypto.aead;

import dev.lockstep.crypto.Wipe;
import dev.lockstep.crypto.source.Primitive;
import dev.lockstep.crypto.source.PrimitiveSources;
import java.security.Provider;
import java.util.Objects;

/**
 * Authenticated encryption with one key in one direction (RFC 5246 6.2.3.3).
 *
 * <p>One cipher object is kept for the lifetime of the key; a record costs its re-initialisation with the new nonce and
 * nothing else. For one thread at a time. All arrays stay the caller's and none is retained.
 *
 * <p>The caller guarantees that no nonce is sealed with twice. All but CCM notice when the <em>last</em> one is
 * repeated and throw {@link IllegalStateException}; nothing beyond that is visible to the caller.
 */
public abstract class Aead {
    private final AeadAlgorithm algorithm;
    private final boolean sealing;
    private boolean destroyed;

    Aead(AeadAlgorithm algorithm, boolean sealing) {
        this.algorithm = algorithm;
        this.sealing = sealing;
    }

    /**
     * Prepares a key for {@link #seal}.
     *
     * @param a the algorithm
     * @param key holds the key, which is copied
     * @param keyOff where the key's {@link AeadAlgorithm#keyLength()} bytes start
     * @return an object that seals
     * @throws IndexOutOfBoundsException if the key is not inside the array
     */
    public static Aead sealing(AeadAlgorithm a, byte[] key, int keyOff) {
        return create(a, true, key, keyOff, PrimitiveSources.JAVA);
    }

    /** Returns the same with a choice of what computes. */
    public static Aead sealing(AeadAlgorithm a, byte[] key, int keyOff, PrimitiveSources sources) {
        return create(a, true, key, keyOff, sources);
    }

    /**
     * Prepares a key for {@link #open}.
     *
     * @param a the algorithm
     * @param key holds the key, which is copied
     * @param keyOff where the key's {@link AeadAlgorithm#keyLength()} bytes start
     * @return an object that opens
     * @throws IndexOutOfBoundsException if the key is not inside the array
     */
    public static Aead opening(AeadAlgorithm a, byte[] key, int keyOff) {
        return create(a, false, key, keyOff, PrimitiveSources.JAVA);
    }

    /** Returns the same with a choice of what computes. */
    public static Aead opening(AeadAlgorithm a, byte[] key, int keyOff, PrimitiveSources sources) {
        return create(a, false, key, keyOff, sources);
    }

    private static Aead create(AeadAlgorithm a, boolean sealing, byte[] key, int keyOff, PrimitiveSources sources) {
        Objects.checkFromIndexSize(keyOff, a.keyLength(), key.length);
        Provider added = a == AeadAlgorithm.CHACHA20_POLY1305 ? sources.of(Primitive.CHACHA20_POLY1305) : null;
        if (added != null) {
            return new ProviderChaCha20Poly1305(added, sealing, key, keyOff);
        }
        return switch (a) {
            case AES_128_GCM, AES_256_GCM -> new JdkGcm(a, sealing, key, keyOff);
            case CHACHA20_POLY1305 -> new JdkChaCha20Poly1305(a, sealing, key, keyOff);
            case AES_128_CCM, AES_256_CCM, AES_128_CCM_8, AES_256_CCM_8 -> new JdkCcm(a, sealing, key, keyOff);
            case CAMELLIA_128_GCM, CAMELLIA_256_GCM, ARIA_128_GCM, ARIA_256_GCM -> new BcGcm(a, sealing, key, keyOff);
        };
    }

    /**
     * Returns the algorithm given at creation.
     *
     * @return the algorithm
     */
    public final AeadAlgorithm algorithm() {
        return algorithm;
    }

    /**
     * Returns whether {@link #open} costs less when the ciphertext begins at the start of its array, so much that a copy to such a
     * place pays.
     *
     * @return false for most
     */
    public boolean opensFromStart() {
        return false;
    }

    /**
     * Encrypts and authenticates.
     *
     * @param nonce 12 bytes, never used before with this key
     * @param aad holds the additional data in its first bytes
     * @param aadLen bytes of additional data, 0 or more
     * @param in holds the plaintext
     * @param inOff where it starts
     * @param len its length, 0 or more
     * @param out receives ciphertext and tag; may be {@code in} at the same offset
     * @param outOff where they go
     * @return bytes written, {@code len + tagLength}
     * @throws IndexOutOfBoundsException if a range is not inside its array
     * @throws IllegalArgumentException if the nonce has another length
     * @throws IllegalStateException if this object opens or is destroyed, or the last nonce is repeated
     */
    public final int seal(byte[] nonce, byte[] aad, int aadLen, byte[] in, int inOff, int len, byte[] out, int outOff) {
        require(true, nonce, aad, aadLen);
        Objects.checkFromIndexSize(inOff, len, in.length);
        Objects.checkFromIndexSize(outOff, Math.addExact(len, algorithm.tagLength()), out.length);
        return encrypt(nonce, aad, aadLen, in, inOff, len, out, outOff);
    }

    /**
     * Verifies and decrypts. What a failure leaves in {@code out} is zeros and nothing of the plaintext.
     *
     * @param nonce 12 bytes, the ones sealed with
     * @param aad holds the additional data in its first bytes
     * @param aadLen bytes of additional data, 0 or more
     * @param in holds ciphertext and tag
     * @param inOff where they start
     * @param len their length, tag included; 0 or more
     * @param out receives {@code len - tagLength} bytes; better not {@code in}, which the JDK's GCM takes twice the
     *     time for
     * @param outOff where the plaintext goes
     * @return the plaintext's length, or -1 if the tag does not verify or {@code len < tagLength}
     * @throws IndexOutOfBoundsException if a range is not inside its array
     * @throws IllegalArgumentException if the nonce has another length
     * @throws IllegalStateException if this object seals or is destroyed
     */
    public final int open(byte[] nonce, byte[] aad, int aadLen, byte[] in, int inOff, int len, byte[] out, int outOff) {
        require(false, nonce, aad, aadLen);
        Objects.checkFromIndexSize(inOff, len, in.length);
        int plaintextLength = len - algorithm.tagLength();
        if (plaintextLength < 0) {
            return -1;
        }
        Objects.checkFromIndexSize(outOff, plaintextLength, out.length);
        int opened = decrypt(nonce, aad, aadLen, in, inOff, len, out, outOff);
        if (opened < 0) {
            Wipe.range(out, outOff, plaintextLength);
        }
        return opened;
    }

    /**
     * Wipes this object's copy of the key and drops the cipher; a second call does nothing. Key schedules inside the
     * providers' objects cannot be reached and are left to the garbage collector.
     */
    public final void destroy() {
        if (!destroyed) {
            destroyed = true;
            release();
        }
    }

    /** Returns whether this object was created by {@link #sealing}. */
    final boolean isSealing() {
        return sealing;
    }

    /** {@link #seal} with its arguments checked. */
    abstract int encrypt(byte[] nonce, byte[] aad, int aadLen, byte[] in, int inOff, int len, byte[] out, int outOff);

    /** {@link #open} with its arguments checked; a failure may leave anything in {@code out}. */
    abstract int decrypt(byte[] nonce, byte[] aad, int aadLen, byte[] in, int inOff, int len, byte[] out, int outOff);

    /** Wipes the key; called once, nothing is called afterwards. */
    abstract void release();

    private void require(boolean seal, byte[] nonce, byte[] aad, int aadLen) {
        if (destroyed) {
            throw new IllegalStateException("the key has been destroyed");
        }
        if (seal != sealing) {
            throw new IllegalStateException(sealing ? "this key seals only" : "this key opens only");
        }
        if (nonce.length != algorithm.nonceLength()) {
            throw new IllegalArgumentException("a nonce has " + algorithm.nonceLength() + " bytes");
        }
        Objects.checkFromIndexSize(0, aadLen, aad.length);
    }
}
