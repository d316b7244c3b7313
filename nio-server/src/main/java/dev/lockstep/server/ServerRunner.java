package dev.lockstep.server;

import dev.lockstep.keys.keyserver.SelectorDriven;
import dev.lockstep.nio.Handler;
import dev.lockstep.nio.TlsLoop;
import dev.lockstep.nio.TlsLoopBuilder;
import dev.lockstep.tls.config.TlsServerConfig;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.channels.ServerSocketChannel;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.function.Supplier;

/** Opens the socket, says so, and runs the loop on the calling thread. */
public final class ServerRunner {

    private static final int BACKLOG = 1024;

    private ServerRunner() {}

    /**
     * What is served.
     *
     * @param config asked once for each connection
     * @param handlers makes one for each connection
     * @param what in a few words
     * @param companions what else lives in the loop
     * @param settings of the loop itself
     */
    public record Site(
            Supplier<TlsServerConfig> config,
            Supplier<? extends Handler> handlers,
            Trace trace,
            String what,
            List<? extends SelectorDriven> companions,
            LoopSettings settings) {

        /** With the loop as it is by itself. */
        public Site(
                Supplier<TlsServerConfig> config,
                Supplier<? extends Handler> handlers,
                Trace trace,
                String what,
                List<? extends SelectorDriven> companions) {
            this(config, handlers, trace, what, companions, loop -> {});
        }
    }

    /** Sets what options say about the loop. */
    @FunctionalInterface
    public interface LoopSettings {
        /** Changes {@code loop}; what is wrong with the options is thrown. */
        void apply(TlsLoopBuilder loop) throws UsageError;
    }

    /**
     * Serves until the loop is stopped.
     *
     * @param bound is told the port when the socket is open, before the loop runs
     */
    public static void serve(Environment environment, String host, int port, Site site, IntConsumer bound)
            throws UsageError, IOException {
        try (ServerSocketChannel socket = open(host, port);
                TlsLoop loop = loop(socket, site)) {
            InetSocketAddress address = (InetSocketAddress) socket.getLocalAddress();
            environment
                    .out()
                    .println("listening on " + address.getAddress().getHostAddress() + ":" + address.getPort() + " ("
                            + site.what() + ")");
            bound.accept(address.getPort());
            environment.out().flush();
            environment.started().accept(loop);
            loop.run();
        }
    }

    private static TlsLoop loop(ServerSocketChannel socket, Site site) throws UsageError, IOException {
        TlsLoopBuilder builder =
                TlsLoop.builder(socket, site.config(), site.handlers()).observer(site.trace());
        for (SelectorDriven companion : site.companions()) {
            builder.guest(new SelectorGuest(companion));
        }
        site.settings().apply(builder);
        return builder.build();
    }

    private static ServerSocketChannel open(String host, int port) throws UsageError, IOException {
        InetAddress address;
        try {
            address = InetAddress.getByName(host);
        } catch (UnknownHostException e) {
            throw new UsageError("--host", "'" + host + "' has no address", "give an address of this machine");
        }
        ServerSocketChannel socket = ServerSocketChannel.open();
        try {
            return socket.bind(new InetSocketAddress(address, port), BACKLOG);
        } catch (BindException e) {
            socket.close();
            throw String.valueOf(e.getMessage()).contains("in use")
                    ? new UsageError(
                            "--port", port + " on " + host + " is in use", "choose another, or 0 for a free one")
                    : new UsageError(
                            "--host",
                            "port " + port + " on " + host + " cannot be opened (" + e.getMessage() + ")",
                            "give an address of this machine and a port that you may use");
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }
}
