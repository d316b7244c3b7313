package dev.lockstep.server.backend;

import dev.lockstep.nio.Session;
import dev.lockstep.tls.ConnectionInfo;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;

/**
 * The PROXY header that a backend receives first: who the client is and, in version 2, what TLS has negotiated. The cipher
 * suite has its IANA name.
 */
final class ProxyWriter {

    private static final String UNKNOWN = "PROXY UNKNOWN\r\n";

    /** All of it: the addresses, and TLVs whose values TLS bounds to 255 bytes each, but for the client's name. */
    private static final int LONGEST = 2048;

    private ProxyWriter() {}

    /** Returns version 1: one line of at most 107 bytes. */
    static byte[] v1(Session session) {
        InetSocketAddress source = inet(session.remoteAddress());
        InetSocketAddress destination = inet(session.duplex().localAddress());
        if (source == null || destination == null) {
            return UNKNOWN.getBytes(StandardCharsets.US_ASCII);
        }
        boolean v4 = isV4(source) && isV4(destination);
        String line = "PROXY " + (v4 ? "TCP4 " : "TCP6 ") + text(source.getAddress(), v4) + " "
                + text(destination.getAddress(), v4) + " " + source.getPort() + " " + destination.getPort() + "\r\n";
        return line.getBytes(StandardCharsets.US_ASCII);
    }

    /** Returns version 2, with PP2_TYPE_SSL and, as far as they were negotiated, ALPN and the server name. */
    static byte[] v2(Session session) {
        ByteBuffer out = ByteBuffer.allocate(LONGEST);
        out.put(ProxyV2.SIGNATURE).put((byte) ProxyV2.PROXY);
        InetSocketAddress source = inet(session.remoteAddress());
        InetSocketAddress destination = inet(session.duplex().localAddress());
        if (source == null || destination == null) {
            out.put((byte) ProxyV2.UNSPEC).putShort((short) 0);
        } else {
            boolean v4 = isV4(source) && isV4(destination);
            out.put((byte) (v4 ? ProxyV2.TCP4 : ProxyV2.TCP6)).putShort((short) 0);
            out.put(octets(source.getAddress(), v4)).put(octets(destination.getAddress(), v4));
            out.putShort((short) source.getPort()).putShort((short) destination.getPort());
        }
        ConnectionInfo info = session.info();
        text(out, ProxyV2.TYPE_ALPN, info.applicationProtocol());
        text(out, ProxyV2.TYPE_AUTHORITY, info.serverName());
        tls(out, info);
        out.putShort(ProxyV2.FIXED - 2, (short) (out.position() - ProxyV2.FIXED));
        return Arrays.copyOf(out.array(), out.position());
    }

    private static void tls(ByteBuffer out, ConnectionInfo info) {
        boolean certified = !info.peerCertificates().isEmpty();
        int shows = info.resumed() ? ProxyV2.CLIENT_CERT_SESS : ProxyV2.CLIENT_CERT_CONN | ProxyV2.CLIENT_CERT_SESS;
        out.put((byte) ProxyV2.TYPE_SSL).putShort((short) 0);
        int begin = out.position();
        out.put((byte) (ProxyV2.CLIENT_SSL | (certified ? shows : 0)));
        out.putInt(certified ? 0 : 1); // zero says that a certificate was presented and verified
        text(out, ProxyV2.SUBTYPE_SSL_VERSION, "TLSv1.2");
        text(out, ProxyV2.SUBTYPE_SSL_CIPHER, info.cipherSuite().name());
        if (certified) {
            X500Principal subject = info.peerCertificates().get(0).getSubjectX500Principal();
            text(out, ProxyV2.SUBTYPE_SSL_CN, CommonName.of(subject));
        }
        out.putShort(begin - 2, (short) (out.position() - begin));
    }

    private static void text(ByteBuffer out, int type, @Nullable String value) {
        if (value != null) {
            byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
            out.put((byte) type).putShort((short) bytes.length).put(bytes);
        }
    }

    private static @Nullable InetSocketAddress inet(@Nullable SocketAddress address) {
        return address instanceof InetSocketAddress inet && inet.getAddress() != null ? inet : null;
    }

    private static boolean isV4(InetSocketAddress address) {
        return address.getAddress() instanceof Inet4Address;
    }

    /** The address, in its IPv4-mapped form where the other one is of IPv6. */
    private static byte[] octets(InetAddress address, boolean v4) {
        byte[] octets = address.getAddress();
        if (v4 || octets.length == 16) {
            return octets;
        }
        byte[] mapped = new byte[16];
        mapped[10] = (byte) 0xff;
        mapped[11] = (byte) 0xff;
        System.arraycopy(octets, 0, mapped, 12, 4);
        return mapped;
    }

    private static String text(InetAddress address, boolean v4) {
        if (!v4 && address instanceof Inet4Address) {
            return "::ffff:" + address.getHostAddress();
        }
        String host = address.getHostAddress();
        int zone = address instanceof Inet6Address ? host.indexOf('%') : -1;
        return zone < 0 ? host : host.substring(0, zone);
    }
}
