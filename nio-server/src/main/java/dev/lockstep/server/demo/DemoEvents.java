package dev.lockstep.server.demo;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.LongSupplier;

/** The events of a demo, in one order for all viewers. For all threads. */
final class DemoEvents {

    /** How many events a new viewer is told of: three bursts and some more. */
    static final int REMEMBERED = 2000;

    /** How many pages may be open. */
    static final int MOST_VIEWERS = 4;

    private final LongSupplier nanos;
    private final long begin;
    private final Deque<String> recent = new ArrayDeque<>();
    private final List<DemoViewer> viewers = new ArrayList<>();

    /** @param nanos the time, as of {@link System#nanoTime} */
    DemoEvents(LongSupplier nanos) {
        this.nanos = nanos;
        this.begin = nanos.getAsLong();
    }

    /** Begins an event of this moment. */
    DemoEvent event(String kind) {
        return DemoEvent.of(kind, (nanos.getAsLong() - begin) / 1e6);
    }

    /** Passes an event to all viewers, and keeps it for those to come. A viewer that is too slow is dropped. */
    synchronized void publish(DemoEvent event) {
        String message = event.message();
        recent.add(message);
        if (recent.size() > REMEMBERED) {
            recent.remove();
        }
        viewers.removeIf(viewer -> !viewer.offer(message));
    }

    /**
     * Adds a viewer, which first receives {@code greeting} and the events so far.
     *
     * @return false if there are enough of them; then nothing was sent
     */
    synchronized boolean add(DemoViewer viewer, DemoEvent greeting) {
        if (viewers.size() == MOST_VIEWERS) {
            return false;
        }
        viewers.add(viewer);
        viewer.begin(greeting.message() + String.join("", recent));
        return true;
    }

    /** Forgets a viewer that has left. */
    synchronized void remove(DemoViewer viewer) {
        viewers.remove(viewer);
    }
}
