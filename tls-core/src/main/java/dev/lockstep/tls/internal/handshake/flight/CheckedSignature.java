package dev.lockstep.tls.internal.handshake.flight;

import dev.lockstep.tls.config.ConnectionObserver;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.credential.Credential;
import dev.lockstep.tls.key.SignRequest;
import dev.lockstep.tls.key.SignatureVerification;
import dev.lockstep.tls.wait.OperationException;
import dev.lockstep.tls.wait.OperationException.Reason;
import dev.lockstep.tls.wait.PendingOperation;
import dev.lockstep.tls.wait.Progress;
import dev.lockstep.tls.wait.Start;
import dev.lockstep.tls.wait.SuspensionKind;
import dev.lockstep.tls.wait.Waker;

/**
 * A key's operation that answers with signatures that may be sent. What is wrong is a failure of the operation, so that one
 * path leads to the wire and it leads through here. A faulty signature is worse than none: with RSA-CRT it gives the key away.
 *
 * <p>Verification on an executor is a part of the same operation: the connection waits for the signature as before, with the
 * deadline and the waker of that wait.
 */
final class CheckedSignature implements PendingOperation<byte[]> {

    private final PendingOperation<byte[]> signing;
    private final SignRequest request;
    private final Credential credential;
    private final SignatureVerification verification;
    private final ConnectionObserver observer;
    private final Waker waker;
    private boolean submitted;
    /** What the executor found. */
    private volatile Progress<byte[]> found = Progress.inProgress();

    private volatile boolean cancelled;

    private CheckedSignature(
            PendingOperation<byte[]> signing,
            SignRequest request,
            Credential credential,
            SignatureVerification verification,
            ConnectionObserver observer,
            Waker waker) {
        this.signing = signing;
        this.request = request;
        this.credential = credential;
        this.verification = verification;
        this.observer = observer;
        this.waker = waker;
    }

    /** Starts a signature of the credential's key. */
    static Start<byte[]> start(SignRequest request, Credential credential, TlsServerConfig config, Waker waker)
            throws Exception {
        Start<byte[]> start =
                credential.startSign(request, waker, config.cryptoProviders().sources());
        if (start instanceof Start.Ready<byte[]> ready) {
            return Start.ready(checked(ready.operation(), request, credential, config, waker));
        }
        if (start instanceof Start.InProgress<byte[]> started) {
            return Start.inProgress(checked(started.operation(), request, credential, config, waker));
        }
        return start;
    }

    private static CheckedSignature checked(
            PendingOperation<byte[]> signing,
            SignRequest request,
            Credential credential,
            TlsServerConfig config,
            Waker waker) {
        return new CheckedSignature(
                signing, request, credential, config.signatureVerification(), config.observer(), waker);
    }

    @Override
    public Progress<byte[]> resume() throws Exception {
        if (submitted) {
            return found;
        }
        Progress<byte[]> progress = signing.resume();
        if (!(progress instanceof Progress.Done<byte[]> made)) {
            return progress;
        }
        byte[] signature = made.value();
        if (!hasRightSize(signature)) {
            return wrong();
        }
        if (!isDue(made.verified())) {
            return progress;
        }
        submitted = !isRsa()
                && verification.execute(
                        () -> find(signature), failure -> observer.onOperationFailed(SuspensionKind.SIGN, failure));
        return submitted ? found : verified(signature);
    }

    @Override
    public void cancel() {
        cancelled = true;
        if (!submitted) {
            signing.cancel();
        }
    }

    private boolean hasRightSize(byte[] signature) {
        int modulusLength = credential.rsaModulusLength();
        return signature.length > 0 && (modulusLength == 0 || signature.length == modulusLength);
    }

    private boolean isDue(boolean verifiedAlready) {
        return switch (verification.extent()) {
            case ALWAYS -> true;
            case UNLESS_VERIFIED -> !verifiedAlready || (isRsa() && credential.isExternal());
            case NEVER -> false;
        };
    }

    private boolean isRsa() {
        return request.scheme().family().isRsa();
    }

    /** On a thread of the executor. */
    private void find(byte[] signature) {
        if (cancelled) {
            return;
        }
        try {
            found = verified(signature);
        } catch (Exception | Error e) {
            // The boundary of the thread: a wait that nothing ends would last to its deadline.
            found = Progress.failed(e);
        }
        waker.wake();
    }

    private Progress<byte[]> verified(byte[] signature) {
        return request.verifies(signature) ? Progress.verified(signature) : wrong();
    }

    private static Progress<byte[]> wrong() {
        return Progress.failed(new OperationException(
                Reason.INVALID_OUTPUT, "the signature does not verify with the certificate's public key"));
    }
}
