package dev.lockstep.tls.key;

import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Which signatures a connection verifies before it sends them in ServerKeyExchange, and on which thread. Immutable.
 *
 * <p>A wrong signature is worse than none: one that went wrong in an RSA key's Chinese remainder computation gives the key
 * away, faulty ones on curves give parts of it away, and one by another key ends every handshake at the client.
 * {@code docs/design/attacks.md} says what each choice leaves open.
 */
public final class SignatureVerification {

    /** Which signatures the connection verifies. */
    public enum Extent {
        /** All of them, whichever key made them. */
        ALWAYS,
        /** Those of external keys that are made with RSA, or that have not been verified yet. */
        UNLESS_VERIFIED,
        /** None. */
        NEVER
    }

    private static final SignatureVerification ALWAYS = new SignatureVerification(Extent.ALWAYS, null);
    private static final SignatureVerification UNLESS_VERIFIED =
            new SignatureVerification(Extent.UNLESS_VERIFIED, null);
    private static final SignatureVerification NEVER = new SignatureVerification(Extent.NEVER, null);

    private final Extent extent;
    private final @Nullable Executor executor;

    private SignatureVerification(Extent extent, @Nullable Executor executor) {
        this.extent = extent;
        this.executor = executor;
    }

    /**
     * The connection verifies each signature, also those of keys in this process and those that are said to be verified. For
     * a server that relies on nothing but itself, or whose memory and processor may be attacked. A signature of ECDSA on
     * P-256 costs 80 us more, one with RSA-2048 30 us.
     */
    public static SignatureVerification always() {
        return ALWAYS;
    }

    /**
     * The default. The connection relies on ECDSA and EdDSA signatures that their maker has verified
     * ({@link dev.lockstep.tls.wait.Progress#verified}): a key server of protocol version 3, the bridges that sign on
     * threads of their own, a key that says so. It verifies all others of external keys, and all of them that are made with
     * RSA, which is cheap. Keys in this process ({@code Credential.local}) were tried when they were loaded; the JDK verifies
     * their RSA signatures itself.
     */
    public static SignatureVerification unlessVerified() {
        return UNLESS_VERIFIED;
    }

    /** The connection checks the size of a signature and nothing else. For tests, and for keys that are known to verify. */
    public static SignatureVerification never() {
        return NEVER;
    }

    /**
     * The same, with ECDSA and EdDSA signatures verified by an executor while the handshake stays suspended; by default the
     * thread that drives the connection does it. Signatures with RSA are verified by that thread in any case.
     *
     * @param executor runs tasks of 50 us to 2 ms that do not block. Its owner bounds and shuts it down: what it rejects is
     *     verified by the thread that drives the connection; what it accepts and never runs ends with the time limit of the
     *     key operation
     */
    public SignatureVerification on(Executor executor) {
        return new SignatureVerification(extent, Objects.requireNonNull(executor, "executor"));
    }

    /** Returns which signatures the connection verifies. */
    public Extent extent() {
        return extent;
    }

    /** Returns what verifies ECDSA and EdDSA signatures; null for the thread that drives the connection. */
    public @Nullable Executor executor() {
        return executor;
    }

    /**
     * Has the executor run a task.
     *
     * @return whether it took the task; not when there is no executor, or when it has no room
     */
    public boolean execute(Runnable task) {
        if (executor == null) {
            return false;
        }
        try {
            executor.execute(task);
            return true;
        } catch (RejectedExecutionException full) {
            return false;
        }
    }

    @Override
    public String toString() {
        return "SignatureVerification[" + extent + (executor == null ? "" : ", on an executor") + "]";
    }
}
