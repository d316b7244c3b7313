package dev.lockstep.tls.key;

import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The choice of which signatures a connection verifies before it sends them in ServerKeyExchange, and on which thread.
 * Immutable.
 *
 * <p>Sending a wrong signature is worse than sending none. A fault in RSA's Chinese remainder computation reveals the key,
 * faulty signatures on curves reveal parts of it, and a signature by the wrong key fails at every client.
 * {@code docs/design/attacks.md} lists what each choice leaves open.
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
     * Returns the choice to verify every signature, including those of keys in this process and those that their maker has
     * verified. For servers that trust nothing but themselves, or whose memory and processor may be attacked. Costs 80 us
     * for ECDSA on P-256 and 30 us for RSA-2048.
     */
    public static SignatureVerification always() {
        return ALWAYS;
    }

    /**
     * Returns the default: verify the signatures of external keys, except ECDSA and EdDSA signatures that their maker has
     * verified ({@link dev.lockstep.tls.wait.Progress#verified}). A key server of protocol version 3 does so, as do the
     * bridges that sign on threads of their own. Signatures of keys in this process ({@code Credential.local}) are not
     * verified: each such key is tried when it is loaded, and again with the {@code CryptoProviders} that sign with it; the JDK
     * verifies its RSA signatures itself.
     */
    public static SignatureVerification unlessVerified() {
        return UNLESS_VERIFIED;
    }

    /**
     * Returns the choice to check nothing but the size of a signature. For tests, and for keys that are known to verify
     * their signatures.
     */
    public static SignatureVerification never() {
        return NEVER;
    }

    /**
     * Returns this choice with ECDSA and EdDSA signatures verified on an executor, while the handshake stays suspended. By
     * default the thread that drives the connection verifies them; it always verifies RSA signatures.
     *
     * @param executor runs tasks of 50 us to 2 ms that do not block. The caller bounds it and shuts it down. The connection's
     *     thread verifies what the executor rejects or throws at, and the observer gets anything but a rejection; a task
     *     that it accepts and never runs fails at the time limit of the key operation
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
     * Passes a task to the executor.
     *
     * @param executorFailure receives what the executor throws other than a rejection
     * @return whether the executor accepted it; false without an executor
     */
    public boolean execute(Runnable task, Consumer<Throwable> executorFailure) {
        if (executor == null) {
            return false;
        }
        try {
            executor.execute(task);
            return true;
        } catch (RejectedExecutionException full) {
            return false;
        } catch (Exception | Error e) { // not every language declares its checked exceptions
            // The boundary to foreign code, which may also have no memory for a thread: the caller can do the task
            // itself.
            executorFailure.accept(e);
            return false;
        }
    }

    @Override
    public String toString() {
        return "SignatureVerification[" + extent + (executor == null ? "" : ", on an executor") + "]";
    }
}
