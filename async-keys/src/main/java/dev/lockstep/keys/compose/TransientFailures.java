package dev.lockstep.keys.compose;

import dev.lockstep.tls.wait.OperationException;
import dev.lockstep.tls.wait.OperationException.Reason;

/** Tells failures that may pass, such as a lost connection, from refusals and malformed answers, which will not. */
final class TransientFailures {

    private TransientFailures() {}

    /** Returns whether the same operation may well succeed later, or over a new connection to the same service. */
    static boolean isTransient(Throwable failure) {
        if (failure instanceof OperationException e) {
            return e.reason() == Reason.KEY_UNAVAILABLE || e.reason() == Reason.TIMED_OUT;
        }
        // An interrupt is a request to stop, and an Error will not go away by itself.
        return failure instanceof Exception && !(failure instanceof InterruptedException);
    }
}
