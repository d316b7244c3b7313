package dev.lockstep.nio;

import java.util.concurrent.TimeUnit;

/** The last part of a loop's life: the connections that are open come to their end, or the time does. */
final class Draining {

    /** How often handlers are asked to come to an end. */
    static final long EVERY_MILLIS = 50;

    private static final long EVERY_NANOS = TimeUnit.MILLISECONDS.toNanos(EVERY_MILLIS);

    private final Places places;
    private final long begin;
    private final long limitNanos;
    private long asked;

    Draining(Places places, long now, long limitNanos) {
        this.places = places;
        this.begin = now;
        this.limitNanos = limitNanos;
        this.asked = now - EVERY_NANOS;
    }

    /** Asks the handlers when it is time, and returns whether the loop may end. */
    boolean isOver(long now) {
        if (now - asked >= EVERY_NANOS) {
            asked = now;
            for (Connection connection : places.copy()) {
                if (connection.tls.state() == ChannelState.OPEN) {
                    connection.drain();
                }
            }
        }
        return places.size() == 0 || now - begin >= limitNanos;
    }
}
