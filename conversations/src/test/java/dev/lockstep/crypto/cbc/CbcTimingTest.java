package dev.lockstep.crypto.cbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.crypto.cbc.CbcHmac.Order;
import dev.lockstep.crypto.hash.HashAlgorithm;
import dev.lockstep.testkit.util.TimingComparison;
import dev.lockstep.testkit.util.TimingComparison.Difference;
import dev.lockstep.testkit.util.TimingComparison.Subject;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * How long it takes to refuse a MAC-then-encrypt record says little of its padding (Lucky 13). Records of one length, all
 * with a wrong MAC, of which a client sees one alert: with as much padding as there can be against one byte, and with
 * padding that is right against padding that is not.
 */
class CbcTimingTest {

    private static final int SAMPLES = 10_000;

    /** What the copies inside the JDK's digests leave, in nanoseconds: HiddenLengthHmac says why. */
    private static final double KNOWN_NANOS = 25;

    /** Plaintext, MAC and padding: whole blocks, more than the longest padding and a MAC. */
    private static final int ENCRYPTED = 512;

    private static final int BLOCK = 16;
    private static final int LONGEST_PADDING = 255;
    private static final int HEADER = 13;

    /** The hashes of the CBC suites. */
    private enum Hash {
        SHA1(HashAlgorithm.SHA1, "HmacSHA1"),
        SHA256(HashAlgorithm.SHA256, "HmacSHA256"),
        SHA384(HashAlgorithm.SHA384, "HmacSHA384");

        final HashAlgorithm algorithm;
        final String mac;

        Hash(HashAlgorithm algorithm, String mac) {
            this.algorithm = algorithm;
            this.mac = mac;
        }
    }

    /** The paddings of the two classes. */
    private enum Classes {
        SHORT_OR_LONG {
            @Override
            int length(Hash hash, boolean second) {
                return second ? LONGEST_PADDING : 0;
            }
        },
        RIGHT_OR_WRONG {
            @Override
            int length(Hash hash, boolean second) {
                return LONGEST_PADDING;
            }
        },
        /** What Lucky 13 told apart: a message whose own padding takes a block more than the other's. */
        ONE_BLOCK_OR_TWO {
            @Override
            int length(Hash hash, boolean second) {
                int block = hash.algorithm.blockLength();
                return leaving(hash, second ? block - block / 8 : block - block / 8 - 1);
            }
        },
        NO_REST_OR_THE_LONGEST {
            @Override
            int length(Hash hash, boolean second) {
                return leaving(hash, second ? hash.algorithm.blockLength() - 1 : 0);
            }
        };

        abstract int length(Hash hash, boolean second);

        /** The padding before which the message that has a MAC ends with so many bytes after its last whole block. */
        private static int leaving(Hash hash, int rest) {
            int longest = HEADER + ENCRYPTED - 1 - hash.algorithm.length();
            int block = hash.algorithm.blockLength();
            return (longest - rest) % block;
        }

        final void pad(Hash hash, byte[] content, boolean second) {
            int length = length(hash, second);
            Arrays.fill(content, content.length - 1 - length, content.length, (byte) length);
            if (this == RIGHT_OR_WRONG && second) {
                content[content.length - 2] ^= 1;
            }
        }
    }

    /** Records in one buffer, opened into another. */
    private abstract static class Records implements Subject {

        final Random random = new Random(13);
        final byte[] header = new byte[HEADER];
        final byte[] record = new byte[BLOCK + ENCRYPTED];
        final byte[] out = new byte[ENCRYPTED];
        final byte[] key = new byte[16];
        final byte[] macKey;
        private final byte[] content = new byte[ENCRYPTED];
        private final byte[] iv = new byte[BLOCK];
        private final Hash hash;
        private final Classes classes;

        Records(Hash hash, Classes classes) {
            this.hash = hash;
            this.classes = classes;
            macKey = new byte[hash.algorithm.length()];
            random.nextBytes(key);
            random.nextBytes(macKey);
        }

        @Override
        public final void prepare(boolean second) throws GeneralSecurityException {
            random.nextBytes(content);
            random.nextBytes(iv);
            classes.pad(hash, content, second);
            Cipher cipher = Cipher.getInstance("AES/CBC/NoPadding");
            cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(key, "AES"), new IvParameterSpec(iv));
            System.arraycopy(iv, 0, record, 0, BLOCK);
            cipher.doFinal(content, 0, ENCRYPTED, record, BLOCK);
        }
    }

    private static final class Opening extends Records {

        private final CbcHmac keys;
        private int opened;

        Opening(Hash hash, Classes classes) {
            super(hash, classes);
            keys = CbcHmac.opening(Order.MAC_THEN_ENCRYPT, CbcCipher.AES_128, hash.algorithm, key, macKey);
        }

        @Override
        public void run() {
            opened += keys.open(header, record, 0, record.length, out, 0) < 0 ? 0 : 1;
        }
    }

    /** All hashes where much is measured; otherwise the one whose tests take least. */
    static Stream<Arguments> cases() {
        List<Hash> hashes = Integer.getInteger("lockstep.timing") == null ? List.of(Hash.SHA1) : List.of(Hash.values());
        return hashes.stream().flatMap(hash -> Stream.of(Classes.values()).map(each -> Arguments.of(hash, each)));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void thePaddingHardlyShows(Hash hash, Classes classes) throws Exception {
        Opening opening = new Opening(hash, classes);
        Difference found = TimingComparison.measure("CBC with " + hash + ", padding " + classes, SAMPLES, opening);
        assertThat(found.t() < 10 || found.nanos() < KNOWN_NANOS)
                .as(found.toString())
                .isTrue();
        assertThat(opening.opened).isZero();
    }

    /** The control: a MAC of what the padding leaves, as RFC 5246 has it and no more. */
    @Test
    void aMacOfTheRealLengthIsFound() throws Exception {
        Hash hash = Hash.SHA1;
        Cipher cipher = Cipher.getInstance("AES/CBC/NoPadding");
        Mac mac = Mac.getInstance(hash.mac);
        Records naive = new Records(hash, Classes.SHORT_OR_LONG) {
            @Override
            public void run() throws GeneralSecurityException {
                cipher.init(Cipher.DECRYPT_MODE, new SecretKeySpec(key, "AES"), new IvParameterSpec(record, 0, BLOCK));
                cipher.doFinal(record, BLOCK, ENCRYPTED, out, 0);
                mac.init(new SecretKeySpec(macKey, hash.mac));
                for (int i = 0; i < 8; i++) { // few samples need a grave case
                    mac.update(header);
                    mac.update(out, 0, ENCRYPTED - 1 - (out[ENCRYPTED - 1] & 0xff) - macKey.length);
                    mac.doFinal();
                }
            }
        };
        assertThat(TimingComparison.control("control, CBC with a MAC of the real length", SAMPLES, naive))
                .isGreaterThan(10);
    }
}
