package dev.lockstep.server.backend;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A PROXY header of version 2 for TCP over IPv4, as a backend parses it.
 *
 * @param tlvs by type in hexadecimal; those of PP2_TYPE_SSL as {@code 20.21} and so on
 */
record ProxySeen(InetSocketAddress source, InetSocketAddress destination, Map<String, String> tlvs) {

    static ProxySeen parse(byte[] header) throws Exception {
        ByteBuffer in = ByteBuffer.wrap(header, 12, header.length - 12);
        if (in.get() != 0x21 || in.get() != 0x11 || in.getShort() != header.length - 16) {
            throw new AssertionError("another version, family or length");
        }
        byte[] from = new byte[4];
        byte[] to = new byte[4];
        in.get(from).get(to);
        InetSocketAddress source = new InetSocketAddress(InetAddress.getByAddress(from), in.getShort() & 0xffff);
        InetSocketAddress destination = new InetSocketAddress(InetAddress.getByAddress(to), in.getShort() & 0xffff);
        Map<String, String> tlvs = new LinkedHashMap<>();
        read(in, "", tlvs);
        return new ProxySeen(source, destination, tlvs);
    }

    private static void read(ByteBuffer in, String prefix, Map<String, String> tlvs) {
        while (in.hasRemaining()) {
            String type = prefix + Integer.toHexString(in.get() & 0xff);
            byte[] value = new byte[in.getShort() & 0xffff];
            in.get(value);
            if (type.equals("20")) {
                ByteBuffer inner = ByteBuffer.wrap(value);
                tlvs.put("20 flags", Integer.toString(inner.get()));
                tlvs.put("20 verify", Integer.toString(inner.getInt()));
                read(inner, "20.", tlvs);
            } else {
                tlvs.put(type, new String(value, StandardCharsets.UTF_8));
            }
        }
    }
}
