package dev.lockstep.crypto.hash;

import static dev.lockstep.crypto.SymmetricVectors.ascii;
import static dev.lockstep.crypto.SymmetricVectors.bytes;
import static dev.lockstep.crypto.SymmetricVectors.hex;
import static dev.lockstep.crypto.SymmetricVectors.repeated;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.crypto.ConstantTime;
import dev.lockstep.crypto.SymmetricVectors;
import dev.lockstep.crypto.SymmetricVectors.HmacCase;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.bouncycastle.crypto.macs.HMac;
import org.bouncycastle.crypto.params.KeyParameter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

public class HmacTest {
    /** bcprov's implementation, the one the library did not take. */
    public static byte[] bouncyCastle(HashAlgorithm h, byte[] key, byte[]... parts) {
        HMac mac = new HMac(HashAlgorithmTest.bouncyCastle(h));
        mac.init(new KeyParameter(key));
        for (byte[] part : parts) {
            mac.update(part, 0, part.length);
        }
        byte[] out = new byte[mac.getMacSize()];
        mac.doFinal(out, 0);
        return out;
    }

    private static byte[] ours(HashAlgorithm h, byte[] key, byte[] message) {
        Hmac hmac = Hmac.of(h, key);
        hmac.update(message, 0, message.length);
        return hmac.doFinal();
    }

    static Stream<HmacCase> published() {
        return Stream.concat(rfcs().stream(), SymmetricVectors.hmac("hmac.txt").stream());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("published")
    void givesThePublishedValues(HmacCase c) {
        assertThat(ConstantTime.equal(ours(c.hash(), c.key(), c.message()), c.tag()))
                .isEqualTo(c.valid());
        assertThat(Arrays.equals(bouncyCastle(c.hash(), c.key(), c.message()), c.tag()))
                .isEqualTo(c.valid());
    }

    @ParameterizedTest
    @EnumSource
    void bothImplementationsAgreeForEveryKeyLength(HashAlgorithm h) {
        for (int length = 0; length < 300; length++) {
            byte[] key = bytes(length, length);
            byte[] message = bytes(length + 1000, 299 - length);
            assertThat(ours(h, key, message)).isEqualTo(bouncyCastle(h, key, message));
        }
    }

    @ParameterizedTest
    @EnumSource
    void oneKeyServesManyMessages(HashAlgorithm h) {
        byte[] key = bytes(1, 48);
        Hmac hmac = Hmac.of(h, key);
        Arrays.fill(key, (byte) 0);
        byte[] sameKey = bytes(1, 48);
        assertThat(hmac.length()).isEqualTo(h.length());
        byte[] out = new byte[h.length() + 7];
        for (int i = 0; i < 50; i++) {
            byte[] message = bytes(i, 3 * i);
            hmac.update(message, 0, i);
            hmac.update(message, i, 2 * i);
            hmac.doFinal(out, 5);
            assertThat(Arrays.copyOfRange(out, 5, 5 + h.length())).isEqualTo(bouncyCastle(h, sameKey, message));
            assertThat(out[4]).isZero();
            assertThat(out[5 + h.length()]).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource
    void anotherKeyBeginsAnotherMessage(HashAlgorithm h) {
        Hmac hmac = Hmac.of(h, bytes(1, 200));
        for (int length : new int[] {0, 20, 64, 128, 200}) {
            hmac.update(new byte[9], 0, 9); // of a message that does not end
            hmac.rekey(bytes(2, length));
            hmac.update(bytes(3, 70), 0, 70);
            assertThat(hmac.doFinal()).isEqualTo(bouncyCastle(h, bytes(2, length), bytes(3, 70)));
        }
        hmac.destroy();
        assertThatThrownBy(() -> hmac.rekey(new byte[1])).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aDestroyedKeyServesNothing() {
        Hmac hmac = Hmac.of(HashAlgorithm.SHA256, bytes(2, 32));
        hmac.destroy();
        hmac.destroy();
        assertThatThrownBy(() -> hmac.update(new byte[1], 0, 1)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(hmac::doFinal).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> hmac.doFinal(new byte[32], 0)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aMacThatDoesNotFitIsRefused() {
        Hmac hmac = Hmac.of(HashAlgorithm.SHA256, bytes(3, 32));
        assertThatThrownBy(() -> hmac.doFinal(new byte[32], 1)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> hmac.update(new byte[4], 2, 3)).isInstanceOf(IllegalArgumentException.class);
    }

    private static HmacCase of(String name, HashAlgorithm h, byte[] key, byte[] message, String tag) {
        return new HmacCase(name, "valid", h, key, message, hex(tag));
    }

    /** RFC 2202 3 for SHA-1 and RFC 4231 4 for the others. */
    private static List<HmacCase> rfcs() {
        byte[] counting = hex("0102030405060708090a0b0c0d0e0f10111213141516171819");
        byte[] jefe = ascii("Jefe");
        byte[] nothing = ascii("what do ya want for nothing?");
        byte[] hi = ascii("Hi There");
        byte[] larger = ascii("Test Using Larger Than Block-Size Key - Hash Key First");
        byte[] bs = repeated(0x0b, 20);
        byte[] as = repeated(0xaa, 20);
        byte[] ds = repeated(0xdd, 50);
        byte[] cs = repeated(0xcd, 50);
        byte[] longKey = repeated(0xaa, 131);
        return List.of(
                of("RFC 2202 3.1", HashAlgorithm.SHA1, bs, hi, "b617318655057264e28bc0b6fb378c8ef146be00"),
                of("RFC 2202 3.2", HashAlgorithm.SHA1, jefe, nothing, "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"),
                of("RFC 2202 3.3", HashAlgorithm.SHA1, as, ds, "125d7342b9ac11cd91a39af48aa17b4f63f175d3"),
                of("RFC 2202 3.4", HashAlgorithm.SHA1, counting, cs, "4c9007f4026250c6bc8414f9bf50c86c2d7235da"),
                of(
                        "RFC 2202 3.6",
                        HashAlgorithm.SHA1,
                        repeated(0xaa, 80),
                        larger,
                        "aa4ae5e15272d00e95705637ce8a3b55ed402112"),
                of(
                        "RFC 4231 4.2",
                        HashAlgorithm.SHA224,
                        bs,
                        hi,
                        "896fb1128abbdf196832107cd49df33f47b4b1169912ba4f53684b22"),
                of(
                        "RFC 4231 4.2",
                        HashAlgorithm.SHA256,
                        bs,
                        hi,
                        "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
                of(
                        "RFC 4231 4.2",
                        HashAlgorithm.SHA384,
                        bs,
                        hi,
                        "afd03944d84895626b0825f4ab46907f15f9dadbe4101ec682aa034c7cebc59cfaea9ea9076ede7f4af152e8b2fa9cb6"),
                of(
                        "RFC 4231 4.2",
                        HashAlgorithm.SHA512,
                        bs,
                        hi,
                        "87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cde"
                                + "daa833b7d6b8a702038b274eaea3f4e4be9d914eeb61f1702e696c203a126854"),
                of(
                        "RFC 4231 4.3",
                        HashAlgorithm.SHA224,
                        jefe,
                        nothing,
                        "a30e01098bc6dbbf45690f3a7e9e6d0f8bbea2a39e6148008fd05e44"),
                of(
                        "RFC 4231 4.3",
                        HashAlgorithm.SHA256,
                        jefe,
                        nothing,
                        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
                of(
                        "RFC 4231 4.3",
                        HashAlgorithm.SHA384,
                        jefe,
                        nothing,
                        "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e8e2240ca5e69e2c78b3239ecfab21649"),
                of(
                        "RFC 4231 4.3",
                        HashAlgorithm.SHA512,
                        jefe,
                        nothing,
                        "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554"
                                + "9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737"),
                of(
                        "RFC 4231 4.4",
                        HashAlgorithm.SHA256,
                        as,
                        ds,
                        "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"),
                of(
                        "RFC 4231 4.4",
                        HashAlgorithm.SHA384,
                        as,
                        ds,
                        "88062608d3e6ad8a0aa2ace014c8a86f0aa635d947ac9febe83ef4e55966144b2a5ab39dc13814b94e3ab6e101a34f27"),
                of(
                        "RFC 4231 4.5",
                        HashAlgorithm.SHA256,
                        counting,
                        cs,
                        "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"),
                of(
                        "RFC 4231 4.5",
                        HashAlgorithm.SHA384,
                        counting,
                        cs,
                        "3e8a69b7783c25851933ab6290af6ca77a9981480850009cc5577c6e1f573b4e6801dd23c4a7d679ccf8a386c674cffb"),
                of(
                        "RFC 4231 4.7",
                        HashAlgorithm.SHA256,
                        longKey,
                        larger,
                        "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"),
                of(
                        "RFC 4231 4.7",
                        HashAlgorithm.SHA384,
                        longKey,
                        larger,
                        "4ece084485813e9088d2c63a041bc5b44f9ef1012a2b588f3cd11f05033ac4c60c2ef6ab4030fe8296248df163f44952"),
                of(
                        "RFC 4231 4.7",
                        HashAlgorithm.SHA512,
                        longKey,
                        larger,
                        "80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f352"
                                + "6b56d037e05f2598bd0fd2215d6a1e5295e64f73f63f0aec8b915a985d786598"));
    }
}
