package dev.lockstep.crypto.cbc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CbcPaddingTest {

    @Test
    void theShortestPaddingFillsTheLastBlock() {
        for (int length = 0; length < 100; length++) {
            int padding = CbcPadding.minimal(length, 16);
            assertThat(padding).isBetween(1, 16);
            assertThat((length + padding) % 16).isZero();
        }
    }

    @Test
    void paddingIsWrittenWhereItBelongsAndNowhereElse() {
        for (int count = 1; count <= 256; count++) {
            byte[] expected = new byte[300];
            Arrays.fill(expected, (byte) count);
            byte[] b = expected.clone();
            Arrays.fill(expected, 7, 7 + count, (byte) (count - 1));
            CbcPadding.fill(b, 7, count);
            assertThat(b).isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 20, 32, 48})
    void theCheckAgreesWithThePlainReading(int mac) {
        for (int length = 1; length <= 300; length += 13) {
            for (int value = 0; value < 256; value++) {
                for (int run = 1; run <= 257 && run <= length; run += 32) {
                    byte[] b = new byte[length + 4];
                    Arrays.fill(b, (byte) (value + 1));
                    Arrays.fill(b, 2 + length - run, 2 + length, (byte) value);
                    int atLeast = Math.min(length - 1, mac);
                    boolean right = value + 1 <= run && value + 1 + atLeast <= length;
                    assertThat(CbcPadding.length(b, 2, length, atLeast)).isEqualTo(right ? value : -1);
                }
            }
        }
    }
}
