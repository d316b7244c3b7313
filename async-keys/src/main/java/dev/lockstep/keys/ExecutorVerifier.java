package dev.lockstep.keys;

import dev.lockstep.tls.peer.ClientCertificateVerifier;
import dev.lockstep.tls.peer.PkixVerifier;
import dev.lockstep.tls.peer.Verdict;
import dev.lockstep.tls.peer.VerificationRequest;
import dev.lockstep.tls.wait.OperationException;
import dev.lockstep.tls.wait.OperationException.Reason;
import dev.lockstep.tls.wait.Start;
import dev.lockstep.tls.wait.Waker;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import javax.security.auth.x500.X500Principal;

/**
 * A blocking verifier behind a bounded pool of threads: the handshake suspends while one of them works. Cancelling takes a
 * queued examination out of the queue and interrupts one that runs; when there is no room, the examination fails, and
 * with it the handshake.
 *
 * <p>Give it a pool of its own: an OCSP responder that hangs would otherwise keep the threads of the keys.
 */
public final class ExecutorVerifier implements ClientCertificateVerifier {

    private final BlockingVerifier verifier;
    private final List<X500Principal> acceptedIssuers;
    private final ThreadPoolExecutor pool;

    private ExecutorVerifier(BlockingVerifier verifier, List<X500Principal> acceptedIssuers, ThreadPoolExecutor pool) {
        this.verifier = Objects.requireNonNull(verifier, "verifier");
        this.acceptedIssuers = List.copyOf(acceptedIssuers);
        this.pool = ExecutorKey.requireBounded(pool);
    }

    /**
     * Puts {@code verifier} behind {@code pool}, which whoever made it shuts down.
     *
     * @param acceptedIssuers the authorities to list in CertificateRequest; empty for none
     * @throws IllegalArgumentException when the pool's queue has no bound, or takes more than a million operations
     */
    public static ExecutorVerifier of(
            BlockingVerifier verifier, List<X500Principal> acceptedIssuers, ThreadPoolExecutor pool) {
        return new ExecutorVerifier(verifier, acceptedIssuers, pool);
    }

    /** Puts PKIX validation, with its revocation checks, behind {@code pool}. */
    public static ExecutorVerifier of(PkixVerifier verifier, ThreadPoolExecutor pool) {
        return new ExecutorVerifier(verifier::verify, verifier.acceptedIssuers(), pool);
    }

    @Override
    public List<X500Principal> acceptedIssuers() {
        return acceptedIssuers;
    }

    @Override
    public Start<Verdict> start(VerificationRequest request, Waker waker) {
        try {
            return Start.inProgress(new KeyTask<>(() -> verifier.verify(request), late -> {}, waker, task -> {
                pool.execute(task);
                return () -> pool.remove(task);
            }));
        } catch (RejectedExecutionException e) {
            return Start.failed(new OperationException(
                    Reason.REJECTED, "no room for another examination, or the pool is shut down", e));
        }
    }
}
