package dev.lockstep.server.log;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * Where events are logged: a line each, at most {@value LineLimit#LINES} of a type and level in {@value
 * LineLimit#SPAN_SECONDS} seconds, written by a thread of its own. The lines that are left out, and those that are lost, are
 * counted in the log itself. Thread-safe.
 */
public final class EventLog implements AutoCloseable {

    private final Logger logger;
    private final LogFormat format;
    private final Clock clock;
    private final LineLimit limit = new LineLimit();
    private final AsyncLines<Line> lines;

    /** How many lost lines the log has told of. Belongs to the thread of the log, as what follows. */
    private long lostTold;

    private long overflowTold;
    private @Nullable String failure;

    private record Line(Level level, String text) {}

    private EventLog(Logger logger, LogFormat format, Clock clock) {
        this.logger = logger;
        this.format = format;
        this.clock = clock;
        this.lines = new AsyncLines<>("lockstep-log", this::print, this::tellLosses);
    }

    /**
     * Logs to a stream.
     *
     * @param least events of a lower level are dropped
     */
    public static EventLog to(PrintWriter out, LogFormat format, Level least, Clock clock) {
        return to(LineOutput.of(out), format, least, clock);
    }

    static EventLog to(LineOutput out, LogFormat format, Level least, Clock clock) {
        EventLog log = new EventLog(new LineLogger("dev.lockstep.server", out, least), format, clock);
        log.lines.start();
        return log;
    }

    /** Logs an event, unless there were too many of its kind. */
    public void log(LogEvent event) {
        if (!logger.isLoggable(event.level())) {
            return;
        }
        if (!event.type().isLimited()
                || limit.admits(new LineLimit.Kind(event.type(), event.level()), System.nanoTime())) {
            write(event);
        }
    }

    /** Logs a sentence without fields. */
    public void log(EventType type, String message) {
        log(LogEvent.of(type, message));
    }

    private void write(LogEvent event) {
        lines.add(line(event));
    }

    private Line line(LogEvent event) {
        return new Line(
                event.level(),
                format.line(
                        clock.instant().truncatedTo(ChronoUnit.MILLIS),
                        event.level(),
                        event.type().label(),
                        event.message(),
                        event.fields()));
    }

    private void print(Line line) throws IOException {
        try {
            logger.log(line.level(), line.text());
        } catch (UncheckedIOException e) {
            Throwable cause = e.getCause();
            failure = cause == null ? e.getMessage() : cause.getMessage();
            throw new IOException(failure, e);
        }
    }

    /** On the thread of the log. */
    private void tellLosses() {
        tellSuppressed(false);
        try {
            tellLost();
        } catch (IOException e) {
            // The output still fails: it is tried again a second later. This line is none of the lost ones.
        }
    }

    private void tellSuppressed(boolean all) {
        limit.expire(
                System.nanoTime(),
                all,
                (kind, left) -> write(LogEvent.of(
                                EventType.SUPPRESSED,
                                left + " lines about " + kind.type().label() + " were left out")
                        .with("of", kind.type().label())
                        .with("ofLevel", kind.level())
                        .with("count", left)));
    }

    private void tellLost() throws IOException {
        long overflowed = lines.overflowed();
        long lost = lines.lost() - lostTold;
        if (lost <= 0) {
            return;
        }
        boolean slow = lost == overflowed - overflowTold;
        print(line(LogEvent.of(
                        EventType.LINES_LOST,
                        lost + " lines were lost: " + (slow ? "their reader is too slow" : "they could not be written"))
                .with("count", lost)
                .with("reason", slow ? null : failure)));
        lostTold += lost;
        overflowTold = overflowed;
    }

    /** Returns how many lines were lost because the output did not take them, or not in time. */
    public long lost() {
        return lines.lost();
    }

    /** Waits until what was logged is written, for two seconds at most. */
    public void flush() {
        lines.flush();
    }

    @Override
    public void close() {
        tellSuppressed(true);
        lines.close();
    }
}
