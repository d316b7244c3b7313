package dev.lockstep.crypto.source;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.PublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import javax.crypto.KeyAgreement;
import javax.security.auth.DestroyFailedException;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.jspecify.annotations.Nullable;

/**
 * Diffie-Hellman on one curve by a provider, with public values as TLS has them. Judges nothing: the values that come in
 * are validated before, and the secrets that go out after. Thread-safe.
 *
 * <p>Public keys cross over as SubjectPublicKeyInfo, the one form that all providers take: before the value stand the same
 * bytes in every key of a curve.
 */
public final class ProviderAgreement {
    /** RFC 8410 3. */
    private static final ASN1ObjectIdentifier ID_X25519 = new ASN1ObjectIdentifier("1.3.101.110");

    private final String agreement;
    private final Provider provider;
    private final byte[] prefix;
    private final int valueLength;
    private final Kept<KeyPairGenerator> generators;
    private final Kept<KeyFactory> factories;
    private volatile boolean destroysKeys = true;

    private ProviderAgreement(
            Provider provider,
            String keyType,
            String agreement,
            @Nullable String curve,
            AlgorithmIdentifier identifier,
            int valueLength) {
        this.provider = provider;
        this.agreement = agreement;
        this.valueLength = valueLength;
        this.prefix = prefix(identifier, valueLength);
        this.generators = new Kept<>(() -> {
            KeyPairGenerator generator = KeyPairGenerator.getInstance(keyType, provider);
            if (curve != null) {
                generator.initialize(new ECGenParameterSpec(curve));
            }
            return generator;
        });
        this.factories = new Kept<>(() -> KeyFactory.getInstance(keyType, provider));
    }

    /** Returns null for primitives that are no key agreement. */
    static @Nullable ProviderAgreement of(Primitive primitive, Provider provider) throws GeneralSecurityException {
        return switch (primitive) {
            case X25519 -> x25519(provider);
            case ECDH_P256 -> onCurve(provider, "secp256r1", SECObjectIdentifiers.secp256r1, 65);
            case ECDH_P384 -> onCurve(provider, "secp384r1", SECObjectIdentifiers.secp384r1, 97);
            case ECDH_P521 -> onCurve(provider, "secp521r1", SECObjectIdentifiers.secp521r1, 133);
            default -> null;
        };
    }

    private static ProviderAgreement x25519(Provider provider) throws NoSuchAlgorithmException {
        for (String name : new String[] {"X25519", "XDH"}) {
            if (offers(provider, name, name)) {
                return new ProviderAgreement(provider, name, name, null, new AlgorithmIdentifier(ID_X25519), 32);
            }
        }
        throw new NoSuchAlgorithmException("no X25519");
    }

    private static ProviderAgreement onCurve(
            Provider provider, String name, ASN1ObjectIdentifier curve, int valueLength)
            throws NoSuchAlgorithmException {
        if (!offers(provider, "EC", "ECDH")) {
            throw new NoSuchAlgorithmException("no ECDH");
        }
        return new ProviderAgreement(
                provider,
                "EC",
                "ECDH",
                name,
                new AlgorithmIdentifier(X9ObjectIdentifiers.id_ecPublicKey, curve),
                valueLength);
    }

    private static boolean offers(Provider provider, String keyType, String agreement) {
        return provider.getService("KeyPairGenerator", keyType) != null
                && provider.getService("KeyFactory", keyType) != null
                && provider.getService("KeyAgreement", agreement) != null;
    }

    private static byte[] prefix(AlgorithmIdentifier identifier, int valueLength) {
        try {
            byte[] whole = new SubjectPublicKeyInfo(identifier, new byte[valueLength]).getEncoded();
            return Arrays.copyOf(whole, whole.length - valueLength);
        } catch (IOException e) {
            throw new IllegalStateException("an encoding in memory", e);
        }
    }

    /** Returns a fresh key pair, of the provider's own randomness. */
    public KeyPair generate() throws GeneralSecurityException {
        return generators.use(KeyPairGenerator::generateKeyPair);
    }

    /** Returns the value that goes to the peer: an uncompressed point, or {@code u}. */
    public byte[] publicValue(PublicKey key) throws GeneralSecurityException {
        byte[] encoded = key.getEncoded();
        if (encoded == null
                || encoded.length != prefix.length + valueLength
                || Arrays.mismatch(encoded, 0, prefix.length, prefix, 0, prefix.length) >= 0) {
            throw new InvalidKeyException("a public key in a form of the provider's own");
        }
        return Arrays.copyOfRange(encoded, prefix.length, encoded.length);
    }

    /**
     * Computes the shared secret.
     *
     * @param peerPublic the peer's value, as long as {@link #publicValue}, and valid
     * @return x or u, owned and to be wiped by the caller
     */
    public byte[] agree(PrivateKey key, byte[] peerPublic) throws GeneralSecurityException {
        byte[] encoded = Arrays.copyOf(prefix, prefix.length + valueLength);
        System.arraycopy(peerPublic, 0, encoded, prefix.length, valueLength);
        PublicKey peer = factories.use(factory -> factory.generatePublic(new X509EncodedKeySpec(encoded)));
        try {
            // Not kept: it would keep the private key, too.
            KeyAgreement one = KeyAgreement.getInstance(agreement, provider);
            one.init(key);
            one.doPhase(peer, true);
            return one.generateSecret();
        } catch (RuntimeException e) {
            throw new GeneralSecurityException("the provider failed", e);
        }
    }

    /** Wipes a private key where its provider can. */
    public void destroy(PrivateKey key) {
        if (!destroysKeys) {
            return;
        }
        try {
            key.destroy();
        } catch (DestroyFailedException e) {
            // Most providers cannot, and say so at a price; the reference is dropped, as everywhere.
            destroysKeys = false;
        } catch (RuntimeException e) {
            // A boundary: what else is to be wiped must not depend on it.
        }
    }
}
