package dev.lockstep.testkit.answer;

import org.jspecify.annotations.Nullable;

/**
 * Tells scripted keys which call of a connection they are being called from. A test that calls a connection itself
 * puts {@link #enter} and {@link #leave} around each call, or the keys count a breach of the call discipline.
 */
public final class StepMark {

    private static final ThreadLocal<Long> CURRENT = new ThreadLocal<>();
    private static final ThreadLocal<Long> LAST = ThreadLocal.withInitial(() -> 0L);

    private StepMark() {}

    /** A call of a connection begins on this thread. */
    public static void enter() {
        LAST.set(LAST.get() + 1);
        CURRENT.set(LAST.get());
    }

    /** The call has returned. */
    public static void leave() {
        CURRENT.remove();
    }

    /** The number of the call under way on this thread, or null outside of any. */
    static @Nullable Long current() {
        return CURRENT.get();
    }
}
