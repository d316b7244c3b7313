package dev.lockstep.crypto.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.lockstep.crypto.FixedRandom;
import dev.lockstep.crypto.TestProviders;
import dev.lockstep.crypto.Unsigned;
import dev.lockstep.crypto.VectorFile;
import java.math.BigInteger;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.junit.jupiter.params.provider.MethodSource;

@ParameterizedClass
@MethodSource("dev.lockstep.crypto.TestProviders#all")
class WeierstrassKeyTest {
    @Parameter
    TestProviders provider;

    @Test
    void agreesOnTheValuesOfNistCavp() throws Exception {
        List<VectorFile.Row> rows = VectorFile.rows("nist-ecdh.txt");
        assertThat(rows).hasSize(8);
        for (VectorFile.Row row : rows) {
            NistCurve curve = NistCurve.of(Group.valueOf(row.text(1)));
            assertThat(key(curve, row.bytes(2)).agree(row.bytes(3)))
                    .as(row.toString())
                    .isEqualTo(row.bytes(4));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "SECP256R1, ecdh-secp256r1.txt, 350",
        "SECP384R1, ecdh-secp384r1.txt, 200",
        "SECP521R1, ecdh-secp521r1.txt, 180"
    })
    void wycheproofValuesAgreeOrAreRefused(Group group, String file, int atLeast) {
        NistCurve curve = NistCurve.of(group);
        List<VectorFile.Row> rows = VectorFile.rows(file);
        assertThat(rows).hasSizeGreaterThan(atLeast);
        List<String> wrong = new ArrayList<>();
        int refused = 0;
        for (VectorFile.Row row : rows) {
            // "acceptable" is the compressed form, which TLS 1.2 does not use unless it is negotiated.
            boolean good = row.is("valid");
            byte[] peer = row.bytes(4);
            refused += good ? 0 : 1;
            InvalidPublicValueException.Kind kind = peer.length == 0
                    ? InvalidPublicValueException.Kind.BAD_LENGTH
                    : InvalidPublicValueException.Kind.BAD_VALUE;
            try {
                if (!Arrays.equals(key(curve, row.bytes(3)).agree(peer), row.bytes(5)) || !good) {
                    wrong.add(row.toString());
                }
            } catch (InvalidPublicValueException e) {
                if (good || e.kind() != kind) {
                    wrong.add(row + " " + e.getMessage());
                }
            }
        }
        assertThat(wrong).isEmpty();
        assertThat(refused).isGreaterThan(15);
    }

    @ParameterizedTest
    @EnumSource(value = Group.class, names = "SECP.*", mode = Mode.MATCH_ANY)
    void pointsOffTheCurveOrInAnotherEncodingAreValueFaults(Group group) {
        // RFC 8422 5.1.2-1, 5.11-1, 5.11-2
        byte[] good = EphemeralKey.generate(group, new SecureRandom(), provider.sources())
                .publicValue();
        int field = (good.length - 1) / 2;
        byte[] compressed = Arrays.copyOf(good, 1 + field);
        compressed[0] = (byte) (2 + (good[good.length - 1] & 1));
        byte[] hybrid = good.clone();
        hybrid[0] = (byte) (6 + (good[good.length - 1] & 1));
        byte[] origin = new byte[good.length];
        origin[0] = 4;
        byte[] zeroOne = origin.clone();
        zeroOne[zeroOne.length - 1] = 1;
        byte[] yZero = good.clone();
        Arrays.fill(yZero, 1 + field, good.length, (byte) 0);
        byte[] yChanged = good.clone();
        yChanged[good.length - 1] ^= (byte) 0xff;
        byte[] allOnes = origin.clone();
        Arrays.fill(allOnes, 1, allOnes.length, (byte) 0xff);
        assertRefused(group, compressed);
        assertRefused(group, hybrid);
        assertRefused(group, Arrays.copyOfRange(good, 1, good.length));
        assertRefused(group, Arrays.copyOf(good, good.length - 1));
        assertRefused(group, Arrays.copyOf(good, good.length + 1));
        assertRefused(group, origin);
        assertRefused(group, zeroOne);
        assertRefused(group, yZero);
        assertRefused(group, yChanged);
        assertRefused(group, allOnes);
        // The encoding of the point at infinity (SEC 1 2.3.3).
        assertRefused(group, new byte[1]);
    }

    @ParameterizedTest
    @EnumSource(value = Group.class, names = "SECP.*", mode = Mode.MATCH_ANY)
    void aCoordinateMustBeBelowTheFieldPrime(Group group) throws Exception {
        NistCurve curve = NistCurve.of(group);
        BigInteger p = curve.domain().getCurve().getField().getCharacteristic();
        // The generator with its y replaced by y + p, where that fits: the same point in an encoding that is not its
        // own.
        byte[] encoded = curve.encode(curve.domain().getG());
        int field = (encoded.length - 1) / 2;
        BigInteger y = new BigInteger(1, encoded, 1 + field, field).add(p);
        BigInteger x = new BigInteger(1, encoded, 1, field).add(p);
        if (y.bitLength() <= 8 * field) {
            byte[] shifted = encoded.clone();
            System.arraycopy(Unsigned.bytes(y, field), 0, shifted, 1 + field, field);
            assertRefused(group, shifted);
        }
        if (x.bitLength() <= 8 * field) {
            byte[] shifted = encoded.clone();
            System.arraycopy(Unsigned.bytes(x, field), 0, shifted, 1, field);
            assertRefused(group, shifted);
        }
        assertThat(key(curve, new byte[] {1}).agree(encoded)).hasSize(field);
    }

    @Test
    void aSecretKeepsItsLeadingZeros() throws Exception {
        // RFC 8422 5.10-1
        // One multiple of G in 256 has an x coordinate that starts with a zero byte.
        NistCurve curve = NistCurve.P256;
        BigInteger k = BigInteger.ONE;
        while (curve.encode(curve.multiplyBase(k))[1] != 0) {
            k = k.add(BigInteger.ONE);
        }
        byte[] secret = key(curve, Unsigned.bytes(k, 32))
                .agree(curve.encode(curve.domain().getG()));
        assertThat(secret).hasSize(32).startsWith(0);
        assertThat(k).isLessThan(BigInteger.valueOf(5000));
    }

    @Test
    void aScalarIsDrawnAgainUntilItIsInRange() {
        BigInteger n = NistCurve.P256.order();
        byte[] zero = new byte[32];
        byte[] order = Unsigned.bytes(n, 32);
        byte[] largest = Unsigned.bytes(n.subtract(BigInteger.ONE), 32);
        FixedRandom random = new FixedRandom(0, zero, order, largest);
        assertThat(NistCurve.P256.randomScalar(random)).isEqualTo(n.subtract(BigInteger.ONE));
        assertThat(random.calls()).isEqualTo(3);
    }

    @Test
    void excessBitsOfAScalarOnP521AreCutOff() {
        // 0x5a5a... has bits above 2^521 in its first byte; the one left is zero.
        BigInteger k = NistCurve.P521.randomScalar(new FixedRandom(0x5a));
        assertThat(k.bitLength()).isEqualTo(519);
    }

    private void assertRefused(Group group, byte[] peer) {
        InvalidPublicValueException fault =
                catchThrowableOfType(InvalidPublicValueException.class, () -> EphemeralKey.generate(
                                group, new SecureRandom(), provider.sources())
                        .agree(peer));
        assertThat(fault.kind()).isEqualTo(InvalidPublicValueException.Kind.BAD_VALUE);
    }

    private EphemeralKey key(NistCurve curve, byte[] scalar) {
        return Scalars.key(provider, curve.group(), scalar);
    }
}
