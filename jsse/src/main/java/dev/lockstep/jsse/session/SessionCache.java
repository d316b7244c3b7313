package dev.lockstep.jsse.session;

import dev.lockstep.tls.ConnectionInfo;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.credential.Credential;
import dev.lockstep.tls.session.MemorySessionStore;
import dev.lockstep.tls.session.ResumableSession;
import dev.lockstep.tls.session.SessionId;
import dev.lockstep.tls.session.SessionLookup;
import dev.lockstep.tls.session.SessionStore;
import dev.lockstep.tls.wait.Start;
import dev.lockstep.tls.wait.Waker;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSessionContext;
import org.jspecify.annotations.Nullable;

/**
 * The sessions of a context: what applications see of them, and the store that connections resume them from. Thread-safe.
 *
 * <p>With a configuration that brings a store of its own, sizes and times are that store's matter, and the ones that are set
 * here only bound what applications see. That is bounded in bytes too, by 2 KiB for each session of the size: the
 * certificates of a client are as many as it likes.
 */
public final class SessionCache implements SSLSessionContext, SessionStore {

    private static final int DEFAULT_SIZE = 20_480;
    private static final int LARGEST_SIZE = 1 << 20;
    private static final int DEFAULT_SECONDS = 86_400;
    private static final int LONGEST_SECONDS = 7 * 86_400;

    /** As a store in memory; the longest session fits into the least. */
    private static final long BYTES_PER_SESSION = 2048;

    private static final long LEAST_BYTES = 1 << 17;

    private final @Nullable SessionStore foreign;
    private final Map<SessionId, EstablishedSession> seen = new LinkedHashMap<>(16, 0.75f, true);
    private long weight;
    private int size = DEFAULT_SIZE;
    private int seconds = DEFAULT_SECONDS;
    private volatile SessionStore store;

    private SessionCache(@Nullable SessionStore foreign) {
        this.foreign = foreign;
        this.store = foreign != null ? foreign : memory();
    }

    /** Returns a cache that keeps sessions in memory: 20,480 of them for a day unless told otherwise. */
    public static SessionCache inMemory() {
        return new SessionCache(null);
    }

    /** Returns a view of the sessions that are made with a configuration, whatever keeps them. */
    public static SessionCache of(TlsServerConfig config) {
        SessionStore own = config.sessionStore();
        return new SessionCache(own != null ? own : NoStore.INSTANCE);
    }

    private SessionStore memory() {
        return new MemorySessionStore(
                size == 0 ? LARGEST_SIZE : Math.min(size, LARGEST_SIZE),
                Duration.ofSeconds(seconds == 0 ? LONGEST_SECONDS : Math.min(seconds, LONGEST_SECONDS)));
    }

    /** Makes the session of a connection whose handshake has just ended. */
    public EstablishedSession established(ConnectionInfo info, TlsServerConfig config, HandshakeSession handshake) {
        SessionId id = info.sessionId();
        EstablishedSession earlier = id == null || !info.resumed() ? null : find(id);
        Credential credential = info.credential();
        List<X509Certificate> local = credential != null
                ? credential.chain()
                : earlier != null ? earlier.localChain() : configuredChain(info, config);
        EstablishedSession session = new EstablishedSession(
                info,
                this,
                handshake,
                local,
                config.signatureSchemes(),
                earlier == null ? handshake.values() : earlier.values());
        if (id != null) {
            keep(id, session);
        }
        return session;
    }

    /**
     * The chain that a session was made with which a ticket has brought back: the one that its suite can be served
     * with.
     */
    private static List<X509Certificate> configuredChain(ConnectionInfo info, TlsServerConfig config) {
        String host = info.serverName();
        List<Credential> named = host == null ? null : config.credentials().forHost(host);
        List<Credential> candidates =
                named != null ? named : config.credentials().defaults();
        boolean rsa = info.cipherSuite().name().contains("_RSA_");
        return candidates.stream()
                .filter(each -> (each.rsaModulusLength() > 0) == rsa)
                .findFirst()
                .map(Credential::chain)
                .orElse(List.of());
    }

    private synchronized void keep(SessionId id, EstablishedSession session) {
        drop(id);
        seen.put(id, session);
        weight += session.weight();
        trim();
    }

    private synchronized void drop(SessionId id) {
        EstablishedSession dropped = seen.remove(id);
        if (dropped != null) {
            weight -= dropped.weight();
        }
    }

    private synchronized @Nullable EstablishedSession find(SessionId id) {
        EstablishedSession session = seen.get(id);
        if (session == null) {
            return null;
        }
        if (isOver(session)) {
            drop(id);
            return null;
        }
        session.accessed();
        return session;
    }

    /** Applications do not see it any more; the store may keep it. */
    void drop(EstablishedSession session) {
        SessionId id = session.sessionId();
        if (id != null) {
            drop(id);
        }
    }

    void forget(EstablishedSession session) {
        SessionId id = session.sessionId();
        if (id != null) {
            drop(id);
            store.remove(id);
        }
    }

    /** Forgets all sessions that are kept in memory; sizes and times stay. */
    public synchronized void forgetAll() {
        seen.clear();
        weight = 0;
        renew();
    }

    private boolean isOver(EstablishedSession session) {
        return seconds > 0 && System.currentTimeMillis() - session.getCreationTime() >= 1000L * seconds;
    }

    private void trim() {
        int most = size == 0 ? LARGEST_SIZE : size;
        long heaviest = Math.max(LEAST_BYTES, BYTES_PER_SESSION * most);
        var oldest = seen.values().iterator();
        while (seen.size() > most || weight > heaviest) {
            weight -= oldest.next().weight();
            oldest.remove();
        }
    }

    // ---- SSLSessionContext

    @Override
    public @Nullable SSLSession getSession(byte[] sessionId) {
        Objects.requireNonNull(sessionId, "sessionId");
        boolean possible = sessionId.length > 0 && sessionId.length <= SessionId.MAX_LENGTH;
        return possible ? find(new SessionId(sessionId)) : null;
    }

    @Override
    public synchronized Enumeration<byte[]> getIds() {
        List<byte[]> ids = new ArrayList<>();
        seen.forEach((id, session) -> {
            if (!isOver(session)) {
                ids.add(id.bytes());
            }
        });
        return Collections.enumeration(ids);
    }

    /**
     * {@inheritDoc}
     *
     * <p>Sessions that are kept in memory are forgotten by a change. Seven days are the most, also for 0, which means no
     * limit.
     */
    @Override
    public synchronized void setSessionTimeout(int timeout) {
        if (timeout < 0) {
            throw new IllegalArgumentException("seconds: " + timeout + " is negative");
        }
        seconds = timeout;
        renew();
    }

    @Override
    public synchronized int getSessionTimeout() {
        return seconds;
    }

    /**
     * {@inheritDoc}
     *
     * <p>Sessions that are kept in memory are forgotten by a change. 2^20 are the most, also for 0, which means no limit.
     */
    @Override
    public synchronized void setSessionCacheSize(int most) {
        if (most < 0) {
            throw new IllegalArgumentException("size: " + most + " is negative");
        }
        size = most;
        trim();
        renew();
    }

    @Override
    public synchronized int getSessionCacheSize() {
        return size;
    }

    private void renew() {
        if (foreign == null) {
            store = memory();
        }
    }

    // ---- SessionStore

    @Override
    public Start<Optional<ResumableSession>> start(SessionLookup lookup, Waker waker) throws Exception {
        return store.start(lookup, waker);
    }

    @Override
    public void put(SessionId id, ResumableSession session) {
        store.put(id, session);
    }

    @Override
    public void remove(SessionId id) {
        drop(id);
        store.remove(id);
    }

    @Override
    public Duration lookupTimeout() {
        return store.lookupTimeout();
    }

    /** Stands for the store of a configuration that has none. */
    private enum NoStore implements SessionStore {
        INSTANCE;

        @Override
        public Start<Optional<ResumableSession>> start(SessionLookup lookup, Waker waker) {
            return Start.done(Optional.empty());
        }

        @Override
        public void put(SessionId id, ResumableSession session) {
            // nothing is kept
        }

        @Override
        public void remove(SessionId id) {
            // nothing was kept
        }
    }
}
