package dev.lockstep.tls.internal.handshake.phase;

import org.jspecify.annotations.Nullable;

/**
 * A fact of a handshake that one transition establishes and that nothing changes afterwards.
 *
 * @param <T> the fact
 */
public final class Once<T> {

    private @Nullable T value;

    /**
     * Establishes the fact.
     *
     * @throws IllegalStateException when it is established already
     */
    public void set(T fact) {
        if (value != null) {
            throw new IllegalStateException("established twice in one handshake: " + fact);
        }
        value = fact;
    }

    /**
     * Returns the fact.
     *
     * @throws IllegalStateException before it is established: a defect, since the table orders the rows
     */
    public T get() {
        if (value == null) {
            throw new IllegalStateException("not at this point of the handshake");
        }
        return value;
    }

    /** Returns the fact, or {@code other} before it is established. */
    public T orElse(T other) {
        return value == null ? other : value;
    }

    /** Returns the fact, or null before it is established. */
    public @Nullable T orNull() {
        return value;
    }

    /** Tells whether the fact is established. */
    public boolean isSet() {
        return value != null;
    }

    /** Drops the fact at the end of its use. */
    public void clear() {
        value = null;
    }
}
