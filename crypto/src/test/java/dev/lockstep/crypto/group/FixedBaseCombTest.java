package dev.lockstep.crypto.group;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.crypto.Unsigned;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.bouncycastle.math.ec.ECAlgorithms;
import org.bouncycastle.math.ec.ECPoint;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The comb against double-and-add, and the fixed length of what it multiplies by. */
class FixedBaseCombTest {

    @ParameterizedTest
    @EnumSource(names = {"SECP256R1", "SECP384R1", "SECP521R1"})
    void multipliesAsDoubleAndAddDoes(Group group) {
        NistCurve curve = NistCurve.of(group);
        for (BigInteger k : scalars(curve.order())) {
            byte[] scalar = lengthen(curve, k);
            ECPoint expected = ECAlgorithms.referenceMultiply(curve.domain().getG(), k);
            assertThat(curve.comb().multiply(scalar)).as(k.toString(16)).isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"SECP256R1", "SECP384R1", "SECP521R1"})
    void everyScalarIsOneBitLongerThanTheOrder(Group group) {
        NistCurve curve = NistCurve.of(group);
        BigInteger n = curve.order();
        for (BigInteger k : scalars(n)) {
            BigInteger lengthened = new BigInteger(1, lengthen(curve, k));
            assertThat(lengthened.bitLength()).isEqualTo(n.bitLength() + 1);
            assertThat(lengthened.mod(n)).isEqualTo(k);
        }
    }

    private static byte[] lengthen(NistCurve curve, BigInteger k) {
        return curve.comb().lengthen(Unsigned.bytes(k, (curve.order().bitLength() + 7) / 8));
    }

    private static List<BigInteger> scalars(BigInteger n) {
        List<BigInteger> all = new ArrayList<>();
        for (int i = 1; i <= 3; i++) {
            all.add(BigInteger.valueOf(i));
            all.add(n.subtract(BigInteger.valueOf(i)));
            all.add(BigInteger.ONE.shiftLeft(n.bitLength() - i));
            all.add(BigInteger.ONE.shiftLeft(n.bitLength()).subtract(n).add(BigInteger.valueOf(i - 2)));
        }
        Random random = new Random(6979);
        for (int missing = 0; missing < 64; missing += 4) {
            all.add(new BigInteger(n.bitLength() - 1 - missing, random).setBit(0));
        }
        all.removeIf(k -> k.signum() <= 0 || k.compareTo(n) >= 0);
        return all;
    }
}
