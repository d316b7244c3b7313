package dev.lockstep.tls.session;

import dev.lockstep.tls.setting.ConfigException;
import dev.lockstep.tls.wait.Start;
import dev.lockstep.tls.wait.Waker;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Sessions in this process: bounded in number, each for a limited time, in shards with a lock each, so that many
 * selector threads share one store. When a shard is full its oldest session goes. Sessions that go are destroyed. Answers
 * at once; safe for any thread.
 *
 * <p>An entry takes some 400 bytes, and the client's certificates where there are any.
 */
public final class MemorySessionStore implements SessionStore {

    private static final int MOST_SHARDS = 16;
    private static final int LEAST_SHARD = 64;

    private final Shard[] shards;
    private final long lifetimeSeconds;
    private final InstantSource clock;

    /** A store by the system's clock; see {@link #MemorySessionStore(int, Duration, InstantSource)}. */
    public MemorySessionStore(int capacity, Duration lifetime) {
        this(capacity, lifetime, InstantSource.system());
    }

    /**
     * @param capacity the most sessions, 1 to 2^24
     * @param lifetime how long a session is kept after it was created, 1 second to 7 days
     * @param clock the wall clock
     * @throws ConfigException for a value out of range
     */
    public MemorySessionStore(int capacity, Duration lifetime, InstantSource clock) {
        if (capacity < 1 || capacity > 1 << 24) {
            throw ConfigException.outOfRange("capacity", capacity, "1 to 2^24");
        }
        if (lifetime.compareTo(Duration.ofSeconds(1)) < 0 || lifetime.compareTo(Duration.ofDays(7)) > 0) {
            throw ConfigException.outOfRange("lifetime", lifetime, "1 second to 7 days");
        }
        this.lifetimeSeconds = lifetime.toSeconds();
        this.clock = clock;
        int count = Math.max(1, Math.min(MOST_SHARDS, Integer.highestOneBit(capacity / LEAST_SHARD)));
        this.shards = new Shard[count];
        for (int i = 0; i < count; i++) {
            // together exactly the capacity
            shards[i] = new Shard(capacity / count + (i < capacity % count ? 1 : 0));
        }
    }

    @Override
    public Start<Optional<ResumableSession>> start(SessionLookup lookup, Waker waker) {
        return Start.done(Optional.ofNullable(shard(lookup.id()).find(lookup.id(), oldest())));
    }

    @Override
    public void put(SessionId id, ResumableSession session) {
        shard(id).put(id, session.copy(), oldest());
    }

    @Override
    public void remove(SessionId id) {
        shard(id).remove(id);
    }

    /** Forgets every session. */
    public void clear() {
        for (Shard shard : shards) {
            shard.clear();
        }
    }

    /** How many sessions are kept, some perhaps past their time. */
    public int size() {
        int size = 0;
        for (Shard shard : shards) {
            size += shard.size();
        }
        return size;
    }

    private Shard shard(SessionId id) {
        int hash = id.hashCode();
        return shards[(hash ^ hash >>> 16) & shards.length - 1];
    }

    /** The second of creation before which a session is too old. */
    private long oldest() {
        return clock.instant().getEpochSecond() - lifetimeSeconds;
    }

    private static final class Shard {
        private final int capacity;
        private final Map<SessionId, ResumableSession> sessions = new LinkedHashMap<>(); // oldest first

        Shard(int capacity) {
            this.capacity = capacity;
        }

        synchronized @Nullable ResumableSession find(SessionId id, long oldest) {
            ResumableSession session = sessions.get(id);
            if (session == null) {
                return null;
            }
            if (session.createdAtSeconds() <= oldest) {
                remove(id);
                return null;
            }
            return session.copy();
        }

        synchronized void put(SessionId id, ResumableSession session, long oldest) {
            remove(id);
            Iterator<ResumableSession> eldest = sessions.values().iterator();
            while (eldest.hasNext()) {
                ResumableSession candidate = eldest.next();
                if (sessions.size() < capacity && candidate.createdAtSeconds() > oldest) {
                    break;
                }
                eldest.remove();
                candidate.destroy();
            }
            sessions.put(id, session);
        }

        synchronized void remove(SessionId id) {
            ResumableSession removed = sessions.remove(id);
            if (removed != null) {
                removed.destroy();
            }
        }

        synchronized void clear() {
            sessions.values().forEach(ResumableSession::destroy);
            sessions.clear();
        }

        synchronized int size() {
            return sessions.size();
        }
    }
}
