package dev.lockstep.keys.uri;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Finds files of other users: the owner of a file can change it and its permissions at any time. Root's files are not
 * another user's, because root can do that to any file.
 */
public final class FileOwner {

    private static final long ROOT = 0;

    /** The kernel's word about this process: real, effective, saved and file-system user id follow. */
    private static final Path STATUS = Path.of("/proc/self/status");

    private static final String UIDS = "Uid:";

    private final OptionalLong ownUid;

    private FileOwner(OptionalLong ownUid) {
        this.ownUid = ownUid;
    }

    /** Returns what compares with the effective user of this process. */
    public static FileOwner ofThisProcess() {
        return new FileOwner(effectiveUid());
    }

    /** Returns what compares with a user id, 0 to 4,294,967,294. */
    public static FileOwner ofUser(long uid) {
        return new FileOwner(OptionalLong.of(uid));
    }

    /**
     * Returns a sentence about the owner of a file, with what to do about it, when that is neither root nor the user of this
     * process. Returns null for all other files, and on file systems that know no owners.
     *
     * @param file is followed through symbolic links
     * @throws IOException when its attributes cannot be read
     */
    public @Nullable Finding stranger(Path file) throws IOException {
        if (!file.getFileSystem().supportedFileAttributeViews().contains("unix")) {
            return null;
        }
        long owner = Integer.toUnsignedLong((Integer) Files.getAttribute(file, "unix:uid"));
        String name =
                Files.readAttributes(file, PosixFileAttributes.class).owner().getName();
        String self = System.getProperty("user.name", "");
        boolean own = ownUid.isPresent() ? owner == ownUid.getAsLong() : name.equals(self);
        if (own || owner == ROOT) {
            return null;
        }
        String user = name.equals(Long.toString(owner)) ? "user " + owner : "user " + name + " (" + owner + ")";
        return new Finding(
                file + " belongs to " + user + ", who can change it",
                "run as root: chown " + (ownUid.isPresent() ? Long.toString(ownUid.getAsLong()) : self) + " " + file);
    }

    /** A file of another user. */
    public record Finding(String cause, String fix) {}

    /** The owner of {@code /proc/self} is not it: that is root's where a process may not be dumped. */
    private static OptionalLong effectiveUid() {
        try {
            for (String line : Files.readAllLines(STATUS)) {
                if (line.startsWith(UIDS)) {
                    String[] ids = line.substring(UIDS.length()).strip().split("\\s+", -1);
                    return OptionalLong.of(Long.parseLong(ids[1]));
                }
            }
        } catch (IOException | IndexOutOfBoundsException | NumberFormatException e) {
            return OptionalLong.empty(); // not Linux: users are compared by name
        }
        return OptionalLong.empty();
    }
}
