package dev.lockstep.testkit.certificate;

import dev.lockstep.tls.spec.SignatureScheme;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.SignatureException;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import org.jspecify.annotations.Nullable;

/** Signs and verifies every scheme with the JDK's providers, by the scheme's IANA number. */
public final class SchemeSignatures {

    private SchemeSignatures() {}

    /** Signs a message with the randomness of the JDK. */
    public static byte[] sign(SignatureScheme scheme, PrivateKey key, byte[] message) {
        return sign(scheme, key, message, null);
    }

    /** Signs; randomised schemes draw from {@code random} when it is given. */
    public static byte[] sign(SignatureScheme scheme, PrivateKey key, byte[] message, @Nullable SecureRandom random) {
        try {
            Signature signature = of(scheme.code());
            if (random == null) {
                signature.initSign(key);
            } else {
                signature.initSign(key, random);
            }
            signature.update(message);
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(scheme.toString(), e);
        }
    }

    /** Returns whether a signature verifies. */
    public static boolean verify(int schemeCode, PublicKey key, byte[] message, byte[] bytes) {
        try {
            Signature signature = of(schemeCode);
            signature.initVerify(key);
            signature.update(message);
            return signature.verify(bytes);
        } catch (SignatureException e) {
            return false; // malformed, which is not valid either
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("scheme 0x" + Integer.toHexString(schemeCode), e);
        }
    }

    /** Whether keys of this certificate may sign with the scheme. */
    public static boolean fits(SignatureScheme scheme, TestIdentity identity) {
        return fits(scheme.code(), identity.algorithm());
    }

    /** Whether keys of the JDK's algorithm of this name may sign with the scheme of this number. */
    public static boolean fits(int code, String keyAlgorithm) {
        return switch (code) {
            case 0x0201, 0x0301, 0x0401, 0x0501, 0x0601, 0x0804, 0x0805, 0x0806 -> keyAlgorithm.equals("RSA");
            case 0x0809, 0x080a, 0x080b -> keyAlgorithm.equals("RSASSA-PSS");
            case 0x0203, 0x0303, 0x0403, 0x0503, 0x0603 -> keyAlgorithm.equals("EC");
            case 0x0807 -> keyAlgorithm.equals("Ed25519") || keyAlgorithm.equals("EdDSA");
            case 0x0808 -> keyAlgorithm.equals("Ed448") || keyAlgorithm.equals("EdDSA");
            default -> throw new AssertionError("unknown scheme 0x" + Integer.toHexString(code));
        };
    }

    private static Signature of(int code) throws GeneralSecurityException {
        return switch (code) {
            case 0x0201 -> Signature.getInstance("SHA1withRSA");
            case 0x0301 -> Signature.getInstance("SHA224withRSA");
            case 0x0401 -> Signature.getInstance("SHA256withRSA");
            case 0x0501 -> Signature.getInstance("SHA384withRSA");
            case 0x0601 -> Signature.getInstance("SHA512withRSA");
            case 0x0203 -> Signature.getInstance("SHA1withECDSA");
            case 0x0303 -> Signature.getInstance("SHA224withECDSA");
            case 0x0403 -> Signature.getInstance("SHA256withECDSA");
            case 0x0503 -> Signature.getInstance("SHA384withECDSA");
            case 0x0603 -> Signature.getInstance("SHA512withECDSA");
            case 0x0804, 0x0809 -> pss("SHA-256", 32);
            case 0x0805, 0x080a -> pss("SHA-384", 48);
            case 0x0806, 0x080b -> pss("SHA-512", 64);
            case 0x0807 -> Signature.getInstance("Ed25519");
            case 0x0808 -> Signature.getInstance("Ed448");
            default -> throw new AssertionError("unknown scheme 0x" + Integer.toHexString(code));
        };
    }

    private static Signature pss(String hash, int salt) throws GeneralSecurityException {
        Signature signature = Signature.getInstance("RSASSA-PSS");
        signature.setParameter(new PSSParameterSpec(
                hash, "MGF1", new MGF1ParameterSpec(hash), salt, PSSParameterSpec.TRAILER_FIELD_BC));
        return signature;
    }
}
