package dev.lockstep.nio;

import java.util.Comparator;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * How many bytes the connections of a loop hold, and which of them to end when it is too much: the handshake that holds
 * most, else the established connection that does.
 */
final class Holdings {

    /** What a connection is known to hold; belongs to it for its whole life. */
    static final class Entry {
        final Connection connection;
        private long bytes;
        private boolean handshake;
        private boolean queued;

        Entry(Connection connection) {
            this.connection = connection;
        }
    }

    private final long most;
    private long total;

    /** The one to end first is the last one. Connections that hold what every connection holds are not among them. */
    private final TreeSet<Entry> byWeight = new TreeSet<>(Comparator.comparing((Entry entry) -> entry.handshake)
            .thenComparingLong(entry -> entry.bytes)
            .thenComparingLong(entry -> entry.connection.id));

    Holdings(Limits limits) {
        this.most = limits.memory();
    }

    /** Takes note of what a connection holds now. */
    void update(Entry entry, long bytes, boolean handshake) {
        if (entry.bytes == bytes && entry.handshake == handshake) {
            return;
        }
        remove(entry);
        entry.bytes = bytes;
        entry.handshake = handshake;
        total += bytes;
        if (bytes > Limits.COST_OF_A_CONNECTION) {
            entry.queued = byWeight.add(entry);
        }
    }

    void remove(Entry entry) {
        if (entry.queued) {
            byWeight.remove(entry);
            entry.queued = false;
        }
        total -= entry.bytes;
        entry.bytes = 0;
    }

    /** Returns the connection to end because all of them hold too much; null when they do not. */
    @Nullable
    Connection excess() {
        return total <= most || byWeight.isEmpty() ? null : byWeight.last().connection;
    }

    long total() {
        return total;
    }
}
