package dev.lockstep.crypto.aead;

import static dev.lockstep.crypto.SymmetricVectors.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.crypto.TestProviders;
import dev.lockstep.crypto.provider.RawKey;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The contract every AEAD keeps. */
@ParameterizedClass
@MethodSource("dev.lockstep.crypto.TestProviders#all")
class AeadTest {
    @Parameter
    TestProviders provider;

    private static final byte[] AAD = bytes(1, 13);
    private static final byte[] NONCE = bytes(2, 12);

    private static byte[] key(AeadAlgorithm a) {
        return bytes(3, a.keyLength());
    }

    private byte[] sealed(AeadAlgorithm a, byte[] plain) {
        byte[] out = new byte[plain.length + a.tagLength()];
        Aead.sealing(a, key(a), 0, provider.sources()).seal(NONCE, AAD, AAD.length, plain, 0, plain.length, out, 0);
        return out;
    }

    private static int open(Aead aead, byte[] sealed, byte[] out) {
        return aead.open(NONCE, AAD, AAD.length, sealed, 0, sealed.length, out, 0);
    }

    @Test
    void algorithmsHaveTheLengthsOfTheirRfcs() {
        assertThat(AeadAlgorithm.values())
                .allSatisfy(a -> assertThat(a.nonceLength()).isEqualTo(12));
        assertThat(AeadAlgorithm.AES_128_GCM.keyLength()).isEqualTo(16);
        assertThat(AeadAlgorithm.AES_256_GCM.keyLength()).isEqualTo(32);
        assertThat(AeadAlgorithm.CHACHA20_POLY1305.keyLength()).isEqualTo(32);
        assertThat(AeadAlgorithm.AES_128_CCM.keyLength()).isEqualTo(16);
        assertThat(AeadAlgorithm.AES_256_CCM.tagLength()).isEqualTo(16);
        assertThat(AeadAlgorithm.AES_128_CCM_8.tagLength()).isEqualTo(8);
        assertThat(AeadAlgorithm.AES_256_CCM_8.keyLength()).isEqualTo(32);
        assertThat(AeadAlgorithm.CAMELLIA_128_GCM.keyLength()).isEqualTo(16);
        assertThat(AeadAlgorithm.ARIA_256_GCM.keyLength()).isEqualTo(32);
    }

    @ParameterizedTest
    @EnumSource
    void oneObjectServesManyRecords(AeadAlgorithm a) {
        Aead sealing = Aead.sealing(a, key(a), 0, provider.sources());
        Aead opening = Aead.opening(a, key(a), 0, provider.sources());
        assertThat(sealing.algorithm()).isEqualTo(a);
        for (int i = 0; i < 200; i++) {
            byte[] nonce = bytes(100 + i, 12);
            byte[] plain = bytes(500 + i, i);
            byte[] wire = new byte[i + a.tagLength()];
            byte[] back = new byte[i];
            assertThat(sealing.seal(nonce, AAD, AAD.length, plain, 0, i, wire, 0))
                    .isEqualTo(wire.length);
            assertThat(opening.open(nonce, AAD, AAD.length, wire, 0, wire.length, back, 0))
                    .isEqualTo(i);
            assertThat(back).isEqualTo(plain);
        }
    }

    @ParameterizedTest
    @EnumSource
    void onlyTheNamedRangesAreReadAndWritten(AeadAlgorithm a) {
        byte[] plain = bytes(4, 100);
        byte[] expected = sealed(a, plain);
        byte[] keyInside = new byte[a.keyLength() + 9];
        System.arraycopy(key(a), 0, keyInside, 5, a.keyLength());
        byte[] longAad = Arrays.copyOf(AAD, 40);
        byte[] in = new byte[150];
        System.arraycopy(plain, 0, in, 20, 100);
        byte[] out = new byte[200];
        Arrays.fill(out, (byte) 0x55);
        int written = Aead.sealing(a, keyInside, 5, provider.sources()).seal(NONCE, longAad, 13, in, 20, 100, out, 30);
        assertThat(Arrays.copyOfRange(out, 30, 30 + written)).isEqualTo(expected);
        assertThat(Arrays.copyOf(out, 30)).containsOnly(0x55);
        assertThat(Arrays.copyOfRange(out, 30 + written, 200)).containsOnly(0x55);

        byte[] back = new byte[150];
        Arrays.fill(back, (byte) 0x66);
        int opened =
                Aead.opening(a, keyInside, 5, provider.sources()).open(NONCE, longAad, 13, out, 30, written, back, 40);
        assertThat(opened).isEqualTo(100);
        assertThat(Arrays.copyOfRange(back, 40, 140)).isEqualTo(plain);
        assertThat(Arrays.copyOf(back, 40)).containsOnly(0x66);
        assertThat(Arrays.copyOfRange(back, 140, 150)).containsOnly(0x66);
    }

    @ParameterizedTest
    @EnumSource
    void theKeyIsCopied(AeadAlgorithm a) {
        byte[] key = key(a);
        Aead opening = Aead.opening(a, key, 0, provider.sources());
        Arrays.fill(key, (byte) 0);
        assertThat(open(opening, sealed(a, bytes(5, 50)), new byte[50])).isEqualTo(50);
    }

    @ParameterizedTest
    @EnumSource
    void sealingAndOpeningWorkInPlace(AeadAlgorithm a) {
        for (int length : new int[] {0, 1, 15, 16, 17, 100, 1000, 16384}) {
            byte[] plain = bytes(length, length);
            byte[] expected = sealed(a, plain);
            byte[] buffer = Arrays.copyOf(new byte[7], 7 + length + a.tagLength());
            System.arraycopy(plain, 0, buffer, 7, length);
            Aead.sealing(a, key(a), 0, provider.sources()).seal(NONCE, AAD, AAD.length, buffer, 7, length, buffer, 7);
            assertThat(Arrays.copyOfRange(buffer, 7, buffer.length)).isEqualTo(expected);
            int opened = Aead.opening(a, key(a), 0, provider.sources())
                    .open(NONCE, AAD, AAD.length, buffer, 7, expected.length, buffer, 7);
            assertThat(opened).isEqualTo(length);
            assertThat(Arrays.copyOfRange(buffer, 7, 7 + length)).isEqualTo(plain);
        }
    }

    @ParameterizedTest
    @EnumSource
    void everyFlippedBitIsNoticedAndLeavesNoPlaintext(AeadAlgorithm a) {
        byte[] plain = bytes(6, 40);
        byte[] sealed = sealed(a, plain);
        Aead opening = Aead.opening(a, key(a), 0, provider.sources());
        for (int bit = 0; bit < 8 * sealed.length; bit++) {
            byte[] changed = sealed.clone();
            changed[bit / 8] ^= (byte) (1 << bit % 8);
            byte[] out = new byte[40];
            Arrays.fill(out, (byte) 0x77);
            assertThat(open(opening, changed, out)).as("bit %d", bit).isEqualTo(-1);
            assertThat(out).containsOnly(0);
        }
        byte[] otherAad = AAD.clone();
        otherAad[12] ^= 1;
        assertThat(opening.open(NONCE, otherAad, 13, sealed, 0, sealed.length, new byte[40], 0))
                .isEqualTo(-1);
        assertThat(opening.open(NONCE, AAD, 12, sealed, 0, sealed.length, new byte[40], 0))
                .isEqualTo(-1);
        assertThat(open(opening, sealed, new byte[40]))
                .as("a failure leaves the object usable")
                .isEqualTo(40);
    }

    @ParameterizedTest
    @EnumSource
    void everyTruncationIsNoticed(AeadAlgorithm a) {
        byte[] sealed = sealed(a, bytes(7, 40));
        Aead opening = Aead.opening(a, key(a), 0, provider.sources());
        for (int length = 0; length < sealed.length; length++) {
            assertThat(opening.open(NONCE, AAD, AAD.length, sealed, 0, length, new byte[40], 0))
                    .isEqualTo(-1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void theSameRecordCanBeOpenedTwice(AeadAlgorithm a) {
        byte[] sealed = sealed(a, bytes(8, 40));
        Aead opening = Aead.opening(a, key(a), 0, provider.sources());
        for (int i = 0; i < 3; i++) {
            assertThat(open(opening, sealed, new byte[40])).isEqualTo(40);
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.MATCH_NONE, names = ".*_CCM.*")
    void sealingTwiceWithOneNonceIsRefused(AeadAlgorithm a) {
        // RFC 5288 3-2, RFC 6655 3-2
        Aead sealing = Aead.sealing(a, key(a), 0, provider.sources());
        byte[] out = new byte[40 + a.tagLength()];
        sealing.seal(NONCE, AAD, AAD.length, new byte[40], 0, 40, out, 0);
        assertThatThrownBy(() -> sealing.seal(NONCE, AAD, AAD.length, new byte[40], 0, 40, out, 0))
                .isInstanceOf(IllegalStateException.class);
    }

    /** RFC 3610 2.2: the length field has what the nonce leaves of a block, and longer additional data another form. */
    @Test
    void ccmRefusesWhatItsFormatCannotSay() {
        Aead sealing = Aead.sealing(AeadAlgorithm.AES_128_CCM, key(AeadAlgorithm.AES_128_CCM), 0, provider.sources());
        byte[] b = new byte[(1 << 24) + 16];
        assertThatThrownBy(() -> sealing.seal(NONCE, AAD, 13, b, 0, 1 << 24, b, 0))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> sealing.seal(NONCE, b, 0xff00, b, 0, 16, b, 0))
                .isInstanceOf(IllegalArgumentException.class);
        byte[] out = new byte[32];
        sealing.seal(NONCE, b, 0xfeff, b, 0, 16, out, 0);
        assertThat(out)
                .isEqualTo(OtherAead.seal(
                        AeadAlgorithm.AES_128_CCM,
                        key(AeadAlgorithm.AES_128_CCM),
                        NONCE,
                        new byte[0xfeff],
                        new byte[16]));
    }

    @ParameterizedTest
    @EnumSource
    void misuseIsRefused(AeadAlgorithm a) {
        Aead sealing = Aead.sealing(a, key(a), 0, provider.sources());
        Aead opening = Aead.opening(a, key(a), 0, provider.sources());
        byte[] b = new byte[64];
        assertThatThrownBy(() -> opening.seal(NONCE, AAD, 13, b, 0, 16, b, 0))
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> sealing.open(NONCE, AAD, 13, b, 0, 32, b, 0))
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> sealing.seal(new byte[11], AAD, 13, b, 0, 16, b, 0))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> sealing.seal(NONCE, AAD, 14, b, 0, 16, b, 0))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> sealing.seal(NONCE, AAD, 13, b, 60, 16, b, 0))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> sealing.seal(NONCE, AAD, 13, b, 0, 16, b, 64 - 16))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> opening.open(NONCE, AAD, 13, b, 0, 32, b, 60))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> Aead.sealing(a, new byte[a.keyLength()], 1, provider.sources()))
                .isInstanceOf(IndexOutOfBoundsException.class);
    }

    @ParameterizedTest
    @EnumSource
    void aDestroyedKeyServesNothing(AeadAlgorithm a) {
        Aead sealing = Aead.sealing(a, key(a), 0, provider.sources());
        Aead opening = Aead.opening(a, key(a), 0, provider.sources());
        byte[] wire = new byte[40 + a.tagLength()];
        sealing.seal(NONCE, AAD, 13, new byte[40], 0, 40, wire, 0);
        open(opening, wire, new byte[40]);
        sealing.destroy();
        opening.destroy();
        sealing.destroy();
        byte[] nonce = bytes(9, 12);
        assertThatThrownBy(() -> sealing.seal(nonce, AAD, 13, new byte[40], 0, 40, wire, 0))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("destroyed");
        assertThatThrownBy(() -> open(opening, wire, new byte[40]))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("destroyed");
    }

    @Test
    void aRawKeyIsWipedByDestroyAndGivesCopiesBefore() {
        byte[] bytes = bytes(10, 16);
        RawKey key = new RawKey("AES", bytes, 0, 16);
        key.getEncoded()[0] ^= 1;
        assertThat(key.getEncoded()).isEqualTo(bytes);
        key.destroy();
        assertThat(key.getEncoded()).containsOnly(0);
    }
}
