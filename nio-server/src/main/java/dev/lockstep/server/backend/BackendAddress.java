package dev.lockstep.server.backend;

import dev.lockstep.server.UsageError;
import dev.lockstep.server.files.FileNames;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where a backend is, as the command line names it.
 *
 * @param text the name, for log lines
 * @param host null for a Unix-domain socket
 * @param port 1 to 65535; 0 for a Unix-domain socket
 * @param path the path of a Unix-domain socket; null for a host
 */
record BackendAddress(
        String text,
        @Nullable String host,
        int port,
        @Nullable String path) {

    private static final String OPTION = "--backend";
    private static final String FIX = "write HOST:PORT, [ADDRESS]:PORT or unix:/path";

    /** The longest path that the kernel takes (struct sockaddr_un, with its final zero byte). */
    private static final int LONGEST_PATH = 107;

    /** Reads {@code HOST:PORT}, {@code [v6]:PORT} or {@code unix:/path}. */
    static BackendAddress parse(String text) throws UsageError {
        if (text.startsWith("unix:")) {
            String path = text.substring("unix:".length());
            if (path.isEmpty() || path.getBytes(StandardCharsets.UTF_8).length > LONGEST_PATH) {
                throw new UsageError(OPTION, "the path in '" + text + "' has not 1 to " + LONGEST_PATH + " bytes", FIX);
            }
            return new BackendAddress(
                    text, null, 0, FileNames.path(OPTION, path).toString());
        }
        if (text.contains("://")) {
            throw new UsageError(OPTION, "'" + text + "' is a URL", FIX);
        }
        int colon = text.lastIndexOf(':');
        String host = colon < 0 ? "" : text.substring(0, colon);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        } else if (host.indexOf(':') >= 0) {
            throw new UsageError(OPTION, "'" + text + "' has several colons", FIX);
        }
        int port = colon < 0 ? 0 : port(text.substring(colon + 1));
        if (host.isEmpty() || port < 1 || port > 65_535) {
            throw new UsageError(OPTION, "'" + text + "' names no host and port", FIX);
        }
        return new BackendAddress(text, host, port, null);
    }

    private static int port(String text) {
        return text.matches("[0-9]{1,5}") ? Integer.parseInt(text) : 0;
    }

    /**
     * Asks for the addresses; blocks while the name service takes its time.
     *
     * @throws UnknownHostException when the host has no address now
     */
    List<SocketAddress> resolve() throws UnknownHostException {
        if (path != null) {
            return List.of(UnixDomainSocketAddress.of(path));
        }
        return Arrays.stream(InetAddress.getAllByName(host))
                .map(each -> (SocketAddress) new InetSocketAddress(each, port))
                .toList();
    }
}
