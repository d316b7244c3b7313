package dev.lockstep.jsse.manager;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Knows on whose behalf this thread asks a manager, a selector or a matcher. One that uses the socket whose handshake waits for
 * its answer would wait for itself.
 */
public final class Asked {

    private static final ThreadLocal<@Nullable Party> ASKING = new ThreadLocal<>();

    private Asked() {}

    /** Runs a question to the application. */
    public static <T extends @Nullable Object> T by(Party party, Supplier<T> question) {
        Party before = ASKING.get();
        ASKING.set(party);
        try {
            return question.get();
        } finally {
            if (before == null) {
                ASKING.remove();
            } else {
                ASKING.set(before);
            }
        }
    }

    /** Returns on whose behalf this thread asks the application; null where it does not. */
    public static @Nullable Party party() {
        return ASKING.get();
    }
}
