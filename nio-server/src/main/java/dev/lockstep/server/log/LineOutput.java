package dev.lockstep.server.log;

import dev.lockstep.server.files.LineFile;
import dev.lockstep.server.files.ProcessWriter;
import java.io.Closeable;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;

/** Where the lines of a log go. For one thread. */
interface LineOutput extends Closeable {

    /**
     * Writes a line.
     *
     * @param line without a line end
     * @throws IOException when it was not written as a whole; the next one may be
     */
    void write(String line) throws IOException;

    /** How an output is opened, and opened again. */
    @FunctionalInterface
    interface Opener {
        LineOutput open() throws IOException;
    }

    /** Returns a stream as an output, which stays open. */
    static LineOutput of(PrintWriter out) {
        return new LineOutput() {
            @Override
            public void write(String line) throws IOException {
                if (out instanceof ProcessWriter process) {
                    process.writeLine(line);
                    return;
                }
                out.println(line);
                if (out.checkError()) {
                    throw new IOException("the stream takes no more");
                }
            }

            @Override
            public void close() {
                out.flush();
            }
        };
    }

    /** Opens a file at its end. */
    static LineOutput appendTo(Path path) throws IOException {
        LineFile file = LineFile.appendTo(path);
        return new LineOutput() {
            @Override
            public void write(String line) throws IOException {
                file.write(line);
            }

            @Override
            public void close() throws IOException {
                file.close();
            }
        };
    }
}
