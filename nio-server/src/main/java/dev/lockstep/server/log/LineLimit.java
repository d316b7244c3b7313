package dev.lockstep.server.log;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;

/**
 * How many lines of each kind are written: what strangers can cause must not fill a disk. What is left out is counted, and
 * the count is told when the span is over. Thread-safe.
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

    private final Map<EventType, Window> windows = new EnumMap<>(EventType.class);

    /** Returns whether another line of this kind may be written. */
    synchronized boolean admits(EventType type, long now) {
        Window window = windows.computeIfAbsent(type, any -> new Window());
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
    synchronized void expire(long now, boolean all, BiConsumer<EventType, Integer> told) {
        windows.forEach((type, window) -> {
            if (window.lines > 0 && (all || now - window.since >= SPAN)) {
                int left = window.left;
                window.lines = 0;
                window.left = 0;
                if (left > 0) {
                    told.accept(type, left);
                }
            }
        });
    }
}
