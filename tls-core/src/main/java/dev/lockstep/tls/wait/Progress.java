package dev.lockstep.tls.wait;

import java.util.Objects;

/**
 * What {@link PendingOperation#resume} answers.
 *
 * @param <T> what the operation yields
 */
public sealed interface Progress<T> {

    /** Not ready yet: the connection stays suspended. */
    record InProgress<T>() implements Progress<T> {
        private static final InProgress<?> INSTANCE = new InProgress<>();
    }

    /**
     * Ready. Ownership of the value passes to the connection, which wipes it if it is secret.
     *
     * @param verified of a signature: whether it has been verified already; means nothing for other values
     */
    record Done<T>(T value, boolean verified) implements Progress<T> {
        public Done {
            Objects.requireNonNull(value, "value");
        }

        /** Never shows the value: it may be a premaster secret. */
        @Override
        public String toString() {
            return "Done";
        }
    }

    /** Ended without a result. */
    record Failed<T>(Throwable cause) implements Progress<T> {
        public Failed {
            Objects.requireNonNull(cause, "cause");
        }
    }

    /** The operation is still running. */
    @SuppressWarnings("unchecked") // holds no T
    static <T> Progress<T> inProgress() {
        return (Progress<T>) InProgress.INSTANCE;
    }

    /** The operation is complete. */
    static <T> Progress<T> done(T value) {
        return new Done<>(value, false);
    }

    /**
     * A signature is complete and has been verified, over the message of the request and with the public key of its
     * certificate, so that the connection need not do it again. The connection relies on that unless it is told to verify
     * {@linkplain dev.lockstep.tls.key.SignatureVerification#always all signatures}; it verifies those with RSA in any case.
     */
    static Progress<byte[]> verified(byte[] signature) {
        return new Done<>(signature, true);
    }

    /** The operation failed; {@code cause} is told to the application, never to the peer. */
    static <T> Progress<T> failed(Throwable cause) {
        return new Failed<>(cause);
    }

    /** What an operation threw, as a failure; a thread that was interrupted stays so. */
    static <T> Progress<T> thrown(Throwable cause) {
        if (cause instanceof InterruptedException) {
            Thread.currentThread().interrupt();
        }
        return failed(cause);
    }
}
