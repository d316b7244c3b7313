package dev.lockstep.keys.pkcs11;

import dev.lockstep.crypto.rsa.TokenRsaDecryption;
import dev.lockstep.keys.BlockingKey;
import dev.lockstep.tls.key.DecryptRequest;
import dev.lockstep.tls.key.SignRequest;
import dev.lockstep.tls.spec.SignatureFamily;
import dev.lockstep.tls.spec.SignatureHash;
import dev.lockstep.tls.spec.SignatureScheme;
import dev.lockstep.tls.wait.OperationException;
import dev.lockstep.tls.wait.OperationException.Reason;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.ProviderException;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One key of a token, on the thread that asks. Type, size and curve come from the certificate: a token's key object
 * answers null to getEncoded and is neither RSAKey nor ECKey.
 */
final class Pkcs11Key implements BlockingKey {

    /** What is done with a key object while its session lasts. */
    @FunctionalInterface
    private interface Operation {
        byte[] on(PrivateKey key, Provider provider) throws GeneralSecurityException;
    }

    private final Pkcs11Token token;
    private final X509Certificate certificate;
    private final Set<SignatureScheme> schemes;
    private final TokenRsaDecryption.@Nullable Form decryption;
    private final int modulusLength;
    private final int orderBits;

    Pkcs11Key(Pkcs11Token token, X509Certificate certificate) {
        this.token = token;
        this.certificate = certificate;
        PublicKey facts = certificate.getPublicKey();
        Provider provider = token.session().provider();
        boolean plainRsa = facts.getAlgorithm().equals("RSA");
        modulusLength = facts instanceof RSAPublicKey rsa ? (rsa.getModulus().bitLength() + 7) / 8 : 0;
        orderBits = facts instanceof ECPublicKey ec ? ec.getParams().getOrder().bitLength() : 0;
        decryption = plainRsa ? TokenRsaDecryption.Form.of(provider) : null;
        EnumSet<SignatureScheme> able = EnumSet.noneOf(SignatureScheme.class);
        for (SignatureScheme scheme : SignatureScheme.values()) {
            if (fits(scheme, facts.getAlgorithm()) && offers(provider, scheme)) {
                able.add(scheme);
            }
        }
        schemes = Set.copyOf(able);
    }

    /** Tokens hold RSA and EC keys; those on Edwards curves have no mechanism in the JDK's provider. */
    private static boolean fits(SignatureScheme scheme, String keyType) {
        return scheme.hash() != SignatureHash.INTRINSIC && scheme.family().signsWithKeysOf(keyType);
    }

    private static boolean offers(Provider provider, SignatureScheme scheme) {
        if (scheme.family() == SignatureFamily.RSA_PKCS1) {
            return takesDigestInfo(provider) || provider.getService("Signature", hash(scheme) + "withRSA") != null;
        }
        String name = scheme.family() == SignatureFamily.ECDSA ? "NONEwithECDSA" : "RSASSA-PSS";
        return provider.getService("Signature", name) != null;
    }

    /** NONEwithRSA is the cipher with a private key, for providers that do not list it as a signature. */
    private static boolean takesDigestInfo(Provider provider) {
        return provider.getService("Signature", "NONEwithRSA") != null
                || provider.getService("Cipher", "RSA/ECB/PKCS1Padding") != null;
    }

    /** The scheme's hash in the JDK's spelling of signature names: SHA256. */
    private static String hash(SignatureScheme scheme) {
        return scheme.hash().digestName().replace("-", "");
    }

    @Override
    public Set<SignatureScheme> signatureSchemes() {
        return schemes;
    }

    @Override
    public boolean canDecrypt() {
        return decryption != null;
    }

    @Override
    public byte[] sign(SignRequest request) throws Exception {
        SignatureScheme scheme = request.scheme();
        if (!schemes.contains(scheme)) {
            throw new OperationException(Reason.UNSUPPORTED, "this token does not sign with " + scheme);
        }
        try {
            return perform((key, provider) -> sign(request, key, provider));
        } catch (GeneralSecurityException | ProviderException e) {
            // What is signed was hashed here: no peer can make a signature fail, so it is the token that does not work.
            throw new OperationException(Reason.KEY_UNAVAILABLE, "the token does not sign: " + last(e).getMessage(), e);
        }
    }

    @Override
    public byte[] decrypt(DecryptRequest request) throws Exception {
        TokenRsaDecryption.Form form = decryption;
        if (form == null) {
            throw new OperationException(Reason.UNSUPPORTED, "not an RSA encryption key, or a token without RSA");
        }
        return perform((key, provider) ->
                TokenRsaDecryption.of(key, provider, modulusLength, form).decrypt(request.ciphertext()));
    }

    /**
     * Does it, once more after a new login if the token was lost. What was lost has answered nothing yet. The key was there once: a
     * login without it is asked for it again.
     */
    private byte[] perform(Operation operation) throws OperationException, GeneralSecurityException {
        Pkcs11Session session = token.session();
        if (session.find(certificate) == null) {
            session = token.look(session);
        }
        try {
            return operation.on(session.key(certificate), session.provider());
        } catch (GeneralSecurityException | ProviderException e) {
            if (!Pkcs11Session.isLoss(e)) {
                throw e;
            }
            Pkcs11Session next = token.renew(session);
            return operation.on(next.key(certificate), next.provider());
        }
    }

    /** What the library said: SunPKCS11 wraps it. */
    private static Throwable last(Throwable thrown) {
        Throwable cause = thrown.getCause();
        return cause == null ? thrown : last(cause);
    }

    private byte[] sign(SignRequest request, PrivateKey key, Provider provider) throws GeneralSecurityException {
        SignatureScheme scheme = request.scheme();
        if (scheme.family() == SignatureFamily.RSA_PKCS1) {
            // The hash is public: computed here, the token is sent 51 bytes and needs no hash of its own.
            return takesDigestInfo(provider)
                    ? sign(Signature.getInstance("NONEwithRSA", provider), key, request.digestInfo())
                    : sign(Signature.getInstance(hash(scheme) + "withRSA", provider), key, request.message());
        }
        if (scheme.family() == SignatureFamily.ECDSA) {
            return sign(Signature.getInstance("NONEwithECDSA", provider), key, leftmost(request.digest()));
        }
        Signature pss = Signature.getInstance("RSASSA-PSS", provider);
        String hash = scheme.hash().digestName();
        // RFC 8446 4.2.3: "The length of the Salt MUST be equal to the length of the output of the digest algorithm."
        pss.setParameter(new PSSParameterSpec(
                hash, "MGF1", new MGF1ParameterSpec(hash), scheme.hash().length(), PSSParameterSpec.TRAILER_FIELD_BC));
        return sign(pss, key, request.message());
    }

    private static byte[] sign(Signature signature, PrivateKey key, byte[] input) throws GeneralSecurityException {
        signature.initSign(key);
        signature.update(input);
        return signature.sign();
    }

    /** FIPS 186-4 6.4: the leftmost bits, as many as the order has. Not every token does that by itself. */
    private byte[] leftmost(byte[] digest) {
        return orderBits % 8 == 0 && digest.length > orderBits / 8 ? Arrays.copyOf(digest, orderBits / 8) : digest;
    }

    @Override
    public String toString() {
        return "Pkcs11Key[" + certificate.getSubjectX500Principal().getName() + "]";
    }
}
