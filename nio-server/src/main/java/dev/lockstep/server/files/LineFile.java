package dev.lockstep.server.files;

import java.io.Closeable;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A file to which lines are appended. Nothing is kept back: a line that could not be written is lost, also when a piece of it
 * arrived, as on a full disk. The next one begins on a line of its own then. Uses streams, since an interrupt would close a
 * channel. Not thread-safe.
 */
public final class LineFile implements Closeable {

    private final OutputStream out;

    /** The same file, to look at its end; null for what has none that can be read: a pipe, a device. */
    private final @Nullable RandomAccessFile end;

    /** Whether the last byte of the file may be one of an incomplete line. */
    private boolean doubtful = true;

    LineFile(OutputStream out, @Nullable RandomAccessFile end) {
        this.out = out;
        this.end = end;
    }

    /**
     * Opens a file at its end; it is created if it is not there.
     *
     * @throws IOException when it cannot be opened
     */
    public static LineFile appendTo(Path file) throws IOException {
        FileOutputStream out = new FileOutputStream(file.toFile(), true);
        try {
            boolean hasEnd = Files.isRegularFile(file) && Files.isReadable(file);
            return new LineFile(out, hasEnd ? new RandomAccessFile(file.toFile(), "r") : null);
        } catch (IOException e) {
            out.close();
            throw e;
        }
    }

    /**
     * Appends a line.
     *
     * @param line ASCII, without a line end
     * @throws IOException when it was not written as a whole
     */
    public void write(String line) throws IOException {
        String begin = doubtful && endsInsideLine() ? "\n" : "";
        doubtful = true;
        out.write((begin + line + System.lineSeparator()).getBytes(StandardCharsets.US_ASCII));
        doubtful = false;
    }

    private boolean endsInsideLine() throws IOException {
        if (end == null || end.length() == 0) {
            return false;
        }
        end.seek(end.length() - 1);
        return end.read() != '\n';
    }

    @Override
    public void close() throws IOException {
        try (out) {
            if (end != null) {
                end.close();
            }
        }
    }
}
