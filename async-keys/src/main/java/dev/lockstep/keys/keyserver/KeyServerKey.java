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
import java.security.interfaces.RSAKey;
import java.util.EnumSet;
import java.util.Set;

/** One key of a key server. What it can do is what the certificate's kind of key can. */
final class KeyServerKey implements ExternalPrivateKey {

    private final KeyServerLink link;
    private final KeyId id;
    private final Set<SignatureScheme> schemes;
    private final KeyServerKeys.Decryption decryption;
    private final int modulusLength;

    KeyServerKey(KeyServerLink link, X509Certificate certificate, KeyServerKeys.Decryption decryption) {
        PublicKey key = certificate.getPublicKey();
        this.link = link;
        this.id = KeyId.of(key);
        this.schemes = schemesOf(key);
        this.modulusLength = key instanceof RSAKey rsa ? (rsa.getModulus().bitLength() + 7) / 8 : 0;
        this.decryption = key.getAlgorithm().equals("RSA") ? decryption : KeyServerKeys.Decryption.NONE;
    }

    private static Set<SignatureScheme> schemesOf(PublicKey key) {
        EnumSet<SignatureScheme> able = EnumSet.noneOf(SignatureScheme.class);
        for (SignatureScheme scheme : SignatureScheme.values()) {
            // EdDSA fits two curves here: the credential knows which
            if (scheme.family().signsWithKeysOf(key.getAlgorithm())) {
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
        return decryption != KeyServerKeys.Decryption.NONE;
    }

    @Override
    public Start<byte[]> startSign(SignRequest request, Waker waker) {
        byte[] message = request.message();
        if (message.length > Message.MAX_INPUT) {
            return Start.failed(new OperationException(
                    Reason.UNSUPPORTED, "a message of " + message.length + " bytes is too long for a key server"));
        }
        int scheme = request.scheme().code();
        return link.start(
                request.deadlineNanos(),
                millis -> new Message.Sign(id, millis, scheme, Message.SignForm.MESSAGE, message),
                waker,
                0);
    }

    @Override
    public Start<byte[]> startDecrypt(DecryptRequest request, Waker waker) {
        if (!canDecrypt()) {
            return Start.failed(new OperationException(Reason.UNSUPPORTED, "this key does not decrypt"));
        }
        boolean raw = decryption == KeyServerKeys.Decryption.RAW;
        byte[] ciphertext = request.ciphertext();
        return link.start(
                request.deadlineNanos(),
                millis -> new Message.Decrypt(
                        id, millis, raw ? Message.DecryptForm.RAW : Message.DecryptForm.OR_RANDOM, ciphertext),
                waker,
                raw ? modulusLength : RsaPremaster.LENGTH);
    }

    @Override
    public String toString() {
        return "KeyServerKey[" + id.toString().substring(0, 16) + " at " + link + "]";
    }
}
