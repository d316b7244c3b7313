package dev.lockstep.tls.internal.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.lockstep.tls.spec.ContentType;
import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ProtectionRoundTripTest {
    static final int[] SIZES = {0, 1, 15, 16, 17, 100, 1000, 16384};

    @ParameterizedTest
    @MethodSource("dev.lockstep.tls.internal.record.RecordSuite#all")
    void whatIsSealedOpensToThePlaintextInEveryKindOfBuffer(RecordSuite suite) {
        for (BufferKind source : BufferKind.values()) {
            for (BufferKind target : BufferKind.values()) {
                for (boolean readOnly : new boolean[] {false, true}) {
                    Protection sealing = suite.sealing();
                    Protection opening = suite.opening();
                    for (int size : SIZES) {
                        roundTrip(sealing, opening, source, target, readOnly, RecordSuite.pattern(size, size));
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.lockstep.tls.internal.record.RecordSuite#cbc")
    void theIvOfACbcRecordIsWhatTheSourceOfRandomnessGaveForIt(RecordSuite suite) {
        // RFC 5246 6.2.3.2-1
        RecordSuite.CountingRandom same = new RecordSuite.CountingRandom();
        byte[] iv = new byte[16];
        Protection sealing = suite.sealing(new RecordSuite.CountingRandom());
        for (int i = 0; i < 2; i++) {
            ByteBuffer record = ByteBuffer.allocate(RecordHeader.LENGTH + sealing.sealedLength(20));
            sealing.seal(ContentType.APPLICATION_DATA, ByteBuffer.allocate(20), 20, record);
            same.nextBytes(iv);
            assertThat(Arrays.copyOfRange(record.array(), RecordHeader.LENGTH, RecordHeader.LENGTH + 16))
                    .isEqualTo(iv);
        }
    }

    @Test
    void withoutProtectionARecordIsHeaderAndPlaintext() {
        for (BufferKind source : BufferKind.values()) {
            for (BufferKind target : BufferKind.values()) {
                for (int size : SIZES) {
                    byte[] plaintext = RecordSuite.pattern(size, 5);
                    byte[] record = roundTrip(Protection.none(), Protection.none(), source, target, false, plaintext);
                    assertThat(record).isEqualTo(ReferenceRecords.whole(22, 0x0303, plaintext));
                }
            }
        }
    }

    private static byte[] roundTrip(
            Protection sealing,
            Protection opening,
            BufferKind source,
            BufferKind target,
            boolean readOnly,
            byte[] plaintext) {
        int size = plaintext.length;
        // two bytes before and behind show what is taken and what is touched
        ByteBuffer src = source.holding(ReferenceRecords.concat(plaintext, new byte[] {1, 2}));
        src = readOnly ? src.asReadOnlyBuffer() : src;
        int srcStart = src.position();
        int recordLength = RecordHeader.LENGTH + sealing.sealedLength(size);
        ByteBuffer dst = target.allocate(recordLength);
        int dstStart = dst.position();

        sealing.seal(ContentType.HANDSHAKE, src, size, dst);

        assertThat(src.position()).isEqualTo(srcStart + size);
        assertThat(dst.remaining()).isZero();
        byte[] record = BufferKind.written(dst, dstStart);
        assertThat(record).hasSize(recordLength);
        assertThat(sealing.sealedLength(size) - size).isBetween(0, sealing.overhead());
        assertThat(record[0]).isEqualTo((byte) 22);

        dst.position(dstStart);
        ByteBuffer in = readOnly ? dst.asReadOnlyBuffer() : dst;
        assertThat(RecordHeader.length(RecordHeader.read(in))).isEqualTo(recordLength - 5);
        in.position(dstStart + 5);
        // once with the least room that will do, once with plenty
        int bound = opening.plaintextBound(recordLength - 5);
        assertThat(bound).isBetween(size, size + 16);
        ByteBuffer out = source.allocate(size == 1000 ? bound : bound + 300);
        int outStart = out.position();
        int opened = opening.open(22, 0x0303, in, recordLength - 5, out);
        assertThat(opened).isEqualTo(size);
        assertThat(in.remaining()).isZero();
        assertThat(BufferKind.written(out, outStart)).isEqualTo(plaintext);
        return record;
    }

    @ParameterizedTest
    @MethodSource("dev.lockstep.tls.internal.record.RecordSuite#all")
    void aBufferWithoutRoomIsRefusedBeforeAnythingHappens(RecordSuite suite) {
        Protection sealing = suite.sealing();
        int recordLength = RecordHeader.LENGTH + sealing.sealedLength(100);
        ByteBuffer src = ByteBuffer.wrap(RecordSuite.pattern(100, 1));
        assertThatExceptionOfType(BufferOverflowException.class)
                .isThrownBy(() ->
                        sealing.seal(ContentType.APPLICATION_DATA, src, 100, ByteBuffer.allocate(recordLength - 1)));
        assertThatExceptionOfType(ReadOnlyBufferException.class)
                .isThrownBy(() -> sealing.seal(
                        ContentType.APPLICATION_DATA,
                        src,
                        100,
                        ByteBuffer.allocate(recordLength).asReadOnlyBuffer()));
        assertThat(src.position()).isZero();
        assertThat(sealing.sequenceNumber()).isZero();

        ByteBuffer record = ByteBuffer.allocate(recordLength);
        sealing.seal(ContentType.APPLICATION_DATA, src, 100, record);
        Protection opening = suite.opening();
        int fragmentLength = recordLength - 5;
        ByteBuffer small = ByteBuffer.allocate(opening.plaintextBound(fragmentLength) - 1);
        assertThatExceptionOfType(BufferOverflowException.class)
                .isThrownBy(() -> opening.open(23, 0x0303, record.position(5), fragmentLength, small));
        assertThat(record.position()).isEqualTo(5);
        assertThat(opening.sequenceNumber()).isZero();
        ByteBuffer enough = ByteBuffer.allocate(opening.plaintextBound(fragmentLength));
        assertThat(opening.open(23, 0x0303, record, fragmentLength, enough)).isEqualTo(100);
    }

    @ParameterizedTest
    @MethodSource("dev.lockstep.tls.internal.record.RecordSuite#all")
    void buffersThatOverlapAreRefused(RecordSuite suite) {
        byte[] shared = RecordSuite.pattern(500, 9);
        Protection sealing = suite.sealing();
        int recordLength = RecordHeader.LENGTH + sealing.sealedLength(100);
        // a source may begin where the record ends
        suite.sealing()
                .seal(
                        ContentType.APPLICATION_DATA,
                        ByteBuffer.wrap(shared, 150 + recordLength, 100),
                        100,
                        ByteBuffer.wrap(shared, 150, recordLength));
        for (int distance : new int[] {-100, -99, -1, 0, 1, 5, 13, 99, recordLength - 1}) {
            ByteBuffer src = ByteBuffer.wrap(shared, 150 + distance, 100);
            ByteBuffer dst = ByteBuffer.wrap(shared, 150, 200).slice();
            if (distance == -100) {
                sealing.seal(ContentType.APPLICATION_DATA, src, 100, dst);
            } else {
                assertThatExceptionOfType(IllegalArgumentException.class)
                        .isThrownBy(() -> sealing.seal(ContentType.APPLICATION_DATA, src, 100, dst))
                        .withMessageContaining("overlap");
            }
        }
        int length = sealing.sealedLength(100);
        ByteBuffer record = ByteBuffer.wrap(shared, 155, length);
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> suite.opening().open(23, 0x0303, record, length, ByteBuffer.wrap(shared, 100, 300)))
                .withMessageContaining("overlap");
        ByteBuffer apart = ByteBuffer.allocate(200);
        suite.opening().open(23, 0x0303, record, length, apart);
        assertThat(Arrays.copyOf(apart.array(), 100)).isEqualTo(Arrays.copyOfRange(shared, 50, 150));
    }

    @Test
    void withoutProtectionBuffersThatOverlapAreRefusedToo() {
        byte[] shared = RecordSuite.pattern(40, 9);
        ByteBuffer out = ByteBuffer.wrap(shared, 0, 20);
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> Protection.none().open(22, 0x0303, ByteBuffer.wrap(shared, 19, 20), 20, out))
                .withMessageContaining("overlap");
        assertThat(Protection.none().open(22, 0x0303, ByteBuffer.wrap(shared, 20, 20), 20, out))
                .isEqualTo(20);
    }

    @ParameterizedTest
    @MethodSource("dev.lockstep.tls.internal.record.RecordSuite#all")
    void aProtectionHasOneDirection(RecordSuite suite) {
        ByteBuffer record = ByteBuffer.allocate(500);
        suite.sealing().seal(ContentType.HANDSHAKE, ByteBuffer.allocate(10), 10, record);
        int length = record.position() - RecordHeader.LENGTH;
        assertThatExceptionOfType(IllegalStateException.class).isThrownBy(() -> suite.sealing()
                .open(22, 0x0303, record.position(RecordHeader.LENGTH), length, ByteBuffer.allocate(500)));
        assertThatExceptionOfType(IllegalStateException.class).isThrownBy(() -> suite.opening()
                .seal(ContentType.HANDSHAKE, ByteBuffer.allocate(10), 10, ByteBuffer.allocate(500)));
    }

    @ParameterizedTest
    @MethodSource("dev.lockstep.tls.internal.record.RecordSuite#all")
    void lengthsThatAreNotThereAreRefused(RecordSuite suite) {
        ByteBuffer room = ByteBuffer.allocate(20000);
        for (int length : new int[] {-1, 11, 16385}) {
            int available = length == 16385 ? 17000 : 10;
            assertThatExceptionOfType(IllegalArgumentException.class).isThrownBy(() -> suite.sealing()
                    .seal(ContentType.ALERT, ByteBuffer.allocate(available), length, room));
        }
        for (int length : new int[] {-1, 11}) {
            assertThatExceptionOfType(IllegalArgumentException.class)
                    .isThrownBy(() -> suite.opening()
                            .open(21, 0x0303, ByteBuffer.allocate(15).position(5), length, room))
                    .withMessage("fragment of " + length + " bytes in 10");
        }
    }

    @ParameterizedTest
    @MethodSource("dev.lockstep.tls.internal.record.RecordSuite#all")
    void aDestroyedProtectionIsOfNoUse(RecordSuite suite) {
        Protection sealing = suite.sealing();
        ByteBuffer record = ByteBuffer.allocate(500);
        sealing.seal(ContentType.HANDSHAKE, ByteBuffer.wrap(new byte[10]), 10, record);
        sealing.destroy();
        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(() ->
                        sealing.seal(ContentType.HANDSHAKE, ByteBuffer.allocate(10), 10, ByteBuffer.allocate(500)));
        Protection opening = suite.opening();
        opening.destroy();
        int length = record.position() - 5;
        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(() -> opening.open(22, 0x0303, record.position(5), length, ByteBuffer.allocate(500)));
    }
}
