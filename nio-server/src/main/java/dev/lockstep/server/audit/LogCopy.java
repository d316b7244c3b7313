package dev.lockstep.server.audit;

import java.io.Closeable;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A second place for every line: a file, a named pipe, or {@code /dev/fd/N}, a descriptor that the process was started with.
 * What reaches it is out of reach of one who writes the log, and each of its lines is an anchor for {@code audit verify}. Not
 * safe for several threads: the log's lock guards it.
 */
final class LogCopy implements Closeable {

    private final OutputStream out;
    private byte @Nullable [] unwritten;
    private boolean torn;

    LogCopy(OutputStream out, boolean torn) {
        this.out = out;
        this.torn = torn;
    }

    /**
     * Opens the copy at its end; a file that is not there is made for its owner alone. A named pipe keeps the caller waiting
     * until it has a reader.
     */
    static LogCopy open(Path file) throws IOException {
        try {
            LogFiles.createPrivate(file);
        } catch (FileAlreadyExistsException e) {
            // a file of an earlier run, or a pipe
        }
        boolean torn = endsInsideLine(file);
        return new LogCopy(new FileOutputStream(file.toFile(), true), torn);
    }

    private static boolean endsInsideLine(Path file) throws IOException {
        if (!Files.isRegularFile(file) || Files.size(file) == 0) {
            return false;
        }
        try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
            in.seek(in.length() - 1);
            return in.read() != '\n';
        }
    }

    /** Adds a line. After a failure it is kept for {@link #retry}. */
    void write(byte[] line) throws IOException {
        unwritten = line;
        retry();
    }

    /** Adds the line that could not be added before. A piece of it that did arrive becomes a line of its own. */
    void retry() throws IOException {
        byte[] line = unwritten;
        if (line == null) {
            return;
        }
        if (torn) {
            out.write('\n');
        }
        torn = true;
        out.write(line);
        torn = false;
        unwritten = null;
    }

    @Override
    public void close() throws IOException {
        out.close();
    }
}
