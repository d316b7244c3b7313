package dev.lockstep.crypto.rsa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.crypto.Wipe;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RsaPremasterTest {
    private static final int CLIENT_VERSION = 0x0303;

    private final Random random = new Random(1);
    private final byte[] substitute = bytes(48);
    private final byte[] premaster = premaster(CLIENT_VERSION);

    @ParameterizedTest
    @ValueSource(ints = {59, 60, 128, 256, 384, 512, 1024})
    void aRightBlockGivesThePremaster(int modulusLength) {
        assertThat(RsaPremaster.unpad(block(modulusLength, premaster), CLIENT_VERSION, substitute))
                .isEqualTo(premaster);
    }

    @Test
    void everyPaddingByteButZeroIsRight() {
        for (int value = 1; value < 256; value++) {
            byte[] block = block(256, premaster);
            Arrays.fill(block, 2, 207, (byte) value);
            assertThat(RsaPremaster.unpad(block, CLIENT_VERSION, substitute)).isEqualTo(premaster);
        }
    }

    @Test
    void everyWrongLeadingByteGivesTheRandomOne() {
        for (int value = 1; value < 256; value++) {
            assertRandom(change(0, value));
        }
    }

    @Test
    void everyWrongBlockTypeGivesTheRandomOne() {
        for (int value = 0; value < 256; value++) {
            if (value != 2) {
                assertRandom(change(1, value));
            }
        }
    }

    @Test
    void aZeroAnywhereInThePaddingGivesTheRandomOne() {
        // Before the eighth byte the padding is too short, behind it the premaster secret too long.
        for (int i = 2; i < 207; i++) {
            assertRandom(change(i, 0));
        }
    }

    @Test
    void everyWrongSeparatorGivesTheRandomOne() {
        for (int value = 1; value < 256; value++) {
            assertRandom(change(207, value));
        }
    }

    @Test
    void aBlockWithoutAnyZeroGivesTheRandomOne() {
        byte[] block = new byte[256];
        Arrays.fill(block, (byte) 0x77);
        block[0] = 0;
        block[1] = 2;
        assertRandom(block);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 46, 47, 49, 50, 64, 245})
    void apremasterOfAnotherLengthGivesTheRandomOne(int length) {
        byte[] other = bytes(length);
        if (length >= 2) {
            other[0] = 3;
            other[1] = 3;
        }
        assertRandom(block(256, other));
    }

    @ParameterizedTest
    @ValueSource(ints = {0x0301, 0x0302, 0x0304, 0x0203, 0x0403, 0x0000, 0xffff, 0x0003, 0x0300})
    void aPremasterOfAnotherVersionGivesTheRandomOne(int version) {
        // RFC 5246 7.4.7.1-2, 7.4.7.1-4
        assertRandom(block(256, premaster(version)));
    }

    @Test
    void theVersionIsTheOneTheClientOfferedNotTheNegotiatedOne() {
        // RFC 5246 7.4.7.1-2
        byte[] higher = premaster(0x0304);
        byte[] block = block(256, higher);
        assertThat(RsaPremaster.unpad(block, 0x0304, substitute)).isEqualTo(higher);
        assertThat(RsaPremaster.unpad(block, 0x0303, substitute)).isEqualTo(substitute);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 10, 48, 57, 58})
    void aBlockTooShortToHoldItGivesTheRandomOne(int length) {
        byte[] block = new byte[length];
        Arrays.fill(block, (byte) 3);
        assertRandom(block);
        // The shortest that looks right has 59 bytes; with a byte of padding less it is none.
        byte[] cut = new byte[58];
        Arrays.fill(cut, (byte) 9);
        cut[0] = 0;
        cut[1] = 2;
        cut[9] = 0;
        System.arraycopy(premaster, 0, cut, 10, 48);
        assertRandom(cut);
    }

    @Test
    void severalDefectsAtOnceDoNotCancelOut() {
        for (int round = 0; round < 2000; round++) {
            byte[] block = block(256, premaster);
            for (int defects = 1 + random.nextInt(4); defects > 0; defects--) {
                int at = random.nextInt(3) == 0 ? random.nextInt(2) : 2 + random.nextInt(205);
                block[at] = at == 1 ? (byte) (3 + random.nextInt(200)) : at == 0 ? (byte) (1 + random.nextInt(255)) : 0;
            }
            assertRandom(block);
        }
    }

    @Test
    void randomBlocksGiveTheRandomOne() {
        for (int round = 0; round < 2000; round++) {
            byte[] block = bytes(random.nextInt(300));
            if (block.length > 0) {
                block[0] |= 1;
            }
            assertRandom(block);
        }
    }

    @Test
    void allBitsOfThePremasterComeThrough() {
        for (int bit = 16; bit < 48 * 8; bit++) {
            byte[] one = new byte[48];
            one[0] = 3;
            one[1] = 3;
            one[bit / 8] |= (byte) (0x80 >> (bit % 8));
            assertThat(RsaPremaster.unpad(block(128, one), CLIENT_VERSION, substitute))
                    .isEqualTo(one);
        }
    }

    @Test
    void inputsAreNotChangedAndTheResultIsTheCallersOwn() {
        byte[] good = block(256, premaster);
        byte[] bad = change(1, 1);
        byte[] goodBefore = good.clone();
        byte[] badBefore = bad.clone();
        byte[] substituteBefore = substitute.clone();
        byte[] fromGood = RsaPremaster.unpad(good, CLIENT_VERSION, substitute);
        byte[] fromBad = RsaPremaster.unpad(bad, CLIENT_VERSION, substitute);
        byte[] fromShort = RsaPremaster.unpad(new byte[3], CLIENT_VERSION, substitute);
        byte[] fromCheck = RsaPremaster.check(new byte[3], CLIENT_VERSION, substitute);
        Wipe.bytes(fromGood, fromBad, fromShort, fromCheck);
        assertThat(good).isEqualTo(goodBefore);
        assertThat(bad).isEqualTo(badBefore);
        assertThat(substitute).isEqualTo(substituteBefore);
    }

    @Test
    void anUnpaddedCandidateOfRightLengthAndVersionIsTaken() {
        assertThat(RsaPremaster.check(premaster, CLIENT_VERSION, substitute)).isEqualTo(premaster);
    }

    @Test
    void anUnpaddedCandidateOfWrongLengthOrVersionIsReplaced() {
        for (int length : new int[] {0, 1, 2, 47, 49, 256}) {
            assertThat(RsaPremaster.check(Arrays.copyOf(premaster, length), CLIENT_VERSION, substitute))
                    .isEqualTo(substitute);
        }
        for (int version : new int[] {0x0302, 0x0304, 0x0203, 0x0103, 0}) {
            assertThat(RsaPremaster.check(premaster(version), CLIENT_VERSION, substitute))
                    .isEqualTo(substitute);
        }
    }

    @Test
    void theRandomOneMustBeAPremasterItself() {
        assertThatThrownBy(() -> RsaPremaster.unpad(block(256, premaster), CLIENT_VERSION, new byte[47]))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> RsaPremaster.check(premaster, CLIENT_VERSION, new byte[0]))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private void assertRandom(byte[] block) {
        assertThat(RsaPremaster.unpad(block, CLIENT_VERSION, substitute)).isEqualTo(substitute);
    }

    private byte[] change(int at, int value) {
        byte[] block = block(256, premaster);
        block[at] = (byte) value;
        return block;
    }

    /** 00 02 PS 00 secret. */
    private byte[] block(int length, byte[] secret) {
        byte[] block = new byte[length];
        block[1] = 2;
        int separator = length - secret.length - 1;
        for (int i = 2; i < separator; i++) {
            block[i] = (byte) (1 + random.nextInt(255));
        }
        System.arraycopy(secret, 0, block, separator + 1, secret.length);
        return block;
    }

    private byte[] premaster(int version) {
        byte[] secret = bytes(48);
        secret[0] = (byte) (version >>> 8);
        secret[1] = (byte) version;
        return secret;
    }

    private byte[] bytes(int length) {
        byte[] b = new byte[length];
        random.nextBytes(b);
        return b;
    }
}
