package dev.lockstep.tls.internal.record;

import static dev.lockstep.tls.internal.record.Alerts.assertAlert;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.lockstep.tls.spec.AlertDescription;
import dev.lockstep.tls.spec.CipherSuite;
import dev.lockstep.tls.spec.ContentType;
import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RecordReaderTest {
    private static final RecordSuite GCM = RecordSuite.of(CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, false);
    private static final RecordSuite CBC = RecordSuite.of(CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA, false);

    private static RecordReader reader() {
        return new RecordReader(new RecordLimits(32, 4));
    }

    @ParameterizedTest
    @EnumSource(BufferKind.class)
    void aRecordStaysInTheBufferUntilItIsComplete(BufferKind kind) {
        byte[] first = ReferenceRecords.whole(22, 0x0301, RecordSuite.pattern(20, 1));
        byte[] second = ReferenceRecords.whole(21, 0x0303, new byte[] {1, 0});
        ByteBuffer in = kind.holding(ReferenceRecords.concat(first, second));
        int start = in.position();
        RecordReader reader = reader();
        for (int available = 0; available < first.length; available++) {
            in.limit(start + available);
            assertThat(reader.header(in) == RecordHeader.INCOMPLETE).isEqualTo(available < RecordHeader.LENGTH);
            assertThat(reader.isComplete(reader.header(in), in)).isFalse();
            assertThat(in.position()).isEqualTo(start);
        }
        in.limit(start + first.length + second.length);
        assertThat(reader.isComplete(reader.header(in), in)).isTrue();
        assertThat(RecordHeader.type(reader.header(in))).isEqualTo(ContentType.HANDSHAKE);
        assertThat(reader.plaintextBound(reader.header(in))).isEqualTo(20);
        assertThat(reader.lastVersion()).as("before the first record").isEqualTo(0x0303);
        assertThat(reader.open(reader.header(in), in)).isEqualTo(ByteBuffer.wrap(RecordSuite.pattern(20, 1)));
        assertThat(reader.lastVersion()).isEqualTo(0x0301);
        assertThat(in.position()).isEqualTo(start + first.length);
        assertThat(RecordHeader.type(reader.header(in))).isEqualTo(ContentType.ALERT);
        assertThat(reader.open(reader.header(in), in)).isEqualTo(ByteBuffer.wrap(new byte[] {1, 0}));
        assertThat(reader.isComplete(reader.header(in), in)).isFalse();
    }

    @Test
    void aHeaderIsJudgedBeforeItsFragmentIsThere() {
        RecordReader reader = reader();
        ByteBuffer overlong = ByteBuffer.wrap(new byte[] {22, 3, 1, 0x40, 1});
        assertAlert(AlertDescription.RECORD_OVERFLOW, () -> reader.isComplete(reader.header(overlong), overlong));
        ByteBuffer unknown = ByteBuffer.wrap(new byte[] {24, 3, 1, 0, 1});
        assertAlert(AlertDescription.UNEXPECTED_MESSAGE, () -> reader.isComplete(reader.header(unknown), unknown));
        ByteBuffer old = ByteBuffer.wrap(new byte[] {22, 3, 1, 0, 1});
        assertThat(reader.isComplete(reader.header(old), old)).isFalse();
        reader.fixVersion();
        assertAlert(AlertDescription.PROTOCOL_VERSION, () -> reader.isComplete(reader.header(old), old));
    }

    @ParameterizedTest
    @EnumSource(BufferKind.class)
    void theNextRecordAfterAChangeComesUnderTheNewProtection(BufferKind kind) {
        // RFC 5246 7.1-2
        byte[] plaintext = RecordSuite.pattern(1000, 3);
        byte[] gcm = new ReferenceRecords(GCM).record(0, 23, plaintext);
        byte[] cbc = new ReferenceRecords(CBC).record(0, 23, plaintext);
        ByteBuffer in = kind.holding(ReferenceRecords.concat(gcm, cbc));
        RecordReader reader = reader();
        Protection first = GCM.opening();
        reader.changeProtection(first, RecordHeader.MAX_PLAINTEXT);
        ByteBuffer out = kind.allocate(1100);
        int start = out.position();
        assertThat(reader.open(reader.header(in), in, out)).isEqualTo(1000);
        Protection second = CBC.opening();
        reader.changeProtection(second, RecordHeader.MAX_PLAINTEXT);
        assertThat(reader.protection()).isSameAs(second);
        assertThat(BufferKind.written(out, start)).isEqualTo(plaintext);
        assertThat(reader.open(reader.header(in), in)).isEqualTo(ByteBuffer.wrap(plaintext));
        assertThat(in.hasRemaining()).isFalse();
        // the old keys are gone
        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(() -> first.open(
                        23,
                        0x0303,
                        ByteBuffer.wrap(Arrays.copyOfRange(gcm, 5, gcm.length)),
                        gcm.length - 5,
                        ByteBuffer.allocate(2000)));
        reader.destroy();
        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(() -> reader.open(reader.header(ByteBuffer.wrap(cbc)), ByteBuffer.wrap(cbc)));
    }

    @Test
    void tooSmallAnOutputMovesNothingAndCanBeRetried() {
        byte[] record = new ReferenceRecords(GCM).record(0, 23, RecordSuite.pattern(100, 3));
        ByteBuffer in = ByteBuffer.wrap(record);
        RecordReader reader = reader();
        reader.changeProtection(GCM.opening(), RecordHeader.MAX_PLAINTEXT);
        ByteBuffer small = ByteBuffer.allocate(99);
        assertThatExceptionOfType(BufferOverflowException.class)
                .isThrownBy(() -> reader.open(reader.header(in), in, small));
        assertThat(in.position()).isZero();
        assertThat(small.position()).isZero();
        assertThat(reader.open(reader.header(in), in, ByteBuffer.allocate(100))).isEqualTo(100);
        assertThat(in.hasRemaining()).isFalse();
    }

    @Test
    void emptyRecordsAreCounted() {
        ReferenceRecords records = new ReferenceRecords(GCM);
        RecordReader reader = reader();
        reader.changeProtection(GCM.opening(), RecordHeader.MAX_PLAINTEXT);
        for (int i = 0; i < 32; i++) {
            assertThat(reader.open(
                                    reader.header(ByteBuffer.wrap(records.record(i, 23, new byte[0]))),
                                    ByteBuffer.wrap(records.record(i, 23, new byte[0])))
                            .hasRemaining())
                    .isFalse();
        }
        assertAlert(
                AlertDescription.UNEXPECTED_MESSAGE,
                () -> reader.open(
                        reader.header(ByteBuffer.wrap(records.record(32, 22, new byte[0]))),
                        ByteBuffer.wrap(records.record(32, 22, new byte[0]))));
    }

    @Test
    void theLongestRecordOpensFromAndIntoScratch() {
        byte[] plaintext = RecordSuite.pattern(1 << 14, 3);
        byte[] iv = new byte[16];
        int padding = 255 - (255 - new ReferenceRecords(CBC).shortestPadding(1 << 14)) % 16;
        byte[] record = new ReferenceRecords(CBC).record(0, 22, 0x0303, plaintext, iv, padding);
        RecordReader reader = reader();
        reader.changeProtection(CBC.opening(), RecordHeader.MAX_PLAINTEXT);
        assertThat(reader.open(reader.header(BufferKind.DIRECT.holding(record)), BufferKind.DIRECT.holding(record)))
                .isEqualTo(ByteBuffer.wrap(plaintext));
    }
}
