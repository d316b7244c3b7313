package dev.lockstep.testkit.answer;

/** What an implementation of the SPI must not do, for tests of what the connection then does. */
final class Faults {

    private Faults() {}

    /** Null where the contract wants an answer. */
    @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"})
    static <T> T brokenPromise() {
        return null;
    }
}
