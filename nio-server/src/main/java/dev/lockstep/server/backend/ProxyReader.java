package dev.lockstep.server.backend;

import dev.lockstep.nio.Preface;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Reads the PROXY header, version 1 or 2, that a trusted proxy sends before TLS. A header that says UNKNOWN or LOCAL, as the
 * health checks of a proxy do, leaves the addresses of the socket. TLVs are skipped, but a checksum is verified.
 */
final class ProxyReader implements Preface {

    /** The longest line of version 1, with its end. */
    private static final int LONGEST_LINE = 107;

    /** The longest header of version 2 that is accepted: whole in one buffer of the loop. */
    private static final int LONGEST_BINARY = 8192;

    private static final byte[] BEGIN_OF_LINE = "PROXY ".getBytes(StandardCharsets.US_ASCII);

    private @Nullable InetSocketAddress source;
    private @Nullable InetSocketAddress destination;

    @Override
    public boolean read(ByteBuffer in) throws IOException {
        if (!in.hasRemaining()) {
            return false;
        }
        boolean line = in.get(in.position()) == BEGIN_OF_LINE[0];
        byte[] expected = line ? BEGIN_OF_LINE : ProxyV2.SIGNATURE;
        for (int i = 0; i < Math.min(expected.length, in.remaining()); i++) {
            if (in.get(in.position() + i) != expected[i]) {
                throw malformed("it does not begin as one");
            }
        }
        return line ? readLine(in) : readBinary(in);
    }

    private boolean readLine(ByteBuffer in) throws IOException {
        int most = Math.min(LONGEST_LINE, in.remaining());
        for (int i = 1; i < most; i++) {
            if (in.get(in.position() + i) == '\n') {
                if (in.get(in.position() + i - 1) != '\r') {
                    throw malformed("its line ends without a carriage return");
                }
                byte[] line = new byte[i - 1];
                in.get(line).position(in.position() + 2);
                parse(new String(line, StandardCharsets.ISO_8859_1));
                return true;
            }
        }
        if (most == LONGEST_LINE) {
            throw malformed("its line is longer than " + LONGEST_LINE + " bytes");
        }
        return false;
    }

    private void parse(String line) throws IOException {
        String[] words = line.split(" ", -1);
        if (words[1].equals("UNKNOWN")) {
            return;
        }
        boolean v4 = words[1].equals("TCP4");
        if (words.length != 6 || !(v4 || words[1].equals("TCP6"))) {
            throw malformed("its line has another form");
        }
        source = new InetSocketAddress(address(words[2], v4), port(words[4]));
        destination = new InetSocketAddress(address(words[3], v4), port(words[5]));
    }

    /** Reads a literal address: never a name, which would be looked up. */
    private static InetAddress address(String text, boolean v4) throws IOException {
        if (!isLiteral(text, v4)) {
            throw malformed("it has no address of its family");
        }
        try {
            return InetAddress.getByName(text);
        } catch (UnknownHostException e) {
            throw malformed("it has no address of its family");
        }
    }

    /** What begins with a dot is a name to the JDK, whatever colons are in it. */
    static boolean isLiteral(String text, boolean v4) {
        return v4
                ? text.matches("(25[0-5]|2[0-4]\\d|1?\\d?\\d)(\\.(25[0-5]|2[0-4]\\d|1?\\d?\\d)){3}")
                : text.indexOf(':') >= 0 && text.matches("[0-9a-fA-F:][0-9a-fA-F:.]{1,44}");
    }

    private static int port(String text) throws IOException {
        if (text.matches("0|[1-9]\\d{0,4}")) {
            int port = Integer.parseInt(text);
            if (port <= 65_535) {
                return port;
            }
        }
        throw malformed("it has no port");
    }

    private boolean readBinary(ByteBuffer in) throws IOException {
        if (in.remaining() < ProxyV2.FIXED) {
            return false;
        }
        int begin = in.position();
        int command = in.get(begin + 12) & 0xff;
        int family = in.get(begin + 13) & 0xff;
        int length = in.getShort(begin + 14) & 0xffff;
        if (command != ProxyV2.LOCAL && command != ProxyV2.PROXY) {
            throw malformed("its version and command are " + command);
        }
        if (length > LONGEST_BINARY - ProxyV2.FIXED) {
            throw malformed("it is longer than " + LONGEST_BINARY + " bytes");
        }
        if (in.remaining() < ProxyV2.FIXED + length) {
            return false;
        }
        byte[] header = new byte[ProxyV2.FIXED + length];
        in.get(header);
        ByteBuffer rest = ByteBuffer.wrap(header).position(ProxyV2.FIXED);
        boolean tcp = family == ProxyV2.TCP4 || family == ProxyV2.TCP6;
        if (command == ProxyV2.PROXY && tcp) {
            int octets = family == ProxyV2.TCP4 ? 4 : 16;
            if (length < (family == ProxyV2.TCP4 ? ProxyV2.TCP4_LENGTH : ProxyV2.TCP6_LENGTH)) {
                throw malformed("its addresses are cut off");
            }
            InetAddress from = octets(rest, octets);
            InetAddress to = octets(rest, octets);
            source = new InetSocketAddress(from, rest.getShort() & 0xffff);
            destination = new InetSocketAddress(to, rest.getShort() & 0xffff);
            skipTlvs(header, rest);
        } else if (command == ProxyV2.PROXY && family != ProxyV2.UNSPEC) {
            throw malformed("its family and protocol are " + family);
        }
        return true;
    }

    private static InetAddress octets(ByteBuffer from, int count) throws UnknownHostException {
        byte[] octets = new byte[count];
        from.get(octets);
        return InetAddress.getByAddress(octets);
    }

    private static void skipTlvs(byte[] header, ByteBuffer rest) throws IOException {
        while (rest.hasRemaining()) {
            if (rest.remaining() < 3) {
                throw malformed("a TLV is cut off");
            }
            int type = rest.get() & 0xff;
            int length = rest.getShort() & 0xffff;
            if (length > rest.remaining() || (type == ProxyV2.TYPE_CRC32C && length != 4)) {
                throw malformed("a TLV is cut off");
            }
            if (type == ProxyV2.TYPE_CRC32C) {
                verify(header, rest.position());
            }
            rest.position(rest.position() + length);
        }
    }

    /** The checksum covers the whole header, with zeros in its own place. */
    private static void verify(byte[] header, int at) throws IOException {
        int stated = ByteBuffer.wrap(header).getInt(at);
        ByteBuffer zeroed = ByteBuffer.wrap(header.clone()).putInt(at, 0);
        CRC32C crc = new CRC32C();
        crc.update(zeroed);
        if ((int) crc.getValue() != stated) {
            throw malformed("its checksum is wrong");
        }
    }

    private static IOException malformed(String why) {
        return new IOException("the PROXY header is malformed: " + why);
    }

    @Override
    public @Nullable SocketAddress remoteAddress() {
        return source;
    }

    @Override
    public @Nullable SocketAddress localAddress() {
        return destination;
    }
}
