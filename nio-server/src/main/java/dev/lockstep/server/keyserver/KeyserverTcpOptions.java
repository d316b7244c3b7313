package dev.lockstep.server.keyserver;

import dev.lockstep.server.Numbers;
import dev.lockstep.server.UsageError;
import dev.lockstep.server.pem.MutualTls;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of a key server that is reached over TCP: with mutual TLS, or not at all. */
final class KeyserverTcpOptions {

    @Option(
            names = "--tcp",
            paramLabel = "HOST:PORT",
            description = "Listen on TCP as well or instead, with mutual TLS; the next three options are needed then.")
    private @Nullable String tcp;

    @Option(names = "--tls-cert", paramLabel = "FILE", description = "The key server's own certificate chain.")
    private @Nullable Path cert;

    @Option(names = "--tls-key", paramLabel = "FILE", description = "Its key, which is not served.")
    private @Nullable Path key;

    @Option(names = "--tls-client-ca", paramLabel = "FILE", description = "Who issues the clients' certificates.")
    private @Nullable Path clientCa;

    /** The port, opened; null when there shall be none. */
    @Nullable
    ClientListener open(Instant now) throws UsageError {
        if (tcp == null) {
            return null;
        }
        InetSocketAddress address = address(tcp);
        if (cert == null || key == null || clientCa == null) {
            String missing = cert == null ? "--tls-cert" : key == null ? "--tls-key" : "--tls-client-ca";
            throw new UsageError(missing, "is missing", "keys are served over TCP with mutual TLS only: give it");
        }
        try {
            return TlsListener.open(address, MutualTls.context("--tls", cert, key, "--tls-client-ca", clientCa, now));
        } catch (IOException e) {
            throw new UsageError(
                    "--tcp",
                    tcp + " cannot be opened (" + e.getMessage() + ")",
                    "give an address of this machine and a port that is free");
        }
    }

    private static InetSocketAddress address(String text) throws UsageError {
        int colon = text.lastIndexOf(':');
        if (colon <= 0) {
            throw new UsageError("--tcp", "'" + text + "' has another form", "write HOST:PORT");
        }
        int port = Numbers.require("--tcp", text.substring(colon + 1), 0, 65535, "write HOST:PORT");
        InetSocketAddress address = new InetSocketAddress(text.substring(0, colon), port);
        if (address.isUnresolved()) {
            throw new UsageError(
                    "--tcp", "'" + address.getHostString() + "' has no address", "give one of this machine");
        }
        return address;
    }
}
