package dev.lockstep.server.serve;

import dev.lockstep.server.Environment;
import dev.lockstep.server.HelpSection;
import dev.lockstep.server.Numbers;
import dev.lockstep.server.UsageError;
import dev.lockstep.server.credential.Findings;
import dev.lockstep.server.files.FileNames;
import dev.lockstep.server.files.OutputFile;
import dev.lockstep.server.log.AccessLog;
import dev.lockstep.server.log.EventLog;
import dev.lockstep.server.log.LogOptions;
import dev.lockstep.server.loop.ListenAddress;
import dev.lockstep.server.ops.Operations;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How a server is operated: its threads, its logs, its end. */
@HelpSection(HelpSection.OPERATION)
final class OperatingOptions {

    private static final Pattern DURATION = Pattern.compile("(\\d{1,6})(ms|s|m|)");

    @Option(
            names = "--threads",
            paramLabel = "N",
            description =
                    "Selector loops, each on its own thread, 1 to 1024; ${DEFAULT-VALUE} (one for each processor) by"
                            + " default.")
    private String threads = Integer.toString(Runtime.getRuntime().availableProcessors());

    @Option(
            names = "--drain",
            paramLabel = "TIME",
            description = "Time that connections have to end after SIGTERM: a number of seconds, or with ms, s or m;"
                    + " ${DEFAULT-VALUE} by default. A second signal ends the process immediately.")
    private String drain = "30s";

    @Option(
            names = "--warm-up",
            paramLabel = "N",
            arity = "0..1",
            fallbackValue = "200",
            description =
                    "Do N handshakes, 1 to 100000, in memory before the port is opened, so that the first clients are served as"
                            + " fast as later ones; ${FALLBACK-VALUE} without a number.")
    private @Nullable String warmUp;

    @Mixin
    private final LogOptions log = new LogOptions();

    @Option(
            names = "--access-log",
            paramLabel = "FILE",
            description = "Write a line for each connection that has ended; - for the standard output. Opened again on"
                    + " SIGHUP.")
    private @Nullable String accessLog;

    @Option(
            names = "--admin",
            paramLabel = "[HOST:]PORT",
            description =
                    "Serve /metrics, /healthz and /readyz over plain HTTP, on the loopback address without a HOST.")
    private @Nullable String admin;

    /** Whether nothing is opened, since there will be no server. */
    boolean checking;

    /** How many loops serve. */
    int threads() throws UsageError {
        return Numbers.require("--threads", threads, 1, 1024, "give how many loops serve");
    }

    /** How many handshakes come before the first client's; 0 for none. */
    int warmUp() throws UsageError {
        return warmUp == null ? 0 : Numbers.require("--warm-up", warmUp, 1, 100_000, "give how many handshakes");
    }

    /** Opens what was asked for. */
    Operations open(Environment environment) throws UsageError {
        int loops = threads();
        Duration limit = duration();
        InetSocketAddress address = admin();
        EventLog events = log.open(environment);
        try {
            return Operations.of(events, accessLog(environment, events), loops, limit, address);
        } catch (UsageError e) {
            events.close();
            throw e;
        }
    }

    /** Returns the file of the access log; null for none, or the standard output. */
    @Nullable
    Path accessLogFile() throws UsageError {
        return accessLog == null || accessLog.equals("-") ? null : FileNames.path("--access-log", accessLog);
    }

    private @Nullable AccessLog accessLog(Environment environment, EventLog events) throws UsageError {
        if (accessLog == null || checking) {
            return null;
        }
        Path file = accessLogFile();
        if (file == null) {
            return AccessLog.to(environment.out(), log.format(), environment.clock(), events);
        }
        OutputFile.requirePossible("--access-log", file);
        PipeNotice notice = PipeNotice.before("--access-log", file, events);
        try {
            return AccessLog.appendTo(file, log.format(), environment.clock(), events);
        } catch (IOException e) {
            throw new UsageError(
                    "--access-log", accessLog + " cannot be written", "give a file in a writable directory, or -");
        } finally {
            notice.over();
        }
    }

    /**
     * Checks that what was asked for can be opened, and opens nothing.
     *
     * @param host where clients are served
     * @param port where they are; 0 for a free one
     * @param findings receives problems, and a port that is in use as a warning
     */
    void check(String host, int port, Findings findings) throws UsageError {
        findings.attempt(() -> {
            Path file = accessLogFile();
            if (file != null) {
                OutputFile.requirePossible("--access-log", file);
            }
        });
        findings.attempt(() -> {
            InetSocketAddress address = admin();
            if (address != null) {
                ListenAddress.check("--admin", address, findings::warn);
                ListenAddress.requireOther("--admin", address, host, port);
            }
        });
    }

    private Duration duration() throws UsageError {
        Matcher parts = DURATION.matcher(drain);
        if (!parts.matches()) {
            throw new UsageError(
                    "--drain", "'" + drain + "' is no time", "write a whole number with ms, s or m, such as 90s or 5m");
        }
        long number = Long.parseLong(parts.group(1));
        return switch (parts.group(2)) {
            case "ms" -> Duration.ofMillis(number);
            case "m" -> Duration.ofMinutes(number);
            default -> Duration.ofSeconds(number);
        };
    }

    private @Nullable InetSocketAddress admin() throws UsageError {
        if (admin == null) {
            return null;
        }
        int colon = admin.lastIndexOf(':');
        int port = Numbers.require("--admin", admin.substring(colon + 1), 0, 65535, "write PORT or HOST:PORT");
        String name = colon < 0 ? null : admin.substring(0, colon);
        if (name != null && (name.isEmpty() || (name.indexOf(':') >= 0 && !name.startsWith("[")))) {
            // Others take the first for all addresses; the second may be an address without a port.
            throw new UsageError(
                    "--admin",
                    "'" + admin + "' names no host before its port",
                    "write PORT for the loopback address, HOST:PORT or [ADDRESS]:PORT");
        }
        try {
            InetAddress host = name == null ? InetAddress.getLoopbackAddress() : InetAddress.getByName(name);
            return new InetSocketAddress(host, port);
        } catch (UnknownHostException e) {
            throw new UsageError(
                    "--admin",
                    "'" + admin + "' has no address",
                    "write PORT or HOST:PORT with an address of this machine");
        }
    }
}
