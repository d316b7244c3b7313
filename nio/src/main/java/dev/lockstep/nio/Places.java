package dev.lockstep.nio;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The open connections of a loop, and which of them to end when there is no room: the oldest of those that have sent no
 * complete ClientHello, else the oldest of those in their first handshake. Established connections are never ended for it.
 */
final class Places {

    private final int most;
    private final long evictableNanos;
    private final Set<Connection> hello = new LinkedHashSet<>();
    private final Set<Connection> handshake = new LinkedHashSet<>();
    private final Set<Connection> others = new LinkedHashSet<>();

    Places(Limits limits) {
        this.most = limits.connections();
        this.evictableNanos = limits.evictable().toNanos();
    }

    int size() {
        return hello.size() + handshake.size() + others.size();
    }

    boolean isFull() {
        return size() >= most;
    }

    /** Enters the connection by its state, or moves it to where it belongs now. */
    void put(Connection connection) {
        Set<Connection> set = setOf(connection.channelState());
        if (!set.contains(connection)) {
            remove(connection);
            set.add(connection);
        }
    }

    void remove(Connection connection) {
        if (!hello.remove(connection) && !handshake.remove(connection)) {
            others.remove(connection);
        }
    }

    private Set<Connection> setOf(ChannelState state) {
        return switch (state) {
            case HELLO -> hello;
            case HANDSHAKE -> handshake;
            case OPEN, INPUT_ENDED, HALF_CLOSED, ENDED, FLUSHING, DRAINING, CLOSED -> others;
        };
    }

    /** Returns the connection to end in favour of a new one; null if none is old enough. */
    @Nullable
    Connection evictable(long now) {
        Connection silent = oldest(hello);
        if (silent != null && ageOf(silent, now) >= evictableNanos) {
            return silent;
        }
        Connection slow = oldest(handshake);
        return slow != null && ageOf(slow, now) >= evictableNanos ? slow : null;
    }

    /** Returns in how many nanoseconds there will be an evictable connection; {@link Long#MAX_VALUE} for never. */
    long nanosToEvictable(long now) {
        long least = Long.MAX_VALUE;
        for (Set<Connection> set : List.of(hello, handshake)) {
            Connection candidate = oldest(set);
            if (candidate != null) {
                least = Math.min(least, Math.max(0, evictableNanos - ageOf(candidate, now)));
            }
        }
        return least;
    }

    Set<Connection> copy() {
        Set<Connection> all = new LinkedHashSet<>(hello);
        all.addAll(handshake);
        all.addAll(others);
        return all;
    }

    private static @Nullable Connection oldest(Set<Connection> set) {
        return set.isEmpty() ? null : set.iterator().next();
    }

    private static long ageOf(Connection connection, long now) {
        return now - connection.acceptedNanos;
    }
}
