package dev.lockstep.crypto.rsa;

import dev.lockstep.crypto.Wipe;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Provider;
import javax.crypto.Cipher;
import javax.crypto.IllegalBlockSizeException;
import org.jspecify.annotations.Nullable;

/**
 * RSA decryption by a key that shows nothing of itself: one that a provider reaches in a token. It is the opposite number of
 * {@link RsaDecryption}, which holds the key and knows its modulus.
 *
 * <p>Thread-safe as far as the provider is: every call has a cipher of its own.
 */
public final class TokenRsaDecryption {

    /** What a provider makes of a ciphertext. */
    public enum Form {
        /**
         * The block with its padding. Nothing in it can make the operation fail, so it is the form to prefer: {@link
         * RsaPremaster#unpad} judges it in constant time.
         */
        RAW("RSA/ECB/NoPadding"),
        /**
         * What is behind the padding, for tokens that offer nothing else. Wrong padding makes the operation fail, and some
         * tokens call that a general error: <em>every</em> failure has to be masked (RFC 5246 7.4.7.1).
         */
        PKCS1("RSA/ECB/PKCS1Padding");

        private final String transformation;

        Form(String transformation) {
            this.transformation = transformation;
        }

        /**
         * Returns the best form that a provider offers.
         *
         * @param provider a token's provider
         * @return the form, or null if the provider has no RSA decryption
         */
        public static @Nullable Form of(Provider provider) {
            for (Form form : values()) {
                if (provider.getService("Cipher", form.transformation) != null) {
                    return form;
                }
            }
            return null;
        }
    }

    private final PrivateKey key;
    private final Provider provider;
    private final int modulusLength;
    private final Form form;

    private TokenRsaDecryption(PrivateKey key, Provider provider, int modulusLength, Form form) {
        this.key = key;
        this.provider = provider;
        this.modulusLength = modulusLength;
        this.form = form;
    }

    /**
     * Prepares the operation.
     *
     * @param key a key object of {@code provider}
     * @param provider who does the work; no other provider is asked
     * @param modulusLength bytes of the modulus, as the certificate has it
     * @param form what to ask the provider for
     */
    public static TokenRsaDecryption of(PrivateKey key, Provider provider, int modulusLength, Form form) {
        return new TokenRsaDecryption(key, provider, modulusLength, form);
    }

    /**
     * Has a ciphertext decrypted.
     *
     * @param ciphertext as many bytes as the modulus; not changed
     * @return with {@link Form#RAW} the block, as long as the modulus; with {@link Form#PKCS1} what was behind the padding, of
     *     any length. Owned and to be wiped by the caller
     * @throws GeneralSecurityException if the ciphertext has another length or the provider fails; with {@link Form#PKCS1} also
     *     if the padding is wrong, so the peer must never learn that it was thrown
     * @throws java.security.ProviderException for the same reasons, as the provider likes
     */
    public byte[] decrypt(byte[] ciphertext) throws GeneralSecurityException {
        if (ciphertext.length != modulusLength) {
            throw new IllegalBlockSizeException(ciphertext.length + " bytes, the modulus has " + modulusLength);
        }
        Cipher cipher = Cipher.getInstance(form.transformation, provider);
        cipher.init(Cipher.DECRYPT_MODE, key);
        byte[] plain = cipher.doFinal(ciphertext);
        if (form == Form.PKCS1 || plain.length >= modulusLength) {
            return plain;
        }
        // Some tokens drop leading zeros, and every valid block has one.
        byte[] block = new byte[modulusLength];
        System.arraycopy(plain, 0, block, modulusLength - plain.length, plain.length);
        Wipe.bytes(plain);
        return block;
    }
}
