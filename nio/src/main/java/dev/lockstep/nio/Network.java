package dev.lockstep.nio;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/**
 * Where connections come from: one customer of the Internet has an IPv4 address, or 64 bits of an IPv6 address with all
 * addresses behind them (RFC 6177).
 *
 * @param wide whether {@code bits} are the first 64 of an IPv6 address and not the 32 of an IPv4 address
 */
record Network(boolean wide, long bits) {

    private static final int PREFIX_BYTES = 8;

    /** Returns the address of a socket's peer; null if it is not connected any more, which its first read will find out. */
    static @Nullable SocketAddress peerOf(SocketChannel socket) {
        try {
            return socket.getRemoteAddress();
        } catch (IOException e) {
            return null;
        }
    }

    /** Returns the network of an address; null for one that is not of the Internet, such as a Unix-domain one. */
    static @Nullable Network of(@Nullable SocketAddress peer) {
        return peer instanceof InetSocketAddress address && address.getAddress() != null
                ? of(address.getAddress())
                : null;
    }

    static Network of(InetAddress address) {
        byte[] bytes = address.getAddress();
        long bits = 0;
        for (int i = 0; i < Math.min(PREFIX_BYTES, bytes.length); i++) {
            bits = bits << 8 | (bytes[i] & 0xff);
        }
        return new Network(address instanceof Inet6Address, bits);
    }
}
