package dev.lockstep.server.keyserver;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;

/**
 * The connections of a key server that have something to do, and the turns in which they do it, each a bounded share. What one of
 * them meets, a defect included, ends that one alone. On the loop's thread.
 */
final class Turns {

    private static final int HANDSHAKES_AT_ONCE = 2;

    private final KeyServer server;
    private final Places places;
    private final Set<ClientConnection> due = new LinkedHashSet<>();

    Turns(KeyServer server, Places places) {
        this.server = server;
        this.places = places;
    }

    /** A connection has something to do. */
    void add(ClientConnection client) {
        due.add(client);
    }

    /** Whether no connection has anything to do. */
    boolean isEmpty() {
        return due.isEmpty();
    }

    /** Ends connections of unknown clients as long as there are too many. */
    void evict() {
        ClientConnection excess = places.excess(due::contains);
        while (excess != null) {
            end(excess);
            excess = places.excess(due::contains);
        }
    }

    /**
     * Gives a turn to all known clients, and to few of the others: a turn of theirs may be a TLS handshake's computation. First are
     * those of the addresses that have fewest, so that a newcomer does not wait for a flood from elsewhere.
     */
    void give() {
        List<ClientConnection> unknown = new ArrayList<>();
        for (ClientConnection client : List.copyOf(due)) {
            if (client.isSettled()) {
                due.remove(client);
                turn(client);
            } else {
                unknown.add(client);
            }
        }
        if (unknown.size() > HANDSHAKES_AT_ONCE) {
            Map<String, Integer> counts = places.unknownByOrigin();
            unknown.sort(Comparator.comparingInt(client -> counts.getOrDefault(client.origin(), 0)));
        }
        for (ClientConnection client : unknown.subList(0, Math.min(HANDSHAKES_AT_ONCE, unknown.size()))) {
            due.remove(client);
            turn(client);
        }
    }

    private void turn(ClientConnection client) {
        guarded(client, () -> {
            client.turn(server.now());
            return client.wantsTurn();
        });
    }

    /**
     * Boundary of a client: a defect that one of them meets must not end the others.
     *
     * @param share says whether the client has a turn to come
     */
    void guarded(ClientConnection client, BooleanSupplier share) {
        try {
            if (share.getAsBoolean()) {
                due.add(client);
            }
        } catch (RuntimeException | Error e) {
            end(client);
            server.defect("in the connection of ", client.where(), e);
        }
    }

    /** Ends a connection; its place and its descriptor are free then, whatever fails. */
    void end(ClientConnection client) {
        try {
            client.end();
        } catch (RuntimeException | Error e) { // boundary, as for a turn
            server.defect("in the connection of ", client.where(), e);
        }
    }
}
