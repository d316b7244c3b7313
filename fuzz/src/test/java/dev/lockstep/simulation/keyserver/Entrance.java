package dev.lockstep.simulation.keyserver;

import dev.lockstep.keys.keyserver.transport.ByteTransport;
import dev.lockstep.keys.keyserver.transport.PlainTransport;
import dev.lockstep.server.audit.KeyPeer;
import dev.lockstep.server.keyserver.listener.ClientListener;
import dev.lockstep.server.keyserver.policy.ClientIdentity;
import dev.lockstep.simulation.sockets.MemoryListener;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/**
 * Where uplinks arrive at a key server. Without TLS, who the first one is, is known on arrival; who others are, with their first
 * frame.
 */
record Entrance(MemoryListener listener, boolean tls) implements ClientListener {

    /** An uplink that has arrived. */
    private record Arrival(SocketChannel channel, int number, boolean tls) implements Admission {

        @Override
        public ByteTransport transport() throws IOException {
            return tls ? LinkTls.server(channel) : new PlainTransport(channel);
        }

        @Override
        public String where() {
            return "uplink " + number;
        }

        @Override
        public String origin() {
            return where();
        }

        @Override
        public boolean isKnown() {
            return number == 0 && !tls;
        }

        @Override
        public ClientIdentity identity() {
            return new ClientIdentity(where(), KeyPeer.local(number), key -> true);
        }
    }

    @Override
    public ServerSocketChannel channel() {
        return listener;
    }

    @Override
    public Admission admit(SocketChannel client) throws IOException {
        return new Arrival(client, ((InetSocketAddress) client.getRemoteAddress()).getPort(), tls);
    }

    @Override
    public String where() {
        return "memory";
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }
}
