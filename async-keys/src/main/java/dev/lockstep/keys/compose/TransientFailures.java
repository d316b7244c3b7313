package dev.lockstep.keys.compose;

import dev.lockstep.tls.wait.OperationException;
import dev.lockstep.tls.wait.OperationException.Reason;

/** Which failures say that a signer is out of reach, rather than that it refused or answered nonsense. */
final class Outages {

    private Outages() {}

    /** Whether the same operation may well succeed later, or on a new connection to the signer. */
    static boolean isOutage(Throwable failure) {
        if (failure instanceof OperationException e) {
            return e.reason() == Reason.KEY_UNAVAILABLE || e.reason() == Reason.TIMED_OUT;
        }
        // An interrupt is somebody's wish, and an Error will not go away by itself.
        return failure instanceof Exception && !(failure instanceof InterruptedException);
    }
}
