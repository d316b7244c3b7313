package dev.lockstep.tls.internal.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.lockstep.tls.spec.AlertDescription;
import dev.lockstep.tls.spec.ContentType;
import java.nio.ByteBuffer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Agreed limits on the plaintext of a record: RFC 6066 4, RFC 8449 4. */
@Tag("one-jdk")
class PlaintextLimitTest {
    private static final int[] LIMITS = {64, 511, 512, 1024, 4096, (1 << 14) - 1};

    static Stream<RecordSuite> suites() {
        return RecordSuite.all();
    }

    static Stream<RecordSuite> cbc() {
        return RecordSuite.cbc();
    }

    /** RFC 8449 4.1-1: padding is the shortest, so that no record is longer than its limit makes it. */
    @ParameterizedTest
    @MethodSource("suites")
    void noRecordThatIsWrittenHoldsMoreThanTheLimit(RecordSuite suite) {
        byte[] plaintext = RecordSuite.pattern(20_000, 5);
        for (int limit : LIMITS) {
            RecordWriter writer = new RecordWriter();
            writer.changeProtection(suite.sealing(), limit);
            ByteBuffer records = ByteBuffer.allocate(RecordSuite.recordsLength(writer, plaintext.length, limit));
            assertThat(writer.write(ContentType.APPLICATION_DATA, ByteBuffer.wrap(plaintext), records))
                    .isEqualTo(plaintext.length);
            assertThat(records.hasRemaining()).isFalse();

            RecordReader reader = reader();
            reader.changeProtection(suite.opening(), limit);
            ByteBuffer out = ByteBuffer.allocate(plaintext.length + (1 << 15));
            records.flip();
            int count = 0;
            while (records.hasRemaining()) {
                int length = reader.open(reader.header(records), records, out);
                assertThat(length).isEqualTo(Math.min(limit, plaintext.length - count * limit));
                count++;
            }
            assertThat(out.flip()).isEqualTo(ByteBuffer.wrap(plaintext));
        }
    }

    @ParameterizedTest
    @MethodSource("suites")
    void aRecordOfExactlyTheLimitIsOpenedAndOneByteMoreIsAnOverflow(RecordSuite suite) {
        for (int limit : LIMITS) {
            ReferenceRecords records = new ReferenceRecords(suite);
            RecordReader reader = reader();
            reader.changeProtection(suite.opening(), limit);
            ByteBuffer fits = ByteBuffer.wrap(records.record(0, 23, RecordSuite.pattern(limit, 1)));
            assertThat(reader.isComplete(reader.header(fits), fits)).isTrue();
            assertThat(reader.open(reader.header(fits), fits).remaining()).isEqualTo(limit);
            ByteBuffer over = ByteBuffer.wrap(records.record(1, 23, RecordSuite.pattern(limit + 1, 1)));
            Alerts.assertAlert(AlertDescription.RECORD_OVERFLOW, () -> reader.open(reader.header(over), over));
        }
    }

    @ParameterizedTest
    @MethodSource("cbc")
    void paddingDoesNotCountAgainstTheLimit(RecordSuite suite) {
        for (int limit : LIMITS) {
            ReferenceRecords records = new ReferenceRecords(suite);
            int shortest = records.shortestPadding(limit);
            int longest = 255 - (255 - shortest) % 16;
            if (limit + longest + 100 > RecordHeader.MAX_CIPHERTEXT) {
                continue;
            }
            RecordReader reader = reader();
            reader.changeProtection(suite.opening(), limit);
            byte[] record = records.record(0, 23, 0x0303, RecordSuite.pattern(limit, 1), new byte[16], longest);
            assertThat(reader.open(reader.header(ByteBuffer.wrap(record)), ByteBuffer.wrap(record))
                            .remaining())
                    .isEqualTo(limit);
        }
    }

    @ParameterizedTest
    @MethodSource("suites")
    void aHeaderThatNoRecordWithinTheLimitCanHaveIsRefusedBeforeItsFragmentComes(RecordSuite suite) {
        for (int limit : LIMITS) {
            Protection opening = suite.opening();
            RecordReader reader = reader();
            reader.changeProtection(opening, limit);
            int longest = opening.maxFragmentLength(limit);
            assertThat(longest).isGreaterThanOrEqualTo(suite.sealing().sealedLength(limit));
            assertThat(reader.isComplete(reader.header(header(longest)), header(longest)))
                    .isFalse();
            Alerts.assertAlert(
                    AlertDescription.RECORD_OVERFLOW,
                    () -> reader.isComplete(reader.header(header(longest + 1)), header(longest + 1)));
        }
    }

    @Test
    void theLimitOfUnprotectedRecordsCountsFromTheNextOneOn() {
        RecordReader reader = reader();
        byte[] plaintext = RecordSuite.pattern(600, 1);
        byte[] record = new byte[605];
        record[0] = 22;
        record[1] = 3;
        record[2] = 3;
        record[3] = (byte) (600 >>> 8);
        record[4] = (byte) 600;
        System.arraycopy(plaintext, 0, record, 5, 600);
        assertThat(reader.open(reader.header(ByteBuffer.wrap(record)), ByteBuffer.wrap(record))
                        .remaining())
                .isEqualTo(600);
        reader.limitPlaintext(512);
        Alerts.assertAlert(
                AlertDescription.RECORD_OVERFLOW,
                () -> reader.isComplete(reader.header(ByteBuffer.wrap(record)), ByteBuffer.wrap(record)));

        RecordWriter writer = new RecordWriter();
        writer.limitPlaintext(512);
        ByteBuffer out = ByteBuffer.allocate(2000);
        writer.write(ContentType.HANDSHAKE, ByteBuffer.wrap(plaintext), out);
        assertThat(out.position()).isEqualTo(600 + 2 * 5);
        assertThat(out.getShort(3)).isEqualTo((short) 512);
    }

    @Test
    void newKeysComeWithALimitOfTheirOwn() {
        RecordSuite suite = RecordSuite.aead().findFirst().orElseThrow();
        RecordWriter writer = new RecordWriter();
        writer.changeProtection(suite.sealing(), 64);
        writer.changeProtection(suite.sealing(), RecordHeader.MAX_PLAINTEXT);
        ByteBuffer out = ByteBuffer.allocate(20_000);
        writer.write(ContentType.APPLICATION_DATA, ByteBuffer.allocate(1 << 14), out);
        assertThat(out.position()).isEqualTo(5 + suite.sealing().sealedLength(1 << 14));
    }

    @Test
    void whatIsNoLimitIsRefused() {
        for (int limit : IntStream.of(Integer.MIN_VALUE, -1, 0, (1 << 14) + 1, Integer.MAX_VALUE)
                .toArray()) {
            assertThatIllegalArgumentException().isThrownBy(() -> reader().limitPlaintext(limit));
            assertThatIllegalArgumentException().isThrownBy(() -> new RecordWriter().limitPlaintext(limit));
        }
        for (int limit : new int[] {1, 1 << 14}) {
            reader().limitPlaintext(limit);
            new RecordWriter().limitPlaintext(limit);
        }
    }

    private static RecordReader reader() {
        return new RecordReader(new RecordLimits(32, 4));
    }

    private static ByteBuffer header(int length) {
        return ByteBuffer.wrap(new byte[] {23, 3, 3, (byte) (length >>> 8), (byte) length});
    }
}
