package dev.lockstep.server;

import dev.lockstep.keys.keyserver.SelectorDriven;
import dev.lockstep.nio.Handler;
import dev.lockstep.nio.Limits;
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
import java.util.function.Consumer;
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
     * @param limits what clients may cost
     */
    public record Site(
            Supplier<TlsServerConfig> config,
            Supplier<? extends Handler> handlers,
            Trace trace,
            String what,
            List<? extends SelectorDriven> companions,
            Limits limits) {}

    /**
     * Serves until the loop is stopped.
     *
     * @param bound is told the port when the socket is open, before the loop runs
     */
    public static void serve(Environment environment, String host, int port, Site site, IntConsumer bound)
            throws UsageError, IOException {
        try (ServerSocketChannel socket = open(host, port);
                TlsLoop loop = loop(environment, socket, site)) {
            InetSocketAddress address = (InetSocketAddress) socket.getLocalAddress();
            environment.out().println("listening on " + where(host, address) + " (" + site.what() + ")");
            bound.accept(address.getPort());
            environment.out().flush();
            environment.started().accept(loop);
            loop.run();
        }
    }

    /** The address as it was asked for where it stands for all: a socket of both families calls 0.0.0.0 "::". */
    private static String where(String host, InetSocketAddress address) {
        String text = address.getAddress().isAnyLocalAddress()
                ? host
                : address.getAddress().getHostAddress();
        return (text.contains(":") && !text.startsWith("[") ? "[" + text + "]" : text) + ":" + address.getPort();
    }

    private static TlsLoop loop(Environment environment, ServerSocketChannel socket, Site site) throws IOException {
        Consumer<String> lines = line -> {
            environment.err().println(line);
            environment.err().flush();
        };
        TlsLoopBuilder builder = TlsLoop.builder(socket, site.config(), site.handlers())
                .limits(site.limits())
                .observer(site.trace())
                .observer(new ShortageLines(lines, site.limits(), System::nanoTime));
        for (SelectorDriven companion : site.companions()) {
            builder.guest(new SelectorGuest(companion));
        }
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
