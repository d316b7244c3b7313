package dev.lockstep.crypto.hash;

import static dev.lockstep.crypto.SymmetricVectors.ascii;
import static dev.lockstep.crypto.SymmetricVectors.bytes;
import static dev.lockstep.crypto.SymmetricVectors.hex;
import static dev.lockstep.crypto.SymmetricVectors.repeated;
import static org.assertj.core.api.Assertions.assertThat;

import java.security.MessageDigest;
import org.bouncycastle.crypto.Digest;
import org.bouncycastle.crypto.ExtendedDigest;
import org.bouncycastle.crypto.digests.SHA1Digest;
import org.bouncycastle.crypto.digests.SHA224Digest;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.digests.SHA384Digest;
import org.bouncycastle.crypto.digests.SHA512Digest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class HashAlgorithmTest {
    /** bcprov's implementation, the one the library did not take. */
    static ExtendedDigest bouncyCastle(HashAlgorithm h) {
        return switch (h) {
            case SHA1 -> new SHA1Digest();
            case SHA224 -> new SHA224Digest();
            case SHA256 -> new SHA256Digest();
            case SHA384 -> new SHA384Digest();
            case SHA512 -> new SHA512Digest();
        };
    }

    private static byte[] bouncyCastle(HashAlgorithm h, byte[] message) {
        Digest digest = bouncyCastle(h);
        byte[] out = new byte[digest.getDigestSize()];
        digest.update(message, 0, message.length);
        digest.doFinal(out, 0);
        return out;
    }

    /** The examples of FIPS 180: "abc" and a million times "a". */
    @ParameterizedTest
    @CsvSource({
        "SHA1, a9993e364706816aba3e25717850c26c9cd0d89d, 34aa973cd4c4daa4f61eeb2bdbad27316534016f",
        "SHA224, 23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7, "
                + "20794655980c91d8bbb4c1ea97618a4bf03f42581948b2ee4ee7ad67",
        "SHA256, ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad, "
                + "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0",
        "SHA384, cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7, "
                + "9d0e1809716474cb086e834e310a4a1ced149e9c00f248527972cec5704c2a5b07b8b3dc38ecc4ebae97ddd87f3d8985",
        "SHA512, ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
                + "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f, "
                + "e718483d0ce769644e2e42c7bc15b4638e1f98b13b2044285632a803afa973eb"
                + "de0ff244877ea60a4cb0432ce577c31beb009c5c2c49aa2e4eadb217ad8cc09b"
    })
    void givesTheExamplesOfFips180(HashAlgorithm h, String abc, String million) {
        byte[] as = repeated('a', 1_000_000);
        assertThat(h.digest(ascii("abc"))).isEqualTo(hex(abc));
        assertThat(h.digest(ascii("a"), ascii(""), ascii("bc"))).isEqualTo(hex(abc));
        assertThat(h.digest(as)).isEqualTo(hex(million));
        assertThat(bouncyCastle(h, ascii("abc"))).isEqualTo(hex(abc));
        assertThat(bouncyCastle(h, as)).isEqualTo(hex(million));
    }

    @ParameterizedTest
    @EnumSource
    void bothImplementationsAgreeAtEveryLength(HashAlgorithm h) {
        for (int length = 0; length < 400; length++) {
            byte[] message = bytes(length, length);
            assertThat(h.digest(message)).isEqualTo(bouncyCastle(h, message));
        }
    }

    @ParameterizedTest
    @EnumSource
    void sizesAreThoseOfTheImplementation(HashAlgorithm h) throws Exception {
        ExtendedDigest other = bouncyCastle(h);
        assertThat(h.length()).isEqualTo(other.getDigestSize());
        assertThat(h.blockLength()).isEqualTo(other.getByteLength());
        assertThat(h.jdkName()).isEqualTo(other.getAlgorithmName());
        MessageDigest digest = h.newDigest();
        assertThat(digest.getDigestLength()).isEqualTo(h.length());
        digest.update((byte) 'a');
        MessageDigest clone = (MessageDigest) digest.clone();
        clone.update(ascii("bc"));
        assertThat(clone.digest()).isEqualTo(h.digest(ascii("abc")));
        assertThat(digest.digest()).isEqualTo(h.digest(ascii("a")));
    }

    @Test
    void noneAndMd5AreAbsent() {
        // RFC 9325 4.5-4, RFC 8422 5.10-4
        assertThat(HashAlgorithm.values())
                .extracting(HashAlgorithm::jdkName)
                .containsExactly("SHA-1", "SHA-224", "SHA-256", "SHA-384", "SHA-512");
    }
}
