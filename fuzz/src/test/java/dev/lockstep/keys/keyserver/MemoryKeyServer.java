package dev.lockstep.keys.keyserver;

import dev.lockstep.keys.keyserver.transport.ByteTransport;
import dev.lockstep.keys.keyserver.transport.PlainTransport;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.channels.SocketChannel;
import java.util.function.Supplier;

/** A key server that is reached over sockets in memory. */
public final class MemoryKeyServer {

    private MemoryKeyServer() {}

    /**
     * Returns a builder for a client of it.
     *
     * @param sockets makes one that is not connected for each attempt to connect
     */
    public static KeyServerKeys.Builder at(SocketAddress address, Supplier<? extends SocketChannel> sockets) {
        return new KeyServerKeys.Builder(new KeyServerTarget() {
            @Override
            public SocketAddress address() {
                return address;
            }

            @Override
            public SocketChannel open() throws IOException {
                SocketChannel socket = sockets.get();
                socket.configureBlocking(false);
                return socket;
            }

            @Override
            public ByteTransport transport(SocketChannel channel) {
                return new PlainTransport(channel);
            }

            @Override
            public String toString() {
                return address.toString();
            }
        });
    }
}
