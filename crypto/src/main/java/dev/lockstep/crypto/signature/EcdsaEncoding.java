package dev.lockstep.crypto.signature;

import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/**
 * {@code Ecdsa-Sig-Value ::= SEQUENCE { r INTEGER, s INTEGER }} (RFC 3279 2.2.3) in DER, read without any latitude: one
 * signature has one encoding.
 */
final class EcdsaEncoding {
    private static final int SEQUENCE = 0x30;
    private static final int INTEGER = 0x02;
    private static final int LONG_FORM_ONE_BYTE = 0x81;
    private static final int SHORT_FORM_LIMIT = 0x80;

    private final byte[] der;
    private int position;

    private EcdsaEncoding(byte[] der) {
        this.der = der;
    }

    /** A signature's two numbers; neither is known to be in range. */
    record Pair(BigInteger r, BigInteger s) {}

    static byte[] encode(BigInteger r, BigInteger s) {
        byte[] rBytes = r.toByteArray();
        byte[] sBytes = s.toByteArray();
        int body = 2 + rBytes.length + 2 + sBytes.length;
        // P-521 is the only curve that needs a second length byte; no integer of it does.
        int headerLength = body < SHORT_FORM_LIMIT ? 2 : 3;
        byte[] out = new byte[headerLength + body];
        out[0] = SEQUENCE;
        if (headerLength == 3) {
            out[1] = (byte) LONG_FORM_ONE_BYTE;
        }
        out[headerLength - 1] = (byte) body;
        integer(out, headerLength, rBytes);
        integer(out, headerLength + 2 + rBytes.length, sBytes);
        return out;
    }

    private static void integer(byte[] out, int at, byte[] value) {
        out[at] = INTEGER;
        out[at + 1] = (byte) value.length;
        System.arraycopy(value, 0, out, at + 2, value.length);
    }

    /**
     * Reads a signature.
     *
     * @param der all of the encoding
     * @return null unless it is exactly the DER encoding of two integers of at least 1
     */
    static @Nullable Pair decode(byte[] der) {
        EcdsaEncoding in = new EcdsaEncoding(der);
        if (in.next() != SEQUENCE) {
            return null;
        }
        int body = in.sequenceLength();
        if (body != der.length - in.position) {
            return null;
        }
        BigInteger r = in.positiveInteger();
        BigInteger s = in.positiveInteger();
        return r == null || s == null || in.position != der.length ? null : new Pair(r, s);
    }

    private int next() {
        return position < der.length ? der[position++] & 0xff : -1;
    }

    private int sequenceLength() {
        int first = next();
        if (first != LONG_FORM_ONE_BYTE) {
            return first < SHORT_FORM_LIMIT ? first : -1;
        }
        int second = next();
        // X.690 10.1: the definite form with the minimum number of octets.
        return second >= SHORT_FORM_LIMIT ? second : -1;
    }

    private @Nullable BigInteger positiveInteger() {
        if (next() != INTEGER) {
            return null;
        }
        int length = next();
        if (length < 1 || length >= SHORT_FORM_LIMIT || length > der.length - position) {
            return null;
        }
        int first = der[position];
        boolean negative = first < 0;
        // X.690 8.3.2: the first nine bits are not all equal.
        boolean padded = first == 0 && length > 1 && der[position + 1] >= 0;
        if (negative || padded) {
            return null;
        }
        BigInteger value = new BigInteger(1, der, position, length);
        position += length;
        return value.signum() > 0 ? value : null;
    }
}
