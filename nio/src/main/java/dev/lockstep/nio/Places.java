package dev.lockstep.nio;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The open connections of a loop, and which of them to end when there is no room: the oldest of those that have sent no
 * complete ClientHello, else the oldest of those in their first handshake. Established connections are never ended for it.
 * A network that has its share of the places gets another one only in the same way, in exchange for one of its own.
 */
final class Places {

    /** What one network has. */
    private static final class Share {
        private int connections;
        private final Set<Connection> hello = new LinkedHashSet<>();
        private final Set<Connection> handshake = new LinkedHashSet<>();

        /** Moves a connection from where it was, or removes one that is established or over. */
        private void move(Connection connection, @Nullable Set<Connection> to) {
            hello.remove(connection);
            handshake.remove(connection);
            if (to != null) {
                to.add(connection);
            }
        }
    }

    private final int most;
    private final int mostOfANetwork;
    private final long evictableNanos;
    private final Set<Connection> hello = new LinkedHashSet<>();
    private final Set<Connection> handshake = new LinkedHashSet<>();
    private final Set<Connection> others = new LinkedHashSet<>();
    private final Map<Network, Share> shares = new HashMap<>();

    Places(Limits limits) {
        this.most = limits.connections();
        this.mostOfANetwork = limits.perNetwork();
        this.evictableNanos = Nanos.of(limits.evictable());
    }

    int size() {
        return hello.size() + handshake.size() + others.size();
    }

    boolean isFull() {
        return size() >= most;
    }

    /** Tells whether a network has all the places that one network may have. */
    boolean isFull(@Nullable Network network) {
        Share share = network == null ? null : shares.get(network);
        return share != null && share.connections >= mostOfANetwork;
    }

    /** Enters a connection that was accepted. */
    void enter(Connection connection) {
        hello.add(connection);
        if (connection.network != null) {
            count(connection, connection.network);
        }
    }

    /** Counts a connection that was entered without a network, and has not begun TLS, as one of a network from now on. */
    void assign(Connection connection, Network network) {
        connection.network = network;
        count(connection, network);
    }

    private void count(Connection connection, Network network) {
        Share share = shares.computeIfAbsent(network, none -> new Share());
        share.connections++;
        share.hello.add(connection);
    }

    /** Moves a connection that was entered to where it belongs now. */
    void update(Connection connection) {
        Set<Connection> set = setOf(connection.tls.state());
        if (!set.contains(connection) && removeFromSets(connection)) {
            set.add(connection);
            Share share = connection.network == null ? null : shares.get(connection.network);
            if (share != null) {
                share.move(connection, set == handshake ? share.handshake : null);
            }
        }
    }

    void remove(Connection connection) {
        if (!removeFromSets(connection) || connection.network == null) {
            return;
        }
        Share share = shares.get(connection.network);
        if (share != null) {
            share.move(connection, null);
            if (--share.connections == 0) {
                shares.remove(connection.network);
            }
        }
    }

    private boolean removeFromSets(Connection connection) {
        return hello.remove(connection) || handshake.remove(connection) || others.remove(connection);
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
        return evictable(hello, handshake, now);
    }

    /** Returns the connection of a network to end in favour of a new one of it; null if none is old enough. */
    @Nullable
    Connection evictable(@Nullable Network network, long now) {
        Share share = network == null ? null : shares.get(network);
        return share == null ? null : evictable(share.hello, share.handshake, now);
    }

    private @Nullable Connection evictable(Set<Connection> silent, Set<Connection> slow, long now) {
        Connection first = oldest(silent);
        if (isEvictable(first, now)) {
            return first;
        }
        Connection second = oldest(slow);
        return isEvictable(second, now) ? second : null;
    }

    private boolean isEvictable(@Nullable Connection candidate, long now) {
        return candidate != null && ageOf(candidate, now) >= evictableNanos;
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
