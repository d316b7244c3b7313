package dev.lockstep.server.pem;

import dev.lockstep.server.UsageError;
import java.nio.file.Path;

/** What is wrong with the form of a PEM file, and in which line. */
final class PemException extends Exception {

    private static final long serialVersionUID = 1L;

    private final int line;
    private final String fix;

    /** @param line from 1 */
    PemException(int line, String cause, String fix) {
        super(cause);
        this.line = line;
        this.fix = fix;
    }

    /** Says it for a file that an option named. */
    UsageError of(String option, Path file) {
        return new UsageError(option, file + " line " + line + ": " + getMessage(), fix);
    }
}
