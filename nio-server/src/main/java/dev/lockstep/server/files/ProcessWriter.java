package dev.lockstep.server.files;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;

/**
 * The standard output or error stream of the process. What could not be written is lost and not written later in pieces, as
 * buffered streams of the JDK do; after a failure, the next text begins on a line of its own. Thread-safe.
 */
public final class ProcessWriter extends PrintWriter {

    private final Raw raw;

    private ProcessWriter(Raw raw) {
        super(raw, true);
        this.raw = raw;
    }

    /** Returns the stream of a descriptor, flushed with each line. */
    public static ProcessWriter of(FileDescriptor descriptor) {
        return over(new FileOutputStream(descriptor));
    }

    static ProcessWriter over(OutputStream out) {
        return new ProcessWriter(new Raw(out));
    }

    /**
     * Writes a line and tells whether it was written, unlike the other methods.
     *
     * @param line without a line end
     * @throws IOException when it was not written as a whole; the next one may be
     */
    public void writeLine(String line) throws IOException {
        synchronized (lock) {
            raw.flush();
            raw.write(line + System.lineSeparator());
            raw.flush();
        }
    }

    /** Keeps text until the next flush, and no longer. */
    private static final class Raw extends Writer {

        private static final int MOST_KEPT = 8192;

        private final OutputStream out;
        private final StringBuilder kept = new StringBuilder();
        private boolean torn;

        Raw(OutputStream out) {
            this.out = out;
        }

        @Override
        public void write(char[] text, int offset, int length) throws IOException {
            kept.append(text, offset, length);
            if (kept.length() >= MOST_KEPT) {
                flush();
            }
        }

        @Override
        public void flush() throws IOException {
            if (kept.isEmpty()) {
                return;
            }
            byte[] bytes = ((torn ? System.lineSeparator() : "") + kept).getBytes(StandardCharsets.UTF_8);
            kept.setLength(0);
            torn = true;
            out.write(bytes);
            torn = false;
        }

        @Override
        public void close() throws IOException {
            try (out) {
                flush();
            }
        }
    }
}
