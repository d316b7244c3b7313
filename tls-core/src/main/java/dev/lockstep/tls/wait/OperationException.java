package dev.lockstep.tls.wait;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The failure of an operation. The application learns its reason; the peer never does. */
public final class OperationException extends Exception {

    private static final long serialVersionUID = 1L;

    /** The kinds of failure that an application may want to tell apart. */
    public enum Reason {
        /** The implementation cannot do this operation; of a key: not with this scheme. */
        UNSUPPORTED,
        /** What was asked for, or the device, process or token that holds it, cannot be reached or does not exist. */
        KEY_UNAVAILABLE,
        /** The other side refused: policy, rate limit, full queue. */
        REJECTED,
        /** The deadline passed before the answer came. */
        TIMED_OUT,
        /** An answer came, but it does not have the expected form. */
        INVALID_OUTPUT
    }

    private final Reason reason;

    /**
     * Creates a failure.
     *
     * @param reason its kind
     * @param message what happened, for logs; no secret
     */
    public OperationException(Reason reason, String message) {
        this(reason, message, null);
    }

    /**
     * Creates a failure with the one behind it.
     *
     * @param reason its kind
     * @param message what happened, for logs; no secret
     * @param cause the failure that led to this one, or null
     */
    public OperationException(Reason reason, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.reason = Objects.requireNonNull(reason, "reason");
    }

    /** Returns the kind of failure. */
    public Reason reason() {
        return reason;
    }
}
