package dev.lockstep.interop;

/**
 * How a visit went.
 *
 * @param outcome what became of it
 * @param resumed whether the client says that its last connection resumed a session
 * @param said everything the client printed, for a failing test to show
 */
record Exchange(Outcome outcome, boolean resumed, String said) {
    enum Outcome {
        /**
         * On each connection: the chain was verified unless a session was resumed, data went both ways and came back as
         * sent, and the connection was closed in order.
         */
        COMPLETED,
        /** The client found the chain untrusted and said so. */
        CERTIFICATE_REFUSED,
        /** Anything else. */
        FAILED
    }
}
