package dev.lockstep.tls.internal.algorithm;

import dev.lockstep.tls.spec.SignatureScheme;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAKey;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.EnumSet;
import java.util.Locale;
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
        return switch (key.getAlgorithm().toUpperCase(Locale.ROOT)) {
            case "RSA" ->
                scheme.name().startsWith("RSA_PKCS1")
                        || (scheme.name().startsWith("RSA_PSS_RSAE") && holdsPss(key, hashBits(scheme)));
            case "RSASSA-PSS" ->
                scheme.name().startsWith("RSA_PSS_PSS")
                        && holdsPss(key, hashBits(scheme))
                        && pssParametersAllow(key, hashBits(scheme));
            case "EC", "ECDSA" -> scheme.name().startsWith("ECDSA"); // TLS 1.2 does not tie the curve to the hash
            case "EDDSA" ->
                ((java.security.interfaces.EdECKey) key).getParams().getName().equalsIgnoreCase(scheme.name());
            case "ED25519" -> scheme == SignatureScheme.ED25519;
            case "ED448" -> scheme == SignatureScheme.ED448;
            default -> false;
        };
    }

    private static int hashBits(SignatureScheme scheme) {
        String name = scheme.name();
        return Integer.parseInt(name.substring(name.lastIndexOf("SHA") + 3));
    }

    /** RFC 8017 9.1.1: emLen must be at least hLen + sLen + 2, with a salt as long as the hash. */
    private static boolean holdsPss(PublicKey key, int hashBits) {
        return key instanceof RSAKey rsa && (rsa.getModulus().bitLength() + 6) / 8 >= hashBits / 8 * 2 + 2;
    }

    /** RFC 4055 1.2: parameters in a PSS key restrict the hash and give the smallest salt. */
    private static boolean pssParametersAllow(PublicKey key, int hashBits) {
        AlgorithmParameterSpec params = key instanceof RSAKey rsa ? rsa.getParams() : null;
        return !(params instanceof PSSParameterSpec pss)
                || (pss.getDigestAlgorithm().equalsIgnoreCase("SHA-" + hashBits)
                        && pss.getSaltLength() <= hashBits / 8);
    }
}
