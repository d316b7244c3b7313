package dev.lockstep.server.pem;

import dev.lockstep.keys.uri.FileOwner;
import dev.lockstep.keys.uri.SecretFile;
import dev.lockstep.server.UsageError;
import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * Looks at the owner and the permissions of files with secrets, as ssh does: what others may read is warned of, what belongs
 * to another user or what others may write is refused, since it is their key then. Root counts as no other user. Files that
 * are not regular, and file systems without such permissions, pass.
 */
public final class SecretFiles {

    private final Consumer<String> warnings;
    private final FileOwner owner;

    /** @param warnings receives a line for each file that others may read */
    public SecretFiles(Consumer<String> warnings) {
        this(warnings, FileOwner.ofThisProcess());
    }

    SecretFiles(Consumer<String> warnings, FileOwner owner) {
        this.warnings = warnings;
        this.owner = owner;
    }

    /**
     * Checks a file that exists; of one that does not, its reader says so.
     *
     * @param option that named the file
     * @throws UsageError if it belongs to another user, or if others than its owner may write it
     */
    public void check(String option, Path file) throws UsageError {
        SecretFile found = SecretFile.of(file, owner);
        if (found == null) {
            return;
        }
        if (found.refused()) {
            throw new UsageError(option, found.cause(), found.fix());
        }
        warnings.accept(option + ": " + found.cause() + "; " + found.fix());
    }

    /**
     * Checks a file that says whom to trust: all may read it, and one who can write it can add an authority of their own.
     *
     * @param option that named the file
     * @throws UsageError as {@link #check}
     */
    public void checkTrust(String option, Path file) throws UsageError {
        SecretFile found = SecretFile.of(file, owner);
        if (found != null && found.refused()) {
            throw new UsageError(option, found.cause(), found.fix());
        }
    }
}
