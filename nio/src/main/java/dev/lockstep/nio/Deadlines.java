package dev.lockstep.nio;

import java.util.Comparator;
import java.util.OptionalLong;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The times by which connections must be called, in nanoseconds of {@link System#nanoTime}. An entry is moved to an
 * earlier time immediately and to a later one only when it falls due, so ordinary traffic does not touch the set.
 */
final class Deadlines {

    /** An entry; belongs to one connection for its whole life. */
    static final class Entry {
        final long id;
        final Connection connection;
        private long at;
        private boolean queued;

        Entry(long id, Connection connection) {
            this.id = id;
            this.connection = connection;
        }
    }

    // nanoTime may wrap: differences are compared, never values.
    private final TreeSet<Entry> entries = new TreeSet<>(
            ((Comparator<Entry>) (a, b) -> Long.signum(a.at - b.at)).thenComparingLong(entry -> entry.id));

    /** Makes sure that {@code entry} falls due no later than {@code at}; empty leaves it as it is. */
    void require(Entry entry, OptionalLong at) {
        if (at.isEmpty() || (entry.queued && entry.at - at.getAsLong() <= 0)) {
            return;
        }
        remove(entry);
        entry.at = at.getAsLong();
        entry.queued = true;
        entries.add(entry);
    }

    void remove(Entry entry) {
        if (entry.queued) {
            entries.remove(entry);
            entry.queued = false;
        }
    }

    /**
     * Takes out one entry that is due and returns it; null if there is none. Its connection may have moved its
     * deadline.
     */
    @Nullable
    Entry pollDue(long now) {
        if (entries.isEmpty() || entries.first().at - now > 0) {
            return null;
        }
        Entry due = entries.first();
        remove(due);
        return due;
    }

    /** Returns how long a selector may sleep, in milliseconds rounded up; empty for no limit. */
    OptionalLong sleepMillis(long now) {
        if (entries.isEmpty()) {
            return OptionalLong.empty();
        }
        long nanos = entries.first().at - now;
        return OptionalLong.of(nanos <= 0 ? 0 : (nanos + 999_999) / 1_000_000);
    }
}
