package dev.lockstep.server.keyserver;

import dev.lockstep.keys.keyserver.transport.TlsTransport;
import dev.lockstep.server.audit.KeyUse;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;

/** A TCP port with mutual TLS: nobody comes in without a certificate that the context trusts. */
public final class TlsListener implements ClientListener {

    private static final int BACKLOG = 128;

    private final ServerSocketChannel channel;
    private final SSLContext context;

    private TlsListener(ServerSocketChannel channel, SSLContext context) {
        this.channel = channel;
        this.context = context;
    }

    /**
     * Opens the port.
     *
     * @param context with the key server's certificate and key, and the authority of the clients
     * @throws IOException when the address is taken, or not of this machine
     */
    public static TlsListener open(InetSocketAddress address, SSLContext context) throws IOException {
        ServerSocketChannel channel = ServerSocketChannel.open();
        try {
            channel.bind(address, BACKLOG).configureBlocking(false);
            return new TlsListener(channel, context);
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    @Override
    public ServerSocketChannel channel() {
        return channel;
    }

    /** The certificate is asked for in the handshake, which the hello must follow soon. */
    @Override
    public Admission admit(SocketChannel client) throws IOException {
        client.setOption(StandardSocketOptions.TCP_NODELAY, true);
        SSLEngine engine = context.createSSLEngine();
        engine.setUseClientMode(false);
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setProtocols(new String[] {"TLSv1.3", "TLSv1.2"});
        parameters.setNeedClientAuth(true);
        engine.setSSLParameters(parameters);
        InetSocketAddress peer = (InetSocketAddress) client.getRemoteAddress();
        return new Admission(
                "address " + peer.getAddress().getHostAddress(), KeyUse.NO_UID, new TlsTransport(client, engine));
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
