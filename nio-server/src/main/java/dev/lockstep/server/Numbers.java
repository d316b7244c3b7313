package dev.lockstep.server;

import org.jspecify.annotations.Nullable;

/** Whole numbers from the command line. */
public final class Numbers {

    private Numbers() {}

    /** The value of an option that must be there and lie between {@code min} and {@code max}. */
    public static int require(String option, @Nullable String value, int min, int max, String fix) throws UsageError {
        if (value == null) {
            throw new UsageError(option, "is missing", fix);
        }
        // The JDK's parser takes the digits of every script.
        if (!value.matches("[+-]?[0-9]+")) {
            throw new UsageError(option, "'" + value + "' is not a whole number", fix);
        }
        try {
            int number = Integer.parseInt(value);
            if (number >= min && number <= max) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Too long, and refused as what is too large.
        }
        throw new UsageError(option, value + " is not between " + min + " and " + max, fix);
    }
}
