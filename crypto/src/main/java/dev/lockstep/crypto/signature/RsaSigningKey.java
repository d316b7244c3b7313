package dev.lockstep.crypto.signature;

import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.interfaces.RSAPrivateKey;
import org.jspecify.annotations.Nullable;

/** RSASSA-PKCS1-v1_5 and RSASSA-PSS signing (RFC 8017 8). Taken from the JDK, see {@link RsaKeys}. */
final class RsaSigningKey implements SigningKey {
    private final int modulusBits;
    private final PssRestriction restriction;
    private final SecureRandom random;
    // The JDK's RSA keys cannot be wiped: dropping the reference is all there is.
    private volatile @Nullable PrivateKey key;

    RsaSigningKey(RSAPrivateKey key, SecureRandom random) {
        this.modulusBits = key.getModulus().bitLength();
        this.restriction = PssRestriction.of(key);
        this.key = RsaKeys.plain(key);
        this.random = random;
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
        Signature signature = RsaKeys.signature(algorithm);
        signature.initSign(d, random);
        signature.update(message);
        return signature.sign();
    }

    @Override
    public void destroy() {
        key = null;
    }
}
