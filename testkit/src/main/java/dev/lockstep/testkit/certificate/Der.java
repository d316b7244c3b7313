package dev.lockstep.testkit.certificate;

import dev.lockstep.testkit.util.Bytes;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;

/** The few DER forms that a certificate needs. */
final class Der {

    private Der() {}

    static byte[] tagged(int tag, byte[]... parts) {
        byte[] body = Bytes.concat(parts);
        byte[] length;
        if (body.length < 0x80) {
            length = Bytes.u8(body.length);
        } else if (body.length < 0x100) {
            length = Bytes.concat(Bytes.u8(0x81), Bytes.u8(body.length));
        } else {
            length = Bytes.concat(Bytes.u8(0x82), Bytes.u16(body.length));
        }
        return Bytes.concat(Bytes.u8(tag), length, body);
    }

    static byte[] sequence(byte[]... parts) {
        return tagged(0x30, parts);
    }

    static byte[] integer(BigInteger value) {
        return tagged(0x02, value.toByteArray());
    }

    /** An object identifier of arcs below 2^28. */
    static byte[] oid(int... arcs) {
        byte[] body = Bytes.u8(40 * arcs[0] + arcs[1]);
        for (int i = 2; i < arcs.length; i++) {
            byte[] arc = Bytes.u8(arcs[i] & 0x7f);
            for (int rest = arcs[i] >>> 7; rest != 0; rest >>>= 7) {
                arc = Bytes.concat(Bytes.u8((rest & 0x7f) | 0x80), arc);
            }
            body = Bytes.concat(body, arc);
        }
        return tagged(0x06, body);
    }

    static byte[] octets(byte[] body) {
        return tagged(0x04, body);
    }

    /** A bit string; {@code unused} bits of the last byte do not count. */
    static byte[] bits(int unused, byte[] body) {
        return tagged(0x03, Bytes.u8(unused), body);
    }

    static byte[] utf8(String text) {
        return tagged(0x0c, text.getBytes(StandardCharsets.UTF_8));
    }

    static byte[] utcTime(String text) {
        return tagged(0x17, text.getBytes(StandardCharsets.US_ASCII));
    }

    static byte[] yes() {
        return tagged(0x01, Bytes.u8(0xff));
    }
}
