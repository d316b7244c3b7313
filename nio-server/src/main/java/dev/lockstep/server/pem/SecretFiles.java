package dev.lockstep.server.pem;

import dev.lockstep.server.UsageError;
import dev.lockstep.server.files.FileOwner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Looks at the owner and the permissions of files with secrets, as ssh does: what others may read is warned of, what belongs
 * to another user or what others may write is refused, since it is their key then. Root counts as no other user. Files that
 * are not regular, and file systems without such permissions, pass.
 */
public final class SecretFiles {

    private static final Set<PosixFilePermission> WRITE =
            EnumSet.of(PosixFilePermission.GROUP_WRITE, PosixFilePermission.OTHERS_WRITE);
    private static final Set<PosixFilePermission> READ =
            EnumSet.of(PosixFilePermission.GROUP_READ, PosixFilePermission.OTHERS_READ);

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
        Set<PosixFilePermission> permissions;
        FileOwner.Finding stranger;
        try {
            if (!file.getFileSystem().supportedFileAttributeViews().contains("posix") || !Files.isRegularFile(file)) {
                return;
            }
            permissions = Files.readAttributes(file, PosixFileAttributes.class).permissions();
            stranger = owner.stranger(file);
        } catch (IOException e) {
            return; // the reader of the file fails too, and says so
        }
        if (stranger != null) {
            throw new UsageError(option, stranger.cause(), stranger.fix());
        }
        String mode = " (" + PosixFilePermissions.toString(permissions) + ")";
        if (permissions.stream().anyMatch(WRITE::contains)) {
            throw new UsageError(option, file + " can be written by others" + mode, "run: chmod 600 " + file);
        }
        if (permissions.stream().anyMatch(READ::contains)) {
            warnings.accept(option + ": " + file + " can be read by others" + mode + "; run: chmod 600 " + file);
        }
    }
}
