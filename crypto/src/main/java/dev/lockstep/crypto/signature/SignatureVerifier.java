package dev.lockstep.crypto.signature;

import dev.lockstep.crypto.group.Group;
import dev.lockstep.crypto.group.NistCurve;
import dev.lockstep.crypto.source.Primitive;
import dev.lockstep.crypto.source.PrimitiveSources;
import java.io.IOException;
import java.security.Provider;
import java.security.PublicKey;
import java.security.interfaces.RSAPublicKey;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.crypto.params.AsymmetricKeyParameter;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.params.Ed25519PublicKeyParameters;
import org.bouncycastle.crypto.params.Ed448PublicKeyParameters;
import org.bouncycastle.crypto.util.PublicKeyFactory;
import org.jspecify.annotations.Nullable;

/**
 * A public key, decoded and validated once and kept ready to verify. Thread-safe.
 *
 * <p>Verification is strict: one message, one key and one set of coins have one valid encoding of a signature.
 */
public final class SignatureVerifier {
    private final VerificationKey key;

    private SignatureVerifier(VerificationKey key) {
        this.key = key;
    }

    /**
     * Prepares a key.
     *
     * @param key an RSA key (typed rsaEncryption or id-RSASSA-PSS) of 512 to 16384 bits with an odd exponent of 3 up to 64
     *     bits, an EC key on secp256r1, secp384r1 or secp521r1, an Ed25519 or an Ed448 key, as any provider's key object
     * @return a verifier with a copy of the key
     * @throws IllegalArgumentException if it is a key of another kind, out of range, or not a point of its curve; a key that
     *     comes from a peer's certificate may well be
     */
    public static SignatureVerifier of(PublicKey key) {
        return of(key, PrimitiveSources.JAVA);
    }

    /**
     * Returns the same with a choice of what computes, which does not change what verifies: a key that a provider does not take, or
     * fails with, is computed with in Java.
     */
    public static SignatureVerifier of(PublicKey key, PrimitiveSources sources) {
        if (key instanceof RSAPublicKey rsa) {
            return new SignatureVerifier(new RsaVerificationKey(rsa, sources.of(Primitive.RSA_VERIFY)));
        }
        byte[] encoded = key.getEncoded();
        if (encoded == null) {
            throw new IllegalArgumentException("the " + key.getAlgorithm() + " public key does not show its value");
        }
        return new SignatureVerifier(decode(encoded, sources));
    }

    private static VerificationKey decode(byte[] subjectPublicKeyInfo, PrimitiveSources sources) {
        AsymmetricKeyParameter decoded;
        // RFC 8422 5.3-1, 5.9-1, 5.9-2: ECC keys in certificates "MUST comply with [RFC3279]", EdDSA keys "with
        // [RFC8410]"; both are forms of SubjectPublicKeyInfo.
        try {
            decoded = PublicKeyFactory.createKey(SubjectPublicKeyInfo.getInstance(subjectPublicKeyInfo));
        } catch (IOException | RuntimeException e) {
            // A boundary: the bytes may be from a peer's certificate, and bcprov's decoders fail in many ways: an empty
            // point, for one, with ArrayIndexOutOfBoundsException.
            throw new IllegalArgumentException("not a public key, or of an unknown kind", e);
        }
        VerificationKey key = null;
        if (decoded instanceof Ed25519PublicKeyParameters ed25519) {
            key = EdwardsVerificationKey.ed25519(ed25519.getEncoded());
        } else if (decoded instanceof Ed448PublicKeyParameters ed448) {
            key = EdwardsVerificationKey.ed448(ed448.getEncoded());
        } else if (decoded instanceof ECPublicKeyParameters ec) {
            key = ecdsa(ec, sources);
        }
        if (key == null) {
            throw new IllegalArgumentException(
                    "public key is neither RSA, Ed25519, Ed448 nor EC on secp256r1, secp384r1 or secp521r1");
        }
        return key;
    }

    private static @Nullable VerificationKey ecdsa(ECPublicKeyParameters ec, PrimitiveSources sources) {
        NistCurve curve = NistCurve.of(ec.getParameters());
        if (curve == null) {
            return null;
        }
        // Brought over to our own curve object, and validated once more on the way.
        var point = curve.decode(ec.getQ().getEncoded(false));
        return point == null
                ? null
                : new EcdsaVerificationKey(curve, point, sources.of(ProviderEcdsa.verifying(curve)));
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
    public int rsaModulusLength() {
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
     * Returns the provider that was added and verifies.
     *
     * @return null if Java verifies, be it because the provider failed with this key
     */
    public @Nullable Provider provider() {
        return key.provider();
    }

    /**
     * Returns whether a signature by this key can be of an algorithm at all: the kind of key, the size of an RSA modulus and the
     * parameters of an id-RSASSA-PSS key decide.
     *
     * @param algorithm how something is said to be signed
     * @return true if this key can verify it
     */
    public boolean supports(SignatureAlgorithm algorithm) {
        return key.supports(algorithm);
    }

    /**
     * Verifies a signature over a message (not over a digest of it). Throws nothing, whatever the signature holds.
     *
     * @param algorithm how the message is said to be signed
     * @param message what was signed; not changed
     * @param signature the signature, of any length; not changed
     * @return true if it is this key's signature; false for every defect, an algorithm not {@linkplain #supports supported}
     *     included
     */
    public boolean verify(SignatureAlgorithm algorithm, byte[] message, byte[] signature) {
        return key.supports(algorithm) && key.verify(algorithm, message, signature);
    }

    /**
     * Verifies a signature over a message of which the digest is known. Throws nothing, whatever the signature holds.
     *
     * @param algorithm how the message is said to be signed; one that {@linkplain SignatureAlgorithm#hash hashes first}
     * @param digest the message's, under the algorithm's hash function; not changed
     * @param signature the signature, of any length; not changed
     * @return true if it is this key's signature; false for every defect, an algorithm not {@linkplain #supports supported}
     *     included, and for Ed25519 and Ed448
     */
    public boolean verifyDigest(SignatureAlgorithm algorithm, byte[] digest, byte[] signature) {
        return key.supports(algorithm) && key.verifyDigest(algorithm, digest, signature);
    }
}
