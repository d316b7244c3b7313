package dev.lockstep.server.loop;

import dev.lockstep.keys.keyserver.SelectorDriven;
import dev.lockstep.nio.Handler;
import dev.lockstep.nio.Limits;
import dev.lockstep.nio.LoopCounters;
import dev.lockstep.nio.TlsLoop;
import dev.lockstep.nio.TlsLoopBuilder;
import dev.lockstep.nio.TlsLoops;
import dev.lockstep.server.Environment;
import dev.lockstep.server.UsageError;
import dev.lockstep.server.jfr.FlightRecorderObserver;
import dev.lockstep.server.log.EventLog;
import dev.lockstep.server.log.EventType;
import dev.lockstep.server.log.LogEvent;
import dev.lockstep.server.metrics.Metrics;
import dev.lockstep.server.ops.AdminServer;
import dev.lockstep.server.ops.LoopWatch;
import dev.lockstep.server.ops.Operations;
import dev.lockstep.tls.config.TlsServerConfig;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.channels.ServerSocketChannel;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import java.util.function.IntFunction;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** Opens the socket, says so, and runs the loops, the first one on the calling thread. */
public final class ServerRunner {

    /** Connections that wait for being accepted; the kernel may allow fewer. Clients beyond it try again a second later. */
    private static final int BACKLOG = 4096;

    private ServerRunner() {}

    /**
     * What is served.
     *
     * @param config asked once for each connection
     * @param handlers makes one for each connection
     * @param what in a few words
     * @param companions what else lives in each loop, by its number from 0
     * @param limits what clients may cost all loops together
     * @param operations what the server reports to, and how many loops there are
     * @param perNetworkAsked whether the share of a network was asked for; such a share holds in each loop
     * @param settings sets what else concerns each loop
     */
    public record Site(
            Supplier<TlsServerConfig> config,
            Supplier<? extends Handler> handlers,
            Trace trace,
            String what,
            IntFunction<? extends List<? extends SelectorDriven>> companions,
            Limits limits,
            Operations operations,
            boolean perNetworkAsked,
            Consumer<TlsLoopBuilder> settings) {

        /** With the loops as they are by themselves. */
        public Site(
                Supplier<TlsServerConfig> config,
                Supplier<? extends Handler> handlers,
                Trace trace,
                String what,
                IntFunction<? extends List<? extends SelectorDriven>> companions,
                Limits limits,
                Operations operations) {
            this(config, handlers, trace, what, companions, limits, operations, false, loop -> {});
        }
    }

    /**
     * Serves until the loops are stopped.
     *
     * @param made is given the loops before anything is printed: from then on the end may be asked for
     * @param bound is told the port when the socket is open, before the loops run
     */
    public static void serve(
            Environment environment, String host, int port, Site site, Consumer<TlsLoops> made, IntConsumer bound)
            throws UsageError, IOException {
        try (ServerSocketChannel socket = open(host, port)) {
            serve(environment, host, socket, site, made, bound);
        }
    }

    /**
     * Serves on a socket that {@link #open} has made, until the loops are stopped.
     *
     * @param host as it was asked for
     * @param socket closed at the end
     * @param made is given the loops before anything is printed: from then on the end may be asked for
     * @param bound is told the port before the loops run
     */
    public static void serve(
            Environment environment,
            String host,
            ServerSocketChannel socket,
            Site site,
            Consumer<TlsLoops> made,
            IntConsumer bound)
            throws UsageError, IOException {
        try (AdminServer admin = AdminServer.open(site.operations());
                TlsLoops loops = TlsLoops.of(site.operations().threads(), number -> loop(number, socket, site))) {
            made.accept(loops);
            InetSocketAddress address = (InetSocketAddress) socket.getLocalAddress();
            environment.out().println("listening on " + where(host, address) + " (" + site.what() + ")");
            bound.accept(address.getPort());
            environment.out().flush();
            EventLog log = site.operations().log();
            log.log(LogEvent.of(EventType.LISTENING, site.what())
                    .with("address", where(host, address))
                    .with("pid", ProcessHandle.current().pid())
                    .with("threads", site.operations().threads()));
            if (admin != null) {
                log.log(LogEvent.of(EventType.LISTENING, "admin").with("port", admin.port()));
            }
            count(site.operations().metrics(), loops, admin);
            log.flush(); // what was found at the start can be read when the server is there
            environment.started().accept(loops);
            loops.run();
            log.log(EventType.STOPPED, "the server has come to its end");
        }
    }

    private static void count(Metrics metrics, TlsLoops loops, @Nullable AdminServer admin) {
        metrics.total(
                "lockstep_connections_accepted_total", "Connections accepted.", sum(loops, LoopCounters::accepted));
        metrics.gauge("lockstep_connections", "Connections that are open.", sum(loops, LoopCounters::open));
        metrics.total("lockstep_connections_refused_total", "Connections refused.", sum(loops, LoopCounters::refused));
        metrics.total(
                "lockstep_connections_evicted_total",
                "Handshakes ended in favour of new connections.",
                sum(loops, LoopCounters::evicted));
        metrics.total("lockstep_received_bytes_total", "Bytes received.", sum(loops, LoopCounters::bytesReceived));
        metrics.total("lockstep_sent_bytes_total", "Bytes sent.", sum(loops, LoopCounters::bytesSent));
        LongSupplier ofLoops = sum(loops, LoopCounters::defects);
        metrics.total(
                "lockstep_defects_total",
                "Errors that were survived.",
                () -> ofLoops.getAsLong() + (admin == null ? 0 : admin.defects()));
    }

    private static LongSupplier sum(TlsLoops loops, ToLongFunction<LoopCounters> value) {
        return () -> loops.loops().stream()
                .mapToLong(loop -> value.applyAsLong(loop.counters()))
                .sum();
    }

    /** The address as it was asked for where it stands for all: a socket of both families calls 0.0.0.0 "::". */
    private static String where(String host, InetSocketAddress address) {
        String text = address.getAddress().isAnyLocalAddress()
                ? host
                : address.getAddress().getHostAddress();
        return (text.contains(":") && !text.startsWith("[") ? "[" + text + "]" : text) + ":" + address.getPort();
    }

    private static TlsLoopBuilder loop(int number, ServerSocketChannel socket, Site site) {
        Operations operations = site.operations();
        Limits limits = share(site.limits(), operations.threads(), number, site.perNetworkAsked());
        TlsLoopBuilder builder = TlsLoop.builder(socket, site.config(), site.handlers())
                .limits(limits)
                .observer(site.trace())
                .observer(new LoopWatch(operations))
                .observer(new FlightRecorderObserver())
                .observer(new ShortageLines(
                        line -> operations.log().log(EventType.FULL, line), limits, System::nanoTime));
        for (SelectorDriven companion : site.companions().apply(number)) {
            builder.guest(new SelectorGuest(companion, number));
        }
        site.settings().accept(builder);
        return builder;
    }

    /**
     * What one of several loops may take up: nothing is shared between them, and connections spread evenly. Those of one
     * client need not, so that the share of a network that was asked for holds in each of them. The connections of all loops
     * are as many as there may be, unless there are more loops than that.
     *
     * @param number of the loop, from 0
     * @param asked whether the share of a network was asked for, even if it is the one by default
     */
    static Limits share(Limits all, int loops, int number, boolean asked) {
        if (loops == 1) {
            return all;
        }
        int more = number < all.connections() % loops ? 1 : 0;
        int connections = Math.max(1, all.connections() / loops + more);
        Limits share = asked
                ? all.withConnections(connections, Math.min(connections, all.perNetwork()))
                : all.withConnections(connections);
        return share.withMemory(Math.max(Limits.LEAST_MEMORY, all.memory() / loops));
    }

    /**
     * Opens the socket of a server; from then on the kernel queues connections for it.
     *
     * @throws UsageError if the address is not one of this machine, or the port cannot be had
     */
    public static ServerSocketChannel open(String host, int port) throws UsageError, IOException {
        InetSocketAddress address = new InetSocketAddress(ListenAddress.resolve(host), port);
        ServerSocketChannel socket = ServerSocketChannel.open();
        try {
            return socket.bind(address, BACKLOG);
        } catch (SocketException e) { // not only BindException: a link-local address needs its interface
            socket.close();
            throw ListenAddress.refusedHost(host, address, e);
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    /**
     * Checks that {@link #open} would succeed, without a port that clients can connect to.
     *
     * @param warnings is told of a port that is in use now
     */
    public static void check(String host, int port, Consumer<String> warnings) throws UsageError {
        ListenAddress.check(host, port, warnings);
    }
}
