package dev.lockstep.interop;

/**
 * How one connection went.
 *
 * @param outcome what became of it
 * @param said everything the client printed, for a failing test to show
 */
record Exchange(Outcome outcome, String said) {
    enum Outcome {
        /** The chain was verified, data went both ways and came back as sent, and the connection was closed in order. */
        COMPLETED,
        /** The client found the chain untrusted and said so. */
        CERTIFICATE_REFUSED,
        /** Anything else. */
        FAILED
    }
}
