package dev.lockstep.server.backend;

import dev.lockstep.keys.WorkerPools;
import dev.lockstep.nio.Handler;
import dev.lockstep.nio.Limits;
import dev.lockstep.nio.Preface;
import dev.lockstep.server.HelpSection;
import dev.lockstep.server.Numbers;
import dev.lockstep.server.UsageError;
import dev.lockstep.server.log.EventLog;
import dev.lockstep.server.metrics.Metrics;
import dev.lockstep.tls.config.TlsServerConfigBuilder;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where a TLS terminator passes connections on, and what it says and hears about their clients. */
@HelpSection("Behind TLS")
public final class BackendOptions {

    private static final int MOST_SECONDS = 86_400;
    private static final int QUEUED_LOOKUPS = 64;

    @Option(
            names = "--backend",
            paramLabel = "[NAME=]ADDRESS",
            description = "Relay connections to HOST:PORT or unix:/path, in place of --http; with a NAME, which may be"
                    + " *.domain, those for that host name. Repeatable.")
    private List<String> backends = new ArrayList<>();

    @Option(
            names = "--backend-timeout",
            paramLabel = "SECONDS",
            description = "Time limit for connecting to a backend, 1 to 86400; 5 by default.")
    private @Nullable String backendTimeout;

    @Option(
            names = "--proxy-protocol",
            paramLabel = "VERSION",
            description = "Send backends the client's address in a PROXY header, v1 or v2; v2 also has what TLS"
                    + " negotiated.")
    private @Nullable String proxyProtocol;

    @Option(
            names = "--accept-proxy",
            paramLabel = "ADDRESS[/BITS]",
            description = "Connections from there begin with a PROXY header, v1 or v2, whose address counts as the"
                    + " client's. Repeatable.")
    private List<String> acceptProxy = new ArrayList<>();

    @HelpSection(HelpSection.LIMITS)
    @Option(
            names = "--idle-timeout",
            paramLabel = "SECONDS",
            description = "Time that a connection may carry nothing in either direction, 1 to 86400; 300 by default.")
    private @Nullable String idleTimeout;

    /** Whether connections are passed on. */
    public boolean isGiven() {
        return !backends.isEmpty();
    }

    /** Returns how many descriptors a client's connection takes: one more where it has a connection to a backend. */
    public int descriptorsOfAConnection() {
        return isGiven() ? 2 : 1;
    }

    /** Adds what a terminator needs of TLS: that the backend's answer can follow the client's close_notify. */
    public void apply(TlsServerConfigBuilder builder) {
        builder.outputAfterCloseNotify(isGiven());
    }

    /**
     * Makes the handlers that pass connections on.
     *
     * @param log receives what happens to backends
     * @param metrics count it
     * @param described receives the backends' names, for the line that says what is served
     * @return null when no backend was named
     */
    public @Nullable Supplier<Handler> handlers(EventLog log, Metrics metrics, Consumer<String> described)
            throws UsageError {
        int seconds = backendTimeout == null
                ? 5
                : Numbers.require("--backend-timeout", backendTimeout, 1, MOST_SECONDS, "give seconds");
        ProxyVersion version = proxyProtocol == null ? null : ProxyVersion.parse(proxyProtocol);
        if (!isGiven()) {
            requireUnset("--backend-timeout", backendTimeout);
            requireUnset("--proxy-protocol", proxyProtocol);
            return null;
        }
        Backends known =
                new Backends(backends, log, WorkerPools.boundedPool(1, QUEUED_LOOKUPS), new BackendMetrics(metrics));
        described.accept(known.describe());
        return new Terminator(known, version, Duration.ofSeconds(seconds), log);
    }

    private static void requireUnset(String option, @Nullable String value) throws UsageError {
        if (value != null) {
            throw new UsageError(option, "there is no --backend", "add --backend HOST:PORT, or leave it out");
        }
    }

    /** Returns {@code limits} with the time of idleness that was asked for. */
    public Limits limits(Limits limits) throws UsageError {
        if (idleTimeout == null) {
            return limits;
        }
        int seconds = Numbers.require("--idle-timeout", idleTimeout, 1, MOST_SECONDS, "give seconds");
        return limits.withIdle(Duration.ofSeconds(seconds));
    }

    /** Returns what makes the reader of the PROXY header for a connection from an address; null for none. Any thread may ask it. */
    public Function<SocketAddress, @Nullable Preface> prefaces() throws UsageError {
        return new TrustedProxies(acceptProxy);
    }
}
