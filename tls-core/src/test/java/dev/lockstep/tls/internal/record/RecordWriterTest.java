package dev.lockstep.tls.internal.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.lockstep.crypto.aead.Aead;
import dev.lockstep.crypto.aead.AeadAlgorithm;
import dev.lockstep.tls.spec.BulkCipher;
import dev.lockstep.tls.spec.CipherSuite;
import dev.lockstep.tls.spec.ContentType;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class RecordWriterTest {
    private static final RecordSuite CBC = RecordSuite.of(CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA, false);

    private static List<Integer> fragmentLengths(ByteBuffer records, RecordReader reader, ByteBuffer plaintext) {
        List<Integer> lengths = new ArrayList<>();
        records.flip();
        while (reader.isComplete(reader.header(records), records)) {
            lengths.add(reader.open(reader.header(records), records, plaintext));
        }
        assertThat(records.hasRemaining()).isFalse();
        return lengths;
    }

    @ParameterizedTest
    @MethodSource("dev.lockstep.tls.internal.record.RecordSuite#all")
    void plaintextIsCutIntoTheLongestFragments(RecordSuite suite) {
        // RFC 5246 6.2.1-1
        for (int size : new int[] {1, 16383, 16384, 16385, 2 * 16384, 50000}) {
            RecordWriter writer = new RecordWriter();
            writer.changeProtection(suite.sealing(), RecordHeader.MAX_PLAINTEXT);
            RecordReader reader = new RecordReader(new RecordLimits(0, 0));
            reader.changeProtection(suite.opening(), RecordHeader.MAX_PLAINTEXT);
            byte[] plaintext = RecordSuite.pattern(size, 6);
            ByteBuffer records =
                    ByteBuffer.allocate(RecordSuite.recordsLength(writer, size, RecordHeader.MAX_PLAINTEXT));
            assertThat(writer.write(ContentType.APPLICATION_DATA, ByteBuffer.wrap(plaintext), records))
                    .isEqualTo(size);
            assertThat(records.hasRemaining()).isFalse();
            ByteBuffer opened = ByteBuffer.allocate(size + 300);
            List<Integer> lengths = fragmentLengths(records, reader, opened);
            assertThat(lengths).hasSize((size + 16383) / 16384);
            assertThat(lengths.subList(0, lengths.size() - 1)).allMatch(length -> length == 16384);
            assertThat(opened.flip()).isEqualTo(ByteBuffer.wrap(plaintext));
        }
    }

    @Test
    void anEmptySourceGivesNoRecord() {
        // RFC 5246 6.2.1-2
        ByteBuffer records = ByteBuffer.allocate(100);
        assertThat(new RecordWriter().write(ContentType.HANDSHAKE, ByteBuffer.allocate(0), records))
                .isZero();
        assertThat(records.position()).isZero();
    }

    @ParameterizedTest
    @EnumSource(BufferKind.class)
    void whatDoesNotFitStaysInTheSource(BufferKind kind) {
        byte[] plaintext = RecordSuite.pattern(20000, 6);
        for (int room : new int[] {0, 5, 68, 500, 550, 569, 600, 4096, 16384, 16453, 16600, 17000, 19999, 20200}) {
            RecordWriter writer = new RecordWriter();
            writer.changeProtection(CBC.sealing(), RecordHeader.MAX_PLAINTEXT);
            RecordReader reader = new RecordReader(new RecordLimits(0, 0));
            reader.changeProtection(CBC.opening(), RecordHeader.MAX_PLAINTEXT);
            ByteBuffer src = kind.holding(plaintext);
            ByteBuffer opened = ByteBuffer.allocate(20400);
            int calls = 0;
            while (src.hasRemaining()) {
                ByteBuffer records = ByteBuffer.allocate(room);
                int before = src.remaining();
                int taken = writer.write(ContentType.APPLICATION_DATA, src, records);
                assertThat(before - src.remaining()).isEqualTo(taken);
                if (taken == 0) {
                    assertThat(records.position()).isZero();
                    break;
                }
                calls++;
                List<Integer> lengths = fragmentLengths(records, reader, opened);
                assertThat(lengths).hasSizeBetween(1, 2);
                if (src.hasRemaining()) {
                    assertThat(lengths).allMatch(length -> length >= RecordWriter.SHORTEST_CUT);
                }
            }
            if (room < 5 + RecordWriter.SHORTEST_CUT + 52) {
                assertThat(calls).as("room for %d", room).isZero();
            } else {
                assertThat(opened.flip()).isEqualTo(ByteBuffer.wrap(plaintext));
                assertThat(calls).isLessThan(20000 / Math.min(20000, Math.max(512, room - 100)) + 3);
            }
        }
    }

    @Test
    void smallPlaintextNeedsNoMoreRoomThanItsRecord() {
        RecordWriter writer = new RecordWriter();
        writer.changeProtection(CBC.sealing(), RecordHeader.MAX_PLAINTEXT);
        ByteBuffer src = ByteBuffer.allocate(100);
        assertThat(writer.write(
                        ContentType.ALERT,
                        src,
                        ByteBuffer.allocate(RecordSuite.recordsLength(writer, 100, RecordHeader.MAX_PLAINTEXT) - 1)))
                .isZero();
        assertThat(writer.write(
                        ContentType.ALERT,
                        src,
                        ByteBuffer.allocate(RecordSuite.recordsLength(writer, 100, RecordHeader.MAX_PLAINTEXT))))
                .isEqualTo(100);
    }

    @Test
    void onlyTheFirstRecordIsCutForWantOfRoom() {
        RecordWriter writer = new RecordWriter();
        writer.changeProtection(CBC.sealing(), 2048);
        ByteBuffer src = ByteBuffer.allocate(2 * 2048);
        ByteBuffer records = ByteBuffer.allocate(RecordSuite.recordsLength(writer, 2 * 2048, 2048) - 1);
        assertThat(writer.write(ContentType.APPLICATION_DATA, src, records)).isEqualTo(2048);
        assertThat(writer.write(
                        ContentType.APPLICATION_DATA, src, records.clear().limit(1000)))
                .isBetween(1000 - 100, 1000);
    }

    /** What is left of the key belongs to the closing alert. */
    @Test
    void aKeyThatIsNearItsLimitProtectsNoMoreData() {
        Aead aead = Aead.sealing(AeadAlgorithm.AES_128_GCM, new byte[16], 0);
        RecordWriter writer = new RecordWriter();
        writer.changeProtection(new AeadProtection(aead, BulkCipher.AES_128_GCM, new byte[4], 0, 10), 100);
        ByteBuffer records = ByteBuffer.allocate(500);
        assertThat(writer.write(ContentType.APPLICATION_DATA, ByteBuffer.allocate(2), records))
                .isZero();
        assertThat(writer.write(ContentType.ALERT, ByteBuffer.allocate(2), records))
                .isEqualTo(2);
    }

    @Test
    void recordsWithoutProtectionAreOfTheVersionThatIsAskedFor() {
        RecordWriter writer = new RecordWriter();
        ByteBuffer records = ByteBuffer.allocate(500);
        writer.write(ContentType.ALERT, ByteBuffer.allocate(2), records);
        writer.plaintextVersion(0x0301);
        writer.write(ContentType.ALERT, ByteBuffer.allocate(2), records);
        writer.changeProtection(CBC.sealing(), RecordHeader.MAX_PLAINTEXT);
        writer.write(ContentType.ALERT, ByteBuffer.allocate(2), records);
        records.flip();
        for (int version : new int[] {0x0303, 0x0301, 0x0303}) {
            long header = RecordHeader.read(records);
            assertThat(RecordHeader.version(header)).isEqualTo(version);
            records.position(records.position() + RecordHeader.recordLength(header));
        }
        assertThat(records.hasRemaining()).isFalse();
    }

    @Test
    void aChangeOfProtectionWipesTheOldKeys() {
        RecordWriter writer = new RecordWriter();
        Protection first = CBC.sealing();
        Protection second = CBC.sealing();
        writer.changeProtection(first, RecordHeader.MAX_PLAINTEXT);
        writer.changeProtection(second, RecordHeader.MAX_PLAINTEXT);
        assertThat(writer.protection()).isSameAs(second);
        ByteBuffer room = ByteBuffer.allocate(500);
        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(() -> first.seal(ContentType.ALERT, ByteBuffer.allocate(2), 2, room));
        writer.write(ContentType.ALERT, ByteBuffer.allocate(2), room);
        writer.destroy();
        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(() -> writer.write(ContentType.ALERT, ByteBuffer.allocate(2), room));
    }
}
