package dev.lockstep.server.keyserver.listener;

import dev.lockstep.server.certificate.MutualTlsServer;
import dev.lockstep.server.keyserver.policy.ClientGrants;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import jdk.net.ExtendedSocketOptions;

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
     * @param tls with the key server's certificate and key, and whose clients are trusted
     * @param grants which clients may use which keys
     */
    public record Setting(InetSocketAddress address, MutualTlsServer tls, ClientGrants grants) {}

    private TlsListener(ServerSocketChannel channel, Supplier<Setting> setting) {
        this.channel = channel;
        this.setting = setting;
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
