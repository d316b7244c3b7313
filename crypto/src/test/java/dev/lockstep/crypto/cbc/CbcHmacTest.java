package dev.lockstep.crypto.cbc;

import static dev.lockstep.crypto.SymmetricVectors.bytes;
import static dev.lockstep.crypto.SymmetricVectors.hex;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.crypto.Wipe;
import dev.lockstep.crypto.cbc.CbcHmac.Order;
import dev.lockstep.crypto.hash.HashAlgorithm;
import dev.lockstep.crypto.hash.Prf;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Sealing, published values, lengths, buffers and the life of the object; {@link CbcHmacOpenTest} has the defects. */
class CbcHmacTest {
    static Stream<ReferenceCbc> variants() {
        return Stream.of(Order.values()).flatMap(order -> Stream.of(
                        HashAlgorithm.SHA1, HashAlgorithm.SHA256, HashAlgorithm.SHA384)
                .flatMap(hash -> Stream.of(CbcCipher.values()).map(cipher -> ReferenceCbc.of(order, cipher, hash))));
    }

    private static byte[] seal(CbcHmac sealing, byte[] iv, byte[] plain) {
        byte[] out = new byte[sealing.sealedLength(plain.length)];
        int written = sealing.seal(ReferenceCbc.HEADER.clone(), iv, plain, 0, plain.length, out, 0);
        assertThat(written).isEqualTo(out.length);
        return out;
    }

    private static byte[] open(CbcHmac opening, byte[] sealed) {
        byte[] out = new byte[sealed.length];
        int length = opening.open(ReferenceCbc.HEADER.clone(), sealed, 0, sealed.length, out, 0);
        return Arrays.copyOf(out, length);
    }

    /** SP 800-38A F.2.1 and F.2.5: what precedes the MAC is plain AES-CBC under the IV that was passed in. */
    @Test
    void theCiphertextIsThatOfSp80038a() {
        byte[] iv = hex("000102030405060708090a0b0c0d0e0f");
        byte[] plain = hex("6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51"
                + "30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710");
        byte[] key128 = hex("2b7e151628aed2a6abf7158809cf4f3c");
        byte[] key256 = hex("603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4");
        byte[] expected128 = hex("7649abac8119b246cee98e9b12e9197d5086cb9b507219ee95db113a917678b2"
                + "73bed6b8e3c1743b7116e69e222295163ff1caa1681fac09120eca307586e1a7");
        byte[] expected256 = hex("f58c4c04d6e5f1ba779eabfb5f7bfbd69cfc4e967edb808d679f777bc6702c7d"
                + "39f23369a9d9bacfa530e26304231461b2eb05e2c39be9fcda6c19078c6a9d1b");
        for (Order order : Order.values()) {
            for (byte[] key : new byte[][] {key128, key256}) {
                CbcHmac sealing = CbcHmac.sealing(
                        order,
                        key == key128 ? CbcCipher.AES_128 : CbcCipher.AES_256,
                        HashAlgorithm.SHA1,
                        key,
                        new byte[20]);
                for (int i = 0; i < 3; i++) {
                    byte[] sealed = seal(sealing, iv, plain);
                    assertThat(Arrays.copyOf(sealed, 16)).isEqualTo(iv);
                    assertThat(Arrays.copyOfRange(sealed, 16, 80))
                            .as("record %d", i)
                            .isEqualTo(key == key128 ? expected128 : expected256);
                }
            }
        }
    }

    /** RFC 3713 appendix A and RFC 5794 appendix A: one block under an IV of zeros is the cipher itself. */
    @Test
    void theFirstBlockIsThatOfRfc3713AndRfc5794() {
        byte[] camellia = hex("0123456789abcdeffedcba98765432100011223344556677 8899aabbccddeeff");
        byte[] camelliaPlain = Arrays.copyOf(camellia, 16);
        byte[] aria = hex("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f");
        byte[] ariaPlain = hex("00112233445566778899aabbccddeeff");
        assertThat(firstBlock(CbcCipher.CAMELLIA_128, camellia, camelliaPlain))
                .isEqualTo(hex("67673138549669730857065648eabe43"));
        assertThat(firstBlock(CbcCipher.CAMELLIA_256, camellia, camelliaPlain))
                .isEqualTo(hex("9acc237dff16d76c20ef7c919e3a7509"));
        assertThat(firstBlock(CbcCipher.ARIA_128, aria, ariaPlain)).isEqualTo(hex("d718fbd6ab644c739da95f3be6451778"));
        assertThat(firstBlock(CbcCipher.ARIA_256, aria, ariaPlain)).isEqualTo(hex("f92bd7c79fb72e2f2b8f80c1972d24fc"));
    }

    private static byte[] firstBlock(CbcCipher cipher, byte[] longKey, byte[] plain) {
        byte[] key = Arrays.copyOf(longKey, cipher.keyLength());
        CbcHmac sealing = CbcHmac.sealing(Order.ENCRYPT_THEN_MAC, cipher, HashAlgorithm.SHA1, key, new byte[20]);
        return Arrays.copyOfRange(seal(sealing, new byte[16], plain), 16, 32);
    }

    /** Four chained blocks as {@code openssl enc} makes them, in every record of a connection again. */
    @ParameterizedTest
    @CsvSource({
        "CAMELLIA_128, a2961deba09b7f5c5e33829ea8d36e4a272e1aff9f5c6a6a4122314437904eaa"
                + "2dde7ed23ca62412c13527d401f8b84e666bdee018bf3c40e21a189f599978a4",
        "CAMELLIA_256, 50531c61dd8df413d892bce9a81e678700d1bef1436d50b033259407edc8acf1"
                + "95de2050dead891ceaecd315600899d0cbf018d8e311659b6dad71e91e33258f",
        "ARIA_128, 313b986557a70bf37558e4d5bd9f9b081b81663e9ac6201d65200d69e78fbab4"
                + "6779c177fd11432150bee548f36a7297f373400d2021388912b701476c391d12",
        "ARIA_256, 3411b082361c81a642b914bdbfed0ed0096a1b0a0ed3cda04889dfb55c67a5a6"
                + "c511b3d2f50beb88d7db481661f7fd929dd3c1d7dd12b31fe351aba5455a85f4"
    })
    void camelliaAndAriaChainAsOpenSslDoes(CbcCipher cipher, String expected) {
        byte[] iv = hex("000102030405060708090a0b0c0d0e0f");
        byte[] key = Arrays.copyOf(
                hex("00112233445566778899aabbccddeeffffeeddccbbaa99887766554433221100"), cipher.keyLength());
        byte[] plain = hex("6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51"
                + "30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710");
        for (Order order : Order.values()) {
            CbcHmac sealing = CbcHmac.sealing(order, cipher, HashAlgorithm.SHA256, key, new byte[32]);
            for (int i = 0; i < 3; i++) {
                assertThat(Arrays.copyOfRange(seal(sealing, iv, plain), 16, 80)).isEqualTo(hex(expected));
            }
        }
    }

    /**
     * A published connection with TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA (the illustrated TLS 1.2 connection): premaster to
     * master secret to key block to the client's Finished record, in and out.
     */
    @Test
    void aPublishedConnectionIsReproducedFromItsPremasterSecret() {
        byte[] clientRandom = hex("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f");
        byte[] serverRandom = hex("707172737475767778797a7b7c7d7e7f808182838485868788898a8b8c8d8e8f");
        byte[] premaster = hex("df4a291baa1eb7cfa6934b29b474baad2697e29f1f920dcc77c8a0a088447624");
        byte[] master = Prf.sha256().derive(premaster, "master secret", clientRandom, serverRandom, 48);
        assertThat(master)
                .isEqualTo(hex("916abf9da55973e13614ae0a3f5d3f37b023ba129aee02cc9134338127cd7049"
                        + "781c8e19fc1eb2a7387ac06ae237344c"));
        byte[] keys = Prf.sha256().derive(master, "key expansion", serverRandom, clientRandom, 2 * 20 + 2 * 16);
        byte[] macKey = Arrays.copyOf(keys, 20);
        byte[] key = Arrays.copyOfRange(keys, 40, 56);
        assertThat(macKey).isEqualTo(hex("1b7d117c7d5f690bc263cae8ef60af0f1878acc2"));
        assertThat(key).isEqualTo(hex("f656d037b173ef3e11169f27231a84b6"));

        byte[] iv = hex("404142434445464748494a4b4c4d4e4f");
        byte[] finished = hex("1400000ccf919626f1360c536aaad73a");
        byte[] fragment = hex("404142434445464748494a4b4c4d4e4f"
                + "227bc9ba81ef30f2a8a78ff1df50844d5804b7eeb2e214c32b6892aca3db7b78"
                + "077fdd90067c516bacb3ba90dedf720f");
        byte[] header = hex("00000000000000001603030000");
        byte[] out = new byte[64];
        CbcHmac opening = CbcHmac.opening(Order.MAC_THEN_ENCRYPT, CbcCipher.AES_128, HashAlgorithm.SHA1, key, macKey);
        int length = opening.open(header, fragment, 0, fragment.length, out, 0);
        assertThat(Arrays.copyOf(out, length)).isEqualTo(finished);
        CbcHmac sealing = CbcHmac.sealing(Order.MAC_THEN_ENCRYPT, CbcCipher.AES_128, HashAlgorithm.SHA1, key, macKey);
        byte[] sealed = new byte[sealing.sealedLength(finished.length)];
        sealing.seal(hex("00000000000000001603030000"), iv, finished, 0, finished.length, sealed, 0);
        assertThat(sealed).isEqualTo(fragment);
    }

    @ParameterizedTest
    @MethodSource("variants")
    void everyPlaintextLengthIsSealedWithMinimalPaddingAndOpened(ReferenceCbc reference) {
        // RFC 5246 6.2.3.2-2, 6.2.3.2-4, RFC 8449 4.1-1
        CbcHmac sealing = reference.sealing();
        CbcHmac opening = reference.opening();
        for (int length = 0; length <= 16384; length = nextLength(length)) {
            byte[] plain = bytes(length, length);
            byte[] sealed = seal(sealing, ReferenceCbc.IV, plain);
            assertThat(sealed)
                    .as("%d bytes", length)
                    .isEqualTo(reference.seal(plain, reference.minimalPadding(length)));
            assertThat(open(opening, sealed)).isEqualTo(plain);
            assertThat(reference.open(sealed)).isEqualTo(plain);
        }
    }

    private static int nextLength(int length) {
        return switch (length) {
            case 320 -> 1023;
            case 1023 -> 1024;
            case 1024 -> 16383;
            default -> length + 1;
        };
    }

    @ParameterizedTest
    @MethodSource("variants")
    void theShortestLengthIsThatOfAnEmptyPlaintext(ReferenceCbc reference) {
        CbcHmac sealing = reference.sealing();
        int mac = reference.hash().length();
        int expected = reference.order() == Order.MAC_THEN_ENCRYPT ? 16 + (mac / 16 + 1) * 16 : 16 + 16 + mac;
        assertThat(sealing.minSealedLength()).isEqualTo(expected).isEqualTo(sealing.sealedLength(0));
        assertThat(sealing.minSealedLength()).isEqualTo(reference.opening().minSealedLength());
    }

    @ParameterizedTest
    @MethodSource("variants")
    void theHeaderSaysTheLengthThatTheOrderDemands(ReferenceCbc reference) {
        byte[] plain = bytes(1, 0x1234);
        byte[] header = ReferenceCbc.HEADER.clone();
        byte[] sealed = new byte[reference.sealing().sealedLength(plain.length)];
        reference.sealing().seal(header, ReferenceCbc.IV, plain, 0, plain.length, sealed, 0);
        int covered = reference.order() == Order.MAC_THEN_ENCRYPT
                ? plain.length
                : sealed.length - reference.hash().length();
        assertThat(header).startsWith(Arrays.copyOf(ReferenceCbc.HEADER, 11));
        assertThat((header[11] & 0xff) << 8 | header[12] & 0xff).isEqualTo(covered);
        byte[] other = ReferenceCbc.HEADER.clone();
        reference.opening().open(other, sealed, 0, sealed.length, new byte[sealed.length], 0);
        assertThat(other).isEqualTo(header);
    }

    @ParameterizedTest
    @MethodSource("variants")
    void onlyTheNamedRangesAreReadAndWritten(ReferenceCbc reference) {
        for (int length : new int[] {0, 5, 16, 100, 333}) {
            byte[] plain = bytes(length, length);
            byte[] in = new byte[length + 30];
            System.arraycopy(plain, 0, in, 11, length);
            byte[] before = in.clone();
            int sealedLength = reference.sealing().sealedLength(length);
            byte[] out = new byte[sealedLength + 20];
            Arrays.fill(out, (byte) 0x55);
            reference.sealing().seal(ReferenceCbc.HEADER.clone(), ReferenceCbc.IV, in, 11, length, out, 9);
            assertThat(in).isEqualTo(before);
            assertThat(Arrays.copyOf(out, 9)).containsOnly(0x55);
            assertThat(Arrays.copyOfRange(out, 9 + sealedLength, out.length)).containsOnly(0x55);
            byte[] sealed = out.clone();
            byte[] back = new byte[sealedLength + 20];
            Arrays.fill(back, (byte) 0x66);
            int opened = reference.opening().open(ReferenceCbc.HEADER.clone(), out, 9, sealedLength, back, 7);
            assertThat(out).isEqualTo(sealed);
            assertThat(Arrays.copyOfRange(back, 7, 7 + opened)).isEqualTo(plain);
            assertThat(Arrays.copyOf(back, 7)).containsOnly(0x66);
            assertThat(Arrays.copyOfRange(back, 7 + sealedLength - 16, back.length))
                    .containsOnly(0x66);
        }
    }

    @ParameterizedTest
    @MethodSource("variants")
    void sealingAndOpeningWorkInPlace(ReferenceCbc reference) {
        for (int length : new int[] {0, 1, 15, 16, 17, 31, 32, 33, 100, 1000, 16384}) {
            byte[] plain = bytes(length, length);
            int sealedLength = reference.sealing().sealedLength(length);
            byte[] buffer = new byte[5 + sealedLength];
            System.arraycopy(plain, 0, buffer, 5 + 16, length);
            reference.sealing().seal(ReferenceCbc.HEADER.clone(), ReferenceCbc.IV, buffer, 5 + 16, length, buffer, 5);
            assertThat(Arrays.copyOfRange(buffer, 5, buffer.length))
                    .as("%d bytes", length)
                    .isEqualTo(reference.seal(plain, reference.minimalPadding(length)));
            int opened = reference.opening().open(ReferenceCbc.HEADER.clone(), buffer, 5, sealedLength, buffer, 5 + 16);
            assertThat(Arrays.copyOfRange(buffer, 5 + 16, 5 + 16 + opened)).isEqualTo(plain);
        }
    }

    @ParameterizedTest
    @MethodSource("variants")
    void recordsDoNotDependOnTheOnesBefore(ReferenceCbc reference) {
        CbcHmac sealing = reference.sealing();
        CbcHmac opening = reference.opening();
        for (int i = 0; i < 100; i++) {
            byte[] iv = bytes(1000 + i, 16);
            byte[] plain = bytes(2000 + i, i * 7 % 90);
            byte[] sealed = seal(sealing, iv, plain);
            assertThat(sealed).isEqualTo(seal(reference.sealing(), iv, plain));
            if (i % 3 == 0) {
                byte[] changed = sealed.clone();
                changed[i % sealed.length] ^= 1;
                assertThat(opening.open(ReferenceCbc.HEADER.clone(), changed, 0, changed.length, new byte[300], 0))
                        .isEqualTo(-1);
            }
            assertThat(open(opening, sealed)).isEqualTo(plain);
        }
    }

    @ParameterizedTest
    @EnumSource
    void theLargestFragmentIsBelowTwoToTheSixteen(Order order) {
        ReferenceCbc reference = ReferenceCbc.of(order, CbcCipher.AES_128, HashAlgorithm.SHA256);
        CbcHmac sealing = reference.sealing();
        byte[] plain = bytes(5, 65471);
        assertThat(sealing.sealedLength(65471)).isEqualTo(65520);
        byte[] largest = seal(sealing, ReferenceCbc.IV, plain);
        assertThat(open(reference.opening(), largest)).isEqualTo(plain);
        byte[] out = new byte[70000];
        assertThatThrownBy(() ->
                        sealing.seal(ReferenceCbc.HEADER.clone(), ReferenceCbc.IV, new byte[65472], 0, 65472, out, 0))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(reference.opening().open(ReferenceCbc.HEADER.clone(), new byte[65536], 0, 65536, out, 0))
                .isEqualTo(-1);
    }

    @ParameterizedTest
    @EnumSource
    void misuseIsRefused(Order order) {
        ReferenceCbc reference = ReferenceCbc.of(order, CbcCipher.AES_128, HashAlgorithm.SHA256);
        CbcHmac sealing = reference.sealing();
        CbcHmac opening = reference.opening();
        byte[] header = ReferenceCbc.HEADER.clone();
        byte[] iv = ReferenceCbc.IV;
        byte[] b = new byte[200];
        byte[] key = new byte[16];
        byte[] macKey = new byte[32];
        assertThatThrownBy(() -> opening.seal(header, iv, b, 0, 10, new byte[200], 0))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("open only");
        assertThatThrownBy(() -> sealing.open(header, b, 0, 80, new byte[200], 0))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("seal only");
        assertThatThrownBy(() -> sealing.seal(new byte[12], iv, b, 0, 10, new byte[200], 0))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> sealing.seal(header, new byte[15], b, 0, 10, new byte[200], 0))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> sealing.seal(header, iv, b, 195, 10, new byte[200], 0))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> sealing.seal(header, iv, b, 0, 10, new byte[sealing.sealedLength(10) - 1], 0))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> opening.open(header, b, 0, order == Order.ENCRYPT_THEN_MAC ? 96 : 80, new byte[63], 0))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> CbcHmac.sealing(order, CbcCipher.AES_256, HashAlgorithm.SHA256, new byte[24], macKey))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> CbcHmac.sealing(order, CbcCipher.ARIA_256, HashAlgorithm.SHA256, key, macKey))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> CbcHmac.opening(order, CbcCipher.AES_128, HashAlgorithm.SHA1, key, macKey))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @MethodSource("variants")
    void destroyedKeysServeNothing(ReferenceCbc reference) {
        CbcHmac sealing = reference.sealing();
        CbcHmac opening = reference.opening();
        byte[] sealed = seal(sealing, ReferenceCbc.IV, bytes(1, 40));
        open(opening, sealed);
        sealing.destroy();
        opening.destroy();
        sealing.destroy();
        assertThatThrownBy(() -> seal(sealing, ReferenceCbc.IV, bytes(1, 40)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("destroyed");
        assertThatThrownBy(() -> open(opening, sealed))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("destroyed");
    }

    @ParameterizedTest
    @MethodSource("variants")
    void keysAreCopied(ReferenceCbc reference) {
        byte[] key = reference.key().clone();
        byte[] macKey = reference.macKey().clone();
        CbcHmac opening = CbcHmac.opening(reference.order(), reference.cipher(), reference.hash(), key, macKey);
        Wipe.bytes(key, macKey);
        assertThat(open(opening, seal(reference.sealing(), ReferenceCbc.IV, bytes(1, 40))))
                .isEqualTo(bytes(1, 40));
    }
}
