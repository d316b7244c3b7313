package dev.lockstep.server.keyserver;

import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The places for connections at one listener. Clients that nothing is known of have a few of their own, which the oldest
 * of them loses to the next, so that they take no place from a client that is known. On the loop's thread.
 */
final class Places {

    private final KeyServerLimits limits;
    private final Set<ClientConnection> unknown = new LinkedHashSet<>();
    private final Set<ClientConnection> known = new LinkedHashSet<>();

    Places(KeyServerLimits limits) {
        this.limits = limits;
    }

    /** Takes a connection whose client is not known yet. Answers the one that has to leave for it, null for none. */
    @Nullable
    ClientConnection arrive(ClientConnection client) {
        unknown.add(client);
        return unknown.size() <= limits.unknownConnections()
                ? null
                : unknown.iterator().next();
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
