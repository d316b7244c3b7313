package dev.lockstep.server.backend;

import dev.lockstep.nio.Preface;
import dev.lockstep.server.UsageError;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The addresses whose connections begin with a PROXY header. All others are served without one. Immutable. */
final class TrustedProxies implements Function<SocketAddress, @Nullable Preface> {

    private static final String OPTION = "--accept-proxy";

    private final List<Block> blocks = new ArrayList<>();

    /** A block of addresses: the first {@code bits} bits of {@code octets}. */
    private static final class Block {
        private final byte[] octets;
        private final int bits;

        Block(byte[] octets, int bits) {
            this.octets = octets;
            this.bits = bits;
        }

        boolean contains(byte[] address) {
            if (address.length != octets.length) {
                return false;
            }
            for (int bit = 0; bit < bits; bit++) {
                int mask = 0x80 >> (bit & 7);
                if (((address[bit >> 3] ^ octets[bit >> 3]) & mask) != 0) {
                    return false;
                }
            }
            return true;
        }
    }

    /** @param values each {@code ADDRESS} or {@code ADDRESS/BITS} */
    TrustedProxies(List<String> values) throws UsageError {
        for (String value : values) {
            blocks.add(parse(value));
        }
    }

    private static Block parse(String value) throws UsageError {
        int slash = value.indexOf('/');
        String address = slash < 0 ? value : value.substring(0, slash);
        // All else would be looked up as a name, also digits that are no address: 256.1.1.1.
        boolean literal = ProxyReader.isLiteral(address, true) || ProxyReader.isLiteral(address, false);
        String length = slash < 0 ? "" : value.substring(slash + 1);
        if (literal && (slash < 0 || length.matches("[0-9]{1,3}"))) {
            try {
                byte[] octets = InetAddress.getByName(address).getAddress();
                int bits = slash < 0 ? octets.length * 8 : Integer.parseInt(length);
                if (bits <= octets.length * 8) {
                    return new Block(octets, bits);
                }
            } catch (UnknownHostException e) {
                // Refused below, with the value as it was given.
            }
        }
        throw new UsageError(
                OPTION,
                "'" + value + "' is no address and no block of addresses",
                "write 192.0.2.7, 192.0.2.0/24 or 2001:db8::/32");
    }

    /** Returns the reader of the header that a connection from {@code address} begins with; null for none. */
    @Override
    public @Nullable Preface apply(SocketAddress address) {
        if (!(address instanceof InetSocketAddress inet) || inet.getAddress() == null) {
            return null;
        }
        byte[] octets = inet.getAddress().getAddress();
        return blocks.stream().anyMatch(block -> block.contains(octets)) ? new ProxyReader() : null;
    }
}
