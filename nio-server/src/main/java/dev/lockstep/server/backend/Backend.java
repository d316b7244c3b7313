package dev.lockstep.server.backend;

import dev.lockstep.server.UsageError;
import dev.lockstep.server.log.EventLog;
import dev.lockstep.server.log.EventType;
import dev.lockstep.server.log.LogEvent;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One backend: its addresses, and whether it takes connections. A host name is resolved at the start, and again, on another
 * thread, when none of its addresses takes a connection. Thread-safe.
 */
final class Backend {

    private static final long BETWEEN_LOOKUPS = TimeUnit.SECONDS.toNanos(5);

    private final BackendAddress address;
    private final EventLog log;
    private final Executor lookups;
    private final BackendMetrics.One metrics;
    private volatile List<SocketAddress> addresses;
    private volatile @Nullable SocketAddress worked;
    private long failures;
    private long lookedUp = System.nanoTime();

    /**
     * Resolves the address.
     *
     * @param log receives an event for each failure and for the recovery
     * @param lookups where later look-ups block
     * @param metrics counts what passes
     * @throws UsageError when the host has no address
     */
    Backend(BackendAddress address, EventLog log, Executor lookups, BackendMetrics.One metrics) throws UsageError {
        this(address, resolve(address), log, lookups, metrics);
    }

    /** With addresses that are known. */
    Backend(
            BackendAddress address,
            List<SocketAddress> addresses,
            EventLog log,
            Executor lookups,
            BackendMetrics.One metrics) {
        this.address = address;
        this.addresses = addresses;
        this.log = log;
        this.lookups = lookups;
        this.metrics = metrics;
    }

    private static List<SocketAddress> resolve(BackendAddress address) throws UsageError {
        try {
            return address.resolve();
        } catch (UnknownHostException e) {
            throw new UsageError(
                    "--backend",
                    "'" + address.host() + "' has no address",
                    "correct the name, or write the address itself");
        }
    }

    /** Returns the name, for log lines. */
    String name() {
        return address.text();
    }

    /** Returns the addresses, in the order in which to try them: first the one that took the last connection. */
    List<SocketAddress> addresses() {
        List<SocketAddress> known = addresses;
        SocketAddress last = worked;
        if (last == null || known.indexOf(last) < 1) {
            return known;
        }
        List<SocketAddress> ordered = new ArrayList<>(known);
        ordered.remove(last);
        ordered.add(0, last);
        return ordered;
    }

    BackendMetrics.One metrics() {
        return metrics;
    }

    /**
     * A connection was made.
     *
     * @param where the address that took it; null if that is not known
     */
    void works(@Nullable SocketAddress where) {
        worked = where;
        long before;
        synchronized (this) {
            before = failures;
            failures = 0;
        }
        if (before > 0) {
            log.log(LogEvent.of(EventType.BACKEND_UP, "a backend takes connections again")
                    .with("backend", name())
                    .with("failedConnections", before));
        }
    }

    /**
     * No address took the connection.
     *
     * @return what to log, without the client
     */
    LogEvent fails(IOException cause) {
        metrics.unreachable();
        boolean again;
        synchronized (this) {
            failures++;
            long now = System.nanoTime();
            again = address.host() != null && now - lookedUp > BETWEEN_LOOKUPS;
            lookedUp = again ? now : lookedUp;
        }
        if (again) {
            lookUpLater();
        }
        return LogEvent.of(EventType.BACKEND_DOWN, "a backend cannot be reached: its client is closed")
                .with("backend", name())
                .with("reason", cause.getMessage());
    }

    /** Asks for the addresses on another thread; when too much waits there already, a later failure asks again. */
    void lookUpLater() {
        try {
            lookups.execute(this::lookUp);
        } catch (RejectedExecutionException full) {
            log.log(LogEvent.of(EventType.BACKEND_DOWN, "too many look-ups wait: a backend keeps its addresses for now")
                    .with("backend", name()));
        }
    }

    private void lookUp() {
        try {
            addresses = address.resolve();
        } catch (UnknownHostException e) {
            log.log(LogEvent.of(EventType.BACKEND_DOWN, "a backend's host has no address now: the earlier ones stay")
                    .with("backend", name()));
        }
    }
}
