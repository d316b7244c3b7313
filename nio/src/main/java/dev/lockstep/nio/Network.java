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

    /** Returns the network of a socket's peer; null for a socket without an Internet address, such as a Unix-domain one. */
    static @Nullable Network of(SocketChannel socket) {
        SocketAddress peer;
        try {
            peer = socket.getRemoteAddress();
        } catch (IOException e) {
            return null; // the socket is not connected any more, which its first read will find out
        }
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
