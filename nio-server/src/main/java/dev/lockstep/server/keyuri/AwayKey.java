package dev.lockstep.server.keyuri;

import dev.lockstep.keys.uri.KeyUri;
import dev.lockstep.tls.key.DecryptRequest;
import dev.lockstep.tls.key.ExternalPrivateKey;
import dev.lockstep.tls.key.SignRequest;
import dev.lockstep.tls.spec.SignatureScheme;
import dev.lockstep.tls.wait.OperationException;
import dev.lockstep.tls.wait.OperationException.Reason;
import dev.lockstep.tls.wait.Start;
import dev.lockstep.tls.wait.Waker;
import java.security.cert.X509Certificate;
import java.util.EnumSet;
import java.util.Set;

/** Stands for a key whose holder is away, until a configuration with the key itself takes its place: it only fails. */
record AwayKey(String holder, Set<SignatureScheme> signatureSchemes) implements ExternalPrivateKey {

    /** With every scheme that fits the certificate: what the key can do is not known. */
    static AwayKey of(KeyUri place, X509Certificate certificate) {
        EnumSet<SignatureScheme> fitting = EnumSet.noneOf(SignatureScheme.class);
        for (SignatureScheme scheme : SignatureScheme.values()) {
            if (scheme.family().signsWithKeysOf(certificate.getPublicKey().getAlgorithm())) {
                fitting.add(scheme);
            }
        }
        return new AwayKey(place.describe(), Set.copyOf(fitting));
    }

    @Override
    public boolean canDecrypt() {
        return false;
    }

    @Override
    public Start<byte[]> startSign(SignRequest request, Waker waker) {
        return failed();
    }

    @Override
    public Start<byte[]> startDecrypt(DecryptRequest request, Waker waker) {
        return failed();
    }

    private Start<byte[]> failed() {
        return Start.failed(new OperationException(Reason.KEY_UNAVAILABLE, "the " + holder + " has not answered yet"));
    }
}
