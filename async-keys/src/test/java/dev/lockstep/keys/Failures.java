package dev.lockstep.keys;

import dev.lockstep.tls.wait.PrivateKeyException;
import dev.lockstep.tls.wait.PrivateKeyException.Reason;

/** Failures as keys report them, and what they say. */
final class Failures {

    private Failures() {}

    static PrivateKeyException down() {
        return new PrivateKeyException(Reason.KEY_UNAVAILABLE, "signer down");
    }

    static PrivateKeyException refusal() {
        return new PrivateKeyException(Reason.REJECTED, "policy says no");
    }

    static Reason reason(Throwable failure) {
        return ((PrivateKeyException) failure).reason();
    }
}
