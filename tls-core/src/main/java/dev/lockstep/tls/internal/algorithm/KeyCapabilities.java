package dev.lockstep.tls.internal.algorithm;

import dev.lockstep.tls.spec.SignatureFamily;
import dev.lockstep.tls.spec.SignatureHash;
import dev.lockstep.tls.spec.SignatureScheme;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.security.interfaces.EdECKey;
import java.security.interfaces.RSAKey;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.EnumSet;
import java.util.Set;

/**
 * What a certificate lets its key do in a TLS 1.2 handshake, a server's or a client's: the facts come from the
 * certificate, never from the key.
 */
public final class KeyCapabilities {

    private static final int DIGITAL_SIGNATURE = 0;
    private static final int KEY_ENCIPHERMENT = 2;

    private KeyCapabilities() {}

    /**
     * The schemes that fit the certificate's key type, size, parameters and key usage. Owned by the caller.
     *
     * <p>The same rule for both sides: RFC 5246 7.4.6-4 gives a client's "RSA public key; the certificate MUST allow
     * the key to be used for signing with the signature scheme and hash algorithm that will be employed in the
     * certificate verify message", and the like for ECDSA.
     */
    public static Set<SignatureScheme> schemes(X509Certificate certificate) {
        Set<SignatureScheme> schemes = EnumSet.noneOf(SignatureScheme.class);
        // RFC 5246 7.4.2-8, 7.4.2-12: "the certificate MUST allow the key to be used for signing (the digitalSignature
        // bit MUST be set if the key usage extension is present)"
        if (!allows(certificate, DIGITAL_SIGNATURE)) {
            return schemes;
        }
        PublicKey key = certificate.getPublicKey();
        for (SignatureScheme scheme : SignatureScheme.values()) {
            if (fits(scheme, key)) {
                schemes.add(scheme);
            }
        }
        return schemes;
    }

    /** Whether the certificate allows RSA key exchange. */
    public static boolean encipherment(X509Certificate certificate) {
        // RFC 5246 7.4.2-7: "RSA public key; the certificate MUST allow the key to be used for encryption (the
        // keyEncipherment bit MUST be set if the key usage extension is present)"
        return isPlainRsa(certificate.getPublicKey()) && allows(certificate, KEY_ENCIPHERMENT);
    }

    private static boolean isPlainRsa(PublicKey key) {
        return key.getAlgorithm().equals("RSA");
    }

    private static boolean allows(X509Certificate certificate, int usage) {
        boolean[] usages = certificate.getKeyUsage();
        return usages == null || usages[usage];
    }

    private static boolean fits(SignatureScheme scheme, PublicKey key) {
        return scheme.family().signsWithKeysOf(algorithm(key))
                && (!(key instanceof RSAKey rsa) || rsa.getModulus().bitLength() >= scheme.minKeyBits())
                && (scheme.family() != SignatureFamily.RSA_PSS_PSS || pssParametersAllow(key, scheme.hash()));
    }

    /** The JDK's keys say EdDSA and have the curve in their parameters; those of other providers are named by the curve. */
    private static String algorithm(PublicKey key) {
        return key instanceof EdECKey edwards ? edwards.getParams().getName() : key.getAlgorithm();
    }

    /** RFC 4055 1.2: parameters in a PSS key restrict the hash and give the smallest salt. */
    private static boolean pssParametersAllow(PublicKey key, SignatureHash hash) {
        AlgorithmParameterSpec params = key instanceof RSAKey rsa ? rsa.getParams() : null;
        return !(params instanceof PSSParameterSpec pss)
                || (pss.getDigestAlgorithm().equalsIgnoreCase(hash.digestName())
                        && pss.getSaltLength() <= hash.length());
    }
}
