package dev.lockstep.server.keyserver.policy;

import dev.lockstep.crypto.group.FfdheParameters;
import dev.lockstep.crypto.group.Group;
import dev.lockstep.crypto.group.NistCurve;
import dev.lockstep.tls.spec.NamedGroup;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Whether a message to be signed is what a TLS 1.2 server signs, to its last byte: client_random, server_random, params
 * (RFC 5246 7.4.3). With that question a key server is no signing oracle for certificates, tokens or TLS 1.3, whose
 * signatures begin with 64 spaces (RFC 8446 4.4.3) where here a curve type or the length of a prime has to stand.
 *
 * <p>The form alone is not enough, since parts of it are the caller's choice: the 64 bytes of the randoms, most of a point and
 * all of a finite-field value. With those, the whole may have the form of another protocol too. So what is one structure in
 * DER, begins as another protocol's input does or has a text for a random is refused. ServerDHParams, whose public value has
 * room for an SSH certificate or half a TLS handshake, are signed only where the operator asks for it.
 */
public final class ServerKeyExchangeInput {

    private static final int RANDOM = 32;
    private static final int RANDOMS = 2 * RANDOM;

    /**
     * How many bytes of a random have to be text for the whole to count as one. By chance that is so for one random in 83
     * million, and for one of a handshake's two in 42 million.
     */
    private static final int TEXT = 28;

    /** RFC 8422 5.4: named_curve; the other curve types are deprecated. */
    private static final int NAMED_CURVE = 3;

    /** RFC 7919: the generator of all its groups. */
    private static final int GENERATOR = 2;

    /** Those of the policies. The public values of ffdhe6144 and ffdhe8192 have room for a whole TLS handshake. */
    private static final Set<Group> FINITE_FIELDS = EnumSet.of(Group.FFDHE2048, Group.FFDHE3072, Group.FFDHE4096);

    private ServerKeyExchangeInput() {}

    /**
     * Tells whether a message is what a server of TLS 1.2 signs in ServerKeyExchange, and nothing else besides.
     *
     * @param dhe whether ServerDHParams are accepted: for RSA keys alone (RFC 5246 7.4.3), and where the operator allows them
     */
    public static boolean isWellFormed(byte[] message, boolean dhe) {
        if (message.length <= RANDOMS
                || isText(message, 0)
                || isText(message, RANDOM)
                || DerShape.isOneElement(message)
                || ForeignBeginning.isFound(message)) {
            return false;
        }
        ByteBuffer params = ByteBuffer.wrap(message, RANDOMS, message.length - RANDOMS);
        return isEcdhe(params.duplicate()) || (dhe && isDhe(params));
    }

    /** Documents are signed as they are by formats such as CMS without signed attributes; no client's random is a text. */
    private static boolean isText(byte[] message, int from) {
        int count = 0;
        for (int at = from; at < from + RANDOM; at++) {
            byte b = message[at];
            count += (b >= ' ' && b <= '~') || b == '\t' || b == '\r' || b == '\n' ? 1 : 0;
        }
        return count >= TEXT;
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

    /**
     * ServerDHParams: dh_p, dh_g and dh_Ys, each behind a length of two bytes. The value has leading zeros up to the length of
     * p, as Lockstep writes it (RFC 8446 4.2.8.1 requires the same): its length is not for the caller to choose.
     */
    private static boolean isDhe(ByteBuffer params) {
        byte[] p = vector(params);
        byte[] g = vector(params);
        byte[] y = vector(params);
        if (params.hasRemaining() || g.length != 1 || g[0] != GENERATOR || y.length != p.length) {
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

    /** The group with this prime; null when it is none of those that are signed for. */
    private static @Nullable Group groupOf(byte[] p) {
        for (Group group : FINITE_FIELDS) {
            if (Arrays.equals(FfdheParameters.pBytes(group), p)) {
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
