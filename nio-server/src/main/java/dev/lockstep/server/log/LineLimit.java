package dev.lockstep.server.log;

import java.lang.System.Logger.Level;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.ObjIntConsumer;

/**
 * How many lines of each type and level are written: what strangers can cause must not fill a disk. What is left out is
 * counted, and the count is told when the span is over. The level counts because one type can have both: what strangers
 * cause, and faults of this server, which must not be hidden by it. Thread-safe.
 */
final class LineLimit {

    /** Lines of one kind in one span. */
    static final int LINES = 20;

    static final long SPAN_SECONDS = 10;

    private static final long SPAN = TimeUnit.SECONDS.toNanos(SPAN_SECONDS);

    private static final class Window {
        private long since;
        private int lines;
        private int left;
    }

    /** Lines that are counted together. */
    record Kind(EventType type, Level level) {}

    private final Map<Kind, Window> windows = new HashMap<>();

    /** Returns whether another line of this kind may be written. */
    synchronized boolean admits(Kind kind, long now) {
        Window window = windows.computeIfAbsent(kind, any -> new Window());
        if (window.lines == 0) {
            window.since = now;
        }
        if (window.lines < LINES) {
            window.lines++;
            return true;
        }
        window.left++;
        return false;
    }

    /**
     * Ends the spans that are over.
     *
     * @param all whether those that are not end too
     * @param told receives the kinds of which lines were left out, and how many
     */
    synchronized void expire(long now, boolean all, ObjIntConsumer<Kind> told) {
        windows.forEach((kind, window) -> {
            if (window.lines > 0 && (all || now - window.since >= SPAN)) {
                if (window.left > 0) {
                    told.accept(kind, window.left); // first: if it throws, the count is told the next time
                }
                window.lines = 0;
                window.left = 0;
            }
        });
    }
}
