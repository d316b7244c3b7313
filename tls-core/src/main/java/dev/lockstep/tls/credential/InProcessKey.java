package dev.lockstep.tls.credential;

import dev.lockstep.crypto.hash.HashAlgorithm;
import dev.lockstep.crypto.rsa.RsaDecryption;
import dev.lockstep.crypto.signature.LocalSigner;
import dev.lockstep.crypto.signature.SignatureAlgorithm;
import dev.lockstep.crypto.signature.SignatureVerifier;
import dev.lockstep.crypto.source.PrimitiveSources;
import dev.lockstep.tls.internal.algorithm.Algorithms;
import dev.lockstep.tls.internal.algorithm.KeyCapabilities;
import dev.lockstep.tls.key.DecryptRequest;
import dev.lockstep.tls.key.ExternalPrivateKey;
import dev.lockstep.tls.key.SignRequest;
import dev.lockstep.tls.spec.SignatureScheme;
import dev.lockstep.tls.wait.OperationException;
import dev.lockstep.tls.wait.OperationException.Reason;
import dev.lockstep.tls.wait.Progress;
import dev.lockstep.tls.wait.Start;
import dev.lockstep.tls.wait.Waker;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A key in this process, behind the same interface as one outside: it computes in start and is ready immediately. */
final class InProcessKey implements ExternalPrivateKey {

    private final Set<SignatureScheme> schemes;
    private final LocalSigner signer;
    private final @Nullable RsaDecryption decryption;

    InProcessKey(PrivateKey key, X509Certificate certificate, PrimitiveSources sources) {
        schemes = Set.copyOf(KeyCapabilities.schemes(certificate));
        signer = LocalSigner.of(key, new SecureRandom(), sources);
        decryption = KeyCapabilities.encipherment(certificate) ? RsaDecryption.of(key, sources) : null;
    }

    /** Returns whether this key belongs to the public key behind {@code verifier}, tried out with one signature. */
    boolean matches(SignatureVerifier verifier) throws GeneralSecurityException {
        if (signer.keyType() != verifier.keyType()) {
            return false;
        }
        SignatureAlgorithm pkcs1 = first(verifier, false);
        SignatureAlgorithm algorithm = pkcs1 != null ? pkcs1 : first(verifier, true);
        return algorithm != null && matches(verifier, algorithm);
    }

    /**
     * Returns whether a provider that was added, if one signs with this key, signs rightly: tried out with PKCS#1 and with PSS,
     * which are computed apart.
     */
    boolean signsRightly(SignatureVerifier verifier) throws GeneralSecurityException {
        if (signer.provider() == null) {
            return true;
        }
        for (boolean pss : new boolean[] {false, true}) {
            SignatureAlgorithm algorithm = first(verifier, pss);
            if (algorithm != null && !matches(verifier, algorithm)) {
                return false;
            }
        }
        return true;
    }

    /** The first algorithm over a hash that is not for old clients only; null if the key has none of that kind. */
    private static @Nullable SignatureAlgorithm first(SignatureVerifier verifier, boolean pss) {
        for (SignatureAlgorithm algorithm : SignatureAlgorithm.values()) {
            if (algorithm.isPss() == pss
                    && algorithm.hash() != HashAlgorithm.SHA1
                    && algorithm.hash() != HashAlgorithm.SHA224
                    && verifier.supports(algorithm)) {
                return algorithm;
            }
        }
        return null;
    }

    private boolean matches(SignatureVerifier verifier, SignatureAlgorithm algorithm) throws GeneralSecurityException {
        byte[] probe = "does this key belong to this certificate?".getBytes(StandardCharsets.US_ASCII);
        return verifier.verify(algorithm, probe, signer.sign(algorithm, probe));
    }

    @Override
    public Set<SignatureScheme> signatureSchemes() {
        return schemes;
    }

    @Override
    public boolean canDecrypt() {
        return decryption != null;
    }

    /**
     * Counts as verified: the key was tried when it was loaded and with each provider, the JDK verifies what it signs by the Chinese remainder
     * theorem, and a single fault in a signature on a curve gives little away: nonces of ECDSA are fresh, and no message of
     * EdDSA comes twice, since the server's random is in it.
     */
    @Override
    public Start<byte[]> startSign(SignRequest request, Waker waker) throws Exception {
        Progress<byte[]> signature =
                Progress.verified(signer.sign(Algorithms.signature(request.scheme()), request.message()));
        return Start.ready(() -> signature);
    }

    @Override
    public Start<byte[]> startDecrypt(DecryptRequest request, Waker waker) throws Exception {
        if (decryption == null) {
            return Start.failed(new OperationException(Reason.UNSUPPORTED, "not an RSA encryption key"));
        }
        return Start.done(decryption.raw(request.ciphertext()));
    }
}
