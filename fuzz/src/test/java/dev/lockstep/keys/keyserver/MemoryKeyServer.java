package dev.lockstep.keys.keyserver;

import dev.lockstep.keys.keyserver.transport.ByteTransport;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.channels.SocketChannel;
import java.util.function.Supplier;

/** A key server that is reached over sockets in memory. */
public final class MemoryKeyServer {

    /** Makes what carries bytes over a channel. */
    @FunctionalInterface
    public interface Transports {
        /** Makes it for this channel. */
        ByteTransport over(SocketChannel channel) throws IOException;
    }

    private MemoryKeyServer() {}

    /**
     * Returns a builder for a client of it.
     *
     * @param sockets makes one that is not connected for each attempt to connect
     * @param transports says how bytes go over one of them
     */
    public static KeyServerKeys.Builder at(
            SocketAddress address, Supplier<? extends SocketChannel> sockets, Transports transports) {
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
            public ByteTransport transport(SocketChannel channel) throws IOException {
                return transports.over(channel);
            }

            @Override
            public String toString() {
                return address.toString();
            }
        });
    }
}
