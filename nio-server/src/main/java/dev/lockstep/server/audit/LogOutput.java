package dev.lockstep.server.audit;

import java.io.Closeable;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Path;

/** The end of a file, to which lines are added. */
interface LogOutput extends Closeable {

    /** Adds {@code line}; it is the operating system's when this returns. */
    void write(byte[] line) throws IOException;

    /** Waits until what was written is on the disk. */
    void sync() throws IOException;

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
            public void close() throws IOException {
                out.close();
            }
        };
    }
}
