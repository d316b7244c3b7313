package dev.lockstep.keys.uri;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is wrong with the owner or the permissions of a file with secrets. What belongs to another user, or what others may
 * write, is their key and not to be used; what others may read is to be warned of.
 *
 * @param refused whether the file is not to be used
 * @param cause names the file
 * @param fix what to do about it
 */
public record SecretFile(boolean refused, String cause, String fix) {

    private static final Set<PosixFilePermission> WRITE =
            EnumSet.of(PosixFilePermission.GROUP_WRITE, PosixFilePermission.OTHERS_WRITE);
    private static final Set<PosixFilePermission> READ =
            EnumSet.of(PosixFilePermission.GROUP_READ, PosixFilePermission.OTHERS_READ);

    /**
     * Returns what is wrong with a file, or null. Files that are not there or not regular, and file systems without such
     * permissions, pass: of a missing one, its reader says so.
     *
     * @param owner says whose files are another user's
     */
    public static @Nullable SecretFile of(Path file, FileOwner owner) {
        Set<PosixFilePermission> permissions;
        FileOwner.Finding stranger;
        try {
            if (!file.getFileSystem().supportedFileAttributeViews().contains("posix") || !Files.isRegularFile(file)) {
                return null;
            }
            permissions = Files.readAttributes(file, PosixFileAttributes.class).permissions();
            stranger = owner.stranger(file);
        } catch (IOException e) {
            return null; // the reader of the file fails too, and says so
        }
        if (stranger != null) {
            return new SecretFile(true, stranger.cause(), stranger.fix());
        }
        String mode = " (" + PosixFilePermissions.toString(permissions) + ")";
        if (permissions.stream().anyMatch(WRITE::contains)) {
            return new SecretFile(true, file + " can be written by others" + mode, "run: chmod 600 " + file);
        }
        return permissions.stream().anyMatch(READ::contains)
                ? new SecretFile(false, file + " can be read by others" + mode, "run: chmod 600 " + file)
                : null;
    }
}
