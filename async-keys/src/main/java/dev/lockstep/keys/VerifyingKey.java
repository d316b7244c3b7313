package dev.lockstep.keys;

import dev.lockstep.tls.key.DecryptRequest;
import dev.lockstep.tls.key.SignRequest;
import dev.lockstep.tls.spec.SignatureScheme;
import dev.lockstep.tls.wait.OperationException;
import dev.lockstep.tls.wait.OperationException.Reason;
import dev.lockstep.tls.wait.PendingOperation;
import dev.lockstep.tls.wait.Progress;
import dev.lockstep.tls.wait.Start;
import java.util.Objects;
import java.util.Set;

/**
 * A key whose ECDSA and EdDSA signatures are verified by the thread that makes them, which need not be the one that drives
 * connections. A wrong one fails with {@link Reason#INVALID_OUTPUT}. Signatures with RSA are left to the connection, which
 * verifies them in any case.
 *
 * <p>{@link ExecutorKey}, {@link DelayedKey} and {@link dev.lockstep.keys.compose.ObservedKey#onPool} do this with every key.
 */
public final class VerifyingKey implements BlockingKey {

    private final BlockingKey key;

    private VerifyingKey(BlockingKey key) {
        this.key = Objects.requireNonNull(key, "key");
    }

    /** Returns a key that verifies what {@code key} signs; {@code key} itself if it does so already. */
    public static BlockingKey of(BlockingKey key) {
        return key.verifiesSignatures() ? key : new VerifyingKey(key);
    }

    /**
     * Returns {@code start} with a signature that the connection takes for verified, unless it is made with RSA.
     *
     * @param start the operation of a key that {@linkplain BlockingKey#verifiesSignatures verifies} what it signs
     */
    public static Start<byte[]> declared(SignRequest request, Start<byte[]> start) {
        if (request.scheme().family().isRsa()) {
            return start;
        }
        if (start instanceof Start.Ready<byte[]> ready) {
            return Start.ready(new Declared(ready.operation()));
        }
        return start instanceof Start.InProgress<byte[]> started
                ? Start.inProgress(new Declared(started.operation()))
                : start;
    }

    private record Declared(PendingOperation<byte[]> signing) implements PendingOperation<byte[]> {

        @Override
        public Progress<byte[]> resume() throws Exception {
            Progress<byte[]> progress = signing.resume();
            return progress instanceof Progress.Done<byte[]> made ? Progress.verified(made.value()) : progress;
        }

        @Override
        public void cancel() {
            signing.cancel();
        }
    }

    @Override
    public Set<SignatureScheme> signatureSchemes() {
        return key.signatureSchemes();
    }

    @Override
    public boolean canDecrypt() {
        return key.canDecrypt();
    }

    @Override
    public boolean verifiesSignatures() {
        return true;
    }

    @Override
    public byte[] sign(SignRequest request) throws Exception {
        byte[] signature = key.sign(request);
        if (!request.scheme().family().isRsa() && signature != null && !request.verifies(signature)) {
            throw new OperationException(
                    Reason.INVALID_OUTPUT, "the signature does not verify with the certificate's public key");
        }
        return signature;
    }

    @Override
    public byte[] decrypt(DecryptRequest request) throws Exception {
        return key.decrypt(request);
    }
}
