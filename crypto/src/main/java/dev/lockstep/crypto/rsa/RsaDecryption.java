package dev.lockstep.crypto.rsa;

import dev.lockstep.crypto.Wipe;
import dev.lockstep.crypto.provider.Providers;
import dev.lockstep.crypto.signature.PssRestriction;
import dev.lockstep.crypto.signature.RsaKeys;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.PrivateKey;
import java.security.interfaces.RSAPrivateKey;
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
 * technique". The JDK blinds every operation with a private key.
 */
public final class RsaDecryption {
    private final int modulusLength;
    // The JDK's RSA keys cannot be wiped: dropping the reference is all there is.
    private volatile @Nullable PrivateKey key;

    private RsaDecryption(RSAPrivateKey key) {
        this.modulusLength = (key.getModulus().bitLength() + 7) / 8;
        this.key = RsaKeys.plain(key);
    }

    /**
     * Prepares a key.
     *
     * @param key an RSA key typed rsaEncryption, as any provider's key object that shows its value; it stays the caller's
     * @return the operation with a copy of the key
     * @throws IllegalArgumentException if it is no such key
     */
    public static RsaDecryption of(PrivateKey key) {
        if (!(key instanceof RSAPrivateKey rsa)) {
            throw new IllegalArgumentException("an " + key.getAlgorithm() + " key that decrypts nothing");
        }
        // RFC 4055 1.2: an id-RSASSA-PSS key is for signatures alone.
        if (PssRestriction.of(key).isPssOnly()) {
            throw new IllegalArgumentException("an RSA key typed id-RSASSA-PSS decrypts nothing");
        }
        return new RsaDecryption(rsa);
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
     *     destroyed, or if the provider fails; a TLS server goes on with the random premaster in each case (RFC 5246
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
        Cipher cipher = Providers.cipher("RSA/ECB/NoPadding");
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

    /** Drops the key and makes every later operation fail. May be called again. */
    public void destroy() {
        key = null;
    }
}
