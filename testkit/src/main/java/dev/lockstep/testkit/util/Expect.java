package dev.lockstep.testkit.util;

import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The kit's assertions: an {@link AssertionError} that says what was expected and what is there. */
public final class Expect {

    private Expect() {}

    /** Fails with {@code otherwise} unless the condition holds. */
    public static void that(boolean holds, String otherwise) {
        if (!holds) {
            throw new AssertionError(otherwise);
        }
    }

    /** Fails unless both are equal. */
    public static void equal(String what, @Nullable Object actual, @Nullable Object expected) {
        equal(() -> what, actual, expected);
    }

    /** Fails unless both are equal; the description is computed only then. */
    public static void equal(Supplier<String> what, @Nullable Object actual, @Nullable Object expected) {
        if (!Objects.equals(actual, expected)) {
            throw new AssertionError(what.get() + "\n  expected: " + expected + "\n  but was:  " + actual);
        }
    }
}
