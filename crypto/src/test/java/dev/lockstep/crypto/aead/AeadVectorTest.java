package dev.lockstep.crypto.aead;

import static dev.lockstep.crypto.SymmetricVectors.ascii;
import static dev.lockstep.crypto.SymmetricVectors.bytes;
import static dev.lockstep.crypto.SymmetricVectors.concat;
import static dev.lockstep.crypto.SymmetricVectors.hex;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.crypto.SymmetricVectors;
import dev.lockstep.crypto.SymmetricVectors.AeadCase;
import dev.lockstep.crypto.TestProviders;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Published values, for what the library takes and for the implementation it did not take. */
@ParameterizedClass
@MethodSource("dev.lockstep.crypto.TestProviders#all")
class AeadVectorTest {
    @Parameter
    TestProviders provider;

    static Stream<AeadCase> gcm() {
        return Stream.concat(nistGcm().stream(), SymmetricVectors.aead("aes-gcm.txt").stream());
    }

    static Stream<AeadCase> chacha() {
        return Stream.concat(rfc8439().stream(), SymmetricVectors.aead("chacha20-poly1305.txt").stream());
    }

    static Stream<AeadCase> ccm() {
        return Stream.concat(nistCcm().stream(), SymmetricVectors.aead("aes-ccm.txt").stream());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("gcm")
    void gcmGivesThePublishedValues(AeadCase c) {
        check(c, c.key().length == 16 ? AeadAlgorithm.AES_128_GCM : AeadAlgorithm.AES_256_GCM);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("chacha")
    void chachaGivesThePublishedValues(AeadCase c) {
        check(c, AeadAlgorithm.CHACHA20_POLY1305);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("ccm")
    void ccmGivesThePublishedValues(AeadCase c) {
        boolean shortTag = c.sealed().length - c.plain().length == 8;
        boolean shortKey = c.key().length == 16;
        check(
                c,
                shortTag
                        ? (shortKey ? AeadAlgorithm.AES_128_CCM_8 : AeadAlgorithm.AES_256_CCM_8)
                        : (shortKey ? AeadAlgorithm.AES_128_CCM : AeadAlgorithm.AES_256_CCM));
    }

    static Stream<AeadCase> camellia() {
        return SymmetricVectors.aead("camellia-gcm.txt").stream();
    }

    static Stream<AeadCase> aria() {
        return SymmetricVectors.aead("aria-gcm.txt").stream();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("camellia")
    void camelliaGivesTheValuesOfGnuTls(AeadCase c) {
        check(c, c.key().length == 16 ? AeadAlgorithm.CAMELLIA_128_GCM : AeadAlgorithm.CAMELLIA_256_GCM);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("aria")
    void ariaGivesTheValuesOfOpenSsl(AeadCase c) {
        check(c, c.key().length == 16 ? AeadAlgorithm.ARIA_128_GCM : AeadAlgorithm.ARIA_256_GCM);
    }

    private void check(AeadCase c, AeadAlgorithm a) {
        Aead opening = Aead.opening(a, c.key(), 0, provider.sources());
        byte[] opened = new byte[Math.max(c.sealed().length, 1)];
        if (c.verdict().equals("nonce")) {
            Aead sealing = Aead.sealing(a, c.key(), 0, provider.sources());
            byte[] out = new byte[c.plain().length + 16];
            assertThatThrownBy(() ->
                            sealing.seal(c.nonce(), c.aad(), c.aad().length, c.plain(), 0, c.plain().length, out, 0))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> opening.open(
                            c.nonce(), c.aad(), c.aad().length, c.sealed(), 0, c.sealed().length, opened, 0))
                    .isInstanceOf(IllegalArgumentException.class);
            return;
        }
        int length = opening.open(c.nonce(), c.aad(), c.aad().length, c.sealed(), 0, c.sealed().length, opened, 0);
        if (c.valid()) {
            assertThat(Arrays.copyOf(opened, length)).isEqualTo(c.plain());
            assertThat(seal(a, c.key(), c.nonce(), c.aad(), c.plain())).isEqualTo(c.sealed());
            assertThat(OtherAead.seal(a, c.key(), c.nonce(), c.aad(), c.plain()))
                    .isEqualTo(c.sealed());
        } else {
            assertThat(length).isEqualTo(-1);
            assertThat(opened).containsOnly(0);
            assertThat(seal(a, c.key(), c.nonce(), c.aad(), c.plain())).isNotEqualTo(c.sealed());
        }
    }

    @ParameterizedTest
    @EnumSource
    void bothImplementationsAgreeAtEveryLength(AeadAlgorithm a) {
        byte[] key = bytes(a.ordinal(), a.keyLength());
        for (int length = 0; length <= 16384; length = length < 70 ? length + 1 : length * 3 / 2 + 1) {
            byte[] nonce = bytes(1000 + length, a.nonceLength());
            byte[] plain = bytes(2000 + length, length);
            byte[] aad = bytes(3000 + length, 13);
            assertThat(seal(a, key, nonce, aad, plain))
                    .as("%d bytes", length)
                    .isEqualTo(OtherAead.seal(a, key, nonce, aad, plain));
        }
    }

    /** The engine that the CCM of the library is compared with, with the nonce lengths that RFC 3610 and SP 800-38C chose for their examples. */
    @Test
    void theCcmEngineGivesTheValuesOfRfc3610AndSp80038c() throws Exception {
        byte[] nistKey = hex("404142434445464748494a4b4c4d4e4f");
        assertThat(OtherAead.bouncyCastleCcm(
                        nistKey, 32, hex("10111213141516"), hex("0001020304050607"), hex("20212223")))
                .isEqualTo(hex("7162015b4dac255d"));
        assertThat(OtherAead.bouncyCastleCcm(
                        nistKey,
                        48,
                        hex("1011121314151617"),
                        hex("000102030405060708090a0b0c0d0e0f"),
                        hex("202122232425262728292a2b2c2d2e2f")))
                .isEqualTo(hex("d2a1f0e051ea5f62081a7792073d593d1fc64fbfaccd"));
        byte[] rfcKey = hex("c0c1c2c3c4c5c6c7c8c9cacbcccdcecf");
        assertThat(OtherAead.bouncyCastleCcm(
                        rfcKey,
                        64,
                        hex("00000003020100a0a1a2a3a4a5"),
                        hex("0001020304050607"),
                        hex("08090a0b0c0d0e0f101112131415161718191a1b1c1d1e")))
                .isEqualTo(hex("588c979a61c663d2f066d0c2c0f989806d5f6b61dac38417e8d12cfdf926e0"));
        assertThat(OtherAead.bouncyCastleCcm(
                        rfcKey,
                        64,
                        hex("00000004030201a0a1a2a3a4a5"),
                        hex("0001020304050607"),
                        hex("08090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f")))
                .isEqualTo(hex("72c91a36e135f8cf291ca894085c87e3cc15c439c9e43a3ba091d56e10400916"));
    }

    private byte[] seal(AeadAlgorithm a, byte[] key, byte[] nonce, byte[] aad, byte[] plain) {
        byte[] out = new byte[plain.length + a.tagLength()];
        int written = Aead.sealing(a, key, 0, provider.sources())
                .seal(nonce, aad, aad.length, plain, 0, plain.length, out, 0);
        assertThat(written).isEqualTo(out.length);
        return out;
    }

    private static AeadCase valid(String name, String key, String nonce, String aad, byte[] plain, String sealed) {
        return new AeadCase(name, "valid", hex(key), hex(nonce), hex(aad), plain, hex(sealed));
    }

    /** The test cases with a 96-bit IV of the GCM specification submitted to NIST. */
    private static List<AeadCase> nistGcm() {
        String zeros = "00000000000000000000000000000000";
        String zeroNonce = "000000000000000000000000";
        String key = "feffe9928665731c6d6a8f9467308308";
        String nonce = "cafebabefacedbaddecaf888";
        String aad = "feedfacedeadbeeffeedfacedeadbeefabaddad2";
        String plain = "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
                + "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b391aafd255";
        String sealed128 = "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e"
                + "21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e091473f5985";
        String sealed256 = "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
                + "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662898015ad";
        return List.of(
                valid("GCM 1", zeros, zeroNonce, "-", hex("-"), "58e2fccefa7e3061367f1d57a4e7455a"),
                valid(
                        "GCM 2",
                        zeros,
                        zeroNonce,
                        "-",
                        hex(zeros),
                        "0388dace60b6a392f328c2b971b2fe78ab6e47d42cec13bdf53a67b21257bddf"),
                valid("GCM 3", key, nonce, "-", hex(plain), sealed128 + "4d5c2af327cd64a62cf35abd2ba6fab4"),
                valid(
                        "GCM 4",
                        key,
                        nonce,
                        aad,
                        hex(plain.substring(0, 120)),
                        sealed128.substring(0, 120) + "5bc94fbc3221a5db94fae95ae7121a47"),
                valid("GCM 13", zeros + zeros, zeroNonce, "-", hex("-"), "530f8afbc74536b9a963b4f1c4cb738b"),
                valid(
                        "GCM 14",
                        zeros + zeros,
                        zeroNonce,
                        "-",
                        hex(zeros),
                        "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919"),
                valid("GCM 15", key + key, nonce, "-", hex(plain), sealed256 + "b094dac5d93471bdec1a502270e3cc6c"),
                valid(
                        "GCM 16",
                        key + key,
                        nonce,
                        aad,
                        hex(plain.substring(0, 120)),
                        sealed256.substring(0, 120) + "76fc6ece0f4e1768cddf8853bb2d551b"));
    }

    /** SP 800-38C example 3, the one whose nonce has the length TLS uses. */
    private static List<AeadCase> nistCcm() {
        return List.of(valid(
                "SP 800-38C example 3",
                "404142434445464748494a4b4c4d4e4f",
                "101112131415161718191a1b",
                "000102030405060708090a0b0c0d0e0f10111213",
                hex("202122232425262728292a2b2c2d2e2f3031323334353637"),
                "e3b201a9f5b71a7a9b1ceaeccd97e70b6176aad9a4428aa5484392fbc1b09951"));
    }

    /** RFC 8439 2.8.2 (the values of RFC 7539 2.8.2) and A.5. */
    private static List<AeadCase> rfc8439() {
        byte[] draft =
                ascii("Internet-Drafts are draft documents valid for a maximum of six months and may be updated, "
                        + "replaced, or obsoleted by other documents at any time. It is inappropriate to use Internet-Drafts as "
                        + "reference material or to cite them other than as /");
        return List.of(
                valid(
                        "RFC 8439 2.8.2",
                        "808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f",
                        "070000004041424344454647",
                        "50515253c0c1c2c3c4c5c6c7",
                        ascii("Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the "
                                + "future, sunscreen would be it."),
                        "d31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d63dbea45e8ca9671282fafb69da92728b"
                                + "1a71de0a9e060b2905d6a5b67ecd3b3692ddbd7f2d778b8c9803aee328091b58fab324e4fad67594"
                                + "5585808b4831d7bc3ff4def08e4b7a9de576d26586cec64b61161ae10b594f09e26a7e902ecbd0600691"),
                new AeadCase(
                        "RFC 8439 A.5",
                        "valid",
                        hex("1c9240a5eb55d38af333888604f6b5f0473917c1402b80099dca5cbc207075c0"),
                        hex("000000000102030405060708"),
                        hex("f33388860000000000004e91"),
                        concat(draft, hex("e2809c"), ascii("work in progress."), hex("2f"), hex("e2809d")),
                        hex(
                                "64a0861575861af460f062c79be643bd5e805cfd345cf389f108670ac76c8cb24c6cfc18755d43eea09ee94e382d26b0"
                                        + "bdb7b73c321b0100d4f03b7f355894cf332f830e710b97ce98c8a84abd0b948114ad176e008d33bd"
                                        + "60f982b1ff37c8559797a06ef4f0ef61c186324e2b3506383606907b6a7c02b0f9f6157b53c867e4"
                                        + "b9166c767b804d46a59b5216cde7a4e99040c5a40433225ee282a1b0a06c523eaf4534d7f83fa115"
                                        + "5b0047718cbc546a0d072b04b3564eea1b422273f548271a0bb2316053fa76991955ebd63159434e"
                                        + "cebb4e466dae5a1073a6727627097a1049e617d91d361094fa68f0ff77987130305beaba2eda04df"
                                        + "997b714d6c6f2c29a6ad5cb4022b02709beead9d67890cbb22392336fea1851f38")));
    }
}
