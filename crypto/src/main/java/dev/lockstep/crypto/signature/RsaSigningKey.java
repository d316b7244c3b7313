package dev.lockstep.crypto.signature;

import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.interfaces.RSAPrivateKey;
import org.jspecify.annotations.Nullable;

/**
 * RSASSA-PKCS1-v1_5 and RSASSA-PSS signing (RFC 8017 8). Taken from the JDK, see {@link RsaKeys}, or from a provider that was
 * added; where that does not serve a key, the JDK does.
 */
final class RsaSigningKey implements SigningKey {
    private final int modulusBits;
    private final PssRestriction restriction;
    private final SecureRandom random;
    // The JDK's RSA keys cannot be wiped: dropping the reference is all there is.
    private volatile @Nullable PrivateKey key;
    private volatile @Nullable ProviderRsa added;

    RsaSigningKey(RSAPrivateKey key, SecureRandom random, @Nullable Provider provider) {
        this.modulusBits = key.getModulus().bitLength();
        this.restriction = PssRestriction.of(key);
        this.key = RsaKeys.plain(key);
        this.random = random;
        this.added = provider == null ? null : take(key, provider);
    }

    private @Nullable ProviderRsa take(RSAPrivateKey rsa, Provider provider) {
        try {
            return ProviderRsa.signing(provider, rsa, random);
        } catch (GeneralSecurityException e) {
            return null; // a key of a kind that it does not take
        }
    }

    @Override
    public SignatureAlgorithm.Key type() {
        return SignatureAlgorithm.Key.RSA;
    }

    @Override
    public boolean supports(SignatureAlgorithm algorithm) {
        return algorithm.key() == SignatureAlgorithm.Key.RSA
                && restriction.permits(algorithm)
                && RsaKeys.fits(algorithm, modulusBits);
    }

    @Override
    public int modulusLength() {
        return (modulusBits + 7) / 8;
    }

    @Override
    public byte[] sign(SignatureAlgorithm algorithm, byte[] message) throws GeneralSecurityException {
        PrivateKey d = key;
        if (d == null) {
            throw new InvalidKeyException("the private key has been destroyed");
        }
        ProviderRsa faster = added;
        if (faster != null) {
            try {
                return faster.sign(algorithm, message);
            } catch (GeneralSecurityException e) {
                added = null; // and is not asked about this key again
            }
        }
        Signature signature = RsaKeys.signature(algorithm);
        signature.initSign(d, random);
        signature.update(message);
        return signature.sign();
    }

    @Override
    public @Nullable Provider provider() {
        ProviderRsa faster = added;
        return faster == null ? null : faster.provider();
    }

    @Override
    public void destroy() {
        key = null;
        ProviderRsa faster = added;
        if (faster != null) {
            faster.destroy();
            added = null;
        }
    }
}
