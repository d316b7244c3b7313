package dev.lockstep.server;

import dev.lockstep.tls.config.TlsServerConfig;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.channels.ServerSocketChannel;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Opens the socket, says so, and runs the loop on the calling thread. */
final class Listener {

    private static final int BACKLOG = 1024;

    private Listener() {}

    /**
     * Serves until the loop is stopped.
     *
     * @param what is served, in a few words
     * @param bound is told the port when the socket is open, before the loop runs
     */
    static void serve(
            Environment environment,
            String host,
            int port,
            TlsServerConfig config,
            Supplier<Application> applications,
            Trace trace,
            String what,
            Consumer<Integer> bound)
            throws UsageError, IOException {
        try (ServerSocketChannel socket = open(host, port);
                EventLoop loop = new EventLoop(socket, config, applications, Limits.DEFAULT, trace)) {
            InetSocketAddress address = (InetSocketAddress) socket.getLocalAddress();
            environment
                    .out()
                    .println("listening on " + address.getAddress().getHostAddress() + ":" + address.getPort() + " ("
                            + what + ")");
            bound.accept(address.getPort());
            environment.out().flush();
            environment.started().accept(loop);
            loop.run();
        }
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
