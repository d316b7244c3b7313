package dev.lockstep.tls.wait;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Why a private-key operation gave no usable result. Told to the application only; the peer never learns a reason. */
public final class PrivateKeyException extends Exception {

    private static final long serialVersionUID = 1L;

    /** The kinds of failure that an application may want to tell apart. */
    public enum Reason {
        /** The key cannot do this operation or scheme. */
        UNSUPPORTED,
        /** The device, process or token that holds the key cannot be reached, or does not have it. */
        KEY_UNAVAILABLE,
        /** The key holder refused: policy, rate limit, full queue. */
        REJECTED,
        /** The deadline passed before the answer came. */
        TIMED_OUT,
        /** An answer came, but it is not a signature or plaintext of the expected form. */
        INVALID_OUTPUT
    }

    private final Reason reason;

    public PrivateKeyException(Reason reason, String message) {
        this(reason, message, null);
    }

    public PrivateKeyException(Reason reason, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.reason = Objects.requireNonNull(reason, "reason");
    }

    public Reason reason() {
        return reason;
    }
}
