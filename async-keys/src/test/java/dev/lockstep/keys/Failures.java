package dev.lockstep.keys;

import dev.lockstep.tls.wait.OperationException;
import dev.lockstep.tls.wait.OperationException.Reason;

/** Failures as keys report them, and what they say. */
final class Failures {

    private Failures() {}

    static OperationException down() {
        return new OperationException(Reason.KEY_UNAVAILABLE, "signer down");
    }

    static OperationException refusal() {
        return new OperationException(Reason.REJECTED, "policy says no");
    }

    static Reason reason(Throwable failure) {
        return ((OperationException) failure).reason();
    }
}
