package dev.lockstep.jsse.manager;

import dev.lockstep.keys.BlockingKey;
import dev.lockstep.tls.key.DecryptRequest;
import dev.lockstep.tls.key.SignRequest;
import dev.lockstep.tls.spec.SignatureFamily;
import dev.lockstep.tls.spec.SignatureScheme;
import dev.lockstep.tls.wait.OperationException;
import dev.lockstep.tls.wait.OperationException.Reason;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.PrivateKey;
import java.security.ProviderException;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.EnumSet;
import java.util.Set;
import javax.crypto.Cipher;

/**
 * A private key of another provider of the Java Cryptography Architecture that does not give its encoding: a token's, a cloud
 * service's. Each operation blocks until the provider has answered. What the key can do is tried out when it is made.
 *
 * <p>Decryption gives the raw block, so that the padding is removed in constant time by this library; a provider that does
 * not offer that does not serve the RSA key exchange.
 */
final class JcaKey implements BlockingKey {

    private static final String RAW_RSA = "RSA/ECB/NoPadding";

    private final PrivateKey key;
    private final Set<SignatureScheme> schemes;
    private final boolean decrypts;

    JcaKey(PrivateKey key, X509Certificate certificate) {
        this.key = key;
        String algorithm = certificate.getPublicKey().getAlgorithm();
        EnumSet<SignatureScheme> able = EnumSet.noneOf(SignatureScheme.class);
        for (SignatureScheme scheme : SignatureScheme.values()) {
            if (scheme.family().signsWithKeysOf(algorithm) && accepts(scheme)) {
                able.add(scheme);
            }
        }
        this.schemes = Set.copyOf(able);
        this.decrypts = algorithm.equals("RSA") && decryptsRaw();
    }

    private boolean accepts(SignatureScheme scheme) {
        try {
            prepared(scheme);
            return true;
        } catch (GeneralSecurityException | ProviderException e) {
            return false; // no provider takes this key for it
        }
    }

    private boolean decryptsRaw() {
        try {
            Cipher.getInstance(RAW_RSA).init(Cipher.DECRYPT_MODE, key);
            return true;
        } catch (GeneralSecurityException | ProviderException e) {
            return false;
        }
    }

    private Signature prepared(SignatureScheme scheme) throws GeneralSecurityException {
        Signature signature = Signature.getInstance(name(scheme));
        signature.initSign(
                key); // first: the key decides which provider signs, and parameters would settle on the first one
        if (scheme.family().isPss()) {
            String hash = scheme.hash().digestName();
            // RFC 8446 4.2.3: "The length of the Salt MUST be equal to the length of the output of the digest
            // algorithm."
            signature.setParameter(new PSSParameterSpec(
                    hash,
                    "MGF1",
                    new MGF1ParameterSpec(hash),
                    scheme.hash().length(),
                    PSSParameterSpec.TRAILER_FIELD_BC));
        }
        return signature;
    }

    private static String name(SignatureScheme scheme) {
        SignatureFamily family = scheme.family();
        String hash = scheme.hash().digestName().replace("-", "");
        return switch (family) {
            case RSA_PKCS1 -> hash + "withRSA";
            case RSA_PSS_RSAE, RSA_PSS_PSS -> "RSASSA-PSS";
            case ECDSA -> hash + "withECDSA";
            case ED25519 -> "Ed25519";
            case ED448 -> "Ed448";
        };
    }

    @Override
    public Set<SignatureScheme> signatureSchemes() {
        return schemes;
    }

    @Override
    public boolean canDecrypt() {
        return decrypts;
    }

    @Override
    public byte[] sign(SignRequest request) throws Exception {
        try {
            Signature signature = prepared(request.scheme());
            signature.update(request.message());
            return signature.sign();
        } catch (GeneralSecurityException | ProviderException e) {
            throw new OperationException(Reason.KEY_UNAVAILABLE, "the provider of the key does not sign", e);
        }
    }

    @Override
    public byte[] decrypt(DecryptRequest request) throws Exception {
        if (!decrypts) {
            throw new InvalidKeyException("not a key that decrypts");
        }
        Cipher cipher = Cipher.getInstance(RAW_RSA);
        cipher.init(Cipher.DECRYPT_MODE, key);
        return cipher.doFinal(request.ciphertext());
    }

    @Override
    public String toString() {
        return "JcaKey[" + key.getAlgorithm() + "]";
    }
}
