package dev.lockstep.server.log;

import java.io.PrintWriter;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Clock;
import java.time.temporal.ChronoUnit;

/**
 * Where events are logged: a line each, at most {@value LineLimit#LINES} of a type and level in {@value
 * LineLimit#SPAN_SECONDS} seconds, written by a thread of its own. The lines that are left out are counted in the log
 * itself. Thread-safe.
 */
public final class EventLog implements AutoCloseable {

    private final Logger logger;
    private final LogFormat format;
    private final Clock clock;
    private final LineLimit limit = new LineLimit();
    private final AsyncLines lines;
    private long lostTold;

    private EventLog(Logger logger, LogFormat format, Clock clock) {
        this.logger = logger;
        this.format = format;
        this.clock = clock;
        this.lines = new AsyncLines("lockstep-log", line -> {}, this::tellLosses);
    }

    /**
     * Logs to a stream.
     *
     * @param least events of a lower level are dropped
     */
    public static EventLog to(PrintWriter out, LogFormat format, Level least, Clock clock) {
        return new EventLog(new LineLogger("dev.lockstep.server", out, least), format, clock);
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
        String line = format.line(
                clock.instant().truncatedTo(ChronoUnit.MILLIS),
                event.level(),
                event.type().label(),
                event.message(),
                event.fields());
        lines.execute(() -> logger.log(event.level(), line));
    }

    /** On the thread of the log, and once more at the end. */
    private void tellLosses() {
        tellLosses(false);
    }

    private synchronized void tellLosses(boolean all) {
        limit.expire(
                System.nanoTime(),
                all,
                (kind, left) -> write(LogEvent.of(
                                EventType.SUPPRESSED,
                                left + " lines about " + kind.type().label() + " were left out")
                        .with("of", kind.type().label())
                        .with("ofLevel", kind.level())
                        .with("count", left)));
        long lost = lines.lost();
        if (lost > lostTold) {
            write(LogEvent.of(EventType.LINES_LOST, (lost - lostTold) + " lines were lost: their reader is too slow")
                    .with("count", lost - lostTold));
            lostTold = lost;
        }
    }

    /** Returns how many lines were lost because the output did not take them in time. */
    public long lost() {
        return lines.lost();
    }

    /** Waits until what was logged is written, for two seconds at most. */
    public void flush() {
        lines.flush();
    }

    @Override
    public void close() {
        tellLosses(true);
        lines.close();
    }
}
