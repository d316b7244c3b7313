package dev.lockstep.server.keyserver;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The places for connections at one listener. Clients that nothing is known of have a few of their own, so that they take
 * no place from a client that is known. When those are taken, the next one replaces the oldest of the address that has most,
 * first one that has said nothing: a flood from a few addresses does not drive out the client that is about to say who it is.
 * On the loop's thread.
 */
final class Places {

    private final KeyServerLimits limits;
    private final Set<ClientConnection> unknown = new LinkedHashSet<>();
    private final Set<ClientConnection> known = new LinkedHashSet<>();

    Places(KeyServerLimits limits) {
        this.limits = limits;
    }

    /** Takes a connection whose client is not known yet. */
    void arrive(ClientConnection client) {
        unknown.add(client);
    }

    /**
     * Answers a connection that has to end because too many are unknown; null when there is none.
     *
     * @param heard whether a client has sent something that it has had no turn for
     */
    @Nullable
    ClientConnection excess(Predicate<ClientConnection> heard) {
        if (unknown.size() <= limits.unknownConnections()) {
            return null;
        }
        Map<String, Integer> counts = unknownByOrigin();
        int most = counts.values().stream().max(Integer::compare).orElse(0);
        ClientConnection oldest = null;
        for (ClientConnection each : unknown) {
            if (counts.getOrDefault(each.origin(), 0) == most) {
                if (each.isSilent() && !heard.test(each)) {
                    return each;
                }
                oldest = oldest == null ? each : oldest;
            }
        }
        return oldest;
    }

    /** How many connections of unknown clients each origin has. */
    Map<String, Integer> unknownByOrigin() {
        Map<String, Integer> counts = new HashMap<>();
        for (ClientConnection each : unknown) {
            counts.merge(each.origin(), 1, Integer::sum);
        }
        return counts;
    }

    /** Gives a connection whose client is known a place, if the listener and the client's share have one. */
    boolean settle(ClientConnection client, PeerShare share) {
        unknown.remove(client);
        if (known.size() >= limits.connections() || share.connections >= limits.connectionsPerPeer()) {
            return false;
        }
        share.connections++;
        known.add(client);
        return true;
    }

    /** A connection has ended. */
    void leave(ClientConnection client, @Nullable PeerShare share) {
        unknown.remove(client);
        if (known.remove(client) && share != null) {
            share.connections--;
        }
    }
}
