package dev.lockstep.server.audit;

import java.io.Closeable;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;

/** The end of a file, to which lines are added. */
interface LogOutput extends Closeable {

    /** Adds {@code line}; it is the operating system's when this returns. */
    void write(byte[] line) throws IOException;

    /** Waits until what was written is on the disk. */
    void sync() throws IOException;

    /**
     * Writes what the file has from there on once more, in its place, so that the next {@link #sync} tries all of it again.
     *
     * @param from in bytes from the beginning
     */
    void rewrite(long from) throws IOException;

    /** How a file is opened at its end. */
    @FunctionalInterface
    interface Opener {
        LogOutput open(Path file) throws IOException;
    }

    /** A plain stream: an interrupted thread does not close it, as it would close a channel. */
    static LogOutput ofFile(Path file) throws IOException {
        FileOutputStream out = new FileOutputStream(file.toFile(), true);
        return new LogOutput() {
            @Override
            public void write(byte[] line) throws IOException {
                out.write(line);
            }

            @Override
            public void sync() throws IOException {
                out.getFD().sync();
            }

            @Override
            public void rewrite(long from) throws IOException {
                writeAgain(file, from);
            }

            @Override
            public void close() throws IOException {
                out.close();
            }
        };
    }

    private static void writeAgain(Path file, long from) throws IOException {
        byte[] part = new byte[64 * 1024];
        try (RandomAccessFile again = new RandomAccessFile(file.toFile(), "rw")) {
            long at = from;
            again.seek(at);
            for (int count = again.read(part); count > 0; count = again.read(part)) {
                again.seek(at);
                again.write(part, 0, count);
                at += count;
            }
        }
    }
}
