package dev.lockstep.keys;

import dev.lockstep.tls.peer.ClientCertificateVerifier;
import dev.lockstep.tls.peer.PkixVerifier;
import dev.lockstep.tls.peer.Verdict;
import dev.lockstep.tls.peer.VerificationRequest;
import dev.lockstep.tls.wait.Start;
import dev.lockstep.tls.wait.Waker;
import java.util.List;
import java.util.concurrent.ThreadPoolExecutor;
import javax.security.auth.x500.X500Principal;

/**
 * A blocking verifier behind a bounded pool of threads: {@link ExecutorAsk} for verdicts, with the authorities that
 * CertificateRequest lists. If there is no room, the verification fails, and with it the handshake.
 *
 * <p>Give it a pool of its own: an OCSP responder that hangs would otherwise occupy the threads of the keys.
 */
public final class ExecutorVerifier implements ClientCertificateVerifier {

    private final ExecutorAsk<VerificationRequest, Verdict> verdicts;
    private final List<X500Principal> acceptedIssuers;
    private final byte[] sessionContext;

    private ExecutorVerifier(
            BlockingFunction<VerificationRequest, Verdict> verifier,
            List<X500Principal> acceptedIssuers,
            byte[] sessionContext,
            ThreadPoolExecutor pool) {
        this.verdicts = ExecutorAsk.<VerificationRequest, Verdict>of(verifier, Discard::nothing, pool)
                .sharedBy(VerificationRequest::clientAddress);
        this.acceptedIssuers = List.copyOf(acceptedIssuers);
        this.sessionContext = sessionContext;
    }

    /**
     * Puts {@code verifier} behind {@code pool}, which its owner shuts down.
     *
     * @param acceptedIssuers the authorities to list in CertificateRequest; empty for none
     * @throws IllegalArgumentException when the pool's queue has no bound, or takes more than a million operations
     */
    public static ExecutorVerifier of(
            BlockingFunction<VerificationRequest, Verdict> verifier,
            List<X500Principal> acceptedIssuers,
            ThreadPoolExecutor pool) {
        return new ExecutorVerifier(verifier, acceptedIssuers, new byte[0], pool);
    }

    /** Puts PKIX validation, with its revocation checks, behind {@code pool}. */
    public static ExecutorVerifier of(PkixVerifier verifier, ThreadPoolExecutor pool) {
        return new ExecutorVerifier(verifier::verify, verifier.acceptedIssuers(), verifier.sessionContext(), pool);
    }

    @Override
    public List<X500Principal> acceptedIssuers() {
        return acceptedIssuers;
    }

    @Override
    public byte[] sessionContext() {
        return sessionContext.clone();
    }

    @Override
    public Start<Verdict> start(VerificationRequest request, Waker waker) {
        return verdicts.start(request, waker);
    }
}
