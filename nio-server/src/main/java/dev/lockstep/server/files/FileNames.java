package dev.lockstep.server.files;

import dev.lockstep.server.UsageError;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** The names of files that stand inside of a value on the command line. */
public final class FileNames {

    private FileNames() {}

    /** Returns the path of a name. Letters that the locale of the process does not have are in no path. */
    public static Path path(String option, String name) throws UsageError {
        try {
            return Path.of(name);
        } catch (InvalidPathException e) {
            throw impossible(option, name);
        }
    }

    /** The error for a name that is none. */
    public static UsageError impossible(String option, String name) {
        return new UsageError(
                option,
                "no path can be like '" + name + "'",
                "check it, and if it has letters beyond ASCII, the locale of this process (LC_ALL)");
    }
}
