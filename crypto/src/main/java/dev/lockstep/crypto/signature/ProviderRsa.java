package dev.lockstep.crypto.signature;

import dev.lockstep.crypto.source.Kept;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.interfaces.RSAPrivateKey;
import java.security.interfaces.RSAPublicKey;
import java.util.EnumMap;
import java.util.Map;
import javax.crypto.Cipher;

/**
 * RSA with one key by a provider that was added. Signatures are made whole; they are verified on the bare operation, and the
 * encoding inside is judged in Java, so that every provider takes the same ones. Thread-safe.
 */
final class ProviderRsa {
    private static final String BARE = "RSA/ECB/NoPadding";
    /** What BoringSSL takes; keys beyond it are computed with in Java. */
    private static final int MAX_MODULUS_BITS = 8192;

    private static final int MAX_EXPONENT_BITS = 32;

    private final Provider provider;
    private final Map<SignatureAlgorithm, Kept<Signature>> signatures;
    private final Kept<Cipher> ciphers;

    private ProviderRsa(Provider provider, Map<SignatureAlgorithm, Kept<Signature>> signatures, Kept<Cipher> ciphers) {
        this.provider = provider;
        this.signatures = signatures;
        this.ciphers = ciphers;
    }

    /** Takes over a private key. */
    static ProviderRsa signing(Provider provider, RSAPrivateKey key, SecureRandom random)
            throws GeneralSecurityException {
        PrivateKey taken = RsaKeys.plain(key, provider);
        Map<SignatureAlgorithm, Kept<Signature>> signatures = new EnumMap<>(SignatureAlgorithm.class);
        for (SignatureAlgorithm algorithm : SignatureAlgorithm.values()) {
            if (algorithm.key() == SignatureAlgorithm.Key.RSA) {
                signatures.put(algorithm, new Kept<>(() -> {
                    Signature signature = RsaKeys.signature(algorithm, provider);
                    signature.initSign(taken, random);
                    return signature;
                }));
            }
        }
        return new ProviderRsa(provider, signatures, new Kept<>(() -> Cipher.getInstance(BARE, provider)));
    }

    /** Takes over a public key. */
    static ProviderRsa verifying(Provider provider, RSAPublicKey key) throws GeneralSecurityException {
        if (key.getModulus().bitLength() > MAX_MODULUS_BITS
                || key.getPublicExponent().bitLength() > MAX_EXPONENT_BITS) {
            throw new GeneralSecurityException("a key larger than native libraries take");
        }
        PublicKey taken = RsaKeys.plain(key, provider);
        return new ProviderRsa(provider, Map.of(), new Kept<>(() -> {
            Cipher cipher = Cipher.getInstance(BARE, provider);
            cipher.init(Cipher.ENCRYPT_MODE, taken);
            return cipher;
        }));
    }

    Provider provider() {
        return provider;
    }

    byte[] sign(SignatureAlgorithm algorithm, byte[] message) throws GeneralSecurityException {
        Kept<Signature> kept = signatures.get(algorithm);
        if (kept == null) {
            throw new GeneralSecurityException("not an RSA signature algorithm");
        }
        return kept.use(signature -> {
            signature.update(message);
            return signature.sign();
        });
    }

    /** RSAVP1: {@code s^e mod n} for {@code s} below {@code n}, as long as the modulus. */
    BigInteger open(byte[] signature) throws GeneralSecurityException {
        byte[] opened = ciphers.use(cipher -> cipher.doFinal(signature));
        return new BigInteger(1, opened);
    }

    /** Drops the key. */
    void destroy() {
        signatures.values().forEach(Kept::clear);
    }
}
