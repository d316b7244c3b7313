package dev.lockstep.server.log;

/**
 * Whether a log other than the event log can be written: tells the event log when it begins to fail and when it works again,
 * each once, with the lines that were lost in between. What cannot be told, since memory has run out, is told the next time:
 * only {@link #overflowed} throws anything. Not thread-safe, but for that.
 */
public final class LogHealth {

    private final EventLog events;
    private final String name;
    private final String file;
    private boolean failing;
    private long lost;

    /**
     * Makes that of a log which works.
     *
     * @param events receives {@code log-failing} and {@code log-working}
     * @param name what log it is, for example {@code access-log}
     * @param file where it is written
     */
    public LogHealth(EventLog events, String name, String file) {
        this.events = events;
        this.name = name;
        this.file = file;
    }

    /**
     * A line was lost.
     *
     * @param cause why; the first one is told
     */
    public void lost(Throwable cause) {
        lost++;
        failing("its lines are lost", cause);
    }

    /**
     * Something has failed by which no line is lost.
     *
     * @param effect for people, in a few words
     * @param cause why; the first one is told
     */
    void failing(String effect, Throwable cause) {
        if (failing) {
            return;
        }
        try {
            String reason = cause.getMessage();
            events.log(event(EventType.LOG_FAILING, "a log fails, and is tried again: " + effect)
                    .with("reason", reason == null ? cause.toString() : reason));
            failing = true;
        } catch (RuntimeException | Error e) {
            // It is told with the next failure.
        }
    }

    /** Everything has succeeded. */
    public void working() {
        if (!failing && lost == 0) {
            return;
        }
        try {
            events.log(event(EventType.LOG_WORKING, "a log works again").with("lostLines", lost));
            failing = false;
            lost = 0;
        } catch (RuntimeException | Error e) {
            // It is told with the next success.
        }
    }

    private LogEvent event(EventType type, String message) {
        return LogEvent.of(type, message).with("log", name).with("file", file);
    }

    /** Lines were lost without a failure, since the output is too slow. Any thread. */
    void overflowed(long count) {
        events.log(LogEvent.of(EventType.LINES_LOST, count + " lines were lost: their reader is too slow")
                .with("count", count)
                .with("log", name));
    }
}
