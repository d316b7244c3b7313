package dev.lockstep.server.backend;

import dev.lockstep.nio.BufferPool;
import dev.lockstep.nio.Handler;
import dev.lockstep.nio.Session;
import dev.lockstep.server.log.EventLog;
import dev.lockstep.server.log.LogEvent;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What all connections of a TLS terminator share; makes the handler of each. Thread-safe. */
final class Terminator implements Supplier<Handler> {

    private static final int IDLE_BUFFERS = 64;

    private final Backends backends;
    private final @Nullable ProxyVersion proxyVersion;
    private final Duration connectTimeout;
    private final EventLog log;
    private final BufferPool buffers = new BufferPool(IDLE_BUFFERS);

    /** @param proxyVersion the form of the header that backends receive; null for none */
    Terminator(Backends backends, @Nullable ProxyVersion proxyVersion, Duration connectTimeout, EventLog log) {
        this.backends = backends;
        this.proxyVersion = proxyVersion;
        this.connectTimeout = connectTimeout;
        this.log = log;
    }

    @Override
    public Handler get() {
        return new TerminatorHandler(this);
    }

    Backends backends() {
        return backends;
    }

    /** How long a connection to a backend may take, over all its addresses. */
    Duration connectTimeout() {
        return connectTimeout;
    }

    /** The buffers for what backends send. */
    BufferPool buffers() {
        return buffers;
    }

    /** Logs what ends a connection, with the client's address and number. */
    void log(LogEvent event, Session session) {
        log.log(event.with("peer", AddressText.of(session.remoteAddress())).with("connection", session.id()));
    }

    /** Returns what the backend receives before the client's data; empty for nothing. */
    byte[] header(Session session) {
        if (proxyVersion == null) {
            return new byte[0];
        }
        return proxyVersion == ProxyVersion.V1 ? ProxyWriter.v1(session) : ProxyWriter.v2(session);
    }
}
