package dev.lockstep.crypto;

import dev.lockstep.crypto.signature.SignatureAlgorithm;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Provider;
import java.security.PublicKey;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.RSAKeyGenParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import org.bouncycastle.jce.provider.BouncyCastleProvider;

/** Keys to test with, of the JDK's or of Bouncy Castle's classes. Neither provider is registered here. */
public final class TestKeys {
    public static final Provider BC = new BouncyCastleProvider();

    public static final KeyPair RSA_2048 = rsa("RSA", 2048);
    public static final KeyPair RSA_1024 = rsa("RSA", 1024);
    public static final KeyPair RSA_PSS = rsa("RSASSA-PSS", 2048);
    public static final KeyPair P256 = ec("secp256r1");
    public static final KeyPair P384 = ec("secp384r1");
    public static final KeyPair P521 = ec("secp521r1");
    public static final KeyPair ED25519 = generate("Ed25519", null, null);
    public static final KeyPair ED448 = generate("Ed448", null, null);

    private TestKeys() {}

    public static KeyPair rsa(String type, int bits) {
        return generate(type, new RSAKeyGenParameterSpec(bits, RSAKeyGenParameterSpec.F4), null);
    }

    public static KeyPair rsaPss(AlgorithmParameterSpec parameters) {
        return generate("RSASSA-PSS", new RSAKeyGenParameterSpec(2048, RSAKeyGenParameterSpec.F4, parameters), null);
    }

    public static KeyPair ec(String curve) {
        return generate("EC", new ECGenParameterSpec(curve), null);
    }

    public static KeyPair generate(String type, AlgorithmParameterSpec parameters, Provider provider) {
        try {
            KeyPairGenerator generator = provider == null
                    ? KeyPairGenerator.getInstance(type)
                    : KeyPairGenerator.getInstance(type, provider);
            if (parameters != null) {
                generator.initialize(parameters);
            }
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** As a certificate's key comes out of the JDK. */
    public static PublicKey publicKey(SignatureAlgorithm.Key kind, byte[] subjectPublicKeyInfo)
            throws GeneralSecurityException {
        String name =
                switch (kind) {
                    case RSA -> "RSA";
                    case EC -> "EC";
                    case ED25519, ED448 -> "EdDSA";
                };
        return KeyFactory.getInstance(name).generatePublic(new X509EncodedKeySpec(subjectPublicKeyInfo));
    }
}
