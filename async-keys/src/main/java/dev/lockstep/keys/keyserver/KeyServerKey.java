package dev.lockstep.keys.keyserver;

import dev.lockstep.crypto.rsa.RsaPremaster;
import dev.lockstep.keys.keyserver.protocol.KeyId;
import dev.lockstep.keys.keyserver.protocol.Message;
import dev.lockstep.tls.key.DecryptRequest;
import dev.lockstep.tls.key.ExternalPrivateKey;
import dev.lockstep.tls.key.SignRequest;
import dev.lockstep.tls.spec.SignatureScheme;
import dev.lockstep.tls.wait.OperationException;
import dev.lockstep.tls.wait.OperationException.Reason;
import dev.lockstep.tls.wait.Start;
import dev.lockstep.tls.wait.Waker;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.util.EnumSet;
import java.util.Set;

/**
 * One key of a key server. It signs with what the certificate's kind of key can, except over SHA-1 and SHA-224, with which
 * key servers do not sign. It decrypts if that was asked for and the key server, where it has been heard, does not say
 * otherwise.
 */
final class KeyServerKey implements ExternalPrivateKey {

    private final KeyServerLink link;
    private final KeyId id;
    private final Set<SignatureScheme> schemes;
    private final boolean decrypts;

    KeyServerKey(KeyServerLink link, X509Certificate certificate, KeyServerKeys.Decryption decryption) {
        PublicKey key = certificate.getPublicKey();
        this.link = link;
        this.id = KeyId.of(key);
        this.schemes = schemesOf(key);
        // Decided here and for good: what a key can do must not change while a configuration uses it.
        this.decrypts = decryption == KeyServerKeys.Decryption.OR_RANDOM
                && key.getAlgorithm().equals("RSA")
                && link.offers().mayDecrypt(id);
    }

    private static Set<SignatureScheme> schemesOf(PublicKey key) {
        EnumSet<SignatureScheme> able = EnumSet.noneOf(SignatureScheme.class);
        for (SignatureScheme scheme : SignatureScheme.values()) {
            // EdDSA fits two curves here: the credential knows which
            if (scheme.family().signsWithKeysOf(key.getAlgorithm())
                    && !scheme.hash().isShort()) {
                able.add(scheme);
            }
        }
        if (able.isEmpty()) {
            throw new IllegalArgumentException("certificate: has a key of the kind " + key.getAlgorithm()
                    + ", with which TLS 1.2 does nothing; use RSA, EC, Ed25519 or Ed448");
        }
        return Set.copyOf(able);
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
    public Start<byte[]> startSign(SignRequest request, Waker waker) {
        byte[] message = request.message();
        if (message.length > Message.MAX_INPUT) {
            return Start.failed(new OperationException(
                    Reason.UNSUPPORTED, "a message of " + message.length + " bytes is too long for a key server"));
        }
        int scheme = request.scheme().code();
        return link.start(request.deadlineNanos(), millis -> new Message.Sign(id, millis, scheme, message), waker, 0);
    }

    @Override
    public Start<byte[]> startDecrypt(DecryptRequest request, Waker waker) {
        if (!decrypts) {
            return Start.failed(new OperationException(Reason.UNSUPPORTED, "this key does not decrypt"));
        }
        byte[] ciphertext = request.ciphertext();
        return link.start(
                request.deadlineNanos(),
                millis -> new Message.Decrypt(id, millis, ciphertext),
                waker,
                RsaPremaster.LENGTH);
    }

    @Override
    public String toString() {
        return "KeyServerKey[" + id.toString().substring(0, 16) + " at " + link + "]";
    }
}
