package dev.lockstep.keys;

import dev.lockstep.crypto.rsa.RsaDecryption;
import dev.lockstep.crypto.signature.LocalSigner;
import dev.lockstep.crypto.signature.SignatureAlgorithm;
import dev.lockstep.tls.internal.algorithm.Algorithms;
import dev.lockstep.tls.key.DecryptRequest;
import dev.lockstep.tls.key.SignRequest;
import dev.lockstep.tls.provider.CryptoProviders;
import dev.lockstep.tls.spec.SignatureScheme;
import dev.lockstep.tls.wait.OperationException;
import dev.lockstep.tls.wait.OperationException.Reason;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A key in the memory of this process, prepared once. Safe for any number of threads.
 *
 * <p>It claims every scheme of its key type; the credential that it is put into cuts them down to what the certificate
 * allows. RSA decryption gives the raw block, so that nothing about the padding shows here.
 *
 * <p>The first signature for a certificate is verified, and fails with {@link Reason#INVALID_OUTPUT} if the certificate is for
 * another key. Later ones with ECDSA and EdDSA are not: a single fault in such a computation gives little away, since nonces of
 * ECDSA are fresh and no ServerKeyExchange comes twice. Against faults that an attacker causes again and again, have connections
 * verify {@linkplain dev.lockstep.tls.key.SignatureVerification#always all signatures}.
 */
public final class InMemoryKey implements BlockingKey {

    private final LocalSigner signer;
    private final @Nullable RsaDecryption decryption;
    private final Set<SignatureScheme> schemes;
    /** The certificate for which a signature was verified last: a key has one as a rule. */
    private volatile @Nullable X509Certificate matched;

    private InMemoryKey(LocalSigner signer, @Nullable RsaDecryption decryption) {
        this.signer = signer;
        this.decryption = decryption;
        EnumSet<SignatureScheme> able = EnumSet.noneOf(SignatureScheme.class);
        for (SignatureScheme scheme : SignatureScheme.values()) {
            if (isOf(signer.keyType(), scheme)) {
                able.add(scheme);
            }
        }
        this.schemes = Set.copyOf(able);
    }

    /**
     * Prepares a key.
     *
     * @param key an RSA, EC, Ed25519 or Ed448 key that gives its encoding
     * @param random the source of nonces and blinding
     * @throws IllegalArgumentException when the key is of another kind
     */
    public static InMemoryKey of(PrivateKey key, SecureRandom random) {
        return of(key, random, CryptoProviders.NONE);
    }

    /**
     * Prepares a key.
     *
     * @param key an RSA, EC, Ed25519 or Ed448 key that gives its encoding
     * @param random the source of nonces and blinding where Java computes
     * @param providers compute in its place what they compute faster
     * @throws IllegalArgumentException when the key is of another kind
     */
    public static InMemoryKey of(PrivateKey key, SecureRandom random, CryptoProviders providers) {
        LocalSigner signer = LocalSigner.of(key, random, providers.sources());
        // RFC 4055 1.2: an id-RSASSA-PSS key is for signatures with PSS only, never for encryption.
        boolean decrypts = signer.keyType() == SignatureAlgorithm.Key.RSA
                && !key.getAlgorithm().equals("RSASSA-PSS");
        return new InMemoryKey(signer, decrypts ? RsaDecryption.of(key, providers.sources()) : null);
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
    public boolean verifiesSignatures() {
        return true;
    }

    @Override
    public byte[] sign(SignRequest request) throws Exception {
        if (!schemes.contains(request.scheme())) {
            throw new OperationException(Reason.UNSUPPORTED, "this key does not sign with " + request.scheme());
        }
        byte[] signature = signer.sign(Algorithms.signature(request.scheme()), request.message());
        X509Certificate certificate =
                request.chain().isEmpty() ? null : request.chain().get(0);
        if (certificate != null && !certificate.equals(matched)) {
            if (!request.verifies(signature)) {
                throw new OperationException(Reason.INVALID_OUTPUT, "the certificate is for another key");
            }
            matched = certificate;
        }
        return signature;
    }

    @Override
    public byte[] decrypt(DecryptRequest request) throws Exception {
        if (decryption == null) {
            throw new OperationException(Reason.UNSUPPORTED, "not an RSA encryption key");
        }
        return decryption.raw(request.ciphertext());
    }

    private static boolean isOf(SignatureAlgorithm.Key type, SignatureScheme scheme) {
        return Algorithms.signature(scheme).key() == type;
    }
}
