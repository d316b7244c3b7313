package dev.lockstep.server.audit;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A log's current file while lines are added to it, and what its writer knows of it: that it is still the file with this name, and
 * how much of it is on the disk. Not safe for several threads: the log's lock guards it.
 */
final class ActiveFile implements Closeable {

    private final Path path;
    private final LogOutput.Opener opener;
    private LogOutput out;

    /** What the file system knows the file by; null where it has nothing like that. */
    private @Nullable Object identity;

    private long size;

    /** So many bytes from the beginning are on the disk for certain. */
    private long forced;

    /** Whether what is behind them may be marked as written although it is not: the last {@link #sync} has failed. */
    private boolean isDoubtful;

    private int unsynced;

    private ActiveFile(Path path, LogOutput.Opener opener) throws IOException {
        this.path = path;
        this.opener = opener;
        this.out = opener.open(path);
        boolean isSeen = false;
        try {
            look();
            isSeen = true;
        } finally {
            if (!isSeen) {
                closeQuietly();
            }
        }
    }

    /** Opens the file at its end. */
    static ActiveFile open(Path path, LogOutput.Opener opener) throws IOException {
        return new ActiveFile(path, opener);
    }

    private void look() throws IOException {
        BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
        identity = attributes.fileKey();
        size = attributes.size();
    }

    /**
     * Opens the next file, which has got the name.
     *
     * @param onDisk how long it is, all of it forced to the disk
     */
    void openNext(long onDisk) throws IOException {
        out = opener.open(path);
        look();
        forced = onDisk;
        unsynced = 0;
    }

    /**
     * Opens the file once more after a failure. What may be marked as written and is not is written again: after an fsync that
     * failed, Linux takes the pages for clean, so that the next one would report a success that none of them had.
     *
     * @param isSame whether it is the file from before the failure
     */
    void resume(boolean isSame) throws IOException {
        out = opener.open(path);
        look();
        forced = isSame ? Math.min(forced, size) : 0;
        if (isDoubtful) {
            out.rewrite(forced);
        }
    }

    /**
     * Checks that the file still has its name and its length. A line added to a file that was renamed, replaced or cut would be
     * lost to those who read the log.
     *
     * @throws IOException when it has not; the message says why
     */
    void requireInPlace() throws IOException {
        BasicFileAttributes now;
        try {
            now = Files.readAttributes(path, BasicFileAttributes.class);
        } catch (NoSuchFileException e) {
            throw new IOException("it was renamed or removed while the log was open; put it back", e);
        }
        if (!Objects.equals(now.fileKey(), identity)) {
            throw new IOException("another file has taken its place while the log was open; put the first one back");
        }
        if (now.size() != size) {
            throw new IOException("it was changed while the log was open: it has " + now.size() + " bytes instead of "
                    + size + "; put back what was written");
        }
    }

    /** Returns how many bytes it has. */
    long size() {
        return size;
    }

    void write(byte[] line) throws IOException {
        out.write(line);
        size += line.length;
        unsynced++;
    }

    /** Returns whether a policy wants {@link #sync} now. */
    boolean isSyncDue(FsyncPolicy policy) {
        return policy.isDue(unsynced);
    }

    /** Forces everything to the disk. */
    void sync() throws IOException {
        isDoubtful = true;
        out.sync();
        isDoubtful = false;
        forced = size;
        unsynced = 0;
    }

    @Override
    public void close() throws IOException {
        out.close();
    }

    void closeQuietly() {
        try {
            out.close();
        } catch (IOException e) {
            // It has failed before, and the descriptor is gone either way.
        }
    }
}
