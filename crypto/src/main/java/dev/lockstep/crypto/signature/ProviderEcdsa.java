package dev.lockstep.crypto.signature;

import dev.lockstep.crypto.Wipe;
import dev.lockstep.crypto.group.NistCurve;
import dev.lockstep.crypto.source.Kept;
import dev.lockstep.crypto.source.Primitive;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.sec.ECPrivateKey;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.math.ec.ECPoint;

/**
 * ECDSA over digests with one key by a provider that was added. Which signatures are read is decided before: in DER, with
 * numbers in range. Thread-safe.
 */
final class ProviderEcdsa {
    private static final String OVER_DIGESTS = "NONEwithECDSA";

    private final Provider provider;
    private final Kept<Signature> signatures;

    private ProviderEcdsa(Provider provider, Kept<Signature> signatures) {
        this.provider = provider;
        this.signatures = signatures;
    }

    /** Takes over a public key. */
    static ProviderEcdsa verifying(Provider provider, NistCurve curve, ECPoint point) throws GeneralSecurityException {
        try {
            byte[] encoded = new SubjectPublicKeyInfo(identifier(curve), point.getEncoded(false)).getEncoded();
            PublicKey key = KeyFactory.getInstance("EC", provider).generatePublic(new X509EncodedKeySpec(encoded));
            return new ProviderEcdsa(provider, new Kept<>(() -> {
                Signature signature = Signature.getInstance(OVER_DIGESTS, provider);
                signature.initVerify(key);
                return signature;
            }));
        } catch (IOException | RuntimeException e) {
            throw new GeneralSecurityException("the provider does not take the key", e);
        }
    }

    /** Takes over a private key. */
    static ProviderEcdsa signing(Provider provider, NistCurve curve, BigInteger d, SecureRandom random)
            throws GeneralSecurityException {
        try {
            // Without the curve's name inside a second time (RFC 5915), which some parsers do not take.
            ECPrivateKey value = new ECPrivateKey(curve.order().bitLength(), d);
            byte[] encoded = new PrivateKeyInfo(identifier(curve), value).getEncoded();
            PrivateKey key = KeyFactory.getInstance("EC", provider).generatePrivate(new PKCS8EncodedKeySpec(encoded));
            Wipe.bytes(encoded);
            return new ProviderEcdsa(provider, new Kept<>(() -> {
                Signature signature = Signature.getInstance(OVER_DIGESTS, provider);
                signature.initSign(key, random);
                return signature;
            }));
        } catch (IOException | RuntimeException e) {
            throw new GeneralSecurityException("the provider does not take the key", e);
        }
    }

    private static AlgorithmIdentifier identifier(NistCurve curve) {
        ASN1ObjectIdentifier name =
                switch (curve.group()) {
                    case SECP256R1 -> SECObjectIdentifiers.secp256r1;
                    case SECP384R1 -> SECObjectIdentifiers.secp384r1;
                    case SECP521R1 -> SECObjectIdentifiers.secp521r1;
                    default -> throw new IllegalArgumentException(curve.group() + " is no NIST curve");
                };
        return new AlgorithmIdentifier(X9ObjectIdentifiers.id_ecPublicKey, name);
    }

    /** Returns the primitive that signs on a curve. */
    static Primitive signing(NistCurve curve) {
        return switch (curve.group()) {
            case SECP256R1 -> Primitive.ECDSA_SIGN_P256;
            case SECP384R1 -> Primitive.ECDSA_SIGN_P384;
            default -> Primitive.ECDSA_SIGN_P521;
        };
    }

    /** Returns the primitive that verifies on a curve. */
    static Primitive verifying(NistCurve curve) {
        return switch (curve.group()) {
            case SECP256R1 -> Primitive.ECDSA_VERIFY_P256;
            case SECP384R1 -> Primitive.ECDSA_VERIFY_P384;
            default -> Primitive.ECDSA_VERIFY_P521;
        };
    }

    Provider provider() {
        return provider;
    }

    /** Returns a signature in DER. */
    byte[] sign(byte[] digest) throws GeneralSecurityException {
        return signatures.use(signature -> {
            signature.update(digest);
            return signature.sign();
        });
    }

    boolean verify(byte[] digest, byte[] der) throws GeneralSecurityException {
        return signatures.use(signature -> {
            signature.update(digest);
            return signature.verify(der);
        });
    }

    /** Drops the key. */
    void destroy() {
        signatures.clear();
    }
}
