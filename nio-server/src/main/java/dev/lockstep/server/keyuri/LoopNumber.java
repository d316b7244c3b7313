package dev.lockstep.server.keyuri;

/** Which loop of a server the current thread runs, from 0. */
public final class LoopNumber {

    private static final ThreadLocal<Integer> CURRENT = ThreadLocal.withInitial(() -> 0);

    private LoopNumber() {}

    /** The current thread begins to run a loop. */
    public static void set(int number) {
        CURRENT.set(number);
    }

    static int get() {
        return CURRENT.get();
    }
}
