package dev.lockstep.testkit.util;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.HexFormat;

/** Byte arithmetic of the test client; deliberately not the one of the library. */
public final class Bytes {

    private Bytes() {}

    /** The parts, one after the other. */
    public static byte[] concat(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    /** {@code value} as {@code length} bytes, most significant first. */
    public static byte[] number(long value, int length) {
        byte[] out = new byte[length];
        for (int i = length - 1; i >= 0; i--) {
            out[i] = (byte) value;
            value >>>= 8;
        }
        return out;
    }

    /** The low byte of {@code value}. */
    public static byte[] u8(int value) {
        return number(value, 1);
    }

    /** The low two bytes of {@code value}, most significant first. */
    public static byte[] u16(int value) {
        return number(value, 2);
    }

    /** A vector whose length stands in front of it in {@code lengthBytes} bytes. */
    public static byte[] vector(int lengthBytes, byte[] body) {
        return concat(number(body.length, lengthBytes), body);
    }

    /** 16-bit numbers one after the other. */
    public static byte[] u16s(int... values) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int value : values) {
            out.writeBytes(u16(value));
        }
        return out.toByteArray();
    }

    /** The number in {@code length} bytes from {@code offset}, most significant first. */
    public static int readNumber(byte[] b, int offset, int length) {
        int value = 0;
        for (int i = 0; i < length; i++) {
            value = (value << 8) | (b[offset + i] & 0xff);
        }
        return value;
    }

    /** A copy of {@code length} bytes from {@code offset}. */
    public static byte[] slice(byte[] b, int offset, int length) {
        return Arrays.copyOfRange(b, offset, offset + length);
    }

    /** {@code value} in exactly {@code length} bytes. */
    public static byte[] unsigned(BigInteger value, int length) {
        byte[] signed = value.toByteArray();
        int skip = Math.max(0, signed.length - length);
        for (int i = 0; i < skip; i++) {
            if (signed[i] != 0) {
                throw new IllegalArgumentException("does not fit " + length + " bytes");
            }
        }
        byte[] out = new byte[length];
        int kept = signed.length - skip;
        System.arraycopy(signed, skip, out, length - kept, kept);
        return out;
    }

    /** A copy with the last byte first. */
    public static byte[] reversed(byte[] b) {
        byte[] out = new byte[b.length];
        for (int i = 0; i < b.length; i++) {
            out[i] = b[b.length - 1 - i];
        }
        return out;
    }

    /** A copy with one bit of one byte flipped; a negative index counts from the end. */
    public static byte[] flipped(byte[] b, int index) {
        byte[] out = b.clone();
        out[index < 0 ? out.length + index : index] ^= 1;
        return out;
    }

    /** The bytes in lower-case hexadecimal. */
    public static String hex(byte[] b) {
        return HexFormat.of().formatHex(b);
    }

    /** 1, 2, 3 and so on. */
    public static byte[] ascending(int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (i + 1);
        }
        return bytes;
    }

    /** Whether every byte is zero, as in an array that was wiped. */
    public static boolean isZero(byte[] bytes) {
        for (byte each : bytes) {
            if (each != 0) {
                return false;
            }
        }
        return true;
    }
}
