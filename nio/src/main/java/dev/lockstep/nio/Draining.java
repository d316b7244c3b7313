package dev.lockstep.nio;

import java.util.ArrayDeque;

/**
 * The last part of a loop's life: the connections that are open come to their end, or the time does. Each handler is asked
 * once to come to an end; after that, connections are served only when something happens, so that many idle ones cost
 * nothing.
 */
final class Draining {

    /** How many handlers are asked in a turn of the loop, so that they do not starve the sockets. */
    private static final int ASKED_AT_ONCE = 256;

    private final Places places;
    private final long begin;
    private final long limitNanos;
    private final ArrayDeque<Connection> unasked;

    Draining(Places places, long now, long limitNanos) {
        this.places = places;
        this.begin = now;
        this.limitNanos = limitNanos;
        this.unasked = new ArrayDeque<>(places.copy());
    }

    /** A handshake is complete that was not when the draining began. */
    void established(Connection connection) {
        unasked.add(connection);
    }

    /** Returns for how long nothing is due, in nanoseconds. */
    long sleepNanos(long now) {
        return unasked.isEmpty() ? Math.max(0, limitNanos - (now - begin)) : 0;
    }

    /** Asks handlers that were not asked yet, a bounded number of them, and returns whether the loop may end. */
    boolean isOver(long now) {
        for (int i = 0; i < ASKED_AT_ONCE && !unasked.isEmpty(); i++) {
            Connection next = unasked.remove();
            ChannelState state = next.tls.state();
            boolean flows = state.compareTo(ChannelState.OPEN) >= 0 && state.compareTo(ChannelState.ENDED) < 0;
            if (!next.toldToEnd && flows) {
                next.toldToEnd = true;
                next.drain();
            }
        }
        return places.size() == 0 || now - begin >= limitNanos;
    }
}
