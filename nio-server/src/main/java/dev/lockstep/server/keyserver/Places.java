package dev.lockstep.server.keyserver;

import java.util.Comparator;
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
 * A connection that its client no longer uses, or no longer has without the key server knowing, keeps no place for ever: it
 * makes room for a newcomer. On the loop's thread.
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

    /** Gives a connection whose client is known a place, if the listener and the client's share have one or can make one. */
    boolean settle(ClientConnection client, PeerShare share, long now) {
        unknown.remove(client);
        if (share.connections >= limits.connectionsPerPeer()) {
            if (!makeRoom(unusedOf(share, now))) {
                return false;
            }
        } else if (known.size() >= limits.connections() && !makeRoom(ofRicherPeer(share, now))) {
            return false;
        }
        share.connections++;
        known.add(client);
        return true;
    }

    private static boolean makeRoom(@Nullable ClientConnection leaving) {
        if (leaving == null) {
            return false;
        }
        leaving.makeRoom();
        return true;
    }

    /**
     * Returns the peer's connection that has been idle for longest. Connections that are in use stay: otherwise the links of a
     * client that has more of them than places would replace each other without end.
     */
    private @Nullable ClientConnection unusedOf(PeerShare share, long now) {
        return known.stream()
                .filter(each -> each.share() == share
                        && each.openRequests() == 0
                        && each.idleNanos(now) >= KeyServerLimits.UNUSED_NANOS)
                .max(Comparator.comparingLong(each -> each.idleNanos(now)))
                .orElse(null);
    }

    /**
     * Returns a connection of a peer that will still have as many as the newcomer's, or more: without requests if there is
     * one, of the peer with the most connections, idle for longest.
     */
    private @Nullable ClientConnection ofRicherPeer(PeerShare share, long now) {
        return known.stream()
                .filter(each -> each.share().connections > share.connections + 1)
                .max(Comparator.<ClientConnection, Boolean>comparing(each -> each.openRequests() == 0)
                        .thenComparingInt(each -> each.share().connections)
                        .thenComparingLong(each -> each.idleNanos(now)))
                .orElse(null);
    }

    /** A connection has ended. */
    void leave(ClientConnection client, @Nullable PeerShare share) {
        unknown.remove(client);
        if (known.remove(client) && share != null) {
            share.connections--;
        }
    }
}
