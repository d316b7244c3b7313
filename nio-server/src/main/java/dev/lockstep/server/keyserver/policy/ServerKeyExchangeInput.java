package dev.lockstep.server.keyserver.policy;

import dev.lockstep.crypto.group.FfdheParameters;
import dev.lockstep.crypto.group.Group;
import dev.lockstep.crypto.group.NistCurve;
import dev.lockstep.tls.spec.NamedGroup;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Whether a message to be signed is what a TLS 1.2 server signs, to its last byte: client_random, server_random, params
 * (RFC 5246 7.4.3). With that question a key server is no signing oracle for certificates, tokens or TLS 1.3, whose
 * signatures begin with 64 spaces (RFC 8446 4.4.3) where here a curve type or the length of a prime has to stand.
 *
 * <p>The params leave a caller no bytes of its own choice beyond one public value: primes are those of RFC 7919, points are
 * on their curve. The 64 bytes of the randoms stay free, and with 32 more of a point they might hold a short structure in
 * DER, so that what is one as a whole is refused too.
 */
public final class ServerKeyExchangeInput {

    private static final int RANDOMS = 64;

    /** RFC 8422 5.4: named_curve; the other curve types are deprecated. */
    private static final int NAMED_CURVE = 3;

    /** RFC 7919: the generator of all its groups. */
    private static final int GENERATOR = 2;

    private ServerKeyExchangeInput() {}

    /**
     * Tells whether a message is what a server of TLS 1.2 signs in ServerKeyExchange, and nothing else besides.
     *
     * @param rsa whether the key is an RSA key: no other kind signs ServerDHParams (RFC 5246 7.4.3)
     */
    public static boolean isWellFormed(byte[] message, boolean rsa) {
        if (message.length <= RANDOMS || DerShape.isOneElement(message)) {
            return false;
        }
        ByteBuffer params = ByteBuffer.wrap(message, RANDOMS, message.length - RANDOMS);
        return isEcdhe(params.duplicate()) || (rsa && isDhe(params));
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
            case SECP256R1 -> isPoint(NistCurve.P256, params);
            case SECP384R1 -> isPoint(NistCurve.P384, params);
            case SECP521R1 -> isPoint(NistCurve.P521, params);
            case X25519 -> length == 32;
            case X448 -> length == 56;
            default -> false; // a finite field is no curve
        };
    }

    /** RFC 8422 5.4.1, 5.11: the uncompressed form only, and on the curve. */
    private static boolean isPoint(NistCurve curve, ByteBuffer params) {
        byte[] point = new byte[params.remaining()];
        params.get(point);
        return curve.decode(point) != null;
    }

    /** ServerDHParams: dh_p, dh_g and dh_Ys, each behind a length of two bytes. */
    private static boolean isDhe(ByteBuffer params) {
        byte[] p = vector(params);
        byte[] g = vector(params);
        byte[] y = vector(params);
        if (params.hasRemaining() || g.length != 1 || g[0] != GENERATOR || y.length > p.length) {
            return false;
        }
        Group group = groupOf(p);
        if (group == null) {
            return false;
        }
        // RFC 7919 5.1: 1 < Ys < p-1
        BigInteger value = new BigInteger(1, y);
        BigInteger last = FfdheParameters.p(group).subtract(BigInteger.ONE);
        return value.compareTo(BigInteger.ONE) > 0 && value.compareTo(last) < 0;
    }

    /** The group of RFC 7919 with this prime; null when there is none. */
    private static @Nullable Group groupOf(byte[] p) {
        for (Group group : Group.values()) {
            if (group.isFiniteField()
                    && group.publicLength() == p.length
                    && Arrays.equals(FfdheParameters.pBytes(group), p)) {
                return group;
            }
        }
        return null;
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
