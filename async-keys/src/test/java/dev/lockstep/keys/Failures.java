package dev.lockstep.keys;

import dev.lockstep.tls.wait.OperationException;
import dev.lockstep.tls.wait.OperationException.Reason;

/** Failures as keys report them, and what they say. */
public final class Failures {

    private Failures() {}

    public static OperationException down() {
        return new OperationException(Reason.KEY_UNAVAILABLE, "signer down");
    }

    public static OperationException refusal() {
        return new OperationException(Reason.REJECTED, "policy says no");
    }

    public static Reason reason(Throwable failure) {
        return ((OperationException) failure).reason();
    }
}
