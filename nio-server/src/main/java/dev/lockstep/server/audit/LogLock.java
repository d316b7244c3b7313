package dev.lockstep.server.audit;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Keeps a second writer out of a log, in this process or another. */
final class LogLock {

    private LogLock() {}

    /**
     * Locks a log.
     *
     * @return what holds the lock until it is closed, or the process ends
     * @throws KeyUseLogException when another writer has the lock
     */
    static FileChannel acquire(LogFiles files) throws IOException {
        Path path = files.lock();
        if (!Files.exists(path)) {
            try {
                LogFiles.createPrivate(path);
            } catch (FileAlreadyExistsException e) {
                // another writer was faster; the lock itself decides
            }
        }
        FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE);
        FileLock held = null;
        try {
            held = channel.tryLock();
        } catch (OverlappingFileLockException e) {
            // held by this process: the same refusal
        } finally {
            if (held == null) {
                channel.close();
            }
        }
        if (held == null) {
            throw new KeyUseLogException(
                    files.active() + ": is open in another writer; stop it, or give each writer a log of its own");
        }
        return channel;
    }
}
