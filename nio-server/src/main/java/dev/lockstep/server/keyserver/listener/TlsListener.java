package dev.lockstep.server.keyserver.listener;

import dev.lockstep.keys.keyserver.transport.ByteTransport;
import dev.lockstep.keys.keyserver.transport.TlsTransport;
import dev.lockstep.server.keyserver.policy.ClientGrants;
import dev.lockstep.server.keyserver.policy.ClientIdentity;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import jdk.net.ExtendedSocketOptions;
import org.jspecify.annotations.Nullable;

/**
 * A TCP port with mutual TLS: a client needs a certificate that the context trusts, and a grant for a name in it or for its
 * hash.
 */
public final class TlsListener implements ClientListener {

    private static final int BACKLOG = 512;

    /** Asks after 30 seconds of silence and every 10 seconds from then on; the third question without an answer is the last. */
    private static final Map<SocketOption<Integer>, Integer> KEEP_ALIVE = Map.of(
            ExtendedSocketOptions.TCP_KEEPIDLE, 30,
            ExtendedSocketOptions.TCP_KEEPINTERVAL, 10,
            ExtendedSocketOptions.TCP_KEEPCOUNT, 3);

    private final ServerSocketChannel channel;
    private final Supplier<Setting> setting;

    /**
     * What applies to clients.
     *
     * @param address where the port is; read once
     * @param context with the key server's certificate and key, and the authority of the clients
     * @param grants which clients may use which keys
     */
    public record Setting(InetSocketAddress address, SSLContext context, ClientGrants grants) {}

    private TlsListener(ServerSocketChannel channel, Supplier<Setting> setting) {
        this.channel = channel;
        this.setting = setting;
    }

    /** A client of which the handshake will tell who it is. */
    private static final class RemoteClient implements Admission {

        private final SocketChannel channel;
        private final Supplier<Setting> setting;
        private final String where;
        private final String origin;
        private @Nullable TlsTransport transport;

        RemoteClient(SocketChannel channel, Supplier<Setting> setting) throws IOException {
            this.channel = channel;
            this.setting = setting;
            InetSocketAddress peer = (InetSocketAddress) channel.getRemoteAddress();
            String address = peer.getAddress().getHostAddress();
            this.where = (address.contains(":") ? "[" + address + "]" : address) + ":" + peer.getPort();
            this.origin = originOf(peer.getAddress());
        }

        /** The certificate is asked for in the handshake, which the hello must follow soon. */
        @Override
        public ByteTransport transport() throws IOException {
            SSLEngine engine = setting.get().context().createSSLEngine();
            engine.setUseClientMode(false);
            SSLParameters parameters = engine.getSSLParameters();
            parameters.setProtocols(new String[] {"TLSv1.3", "TLSv1.2"});
            parameters.setNeedClientAuth(true);
            engine.setSSLParameters(parameters);
            TlsTransport made = new TlsTransport(channel, engine);
            transport = made;
            return made;
        }

        @Override
        public String where() {
            return where;
        }

        @Override
        public String origin() {
            return origin;
        }

        @Override
        public boolean isKnown() {
            return false;
        }

        @Override
        public @Nullable ClientIdentity identity() {
            X509Certificate certificate = transport == null ? null : transport.peerCertificate();
            if (certificate == null) {
                return null;
            }
            ClientIdentity found = identity(certificate);
            return found == null
                    ? null
                    : new ClientIdentity(found.share(), found.peer(), key -> {
                        // A grant for a key's file is for the key that is in the file now.
                        ClientIdentity now = identity(certificate);
                        return now != null && now.mayUse().test(key);
                    });
        }

        private @Nullable ClientIdentity identity(X509Certificate certificate) {
            return setting.get().grants().identify(certificate, where);
        }
    }

    /**
     * Opens the port.
     *
     * @param setting gives what applies when a client arrives, and its grants whenever it asks for a key
     * @throws IOException when the address is taken, or not of this machine
     */
    public static TlsListener open(InetSocketAddress address, Supplier<Setting> setting) throws IOException {
        ServerSocketChannel channel = ServerSocketChannel.open();
        try {
            channel.bind(address, BACKLOG).configureBlocking(false);
            return new TlsListener(channel, setting);
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    @Override
    public ServerSocketChannel channel() {
        return channel;
    }

    @Override
    public Admission admit(SocketChannel client) throws IOException {
        client.setOption(StandardSocketOptions.TCP_NODELAY, true);
        keepAlive(client);
        return new RemoteClient(client, setting);
    }

    /**
     * Has the kernel ask whether the client's machine is still there: a client without requests sends nothing, and one that lost
     * its power or its network sends no end either.
     */
    private static void keepAlive(SocketChannel client) throws IOException {
        client.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
        Set<SocketOption<?>> supported = client.supportedOptions();
        for (Map.Entry<SocketOption<Integer>, Integer> each : KEEP_ALIVE.entrySet()) {
            if (supported.contains(each.getKey())) {
                client.setOption(each.getKey(), each.getValue());
            }
        }
    }

    /** An IPv6 machine has 2^64 addresses to choose from, so its network counts as one. */
    private static String originOf(InetAddress address) {
        byte[] bytes = address.getAddress();
        return HexFormat.of().formatHex(bytes, 0, Math.min(bytes.length, 8));
    }

    @Override
    public String where() {
        InetSocketAddress address = (InetSocketAddress) channel.socket().getLocalSocketAddress();
        return address.getAddress().getHostAddress() + ":" + address.getPort();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
