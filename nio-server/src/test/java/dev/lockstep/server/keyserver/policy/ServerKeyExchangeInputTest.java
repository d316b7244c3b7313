package dev.lockstep.server.keyserver.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.crypto.group.FfdheParameters;
import dev.lockstep.crypto.group.Group;
import dev.lockstep.crypto.group.NistCurve;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** RFC 5246 7.4.3: what a server signs is two randoms and the params, to the last byte, and nothing else. */
class ServerKeyExchangeInputTest {

    private static byte[] ecdhe(int curveType, int group, int pointLength, int form) {
        ByteBuffer input = ByteBuffer.allocate(64 + 4 + pointLength).position(64);
        input.put((byte) curveType).putShort((short) group).put((byte) pointLength);
        byte[] point =
                switch (group) {
                    case 23 -> NistCurve.P256.domain().getG().getEncoded(false);
                    case 24 -> NistCurve.P384.domain().getG().getEncoded(false);
                    case 25 -> NistCurve.P521.domain().getG().getEncoded(false);
                    default -> new byte[pointLength];
                };
        if (pointLength > 0) {
            point[0] = (byte) form;
        }
        input.put(point, 0, Math.min(point.length, pointLength));
        return input.array();
    }

    private static byte[] dhe(byte[] p, byte[] g, byte[] y) {
        ByteBuffer input =
                ByteBuffer.allocate(64 + 6 + p.length + g.length + y.length).position(64);
        for (byte[] value : new byte[][] {p, g, y}) {
            input.putShort((short) value.length).put(value);
        }
        return input.array();
    }

    private static boolean accepts(byte[] input) {
        return ServerKeyExchangeInput.isWellFormed(input, true);
    }

    @ParameterizedTest
    @CsvSource({"23, 65", "24, 97", "25, 133", "29, 32", "30, 56"})
    void aNamedGroupWithAPublicValueOfItsLengthIsSigned(int group, int length) {
        assertThat(accepts(ecdhe(3, group, length, 4))).isTrue();
        assertThat(accepts(ecdhe(3, group, length - 1, 4))).isFalse();
        assertThat(accepts(ecdhe(3, group, length + 1, 4))).isFalse();
        assertThat(accepts(ecdhe(3, group, 0, 4))).isFalse();
        assertThat(accepts(ecdhe(1, group, length, 4))).isFalse(); // explicit_prime
        assertThat(accepts(ecdhe(3, group + 200, length, 4))).isFalse();
        byte[] right = ecdhe(3, group, length, 4);
        assertThat(accepts(Arrays.copyOf(right, right.length - 1))).isFalse();
        assertThat(accepts(Arrays.copyOf(right, right.length + 1))).isFalse();
    }

    @Test
    void aCompressedPointAndAFiniteFieldAsACurveAreRefused() {
        assertThat(accepts(ecdhe(3, 23, 33, 2))).isFalse();
        assertThat(accepts(ecdhe(3, 23, 65, 2))).isFalse();
        assertThat(accepts(ecdhe(3, 256, 255, 4))).isFalse();
    }

    /** As long as the prime, as honest servers write it. */
    private static byte[] padded(int value, int length) {
        byte[] bytes = new byte[length];
        bytes[length - 1] = (byte) value;
        return bytes;
    }

    @ParameterizedTest
    @EnumSource(names = {"FFDHE2048", "FFDHE3072", "FFDHE4096"})
    void finiteFieldParamsAreSignedAndEveryOtherLengthOrValueIsNot(Group group) {
        byte[] p = FfdheParameters.pBytes(group);
        byte[] g = {2};
        byte[] signed = FfdheParameters.p(group).subtract(BigInteger.TWO).toByteArray();
        byte[] y = Arrays.copyOfRange(signed, 1, signed.length); // without the zero of a sign
        byte[] four = padded(4, p.length);
        assertThat(accepts(dhe(p, g, y))).isTrue();
        assertThat(accepts(dhe(p, g, four))).isTrue();

        byte[] right = dhe(p, g, y);
        assertThat(accepts(Arrays.copyOf(right, right.length - 1))).isFalse();
        assertThat(accepts(Arrays.copyOf(right, right.length + 1))).isFalse();
        assertThat(accepts(dhe(p, g, padded(1, p.length)))).isFalse();
        assertThat(accepts(dhe(p, g, padded(0, p.length)))).isFalse();
        assertThat(accepts(dhe(p, g, p))).isFalse();
        assertThat(accepts(dhe(p, g, new byte[0]))).isFalse();
        assertThat(accepts(dhe(p, new byte[] {0}, y))).isFalse();
        assertThat(accepts(dhe(p, p, y))).isFalse();
        byte[] even = p.clone();
        even[even.length - 1] = 0;
        assertThat(accepts(dhe(even, g, four))).isFalse();
        assertThat(accepts(dhe(p, new byte[] {3}, y))).isFalse();
        assertThat(accepts(dhe(p, new byte[] {0, 2}, y))).isFalse();
        for (int length : new int[] {1, 2, p.length - 1, p.length + 1}) {
            assertThat(accepts(dhe(p, g, padded(4, length))))
                    .as("4 in %d bytes", length)
                    .isFalse();
        }
        byte[] last = p.clone();
        last[last.length - 1] ^= 1; // p - 1
        assertThat(accepts(dhe(p, g, last))).isFalse();
        assertThat(accepts(dhe(p, g, padded(2, p.length)))).isTrue();
        assertThat(ServerKeyExchangeInput.isWellFormed(right, false))
                .as("where DHE is not allowed, or with a key that is none of RSA")
                .isFalse();
        assertThat(ServerKeyExchangeInput.isWellFormed(ecdhe(3, 29, 32, 4), false))
                .isTrue();
    }

    @ParameterizedTest
    @EnumSource(names = {"FFDHE6144", "FFDHE8192"})
    void groupsOfNoPolicyAreRefused(Group group) {
        byte[] p = FfdheParameters.pBytes(group);
        assertThat(accepts(dhe(p, new byte[] {2}, padded(4, p.length)))).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"0, 27, true", "0, 28, false", "0, 32, false", "32, 27, true", "32, 28, false", "32, 32, false"})
    void aTextInThePlaceOfARandomIsRefused(int from, int length, boolean accepted) {
        byte[] input = ecdhe(3, 29, 32, 4);
        byte[] text = "\tPay to ~:\r\n Mallory, 1,000,000 ".getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(text, 0, input, from, length);
        assertThat(accepts(input)).isEqualTo(accepted);
        for (int other : new int[] {0x00, 0x0B, 0x1F, 0x7F, 0x80, 0xFF}) {
            byte[] few = input.clone();
            Arrays.fill(few, from + 4, from + 9, (byte) other); // 27 of text at most
            assertThat(accepts(few)).as("with %x", other).isTrue();
        }
    }

    @Test
    void aPrimeOfTheCallersChoiceIsRefused() {
        byte[] prime =
                new BigInteger(2048, 1, new Random(7)).setBit(2047).setBit(0).toByteArray();
        assertThat(accepts(dhe(Arrays.copyOfRange(prime, 1, 257), new byte[] {2}, padded(4, 256))))
                .isFalse();
        byte[] changed = FfdheParameters.pBytes(Group.FFDHE2048);
        changed[100] ^= 1;
        assertThat(accepts(dhe(changed, new byte[] {2}, padded(4, 256)))).isFalse();
    }

    @Test
    void aPointOffTheCurveIsRefused() {
        for (int group = 23; group <= 25; group++) {
            byte[] input = ecdhe(3, group, new int[] {65, 97, 133}[group - 23], 4);
            assertThat(accepts(input)).isTrue();
            for (int at : new int[] {70, input.length - 1}) {
                byte[] off = input.clone();
                off[at] ^= 1;
                assertThat(accepts(off)).isFalse();
            }
        }
    }

    @Test
    void aStructureOfAsn1IsRefusedThoughItHasTheFormOfAnInput() {
        byte[] input = ecdhe(3, 29, 32, 9); // x25519: 100 bytes
        assertThat(accepts(input)).isTrue();
        byte[] structure = input.clone();
        structure[0] = 0x30;
        structure[1] = 98;
        structure[2] = 4;
        structure[3] = 96; // one OCTET STRING inside
        assertThat(accepts(structure)).isFalse();
        structure[0] = 0x31;
        assertThat(accepts(structure)).isFalse();
        structure[0] = 0x7F;
        structure[1] = 0x4E;
        structure[2] = 97;
        structure[3] = 4;
        structure[4] = 95;
        assertThat(accepts(structure)).isFalse();
        structure[0] = 0x30;
        structure[1] = (byte) 0x81; // BER takes a length that is longer than it need be
        structure[2] = 97;
        assertThat(accepts(structure)).isFalse();
        structure[4] = 96; // and is no structure if what is inside does not end with it
        assertThat(accepts(structure)).isTrue();
    }

    @Test
    void shortAndEndlessPrimesAreRefused() {
        byte[] prime = new byte[127];
        Arrays.fill(prime, (byte) 0xFF);
        assertThat(accepts(dhe(prime, new byte[] {2}, padded(4, 127)))).isFalse();
        byte[] longer = new byte[1025];
        Arrays.fill(longer, (byte) 0xFF);
        assertThat(accepts(dhe(longer, new byte[] {2}, padded(4, 1025)))).isFalse();
    }

    @Test
    void whatOthersSignIsRefused() {
        // RFC 8446 4.4.3: 64 spaces, a context string, 00 and the transcript's hash.
        byte[] tls13 = new byte[64 + 33 + 1 + 32];
        Arrays.fill(tls13, 0, 64, (byte) ' ');
        byte[] context = "TLS 1.3, server CertificateVerify".getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(context, 0, tls13, 64, context.length);
        assertThat(accepts(tls13)).isFalse();
        for (int length = 0; length <= 64; length++) {
            assertThat(accepts(new byte[length])).isFalse();
        }
        for (int length = 65; length < 100; length++) {
            byte[] cut = new byte[length];
            cut[64] = 3; // as much of ServerECDHParams as there is, or a prime of 768 bytes of which one follows
            assertThat(accepts(cut)).isFalse();
            cut[64] = 0;
            assertThat(accepts(cut)).isFalse();
        }
        Random random = new Random(20_260_304);
        for (int i = 0; i < 20_000; i++) {
            byte[] anything = new byte[65 + random.nextInt(400)];
            random.nextBytes(anything);
            assertThat(accepts(anything)).isFalse();
        }
    }
}
