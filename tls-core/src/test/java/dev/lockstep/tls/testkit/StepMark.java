package dev.lockstep.tls.testkit;

/** Tells a key which call of a connection it is being called from. */
final class StepMark {

    private static final ThreadLocal<Long> CURRENT = new ThreadLocal<>();
    private static final ThreadLocal<Long> LAST = ThreadLocal.withInitial(() -> 0L);

    private StepMark() {}

    /** A call of a connection begins on this thread. */
    static void enter() {
        LAST.set(LAST.get() + 1);
        CURRENT.set(LAST.get());
    }

    static void leave() {
        CURRENT.remove();
    }

    /** The number of the call under way on this thread, or null outside of any. */
    static Long current() {
        return CURRENT.get();
    }
}
