package dev.lockstep.server.log;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A line for each connection, when it is over. No line is left out, unless the output is too slow. Thread-safe. */
public final class AccessLog implements AutoCloseable {

    private final LogFormat format;
    private final Clock clock;
    private final AsyncLines lines;
    private final @Nullable Path file;
    private Writer out;

    private AccessLog(Writer out, @Nullable Path file, LogFormat format, Clock clock) {
        this.out = out;
        this.file = file;
        this.format = format;
        this.clock = clock;
        this.lines = new AsyncLines("lockstep-access-log", this::write, () -> {});
    }

    /** Writes to a stream, which stays open. */
    public static AccessLog to(PrintWriter out, LogFormat format, Clock clock) {
        return new AccessLog(out, null, format, clock);
    }

    /**
     * Appends to a file.
     *
     * @throws IOException when it cannot be opened
     */
    public static AccessLog appendTo(Path file, LogFormat format, Clock clock) throws IOException {
        return new AccessLog(open(file), file, format, clock);
    }

    private static Writer open(Path file) throws IOException {
        return Files.newBufferedWriter(
                file, StandardCharsets.US_ASCII, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    /** Logs a connection that is over. */
    public void log(Map<String, Object> fields) {
        lines.add(format.line(clock.instant().truncatedTo(ChronoUnit.MILLIS), Level.INFO, "connection", "", fields));
    }

    /** Opens the file again, which may have been renamed to begin another one. */
    public void reopen() {
        Path path = file;
        if (path != null) {
            lines.execute(() -> {
                try {
                    Writer fresh = open(path);
                    out.close();
                    out = fresh;
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
    }

    private void write(String line) {
        try {
            out.write(line + System.lineSeparator());
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns how many lines were lost. */
    public long lost() {
        return lines.lost();
    }

    @Override
    public void close() {
        lines.close();
    }
}
