package dev.lockstep.testkit.answer;

import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.tls.key.SignRequest;
import dev.lockstep.tls.peer.ClientCertificateVerifier;
import dev.lockstep.tls.peer.Verdict;
import dev.lockstep.tls.peer.VerificationRequest;
import dev.lockstep.tls.spec.SignatureScheme;
import dev.lockstep.tls.wait.PendingOperation;
import dev.lockstep.tls.wait.Progress;
import dev.lockstep.tls.wait.Start;
import dev.lockstep.tls.wait.Waker;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import javax.security.auth.x500.X500Principal;

/**
 * A judge of client certificates that answers as it is told, under the same script, the same records and the same
 * discipline as a {@link RecordingKey}: one operation is like another.
 */
public final class RecordingVerifier implements ClientCertificateVerifier {

    private static final byte[] ANSWERED = {1};

    private final RecordingKey operations;
    private final List<VerificationRequest> requests = new ArrayList<>();
    private Function<VerificationRequest, Verdict> judge = request -> Verdict.accepted();
    private List<X500Principal> issuers = List.of(TestIdentity.CA.certificate().getSubjectX500Principal());
    private byte[] sessionContext = {};

    /** Accepts every chain immediately. */
    public RecordingVerifier() {
        operations = new RecordingKey(TestIdentity.P256).signer((request, message) -> ANSWERED.clone());
    }

    /** Sets when and how verdicts come. */
    public RecordingVerifier answers(KeyScript script) {
        operations.signs(script);
        return this;
    }

    /** Sets what the verdict is. */
    public RecordingVerifier judges(Function<VerificationRequest, Verdict> how) {
        judge = how;
        return this;
    }

    /** Sets the authorities that CertificateRequest lists. */
    public RecordingVerifier acceptedIssuers(List<X500Principal> names) {
        issuers = names;
        return this;
    }

    /** Sets the session context; empty by default. Copied. */
    public RecordingVerifier sessionContext(byte[] context) {
        sessionContext = context.clone();
        return this;
    }

    @Override
    public byte[] sessionContext() {
        return sessionContext.clone();
    }

    @Override
    public List<X500Principal> acceptedIssuers() {
        return issuers;
    }

    @Override
    public Start<Verdict> start(VerificationRequest request, Waker waker) throws Exception {
        requests.add(request);
        Start<byte[]> start = operations.startSign(
                new SignRequest(
                        SignatureScheme.ECDSA_SECP256R1_SHA256,
                        new byte[0],
                        request.chain(),
                        request.serverName(),
                        request.deadlineNanos()),
                waker);
        if (start instanceof Start.Ready<byte[]> ready) {
            return Start.ready(judging(ready.operation(), request));
        }
        if (start instanceof Start.InProgress<byte[]> started) {
            return Start.inProgress(judging(started.operation(), request));
        }
        if (start instanceof Start.Failed<byte[]> failed) {
            return Start.failed(failed.cause());
        }
        return start == null ? Faults.brokenPromise() : Start.fallThrough();
    }

    private PendingOperation<Verdict> judging(PendingOperation<byte[]> operation, VerificationRequest request) {
        return new PendingOperation<>() {
            @Override
            public Progress<Verdict> resume() throws Exception {
                Progress<byte[]> progress = operation.resume();
                if (progress instanceof Progress.Done<byte[]>) {
                    return Progress.done(judge.apply(request));
                }
                if (progress instanceof Progress.Failed<byte[]> failed) {
                    return Progress.failed(failed.cause());
                }
                return progress == null ? Faults.brokenPromise() : Progress.inProgress();
            }

            @Override
            public void cancel() {
                operation.cancel();
            }
        };
    }

    /** What was asked, in order. */
    public List<VerificationRequest> requests() {
        return List.copyOf(requests);
    }

    /** Returns all operations, in order. */
    public List<RecordedOperation> operations() {
        return operations.operations();
    }

    /** The only operation there was. */
    public RecordedOperation operation() {
        return operations.operation();
    }

    /** Returns how often a verdict was asked for. */
    public int starts() {
        return operations.starts();
    }

    /** Fails if a connection broke the rules of calls. */
    public void assertDisciplined() {
        operations.assertDisciplined();
    }
}
