package dev.lockstep.tls.internal.record;

import static dev.lockstep.tls.internal.record.Alerts.assertAlert;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.crypto.source.PrimitiveSources;
import dev.lockstep.tls.spec.AlertDescription;
import dev.lockstep.tls.spec.ContentType;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever is wrong with a protected record, the answer is bad_record_mac, and nothing of the plaintext gets out. */
class ProtectionDefectsTest {
    @ParameterizedTest
    @MethodSource("dev.lockstep.tls.internal.record.RecordSuite#all")
    void anyFlippedBitIsABadRecordMac(RecordSuite suite) {
        // RFC 5246 6.2.3.3-3, RFC 5288 3-4, RFC 5487 2-2, RFC 7366 3-3
        for (int size : new int[] {0, 1, 16, 100}) {
            byte[] fragment = fragment(suite, size);
            for (int bit = 0; bit < 8 * fragment.length; bit++) {
                byte[] altered = fragment.clone();
                altered[bit / 8] ^= (byte) (1 << bit % 8);
                assertBad(suite, 23, 0x0303, altered);
            }
        }
        byte[] fragment = fragment(suite, 16384);
        for (int bit = 0; bit < 8 * fragment.length; bit += 4099) {
            byte[] altered = fragment.clone();
            altered[bit / 8] ^= (byte) (1 << bit % 8);
            assertBad(suite, 23, 0x0303, altered);
        }
    }

    @ParameterizedTest
    @MethodSource("dev.lockstep.tls.internal.record.RecordSuite#all")
    void anyOtherLengthIsABadRecordMac(RecordSuite suite) {
        // RFC 5246 7.2.2-5
        for (int size : new int[] {0, 1, 100, 300}) {
            byte[] fragment = fragment(suite, size);
            for (int length = 0; length < fragment.length + 40; length++) {
                if (length != fragment.length) {
                    assertBad(suite, 23, 0x0303, Arrays.copyOf(fragment, length));
                    int from = Math.max(0, fragment.length - length);
                    assertBad(suite, 23, 0x0303, Arrays.copyOfRange(fragment, from, from + length));
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.lockstep.tls.internal.record.RecordSuite#all")
    void contentTypeAndVersionAreAuthenticated(RecordSuite suite) {
        byte[] fragment = fragment(suite, 50);
        for (ContentType type : ContentType.values()) {
            if (type != ContentType.APPLICATION_DATA) {
                assertBad(suite, type.code(), 0x0303, fragment);
            }
        }
        for (int version : new int[] {0x0300, 0x0302, 0x0304, 0x0203, 0x0403}) {
            assertBad(suite, 23, version, fragment);
        }
        assertThat(suite.opening().open(23, 0x0303, ByteBuffer.wrap(fragment), fragment.length, room()))
                .isEqualTo(50);
    }

    @ParameterizedTest
    @MethodSource("dev.lockstep.tls.internal.record.RecordSuite#all")
    void aRecordLeftOutRepeatedOrSwappedIsABadRecordMac(RecordSuite suite) {
        // RFC 5246 6.1-1
        Protection sealing = suite.sealing();
        byte[] first = seal(sealing, new byte[30]);
        byte[] second = seal(sealing, new byte[30]);
        assertBad(suite, 23, 0x0303, second);

        Protection opening = suite.opening();
        opening.open(23, 0x0303, ByteBuffer.wrap(first), first.length, room());
        assertAlert(
                AlertDescription.BAD_RECORD_MAC,
                () -> opening.open(23, 0x0303, ByteBuffer.wrap(first), first.length, room()));

        Protection inOrder = suite.opening();
        inOrder.open(23, 0x0303, ByteBuffer.wrap(first), first.length, room());
        assertThat(inOrder.open(23, 0x0303, ByteBuffer.wrap(second), second.length, room()))
                .isEqualTo(30);
        assertThat(inOrder.sequenceNumber()).isEqualTo(2);
    }

    @ParameterizedTest
    @MethodSource("dev.lockstep.tls.internal.record.RecordSuite#all")
    void anotherKeyIsABadRecordMac(RecordSuite suite) {
        byte[] otherKey = suite.key().clone();
        otherKey[5] ^= 1;
        Protection sealing = Protection.sealing(
                suite.suite(),
                suite.macKey(),
                otherKey,
                suite.fixedIv(),
                suite.encryptThenMac(),
                new RecordSuite.CountingRandom(),
                PrimitiveSources.JAVA);
        // with encrypt-then-MAC only the MAC's key decides
        if (!suite.encryptThenMac()) {
            assertBad(suite, 23, 0x0303, seal(sealing, new byte[70]));
        }
        if (!suite.suite().isAead()) {
            byte[] otherMacKey = suite.macKey().clone();
            otherMacKey[0] ^= 1;
            Protection otherMac = Protection.sealing(
                    suite.suite(),
                    otherMacKey,
                    suite.key(),
                    suite.fixedIv(),
                    suite.encryptThenMac(),
                    new RecordSuite.CountingRandom(),
                    PrimitiveSources.JAVA);
            assertBad(suite, 23, 0x0303, seal(otherMac, new byte[70]));
        }
    }

    @ParameterizedTest
    @MethodSource("dev.lockstep.tls.internal.record.RecordSuite#cbc")
    void paddingThatIsNotAllAlikeIsABadRecordMac(RecordSuite suite) {
        // RFC 5246 6.2.3.2-3, 7.2.2-5
        // A flipped bit in the block before the padding alters one padding byte; with MAC-then-encrypt nothing but the
        // check of every padding byte stands against it.
        byte[] plaintext = new byte[16 * 4];
        byte[] record = new ReferenceRecords(suite)
                .record(0, 23, 0x0303, plaintext, new byte[16], paddingOf(suite, plaintext.length, 3));
        byte[] fragment = Arrays.copyOfRange(record, 5, record.length);
        int macBehind = suite.encryptThenMac() ? suite.mac().length() : 0;
        int lastBlock = fragment.length - macBehind - 16;
        for (int i = 1; i <= 16; i++) {
            byte[] altered = fragment.clone();
            altered[lastBlock - i] ^= 0x10;
            assertBad(suite, 23, 0x0303, altered);
        }
    }

    private static int paddingOf(RecordSuite suite, int length, int blocks) {
        return new ReferenceRecords(suite).shortestPadding(length) + 16 * blocks;
    }

    private static void assertBad(RecordSuite suite, int type, int version, byte[] fragment) {
        Protection opening = suite.opening();
        ByteBuffer out = ByteBuffer.allocate(fragment.length + 300);
        Arrays.fill(out.array(), (byte) 0);
        assertAlert(
                AlertDescription.BAD_RECORD_MAC,
                () -> opening.open(type, version, ByteBuffer.wrap(fragment), fragment.length, out));
        assertThat(out.position()).isZero();
        for (byte b : out.array()) {
            if (b != 0) {
                throw new AssertionError("something of the plaintext is left in the output");
            }
        }
        opening.destroy();
    }

    private static byte[] fragment(RecordSuite suite, int size) {
        return seal(suite.sealing(), RecordSuite.pattern(size, 4));
    }

    private static byte[] seal(Protection sealing, byte[] plaintext) {
        ByteBuffer record = ByteBuffer.allocate(RecordHeader.LENGTH + sealing.sealedLength(plaintext.length));
        sealing.seal(ContentType.APPLICATION_DATA, ByteBuffer.wrap(plaintext), plaintext.length, record);
        return Arrays.copyOfRange(record.array(), 5, record.position());
    }

    private static ByteBuffer room() {
        return ByteBuffer.allocate(RecordHeader.MAX_CIPHERTEXT);
    }
}
