package dev.lockstep.crypto;

import static dev.lockstep.crypto.SymmetricVectors.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class ConstantTimeTest {
    private static final int[] EDGES = {
        0,
        1,
        2,
        15,
        16,
        127,
        128,
        255,
        256,
        65535,
        65536,
        Integer.MAX_VALUE - 1,
        Integer.MAX_VALUE,
        Integer.MIN_VALUE,
        Integer.MIN_VALUE + 1,
        -2,
        -1
    };

    @Test
    void masksAgreeWithTheComparisonsTheyReplace() {
        for (int a : EDGES) {
            assertThat(ConstantTime.maskZero(a)).isEqualTo(a == 0 ? -1 : 0);
            for (int b : EDGES) {
                assertThat(ConstantTime.maskEqual(a, b)).isEqualTo(a == b ? -1 : 0);
                assertThat(ConstantTime.maskLessThan(a, b))
                        .as("%d < %d", a, b)
                        .isEqualTo(Integer.compareUnsigned(a, b) < 0 ? -1 : 0);
            }
        }
        for (int a = 0; a < 300; a++) {
            for (int b = 0; b < 300; b++) {
                assertThat(ConstantTime.maskLessThan(a, b)).isEqualTo(a < b ? -1 : 0);
            }
        }
    }

    @Test
    void selectTakesTheFirstForAllOnesAndTheSecondForZero() {
        for (int a : EDGES) {
            for (int b : EDGES) {
                assertThat(ConstantTime.select(-1, a, b)).isEqualTo(a);
                assertThat(ConstantTime.select(0, a, b)).isEqualTo(b);
            }
        }
        byte[] a = bytes(1, 48);
        byte[] b = bytes(2, 48);
        byte[] out = new byte[48];
        ConstantTime.select(-1, a, b, out);
        assertThat(out).isEqualTo(a);
        ConstantTime.select(0, a, b, out);
        assertThat(out).isEqualTo(b);
        byte[] place = a.clone();
        ConstantTime.select(0, place, b, place);
        assertThat(place).isEqualTo(b);
    }

    @Test
    void selectRefusesDifferentLengths() {
        assertThatThrownBy(() -> ConstantTime.select(0, new byte[2], new byte[3], new byte[2]))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> ConstantTime.select(0, new byte[2], new byte[2], new byte[3]))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void everyDifferingBitMakesArraysUnequal() {
        byte[] a = bytes(3, 33);
        assertThat(ConstantTime.equal(a, a.clone())).isTrue();
        assertThat(ConstantTime.equal(a, bytes(3, 32))).isFalse();
        assertThat(ConstantTime.equal(new byte[0], new byte[0])).isTrue();
        for (int bit = 0; bit < 8 * a.length; bit++) {
            byte[] b = a.clone();
            b[bit / 8] ^= (byte) (1 << bit % 8);
            assertThat(ConstantTime.equal(a, b)).isFalse();
            assertThat(ConstantTime.maskEqual(a, 0, b, 0, a.length)).isZero();
            assertThat(ConstantTime.equal(a, 0, b, 0, bit / 8)).isTrue();
        }
    }

    @Test
    void rangesAreComparedWhereTheyStart() {
        byte[] a = {9, 1, 2, 3, 9};
        byte[] b = {1, 2, 3, 8};
        assertThat(ConstantTime.equal(a, 1, b, 0, 3)).isTrue();
        assertThat(ConstantTime.maskEqual(a, 1, b, 0, 3)).isEqualTo(-1);
        assertThat(ConstantTime.equal(a, 1, b, 0, 4)).isFalse();
        assertThatThrownBy(() -> ConstantTime.equal(a, 3, b, 0, 3)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void wipingZeroesWhatIsNamedAndSkipsNull() {
        byte[] a = bytes(4, 20);
        byte[] b = bytes(5, 20);
        Wipe.bytes(a, null, b);
        assertThat(a).containsOnly(0);
        assertThat(b).containsOnly(0);
        byte[] c = {1, 2, 3, 4, 5};
        Wipe.range(c, 1, 3);
        assertThat(c).containsExactly(1, 0, 0, 0, 5);
        assertThatThrownBy(() -> Wipe.range(c, 3, 3)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void wipingReachesEveryByteOfARangeAndNoOther() {
        for (int len : new int[] {0, 1, 7, 4095, 4096, 4097, 8192, 16_384, 18_437}) {
            byte[] b = new byte[len + 10];
            Arrays.fill(b, (byte) 1);
            Wipe.range(b, 3, len);
            for (int i = 0; i < b.length; i++) {
                assertThat(b[i]).isEqualTo((byte) (i < 3 || i >= 3 + len ? 1 : 0));
            }
        }
    }

    @Test
    void everyDifferingByteOfALongRangeMakesItUnequal() {
        for (int len = 0; len < 40; len++) {
            byte[] a = bytes(7, len + 3);
            byte[] b = a.clone();
            for (int i = 0; i < b.length; i++) {
                b[i] ^= (byte) 0x80;
                boolean outside = i < 2 || i >= 2 + len;
                assertThat(ConstantTime.equal(a, 2, b, 2, len))
                        .as("%d of %d", i, len)
                        .isEqualTo(outside);
                b[i] ^= (byte) 0x80;
            }
        }
    }
}
