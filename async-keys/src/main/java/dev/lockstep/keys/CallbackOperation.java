package dev.lockstep.keys;

import dev.lockstep.crypto.Wipe;
import dev.lockstep.tls.wait.OperationException;
import dev.lockstep.tls.wait.OperationException.Reason;
import dev.lockstep.tls.wait.PendingOperation;
import dev.lockstep.tls.wait.Progress;
import dev.lockstep.tls.wait.Start;
import java.nio.ByteBuffer;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAKey;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A pending operation of {@link CallbackKey}: numbers on one side, values on the other. */
final class CallbackOperation implements PendingOperation<byte[]> {

    /** Longer than any DER ECDSA signature over P-521 and than an Ed448 signature. */
    private static final int LONGEST_EC_SIGNATURE = 160;

    private final CallbackKey.Operation operation;
    private final CallbackKey.Resume resume;
    private final CallbackKey.@Nullable Cancel cancel;
    private final int outputSize;

    private CallbackOperation(
            CallbackKey.Operation operation,
            CallbackKey.Resume resume,
            CallbackKey.@Nullable Cancel cancel,
            int outputSize) {
        this.operation = operation;
        this.resume = resume;
        this.cancel = cancel;
        this.outputSize = outputSize;
    }

    /** Returns what a start callback's number means; after an error neither resume nor cancel follows. */
    static Start<byte[]> started(
            int outcome,
            CallbackKey.Operation operation,
            X509Certificate certificate,
            CallbackKey.Resume resume,
            CallbackKey.@Nullable Cancel cancel) {
        CallbackOperation pending = new CallbackOperation(operation, resume, cancel, longestResult(certificate));
        return switch (outcome) {
            case CallbackKey.OK -> Start.ready(pending);
            case CallbackKey.IN_PROGRESS -> Start.inProgress(pending);
            case CallbackKey.FALLTHROUGH -> Start.fallThrough();
            default -> Start.failed(error("start", outcome));
        };
    }

    @Override
    public Progress<byte[]> resume() throws Exception {
        byte[] output = new byte[outputSize];
        try {
            ByteBuffer buffer = ByteBuffer.wrap(output);
            int outcome = resume.resume(operation, buffer);
            return switch (outcome) {
                case CallbackKey.OK -> Progress.done(Arrays.copyOf(output, buffer.position()));
                case CallbackKey.IN_PROGRESS -> Progress.inProgress();
                default -> Progress.failed(error("resume", outcome));
            };
        } finally {
            Wipe.bytes(output);
        }
    }

    @Override
    public void cancel() {
        if (cancel != null) {
            cancel.cancel(operation);
        }
    }

    private static int longestResult(X509Certificate certificate) {
        return certificate.getPublicKey() instanceof RSAKey rsa
                ? (rsa.getModulus().bitLength() + 7) / 8
                : LONGEST_EC_SIGNATURE;
    }

    private static OperationException error(String callback, int code) {
        String number = code < 0 ? "-0x" + Integer.toHexString(-code) : "0x" + Integer.toHexString(code);
        return new OperationException(Reason.KEY_UNAVAILABLE, "the " + callback + " callback answered " + number);
    }
}
