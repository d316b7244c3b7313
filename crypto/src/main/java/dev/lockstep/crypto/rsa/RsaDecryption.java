package dev.lockstep.crypto.rsa;

import dev.lockstep.crypto.Wipe;
import dev.lockstep.crypto.provider.Providers;
import dev.lockstep.crypto.signature.PssRestriction;
import dev.lockstep.crypto.signature.RsaKeys;
import dev.lockstep.crypto.source.Kept;
import dev.lockstep.crypto.source.Primitive;
import dev.lockstep.crypto.source.PrimitiveSources;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.interfaces.RSAPrivateKey;
import java.util.Arrays;
import javax.crypto.BadPaddingException;
import javax.crypto.Cipher;
import javax.crypto.IllegalBlockSizeException;
import org.jspecify.annotations.Nullable;

/**
 * The bare RSA private-key operation (RSADP of RFC 8017 5.1.2) for RSA key exchange. It does not unpad: {@link RsaPremaster}
 * does that, in constant time.
 *
 * <p>Taken from the JDK: RSA-2048 0.93 ms against 1.05 in bcprov, blinded. Thread-safe.
 *
 * <p>RFC 5246 7.4.7.1-6: "implementations that use static RSA keys MUST use RSA blinding or some other anti-timing
 * technique". The JDK blinds every operation with a private key, and so do BoringSSL and AWS-LC, which Conscrypt and Amazon's
 * provider stand on: what a provider that was added does is for those to know who add it.
 */
public final class RsaDecryption {
    private static final String TRANSFORMATION = "RSA/ECB/NoPadding";

    private final int modulusLength;
    // The JDK's RSA keys cannot be wiped: dropping the reference is all there is.
    private volatile @Nullable PrivateKey key;

    private final BigInteger modulus;
    private final @Nullable Kept<Cipher> added;

    private RsaDecryption(RSAPrivateKey key, @Nullable Provider provider) {
        this.modulus = key.getModulus();
        this.modulusLength = (modulus.bitLength() + 7) / 8;
        this.key = RsaKeys.plain(key);
        this.added = provider == null ? null : take(key, provider);
    }

    /**
     * Takes a key over, and finds out with a block of zeros and a one whether the provider gives all of it. Once it serves, no
     * failure leads back to Java: which operations fail could depend on what comes out.
     */
    private @Nullable Kept<Cipher> take(RSAPrivateKey rsa, Provider provider) {
        try {
            PrivateKey taken = RsaKeys.plain(rsa, provider);
            Kept<Cipher> ciphers = new Kept<>(() -> {
                Cipher cipher = Cipher.getInstance(TRANSFORMATION, provider);
                cipher.init(Cipher.DECRYPT_MODE, taken);
                return cipher;
            });
            byte[] one = new byte[modulusLength];
            one[modulusLength - 1] = 1;
            return Arrays.equals(ciphers.use(cipher -> cipher.doFinal(one)), one) ? ciphers : null;
        } catch (GeneralSecurityException e) {
            return null; // a key of a kind that it does not take
        }
    }

    /**
     * Prepares a key.
     *
     * @param key an RSA key typed rsaEncryption, as any provider's key object that shows its value; it stays the caller's
     * @return the operation with a copy of the key
     * @throws IllegalArgumentException if it is no such key
     */
    public static RsaDecryption of(PrivateKey key) {
        return of(key, PrimitiveSources.JAVA);
    }

    /** Returns the same with a choice of what computes; a key that a provider does not take is computed with in Java. */
    public static RsaDecryption of(PrivateKey key, PrimitiveSources sources) {
        if (!(key instanceof RSAPrivateKey rsa)) {
            throw new IllegalArgumentException("an " + key.getAlgorithm() + " key that decrypts nothing");
        }
        // RFC 4055 1.2: an id-RSASSA-PSS key is for signatures alone.
        if (PssRestriction.of(key).isPssOnly()) {
            throw new IllegalArgumentException("an RSA key typed id-RSASSA-PSS decrypts nothing");
        }
        return new RsaDecryption(rsa, sources.of(Primitive.RSA_DECRYPT));
    }

    /**
     * Size of ciphertext and block.
     *
     * @return bytes of the modulus
     */
    public int modulusLength() {
        return modulusLength;
    }

    /**
     * Computes {@code c^d mod n}. What comes out says nothing yet about the padding inside; what is thrown depends on public
     * facts only.
     *
     * @param ciphertext {@link #modulusLength()} bytes, as a number below the modulus; not changed
     * @return the block with its padding, {@link #modulusLength()} bytes, owned and to be wiped by the caller
     * @throws GeneralSecurityException if the ciphertext has another length or is not below the modulus, if the key has been
     *     destroyed, or if the provider fails; a TLS server continues with the random premaster in each case (RFC 5246
     *     7.4.7.1)
     */
    public byte[] raw(byte[] ciphertext) throws GeneralSecurityException {
        PrivateKey d = key;
        if (d == null) {
            throw new InvalidKeyException("the private key has been destroyed");
        }
        if (ciphertext.length != modulusLength) {
            throw new IllegalBlockSizeException(ciphertext.length + " bytes, the modulus has " + modulusLength);
        }
        if (added != null) {
            return withAdded(added, ciphertext);
        }
        Cipher cipher = Providers.cipher(TRANSFORMATION);
        cipher.init(Cipher.DECRYPT_MODE, d);
        byte[] block = cipher.doFinal(ciphertext);
        if (block.length == modulusLength) {
            return block;
        }
        // SunJCE never gets here; some providers drop leading zeros, and every valid block has one.
        byte[] padded = new byte[modulusLength];
        System.arraycopy(block, 0, padded, modulusLength - block.length, block.length);
        Wipe.bytes(block);
        return padded;
    }

    private byte[] withAdded(Kept<Cipher> ciphers, byte[] ciphertext) throws GeneralSecurityException {
        if (new BigInteger(1, ciphertext).compareTo(modulus) >= 0) {
            throw new BadPaddingException("the ciphertext is not below the modulus");
        }
        byte[] block = ciphers.use(cipher -> cipher.doFinal(ciphertext));
        if (block.length != modulusLength) {
            Wipe.bytes(block);
            throw new IllegalBlockSizeException("the provider gives a block of another length");
        }
        return block;
    }

    /**
     * Returns whether a provider that was added computes.
     *
     * @return false if Java does
     */
    public boolean isAdded() {
        return added != null;
    }

    /** Drops the key and makes every later operation fail. May be called again. */
    public void destroy() {
        key = null;
        if (added != null) {
            added.clear();
        }
    }
}
