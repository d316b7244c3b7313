package dev.lockstep.server.log;

import java.io.IOException;
import java.io.PrintWriter;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A line for each connection, when it is over. No line is left out, unless the output fails or is too slow: the event log
 * tells of that, and of lost lines. Thread-safe.
 */
public final class AccessLog implements AutoCloseable {

    private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** The thread of the lines is held up by its output when it has not been idle for so long. */
    private static final long HELD_UP_NANOS = TimeUnit.SECONDS.toNanos(2);

    private static final String NAME = "access-log";

    private final LogFormat format;
    private final Clock clock;
    private final AsyncLines<String> lines;
    private final LineOutput.@Nullable Opener opener;
    private volatile boolean reopening;

    /** Belongs to the thread of the lines, as what follows. */
    private LineOutput out;

    private final LogHealth writing;
    private final LogHealth opening;
    private long retryAt = System.nanoTime();

    private final ReentrantLock telling = new ReentrantLock();

    /** How many lines without room the event log was told of, and when it was looked at. Under {@link #telling}. */
    private long overflowTold;

    private volatile long lookedAt = System.nanoTime();

    private AccessLog(
            LineOutput out,
            LineOutput.@Nullable Opener opener,
            String file,
            LogFormat format,
            Clock clock,
            EventLog events) {
        this.out = out;
        this.opener = opener;
        this.format = format;
        this.clock = clock;
        this.writing = new LogHealth(events, NAME, file);
        this.opening = new LogHealth(events, NAME, file);
        this.lines = new AsyncLines<>("lockstep-access-log", this::write, this::idle);
        this.lines.start();
    }

    /**
     * Writes to a stream, which stays open.
     *
     * @param events receives what goes wrong; it is closed later than this log
     */
    public static AccessLog to(PrintWriter out, LogFormat format, Clock clock, EventLog events) {
        return new AccessLog(LineOutput.of(out), null, "-", format, clock, events);
    }

    /**
     * Appends to a file.
     *
     * @param events receives what goes wrong; it is closed later than this log
     * @throws IOException when it cannot be opened
     */
    public static AccessLog appendTo(Path file, LogFormat format, Clock clock, EventLog events) throws IOException {
        return appendTo(() -> LineOutput.appendTo(file), file, format, clock, events);
    }

    static AccessLog appendTo(LineOutput.Opener opener, Path file, LogFormat format, Clock clock, EventLog events)
            throws IOException {
        return new AccessLog(opener.open(), opener, file.toString(), format, clock, events);
    }

    /** Logs a connection that is over. */
    public void log(Map<String, Object> fields) {
        String line = format.line(clock.instant().truncatedTo(ChronoUnit.MILLIS), Level.INFO, "connection", "", fields);
        if (!lines.add(line) && System.nanoTime() - lookedAt >= HELD_UP_NANOS) {
            tellOverflow(); // the thread of the lines cannot: a pipe that is not read holds it
        }
    }

    private void tellOverflow() {
        if (!telling.tryLock()) {
            return;
        }
        try {
            lookedAt = System.nanoTime();
            long overflowed = lines.overflowed();
            if (overflowed > overflowTold) {
                writing.overflowed(overflowed - overflowTold);
                overflowTold = overflowed;
            }
        } finally {
            telling.unlock();
        }
    }

    /**
     * Opens the file again soon, which may have been renamed to begin another one. If that fails, it is tried again every
     * second, and the file that is open receives the lines until then.
     */
    public void reopen() {
        reopening = opener != null;
    }

    private void write(String line) throws IOException {
        openAgain();
        try {
            out.write(line);
        } catch (IOException | RuntimeException | Error e) {
            writing.lost(e);
            throw e;
        }
        writing.working();
    }

    private void idle() {
        openAgain();
        tellOverflow();
    }

    /** Throws nothing: the line that is to be written next would be lost. */
    private void openAgain() {
        LineOutput.Opener again = opener;
        if (!reopening || again == null || System.nanoTime() - retryAt < 0) {
            return;
        }
        reopening = false; // before the file is opened: who asks meanwhile asks for another time
        LineOutput old = out;
        try {
            out = again.open();
        } catch (IOException | RuntimeException | Error e) {
            reopening = true;
            retryAt = System.nanoTime() + RETRY_NANOS;
            opening.failing("it cannot be opened again, the file that is open receives its lines", e);
            return;
        }
        opening.working();
        closeQuietly(old);
    }

    private static void closeQuietly(LineOutput old) {
        try {
            old.close();
        } catch (IOException | RuntimeException | Error ignored) {
            // Every line was written when it came: nothing is lost, and the descriptor is released.
        }
    }

    /** Returns how many lines were lost. */
    public long lost() {
        return lines.lost();
    }

    @Override
    public void close() {
        lines.close();
        tellOverflow();
    }
}
