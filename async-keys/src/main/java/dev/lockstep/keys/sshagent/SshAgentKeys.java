package dev.lockstep.keys.sshagent;

import dev.lockstep.keys.BlockingKey;
import dev.lockstep.keys.ExecutorKey;
import dev.lockstep.keys.WorkerPools;
import dev.lockstep.keys.compose.ObservedKey;
import dev.lockstep.tls.key.DecryptRequest;
import dev.lockstep.tls.key.ExternalPrivateKey;
import dev.lockstep.tls.key.SignRequest;
import dev.lockstep.tls.spec.SignatureScheme;
import dev.lockstep.tls.wait.OperationException;
import dev.lockstep.tls.wait.OperationException.Reason;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadPoolExecutor;

/**
 * The keys of an ssh-agent, OpenSSH's or another, reached over its Unix-domain socket. The agent signs
 * ServerKeyExchange with RSA (SHA-256 and SHA-512), ECDSA on P-256, P-384 and P-521 (each with the hash that SSH ties
 * to the curve) and Ed25519. It decrypts nothing, so the RSA key exchange is not offered with these keys.
 *
 * <p>An agent answers one request at a time per connection, and OpenSSH's works on one at a time in all: one thread
 * and one connection behind a bounded queue are as fast as it gets, and no handshake blocks. What does not fit into
 * the queue fails with {@link Reason#REJECTED}. When the agent goes away, what it was asked fails with
 * {@link Reason#KEY_UNAVAILABLE} and the next operation connects again; so it does after a cancelled one. An agent
 * that was restarted between two operations is noticed before the second and costs nothing.
 *
 * <p>Thread-safe. Its owner closes it.
 */
public final class SshAgentKeys implements AutoCloseable {

    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final int QUEUED = 1024;

    private final SshAgent agent;
    private final ThreadPoolExecutor pool;

    private SshAgentKeys(Path socket, Duration limit, int queued) {
        if (limit.isNegative() || limit.isZero() || limit.compareTo(Duration.ofHours(1)) > 0) {
            throw new IllegalArgumentException("limit: " + limit + " is out of range; give more than zero to one hour");
        }
        this.agent = new SshAgent(socket, limit.toNanos());
        this.pool = WorkerPools.boundedPool(1, queued);
    }

    /**
     * Returns the agent that the environment variable {@code SSH_AUTH_SOCK} names, with 10 seconds for an answer and a queue
     * of 1,024.
     *
     * @throws IllegalStateException when the variable is not set
     */
    public static SshAgentKeys fromEnvironment() {
        String socket = System.getenv("SSH_AUTH_SOCK");
        if (socket == null || socket.isEmpty()) {
            throw new IllegalStateException("SSH_AUTH_SOCK is not set; start an ssh-agent and add the key to it");
        }
        return at(Path.of(socket));
    }

    /** Returns the agent that listens on {@code socket}, with 10 seconds for an answer and a queue of 1,024. */
    public static SshAgentKeys at(Path socket) {
        return at(socket, LIMIT, QUEUED);
    }

    /**
     * Returns the agent that listens on {@code socket}. It need not be running yet.
     *
     * @param limit for one answer, more than zero, at most an hour
     * @param queued how many operations may wait for their turn, at least 1
     * @throws IllegalArgumentException when one of them is out of its range
     */
    public static SshAgentKeys at(Path socket, Duration limit, int queued) {
        return new SshAgentKeys(socket, limit, queued);
    }

    /**
     * Returns the key of {@code certificate}. Asks the agent for it, so that a forgotten {@code ssh-add} shows at start-up; this
     * blocks.
     *
     * @throws IllegalArgumentException when the certificate's key is of a kind that no agent holds
     * @throws OperationException when the agent does not answer, or does not hold the key
     */
    public ExternalPrivateKey key(X509Certificate certificate) throws OperationException, InterruptedException {
        return ExecutorKey.of(blockingKey(certificate), pool);
    }

    /**
     * As {@link #key}, without the thread: for a pool of the caller's own, {@link ObservedKey#onPool} for instance.
     * Operations of all keys of this object still take turns.
     *
     * @throws IllegalArgumentException as {@link #key}
     * @throws OperationException as {@link #key}
     */
    public BlockingKey blockingKey(X509Certificate certificate) throws OperationException, InterruptedException {
        SshPublicKey key = SshPublicKey.of(certificate);
        if (!agent.holds(key)) {
            throw agent.missing();
        }
        return new AgentKey(agent, key);
    }

    /** Ends the connection; operations that wait or run fail, and so do all later ones of {@link #key}. */
    @Override
    public void close() {
        for (Runnable waiting : pool.shutdownNow()) {
            if (waiting instanceof Future<?> operation) {
                operation.cancel(false); // wakes its connection, which would wait for its deadline otherwise
            }
        }
        agent.close();
    }

    private record AgentKey(SshAgent agent, SshPublicKey key) implements BlockingKey {

        @Override
        public Set<SignatureScheme> signatureSchemes() {
            return key.schemes();
        }

        @Override
        public boolean canDecrypt() {
            return false;
        }

        @Override
        public byte[] sign(SignRequest request) throws OperationException, InterruptedException {
            return agent.sign(key, request);
        }

        @Override
        public byte[] decrypt(DecryptRequest request) throws OperationException {
            throw new OperationException(Reason.UNSUPPORTED, "an ssh-agent does not decrypt");
        }
    }
}
