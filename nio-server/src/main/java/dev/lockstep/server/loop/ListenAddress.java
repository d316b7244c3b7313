package dev.lockstep.server.loop;

import dev.lockstep.server.UsageError;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.net.UnknownHostException;
import java.nio.channels.SocketChannel;
import java.util.function.Consumer;

/** The address and port that a command line names to listen on, and what can be wrong with them. */
public final class ListenAddress {

    private static final String HOST = "--host";

    private ListenAddress() {}

    /** Looks up the host. */
    static InetAddress resolve(String host) throws UsageError {
        try {
            return InetAddress.getByName(host);
        } catch (UnknownHostException e) {
            throw new UsageError(
                    HOST,
                    "'" + host + "' has no address",
                    host.indexOf(':') >= 0 || host.indexOf('/') >= 0
                            ? "give a name or an address alone, and the port as --port"
                            : "give an address of this machine");
        }
    }

    /**
     * The error for an address that cannot be listened on.
     *
     * @param host as it was asked for
     * @param cause the system's
     */
    static UsageError refusedHost(String host, InetSocketAddress address, IOException cause) {
        int port = address.getPort();
        String text = String.valueOf(cause.getMessage());
        if (isInUse(cause)) {
            return new UsageError("--port", port + " on " + host + " is in use", "choose another, or 0 for a free one");
        }
        if (text.contains("Permission denied")) {
            return new UsageError(
                    "--port",
                    port + " on " + host + " is not for this user (" + text + ")",
                    "choose a port from 1024 on, or start with the capability CAP_NET_BIND_SERVICE");
        }
        return new UsageError(
                HOST,
                "port " + port + " on " + host + " cannot be opened (" + text + ")",
                address.getAddress().isLinkLocalAddress() && host.indexOf('%') < 0
                        ? "add the interface to this address, for example " + host + "%eth0"
                        : "give an address of this machine and a port that you may use");
    }

    private static boolean isInUse(IOException cause) {
        return String.valueOf(cause.getMessage()).contains("in use");
    }

    /**
     * Checks that a server could listen there, and does not: no client can connect meanwhile. A port that is in use is a
     * warning, since the server that the check is for may be running.
     *
     * @param warnings receives lines
     * @throws UsageError when it could not
     */
    static void check(String host, int port, Consumer<String> warnings) throws UsageError {
        InetSocketAddress address = new InetSocketAddress(resolve(host), port);
        try {
            bind(address);
        } catch (IOException e) {
            UsageError refused = refusedHost(host, address, e);
            if (!isInUse(e)) {
                throw refused;
            }
            warnings.accept(refused.getMessage());
        }
    }

    /** As {@link #check(String, int, Consumer)}, for an option that has both, and an address that was looked up. */
    public static void check(String option, InetSocketAddress address, Consumer<String> warnings) throws UsageError {
        try {
            bind(address);
        } catch (IOException e) {
            UsageError refused = refused(option, address, e);
            if (!isInUse(e)) {
                throw refused;
            }
            warnings.accept(refused.getMessage());
        }
    }

    /**
     * Checks that an address is not that of the clients, which would be found only when both are opened.
     *
     * @param option that has the address
     * @param host where clients are served
     * @param port where they are; 0 for a free one
     */
    public static void requireOther(String option, InetSocketAddress address, String host, int port) throws UsageError {
        InetAddress clients = resolve(host);
        boolean same = clients.equals(address.getAddress())
                || clients.isAnyLocalAddress()
                || address.getAddress().isAnyLocalAddress();
        if (port != 0 && port == address.getPort() && same) {
            throw new UsageError(option, "port " + port + " is that of --port", "choose another, or 0 for a free one");
        }
    }

    /** The error for the address and port of one option that cannot be listened on. */
    public static UsageError refused(String option, InetSocketAddress address, IOException cause) {
        return new UsageError(
                option,
                address.getHostString() + ":" + address.getPort() + " cannot be opened (" + cause.getMessage() + ")",
                "give an address of this machine and a port that is free and that you may use");
    }

    private static void bind(InetSocketAddress address) throws IOException {
        try (SocketChannel channel = SocketChannel.open()) {
            channel.setOption(StandardSocketOptions.SO_REUSEADDR, true); // as those that listen have it
            channel.bind(address);
        }
    }
}
