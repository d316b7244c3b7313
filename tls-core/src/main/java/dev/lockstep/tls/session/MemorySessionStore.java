package dev.lockstep.tls.session;

import dev.lockstep.crypto.Wipe;
import dev.lockstep.tls.setting.ConfigException;
import dev.lockstep.tls.wait.Start;
import dev.lockstep.tls.wait.Waker;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A session store in this process. It is bounded in number and in bytes, keeps each session for a limited time, and
 * consists of shards with a lock each, so that many selector threads can share it. When a shard is full, it drops its
 * oldest sessions. Dropped sessions are wiped. Answers immediately; thread-safe. A wall clock that is set back does not keep
 * a session longer: a monotonic clock counts from its {@link #put} on.
 *
 * <p>A session whose lifetime is over is dropped when its shard is used next. Call {@link #dropExpired} from a timer to drop
 * the sessions of an idle store on time.
 *
 * <p>Sessions are kept encoded: some 100 bytes, the names in them and the client's certificates. A session that cannot
 * be encoded ({@link ResumableSession#MAX_ENCODED_LENGTH}) is not kept.
 */
public final class MemorySessionStore implements SessionStore {

    private static final int MOST_SHARDS = 16;
    private static final int LEAST_SHARD = 64;

    /** A shard takes the longest session at least. */
    private static final int LEAST_SHARD_BYTES = 2 * ResumableSession.MAX_ENCODED_LENGTH;

    /** By default; a session of a client with two certificates of EC keys fits. */
    private static final long BYTES_PER_SESSION = 2048;

    /** The objects of an entry beside its encoding, in bytes: id, entry, headers. */
    private static final int ENTRY_BYTES = 200;

    private final Shard[] shards;
    private final InstantSource clock;
    private final LongSupplier nanos;

    /** Creates a store with the system's clock; see {@link #MemorySessionStore(int, Duration, InstantSource)}. */
    public MemorySessionStore(int capacity, Duration lifetime) {
        this(capacity, lifetime, InstantSource.system());
    }

    /**
     * Creates a store of at most 2 KiB for each session of its capacity, and 64 KiB at least.
     *
     * @param capacity the most sessions, 1 to 2^24
     * @param lifetime how long a session is kept after it was created, 1 second to 7 days
     * @param clock the wall clock
     * @throws ConfigException for a value out of range
     */
    public MemorySessionStore(int capacity, Duration lifetime, InstantSource clock) {
        this(capacity, Math.max(LEAST_SHARD_BYTES, BYTES_PER_SESSION * capacity), lifetime, clock);
    }

    /**
     * @param capacity the most sessions, 1 to 2^24
     * @param maxBytes the most bytes that they take together, 2^16 to 2^40
     * @param lifetime how long a session is kept after it was created, 1 second to 7 days
     * @param clock the wall clock
     * @throws ConfigException for a value out of range
     */
    public MemorySessionStore(int capacity, long maxBytes, Duration lifetime, InstantSource clock) {
        this(capacity, maxBytes, lifetime, clock, System::nanoTime);
    }

    /**
     * As {@link #MemorySessionStore(int, long, Duration, InstantSource)}, with a monotonic clock of the caller's.
     *
     * @param nanos the monotonic clock, in nanoseconds
     */
    public MemorySessionStore(int capacity, long maxBytes, Duration lifetime, InstantSource clock, LongSupplier nanos) {
        Objects.requireNonNull(clock, "clock");
        Objects.requireNonNull(nanos, "nanos");
        Objects.requireNonNull(lifetime, "lifetime");
        if (capacity < 1 || capacity > 1 << 24) {
            throw ConfigException.outOfRange("capacity", capacity, "1 to 2^24");
        }
        if (maxBytes < LEAST_SHARD_BYTES || maxBytes > 1L << 40) {
            throw ConfigException.outOfRange("maxBytes", maxBytes, "2^16 to 2^40");
        }
        if (lifetime.compareTo(Duration.ofSeconds(1)) < 0 || lifetime.compareTo(Duration.ofDays(7)) > 0) {
            throw ConfigException.outOfRange("lifetime", lifetime, "1 second to 7 days");
        }
        long lifetimeSeconds = lifetime.toSeconds();
        this.clock = clock;
        this.nanos = nanos;
        long most = Math.min(MOST_SHARDS, Math.min(capacity / LEAST_SHARD, maxBytes / LEAST_SHARD_BYTES));
        int count = Math.max(1, Integer.highestOneBit((int) most));
        this.shards = new Shard[count];
        for (int i = 0; i < count; i++) {
            // together exactly the capacity
            shards[i] = new Shard(capacity / count + (i < capacity % count ? 1 : 0), maxBytes / count, lifetimeSeconds);
        }
    }

    @Override
    public Start<Optional<ResumableSession>> start(SessionLookup lookup, Waker waker) {
        byte[] encoded = shard(lookup.id()).find(lookup.id(), now());
        if (encoded == null) {
            return Start.done(Optional.empty());
        }
        try {
            return Start.done(ResumableSession.decode(encoded));
        } finally {
            Wipe.bytes(encoded);
        }
    }

    @Override
    public void put(SessionId id, ResumableSession session) {
        Optional<byte[]> encoded = session.encode();
        if (encoded.isEmpty()) {
            shard(id).remove(id);
            return;
        }
        Moment now = now();
        shard(id).put(id, new Entry(encoded.get(), new Moment(session.createdAtSeconds(), now.nano())), now);
    }

    @Override
    public void remove(SessionId id) {
        shard(id).remove(id);
    }

    /** Drops and wipes the sessions whose lifetime is over. Looks at one session of each shard if there are none. */
    public void dropExpired() {
        Moment now = now();
        for (Shard shard : shards) {
            shard.dropExpired(now);
        }
    }

    /** Forgets every session. */
    public void clear() {
        for (Shard shard : shards) {
            shard.clear();
        }
    }

    /** Returns how many sessions are kept, some perhaps past their time. */
    public int size() {
        int size = 0;
        for (Shard shard : shards) {
            size += shard.size();
        }
        return size;
    }

    /** Returns how many bytes the sessions that are kept take, their bookkeeping included. */
    public long bytes() {
        long bytes = 0;
        for (Shard shard : shards) {
            bytes += shard.bytes();
        }
        return bytes;
    }

    private Shard shard(SessionId id) {
        int hash = id.hashCode();
        return shards[(hash ^ hash >>> 16) & shards.length - 1];
    }

    private Moment now() {
        return new Moment(clock.instant().getEpochSecond(), nanos.getAsLong());
    }

    /** A session, encoded, which the store wipes when it goes. */
    private static final class Entry {
        private final byte[] encoded;
        /** The second in which the session was created; the nanosecond in which it came here. */
        private final Moment since;

        Entry(byte[] encoded, Moment since) {
            this.encoded = encoded;
            this.since = since;
        }

        int bytes() {
            return ENTRY_BYTES + encoded.length;
        }
    }

    private static final class Shard {
        private final int capacity;
        private final long maxBytes;
        private final long lifetimeSeconds;
        private final Map<SessionId, Entry> sessions = new LinkedHashMap<>(); // oldest first
        private long bytes;

        Shard(int capacity, long maxBytes, long lifetimeSeconds) {
            this.capacity = capacity;
            this.maxBytes = maxBytes;
            this.lifetimeSeconds = lifetimeSeconds;
        }

        /** A copy for the caller to wipe. */
        synchronized byte @Nullable [] find(SessionId id, Moment now) {
            dropExpired(now);
            Entry entry = sessions.get(id);
            if (entry == null) {
                return null;
            }
            if (entry.since.isBefore(now, lifetimeSeconds)) {
                remove(id);
                return null;
            }
            return entry.encoded.clone();
        }

        synchronized void put(SessionId id, Entry entry, Moment now) {
            remove(id);
            dropExpired(now);
            Iterator<Entry> eldest = sessions.values().iterator();
            while (eldest.hasNext() && (sessions.size() >= capacity || bytes + entry.bytes() > maxBytes)) {
                Entry candidate = eldest.next();
                eldest.remove();
                gone(candidate);
            }
            sessions.put(id, entry);
            bytes += entry.bytes();
        }

        /** From the eldest to the first that is not over: sessions come in the order of their creation, or nearly so. */
        synchronized void dropExpired(Moment now) {
            Iterator<Entry> eldest = sessions.values().iterator();
            while (eldest.hasNext()) {
                Entry candidate = eldest.next();
                if (!candidate.since.isBefore(now, lifetimeSeconds)) {
                    return;
                }
                eldest.remove();
                gone(candidate);
            }
        }

        synchronized void remove(SessionId id) {
            Entry removed = sessions.remove(id);
            if (removed != null) {
                gone(removed);
            }
        }

        synchronized void clear() {
            sessions.values().forEach(this::gone);
            sessions.clear();
        }

        synchronized int size() {
            return sessions.size();
        }

        synchronized long bytes() {
            return bytes;
        }

        private void gone(Entry entry) {
            bytes -= entry.bytes();
            Wipe.bytes(entry.encoded);
        }
    }
}
