package dev.lockstep.server;

import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Passes lines on, so many in ten seconds: what strangers can cause must not fill a disk. Thread-safe. */
public final class RateLimitedLines implements Consumer<String> {

    private static final int LINES = 20;
    private static final long SPAN = TimeUnit.SECONDS.toNanos(10);

    private final Consumer<String> to;
    private long since = System.nanoTime();
    private int lines;

    public RateLimitedLines(Consumer<String> to) {
        this.to = to;
    }

    @Override
    public synchronized void accept(String line) {
        long now = System.nanoTime();
        if (now - since >= SPAN) {
            since = now;
            lines = 0;
        }
        lines++;
        if (lines <= LINES) {
            to.accept(line);
        } else if (lines == LINES + 1) {
            to.accept("more of the like is left out for ten seconds");
        }
    }
}
