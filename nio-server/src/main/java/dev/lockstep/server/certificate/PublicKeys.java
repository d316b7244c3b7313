package dev.lockstep.server.certificate;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.spec.X509EncodedKeySpec;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.RSAPublicKey;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.crypto.params.AsymmetricKeyParameter;
import org.bouncycastle.crypto.params.ECDomainParameters;
import org.bouncycastle.crypto.params.ECPrivateKeyParameters;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;
import org.bouncycastle.crypto.params.Ed448PrivateKeyParameters;
import org.bouncycastle.crypto.params.RSAPrivateCrtKeyParameters;
import org.bouncycastle.crypto.util.PrivateKeyFactory;
import org.bouncycastle.crypto.util.SubjectPublicKeyInfoFactory;
import org.bouncycastle.math.ec.FixedPointCombMultiplier;

/** The public half of a private key, for keys that come without a certificate. */
public final class PublicKeys {

    private PublicKeys() {}

    /**
     * The SubjectPublicKeyInfo in DER as a certificate for the key has it.
     *
     * @throws IOException when the key is of a kind without a derivable public half
     */
    public static byte[] encodedOf(PrivateKey key) throws IOException {
        PrivateKeyInfo info = PrivateKeyInfo.getInstance(key.getEncoded());
        AsymmetricKeyParameter decoded = PrivateKeyFactory.createKey(info);
        if (decoded instanceof RSAPrivateCrtKeyParameters rsa) {
            // The identifier as it is: that of an id-RSASSA-PSS key has parameters.
            return new SubjectPublicKeyInfo(
                            info.getPrivateKeyAlgorithm(), new RSAPublicKey(rsa.getModulus(), rsa.getPublicExponent()))
                    .getEncoded();
        }
        return SubjectPublicKeyInfoFactory.createSubjectPublicKeyInfo(publicOf(decoded))
                .getEncoded();
    }

    /**
     * The key of a SubjectPublicKeyInfo that {@link #encodedOf} gave.
     *
     * @param algorithm the private key's
     * @throws IOException when the JDK has no such keys
     */
    public static PublicKey decoded(String algorithm, byte[] encoded) throws IOException {
        try {
            return KeyFactory.getInstance(algorithm).generatePublic(new X509EncodedKeySpec(encoded));
        } catch (GeneralSecurityException e) {
            throw new IOException("its public half cannot be used", e);
        }
    }

    private static AsymmetricKeyParameter publicOf(AsymmetricKeyParameter key) throws IOException {
        if (key instanceof ECPrivateKeyParameters ec) {
            ECDomainParameters curve = ec.getParameters();
            return new ECPublicKeyParameters(new FixedPointCombMultiplier().multiply(curve.getG(), ec.getD()), curve);
        }
        if (key instanceof Ed25519PrivateKeyParameters ed25519) {
            return ed25519.generatePublicKey();
        }
        if (key instanceof Ed448PrivateKeyParameters ed448) {
            return ed448.generatePublicKey();
        }
        throw new IOException("its public half cannot be derived");
    }
}
