package dev.lockstep.tls.wait;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The result of {@link PendingOperation#resume}: in progress, done or failed. Immutable.
 *
 * @param <T> what the operation yields
 */
public abstract sealed class Progress<T> {

    // One layout for all: what an operation came to can be used without asking for its kind, see valueOr.
    private final @Nullable Object content;
    private final int hasValue;

    private Progress(@Nullable Object content, int hasValue) {
        this.content = content;
        this.hasValue = hasValue;
    }

    /** Not ready yet: the connection stays suspended. */
    public static final class InProgress<T> extends Progress<T> {
        private static final InProgress<?> INSTANCE = new InProgress<>();

        private InProgress() {
            super(null, 0);
        }
    }

    /** Ready. Ownership of the value passes to the connection, which wipes it if it is secret. */
    public static final class Done<T> extends Progress<T> {
        private final boolean verified;

        private Done(T value, boolean verified) {
            super(Objects.requireNonNull(value, "value"), 1);
            this.verified = verified;
        }

        /** Returns what the operation yields. */
        @SuppressWarnings("unchecked") // only T is put in
        public T value() {
            return (T) Objects.requireNonNull(super.content);
        }

        /** Returns whether this is a signature that has been verified already; means nothing for other values. */
        public boolean verified() {
            return verified;
        }
    }

    /** Ended without a result. */
    public static final class Failed<T> extends Progress<T> {

        private Failed(Throwable cause) {
            super(Objects.requireNonNull(cause, "cause"), 0);
        }

        /** Returns why. */
        public Throwable cause() {
            return (Throwable) Objects.requireNonNull(super.content);
        }
    }

    /** Returns the progress of an operation that is still running. */
    @SuppressWarnings("unchecked") // holds no T
    public static <T> Progress<T> inProgress() {
        return (Progress<T>) InProgress.INSTANCE;
    }

    /** Returns the progress of an operation that is complete. */
    public static <T> Progress<T> done(T value) {
        return new Done<>(value, false);
    }

    /**
     * Returns the progress of a signature that is complete and verified, over the request's message and with the public key
     * of its certificate. The connection does not verify it again, unless it was made with RSA or the configuration asks for
     * {@linkplain dev.lockstep.tls.key.SignatureVerification#always all signatures} to be verified.
     */
    public static Progress<byte[]> verified(byte[] signature) {
        return new Done<>(signature, true);
    }

    /** Returns the progress of an operation that failed. The application learns {@code cause}, the peer never does. */
    public static <T> Progress<T> failed(Throwable cause) {
        return new Failed<>(cause);
    }

    /** Returns a failure for what an operation threw. If that is an interrupt, the thread's interrupt flag is set again. */
    public static <T> Progress<T> thrown(Throwable cause) {
        if (cause instanceof InterruptedException) {
            Thread.currentThread().interrupt();
        }
        return failed(cause);
    }

    /**
     * Returns the value of an operation that is done, else {@code other}. It does so without a branch: whether a decryption
     * failed is a secret, and a branch that is predicted well for one outcome takes longer for the other.
     */
    @SuppressWarnings("unchecked") // the content of what has a value is a T
    public final T valueOr(T other) {
        Object[] both = {other, content};
        return (T) both[hasValue];
    }

    @Override
    public final boolean equals(@Nullable Object other) {
        return other instanceof Progress<?> progress
                && getClass() == progress.getClass()
                && Objects.equals(content, progress.content)
                && isVerified() == progress.isVerified();
    }

    private boolean isVerified() {
        return this instanceof Done<T> done && done.verified;
    }

    @Override
    public final int hashCode() {
        return Objects.hashCode(content);
    }

    /** Never shows the value: it may be a premaster secret. */
    @Override
    public final String toString() {
        return getClass().getSimpleName();
    }
}
