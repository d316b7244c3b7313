package dev.lockstep.testkit.answer;

/** What an implementation of the SPI must not do, for tests of what the connection then does. */
final class Faults {

    private Faults() {}

    /** Null where the contract wants an answer. */
    @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"})
    static <T> T brokenPromise() {
        return null;
    }

    /** Throws what a method does not declare, as languages without checked exceptions do. */
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // erased: the cast does not happen
    static <T extends Throwable> RuntimeException undeclared(Throwable fault) throws T {
        throw (T) fault;
    }
}
