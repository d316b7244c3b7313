package dev.lockstep.server.pem;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * How files with certificates and keys are read.
 *
 * @param password opens what is encrypted; null for none. The caller wipes it
 * @param notes receives a line for everything in a file that is not used
 */
@SuppressWarnings("ArrayRecordComponent") // passed on, never compared
public record Reading(char @Nullable [] password, Consumer<String> notes) {

    /** Without a password; what is not used is not reported. */
    public static final Reading PLAIN = new Reading(null, note -> {});

    /** A password is no text to print. */
    @Override
    public String toString() {
        return "Reading";
    }
}
