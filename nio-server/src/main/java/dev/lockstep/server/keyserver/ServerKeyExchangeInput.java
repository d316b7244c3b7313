package dev.lockstep.server.keyserver;

import dev.lockstep.tls.spec.NamedGroup;
import java.math.BigInteger;
import java.nio.ByteBuffer;

/**
 * Whether a message to be signed is what a TLS 1.2 server signs, to its last byte: client_random, server_random, params
 * (RFC 5246 7.4.3). With that question a key server is no signing oracle for certificates, tokens or TLS 1.3, whose
 * signatures begin with 64 spaces (RFC 8446 4.4.3) where here a curve type or the length of a prime has to stand.
 */
final class ServerKeyExchangeInput {

    private static final int RANDOMS = 64;

    /** RFC 8422 5.4: named_curve; the other curve types are deprecated. */
    private static final int NAMED_CURVE = 3;

    /** What TLS servers use of finite fields: a prime of 1,024 to 8,192 bits. */
    private static final int LEAST_PRIME = 128;

    private static final int LONGEST_PRIME = 1024;

    private ServerKeyExchangeInput() {}

    static boolean isWellFormed(byte[] message) {
        if (message.length <= RANDOMS) {
            return false;
        }
        ByteBuffer params = ByteBuffer.wrap(message, RANDOMS, message.length - RANDOMS);
        return isEcdhe(params.duplicate()) || isDhe(params);
    }

    /** ServerECDHParams: curve_type, NamedCurve, the point behind a length of one byte. */
    private static boolean isEcdhe(ByteBuffer params) {
        if (params.remaining() < 4 || (params.get() & 0xFF) != NAMED_CURVE) {
            return false;
        }
        NamedGroup group = NamedGroup.of(params.getShort() & 0xFFFF);
        int length = params.get() & 0xFF;
        if (group == null || length != params.remaining()) {
            return false;
        }
        return switch (group) {
            case SECP256R1 -> isPoint(params, 65);
            case SECP384R1 -> isPoint(params, 97);
            case SECP521R1 -> isPoint(params, 133);
            case X25519 -> length == 32;
            case X448 -> length == 56;
            default -> false; // a finite field is no curve
        };
    }

    /** RFC 8422 5.4.1: the uncompressed form only. */
    private static boolean isPoint(ByteBuffer params, int length) {
        return params.remaining() == length && params.get() == 4;
    }

    /** ServerDHParams: dh_p, dh_g and dh_Ys, each behind a length of two bytes. */
    private static boolean isDhe(ByteBuffer params) {
        byte[] p = vector(params);
        byte[] g = vector(params);
        byte[] y = vector(params);
        if (params.hasRemaining() || p.length < LEAST_PRIME || p.length > LONGEST_PRIME) {
            return false;
        }
        BigInteger prime = new BigInteger(1, p);
        BigInteger last = prime.subtract(BigInteger.ONE);
        return p[0] != 0 && prime.testBit(0) && isBetween(g, last) && isBetween(y, last);
    }

    /** RFC 7919 5.1: {@code 1 < y < p-1}. */
    private static boolean isBetween(byte[] bytes, BigInteger last) {
        BigInteger value = new BigInteger(1, bytes);
        return value.compareTo(BigInteger.ONE) > 0 && value.compareTo(last) < 0;
    }

    /** The next vector; empty when there is none. */
    private static byte[] vector(ByteBuffer params) {
        if (params.remaining() < 2) {
            return new byte[0];
        }
        int length = params.getShort() & 0xFFFF;
        if (length > params.remaining()) {
            return new byte[0];
        }
        byte[] bytes = new byte[length];
        params.get(bytes);
        return bytes;
    }
}
