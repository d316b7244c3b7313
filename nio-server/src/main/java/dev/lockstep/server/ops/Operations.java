package dev.lockstep.server.ops;

import dev.lockstep.server.log.AccessLog;
import dev.lockstep.server.log.EventLog;
import dev.lockstep.server.log.EventType;
import dev.lockstep.server.log.LogEvent;
import dev.lockstep.server.metrics.Metrics;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * What a server reports to and how it is operated. Thread-safe.
 *
 * @param log receives its events
 * @param accessLog receives its connections; null for none
 * @param metrics count
 * @param keys knows whether its keys work
 * @param threads how many loops serve
 * @param drain how long connections may take to their end when the server is told to end
 * @param admin where it tells metrics and health; null for nowhere
 * @param draining whether it was told to end
 * @param waits how many handshakes are suspended
 */
public record Operations(
        EventLog log,
        @Nullable AccessLog accessLog,
        Metrics metrics,
        KeyHealth keys,
        int threads,
        Duration drain,
        @Nullable InetSocketAddress admin,
        AtomicBoolean draining,
        AtomicInteger waits)
        implements AutoCloseable {

    /** Makes those of one server. */
    public static Operations of(
            EventLog log,
            @Nullable AccessLog accessLog,
            int threads,
            Duration drain,
            @Nullable InetSocketAddress admin) {
        Metrics metrics = new Metrics();
        Operations made = new Operations(
                log,
                accessLog,
                metrics,
                new KeyHealth(log, metrics),
                threads,
                drain,
                admin,
                new AtomicBoolean(),
                new AtomicInteger());
        metrics.gauge("lockstep_waits", "Handshakes that are suspended now.", () -> made.waits()
                .get());
        metrics.gauge(
                "lockstep_draining",
                "1 while the server comes to its end.",
                () -> made.draining().get() ? 1 : 0);
        metrics.total(
                "lockstep_log_lines_lost_total",
                "Log lines that were lost.",
                () -> log.lost() + (accessLog == null ? 0 : accessLog.lost()));
        return made;
    }

    /** Returns whether new handshakes can be expected to succeed. */
    public boolean isReady() {
        return !draining.get() && keys.isWorking();
    }

    /** Logs what a loading of the configuration has found. */
    public void configuration(String message) {
        log.log(LogEvent.of(EventType.CONFIGURATION, message));
    }

    /** Logs that a client was refused, because others leave no room. */
    public void full(String message) {
        log.log(LogEvent.of(EventType.FULL, message));
    }

    @Override
    public void close() {
        if (accessLog != null) {
            accessLog.close();
        }
        log.close(); // it tells what the other one has lost
    }
}
