package dev.lockstep.server.backend;

import dev.lockstep.server.UsageError;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * One backend: its addresses, and whether it takes connections. A host name is resolved at the start, and again, on another
 * thread, when none of its addresses takes a connection. Thread-safe.
 */
final class Backend {

    private static final long BETWEEN_LOOKUPS = TimeUnit.SECONDS.toNanos(5);

    private final BackendAddress address;
    private final Consumer<String> log;
    private final Executor lookups;
    private volatile List<SocketAddress> addresses;
    private long failures;
    private long lookedUp = System.nanoTime();

    /**
     * Resolves the address.
     *
     * @param log receives a line for each failure and for the recovery
     * @param lookups where later look-ups block
     * @throws UsageError when the host has no address
     */
    Backend(BackendAddress address, Consumer<String> log, Executor lookups) throws UsageError {
        this.address = address;
        this.log = log;
        this.lookups = lookups;
        try {
            this.addresses = address.resolve();
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

    /** Returns the addresses, in the order in which to try them. */
    List<SocketAddress> addresses() {
        return addresses;
    }

    /** A connection was made. */
    void works() {
        long before;
        synchronized (this) {
            before = failures;
            failures = 0;
        }
        if (before > 0) {
            log.accept("backend " + name() + " takes connections again; " + before + " failed meanwhile");
        }
    }

    /**
     * No address took the connection.
     *
     * @param client which client's connection is closed for it
     */
    void fails(String client, IOException cause) {
        boolean again;
        synchronized (this) {
            failures++;
            long now = System.nanoTime();
            again = address.host() != null && now - lookedUp > BETWEEN_LOOKUPS;
            lookedUp = again ? now : lookedUp;
        }
        log.accept("backend " + name() + " cannot be reached (" + cause.getMessage() + "); closed " + client);
        if (again) {
            CompletableFuture<Void> unused = CompletableFuture.runAsync(this::lookUp, lookups);
        }
    }

    private void lookUp() {
        try {
            addresses = address.resolve();
        } catch (UnknownHostException e) {
            log.accept("backend " + name() + ": the host has no address now; the earlier ones stay");
        }
    }
}
