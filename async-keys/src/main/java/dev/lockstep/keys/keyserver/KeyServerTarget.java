package dev.lockstep.keys.keyserver;

import dev.lockstep.keys.keyserver.transport.ByteTransport;
import dev.lockstep.keys.keyserver.transport.PlainTransport;
import dev.lockstep.keys.keyserver.transport.TlsTransport;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;

/** Where a key server is and how it is spoken to. Immutable. */
interface KeyServerTarget {

    SocketAddress address();

    /**
     * Begins to look up the addresses to try, in their order, for one attempt to connect. Does not block; a target without a
     * name has the answer at once.
     */
    default CompletableFuture<List<SocketAddress>> lookup() {
        return CompletableFuture.completedFuture(List.of(address()));
    }

    /** Returns a channel that is neither connected nor blocking. */
    SocketChannel open() throws IOException;

    /** Returns how bytes go over a channel that {@link #open} made. */
    ByteTransport transport(SocketChannel channel) throws IOException;

    static KeyServerTarget unix(Path socket) {
        UnixDomainSocketAddress address = UnixDomainSocketAddress.of(socket);
        return new KeyServerTarget() {
            @Override
            public SocketAddress address() {
                return address;
            }

            @Override
            public SocketChannel open() throws IOException {
                return prepared(SocketChannel.open(StandardProtocolFamily.UNIX), false);
            }

            @Override
            public ByteTransport transport(SocketChannel channel) {
                return new PlainTransport(channel);
            }

            @Override
            public String toString() {
                return socket.toString();
            }
        };
    }

    static KeyServerTarget tcp(InetSocketAddress address, SSLContext context) {
        if (address.isUnresolved()) {
            throw new IllegalArgumentException(
                    "address: " + address.getHostString() + " is not resolved; resolve it first, which may block");
        }
        CompletableFuture<List<SocketAddress>> known = CompletableFuture.completedFuture(List.of(address));
        return tls(address, () -> known, () -> context);
    }

    /**
     * A host whose name is looked up for each attempt.
     *
     * @param context gives what each connection is made with; does not block
     */
    static KeyServerTarget tcp(String host, int port, Supplier<SSLContext> context, HostLookup.Resolver resolver) {
        return tls(
                InetSocketAddress.createUnresolved(host, port), new HostLookup(host, port, resolver)::start, context);
    }

    private static KeyServerTarget tls(
            InetSocketAddress address,
            Supplier<CompletableFuture<List<SocketAddress>>> lookup,
            Supplier<SSLContext> context) {
        return new KeyServerTarget() {
            @Override
            public SocketAddress address() {
                return address;
            }

            @Override
            public CompletableFuture<List<SocketAddress>> lookup() {
                return lookup.get();
            }

            @Override
            public SocketChannel open() throws IOException {
                return prepared(SocketChannel.open(), true);
            }

            @Override
            public ByteTransport transport(SocketChannel channel) throws IOException {
                SSLEngine engine = context.get().createSSLEngine(address.getHostString(), address.getPort());
                engine.setUseClientMode(true);
                SSLParameters parameters = engine.getSSLParameters();
                parameters.setProtocols(new String[] {"TLSv1.3", "TLSv1.2"});
                // RFC 2818 3.1: the certificate must be for the name or address that was asked for.
                parameters.setEndpointIdentificationAlgorithm("HTTPS");
                engine.setSSLParameters(parameters);
                return new TlsTransport(channel, engine);
            }

            @Override
            public String toString() {
                return address.getHostString() + ":" + address.getPort();
            }
        };
    }

    private static SocketChannel prepared(SocketChannel channel, boolean tcp) throws IOException {
        try {
            channel.configureBlocking(false);
            if (tcp) {
                channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            }
            return channel;
        } catch (IOException | RuntimeException | Error e) {
            channel.close();
            throw e;
        }
    }
}
