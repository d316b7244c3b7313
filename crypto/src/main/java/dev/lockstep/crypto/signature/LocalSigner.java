package dev.lockstep.crypto.signature;

import dev.lockstep.crypto.Wipe;
import dev.lockstep.crypto.group.Group;
import dev.lockstep.crypto.group.NistCurve;
import dev.lockstep.crypto.source.Primitive;
import dev.lockstep.crypto.source.PrimitiveSources;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.SecureRandom;
import java.security.interfaces.RSAPrivateKey;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.crypto.params.AsymmetricKeyParameter;
import org.bouncycastle.crypto.params.ECPrivateKeyParameters;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;
import org.bouncycastle.crypto.params.Ed448PrivateKeyParameters;
import org.bouncycastle.crypto.util.PrivateKeyFactory;
import org.jspecify.annotations.Nullable;

/**
 * A private key in this process, decoded once and kept ready to sign.
 *
 * <p>Thread-safe. Blocks for as long as a signature takes: 30 us to a few milliseconds.
 */
public final class LocalSigner {
    private final SigningKey key;

    private LocalSigner(SigningKey key) {
        this.key = key;
    }

    /**
     * Prepares a key.
     *
     * @param key an RSA key (typed rsaEncryption or id-RSASSA-PSS), an EC key on secp256r1, secp384r1 or secp521r1, an
     *     Ed25519 or an Ed448 key, as any provider's key object that shows its value; it stays the caller's and is not
     *     changed
     * @param random the only source of randomness for signatures; must be safe for the threads that sign
     * @return a signer with a copy of the key
     * @throws IllegalArgumentException if it is a key of another kind, or one that hides its value
     */
    public static LocalSigner of(PrivateKey key, SecureRandom random) {
        return of(key, random, PrimitiveSources.JAVA);
    }

    /**
     * Returns the same with a choice of what computes. A provider that was added may use randomness of its own; a key that it does not
     * take, or fails with, is computed with in Java.
     */
    public static LocalSigner of(PrivateKey key, SecureRandom random, PrimitiveSources sources) {
        if (key instanceof RSAPrivateKey rsa) {
            return new LocalSigner(new RsaSigningKey(rsa, random, sources.of(Primitive.RSA_SIGN)));
        }
        byte[] encoded = key.getEncoded();
        if (encoded == null) {
            throw new IllegalArgumentException(
                    "the " + key.getAlgorithm() + " key does not show its value: it can only be an external key");
        }
        try {
            return new LocalSigner(decode(encoded, random, sources));
        } finally {
            Wipe.bytes(encoded);
        }
    }

    private static SigningKey decode(byte[] pkcs8, SecureRandom random, PrimitiveSources sources) {
        AsymmetricKeyParameter decoded;
        try {
            decoded = PrivateKeyFactory.createKey(PrivateKeyInfo.getInstance(pkcs8));
        } catch (IOException | RuntimeException e) {
            // A boundary: bcprov's decoders fail in many ways. The cause stays out, as their messages may quote the
            // bytes.
            throw new IllegalArgumentException("not a private key in PKCS#8, or of an unknown kind");
        }
        if (decoded instanceof Ed25519PrivateKeyParameters ed25519) {
            return new EdwardsSigningKey(SignatureAlgorithm.ED25519, ed25519.getEncoded());
        }
        if (decoded instanceof Ed448PrivateKeyParameters ed448) {
            return new EdwardsSigningKey(SignatureAlgorithm.ED448, ed448.getEncoded());
        }
        if (decoded instanceof ECPrivateKeyParameters ec) {
            NistCurve curve = NistCurve.of(ec.getParameters());
            if (curve != null) {
                return new EcdsaSigningKey(curve, ec.getD(), random, sources.of(ProviderEcdsa.signing(curve)));
            }
            throw new IllegalArgumentException(
                    "EC private key on a curve other than secp256r1, secp384r1 and secp521r1");
        }
        throw new IllegalArgumentException("private key is neither RSA, EC, Ed25519 nor Ed448");
    }

    /**
     * Returns the kind of key.
     *
     * @return the kind of key
     */
    public SignatureAlgorithm.Key keyType() {
        return key.type();
    }

    /**
     * Size of an RSA key.
     *
     * @return bytes of the modulus; 0 unless the key is RSA
     */
    public int modulusLength() {
        return key.modulusLength();
    }

    /**
     * Returns the curve of an EC key.
     *
     * @return the group of the same curve; null unless the key is EC
     */
    public @Nullable Group ecGroup() {
        return key.ecGroup();
    }

    /**
     * Returns whether {@link #sign} can be asked for an algorithm: the kind of key, the size of an RSA modulus and the parameters of
     * an id-RSASSA-PSS key decide.
     *
     * @param algorithm how to sign
     * @return true if this key can sign that way
     */
    public boolean supports(SignatureAlgorithm algorithm) {
        return key.supports(algorithm);
    }

    /**
     * Signs a message (not a digest of it).
     *
     * @param algorithm how to sign
     * @param message what to sign; not changed
     * @return RSA: {@link #modulusLength()} bytes; ECDSA: the DER encoding of RFC 3279; EdDSA: 64 or 114 bytes. Owned by the
     *     caller
     * @throws InvalidKeyException if the key does not support the algorithm or has been destroyed
     * @throws GeneralSecurityException if the provider fails
     */
    public byte[] sign(SignatureAlgorithm algorithm, byte[] message) throws GeneralSecurityException {
        if (!key.supports(algorithm)) {
            throw new InvalidKeyException("this " + key.type() + " key cannot sign with " + algorithm);
        }
        return key.sign(algorithm, message);
    }

    /**
     * Returns the provider that was added and signs.
     *
     * @return null if Java signs, be it because the provider failed with this key
     */
    public @Nullable Provider provider() {
        return key.provider();
    }

    /** Wipes what can be wiped of the key and makes every later signature fail. May be called again. */
    public void destroy() {
        key.destroy();
    }

    /** Names the kind of key only. */
    @Override
    public String toString() {
        return "LocalSigner[" + key.type() + "]";
    }
}
