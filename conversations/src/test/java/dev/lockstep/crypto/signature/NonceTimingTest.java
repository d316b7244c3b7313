package dev.lockstep.crypto.signature;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.crypto.Unsigned;
import dev.lockstep.crypto.group.NistCurve;
import dev.lockstep.testkit.util.TimingComparison;
import dev.lockstep.testkit.util.TimingComparison.Subject;
import java.math.BigInteger;
import java.security.SecureRandom;
import java.util.Random;
import org.bouncycastle.math.ec.ECPoint;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * ECDSA takes as long for nonces with zero top bytes as for others.
 */
class NonceTimingTest {

    private static final int SAMPLES = 2_000;
    private static final int ZEROS_OF_THE_CONTROL = Integer.getInteger("lockstep.timing", SAMPLES) < 100_000 ? 24 : 4;
    private static final NistCurve CURVE = NistCurve.P256;

    private final Random random = new Random(6979);
    private final BigInteger d = new BigInteger(255, random).setBit(254);
    private final BigInteger e = new BigInteger(255, random).setBit(254);

    /** Scalars of 256 bits, of which the second class has zeros in front. */
    private abstract class Nonces implements Subject {
        private final int zeros;
        byte[] k = {};

        Nonces(int zeros) {
            this.zeros = zeros;
        }

        @Override
        public void prepare(boolean second) {
            k = Unsigned.bytes(new BigInteger(248, random).setBit(247), 32);
            k[0] = (byte) (0x40 | random.nextInt(0x40));
            byte[] shorter = k.clone();
            for (int i = 0; i < zeros; i++) {
                shorter[i] = 0;
            }
            k = second ? shorter : k;
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void zeroTopBytesOfTheNonceDoNotShow(int zeros) throws Exception {
        EcdsaSigningKey key = new EcdsaSigningKey(CURVE, d, new SecureRandom());
        String what = "ECDSA, nonces with " + zeros + " zero bytes in front";
        double t = TimingComparison.compare(what, SAMPLES, new Nonces(zeros) {
            @Override
            public void run() {
                key.signWith(k, d, e);
            }
        });
        assertThat(t).isLessThan(10);
    }

    /** The control: a multiplication that begins at the first bit that is set. Few samples need a grave case. */
    @Test
    void theComparisonFindsAMultiplicationThatSkipsZeros() throws Exception {
        ECPoint g = CURVE.domain().getG();
        double t = TimingComparison.control("control, double-and-add", SAMPLES, new Nonces(ZEROS_OF_THE_CONTROL) {
            @Override
            public void run() {
                BigInteger scalar = new BigInteger(1, k);
                ECPoint sum = g;
                for (int i = scalar.bitLength() - 2; i >= 0; i--) {
                    sum = scalar.testBit(i) ? sum.twicePlus(g) : sum.twice();
                }
                sum.normalize();
            }
        });
        assertThat(t).isGreaterThan(10);
    }
}
