package dev.lockstep.tls.internal.record;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tls.spec.AlertDescription;
import dev.lockstep.tls.spec.ContentType;
import java.nio.ByteBuffer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Records against ones made from the RFCs' formulas with other code. */
class KnownAnswerRecordTest {
    @ParameterizedTest
    @MethodSource("dev.lockstep.tls.internal.record.RecordSuite#all")
    void sealedRecordsAreTheOnesTheFormulasGive(RecordSuite suite) {
        // RFC 5246 6.1-3, RFC 5288 3-1, RFC 6655 3-1
        ReferenceRecords reference = new ReferenceRecords(suite);
        Protection sealing = suite.sealing();
        ContentType[] types = ContentType.values();
        long sequence = 0;
        for (int size : ProtectionRoundTripTest.SIZES) {
            ContentType type = types[(int) sequence % types.length];
            byte[] plaintext = RecordSuite.pattern(size, size);
            byte[] iv = new byte[16];
            for (int i = 1; i < 16; i++) {
                iv[i] = (byte) i;
            }
            iv[0] = (byte) sequence;
            assertThat(sealing.sequenceNumber()).isEqualTo(sequence);
            ByteBuffer record = ByteBuffer.allocate(RecordHeader.LENGTH + sealing.sealedLength(size));
            sealing.seal(type, ByteBuffer.wrap(plaintext), size, record);
            assertThat(record.array())
                    .as("record %d", sequence)
                    .isEqualTo(reference.record(sequence, type.code(), 0x0303, plaintext, iv, -1));
            sequence++;
        }
    }

    @ParameterizedTest
    @MethodSource("dev.lockstep.tls.internal.record.RecordSuite#all")
    void recordsMadeFromTheFormulasOpen(RecordSuite suite) {
        ReferenceRecords reference = new ReferenceRecords(suite);
        Protection opening = suite.opening();
        long sequence = 0;
        for (int size : ProtectionRoundTripTest.SIZES) {
            byte[] plaintext = RecordSuite.pattern(size, size);
            assertThat(open(opening, reference.record(sequence++, 23, plaintext)))
                    .isEqualTo(plaintext);
        }
    }

    @ParameterizedTest
    @MethodSource("dev.lockstep.tls.internal.record.RecordSuite#cbc")
    void everyLegalAmountOfPaddingOpens(RecordSuite suite) {
        ReferenceRecords reference = new ReferenceRecords(suite);
        Protection opening = suite.opening();
        long sequence = 0;
        for (int size : new int[] {0, 1, 100, 16384}) {
            byte[] plaintext = RecordSuite.pattern(size, size);
            byte[] iv = RecordSuite.pattern(16, 77);
            for (int padding = reference.shortestPadding(size); padding < 256; padding += 16) {
                byte[] record = reference.record(sequence++, 23, 0x0303, plaintext, iv, padding);
                assertThat(open(opening, record))
                        .as("%d bytes of padding", padding)
                        .isEqualTo(plaintext);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.lockstep.tls.internal.record.RecordSuite#all")
    void moreThanTwoToTheFourteenthOfPlaintextIsARecordOverflow(RecordSuite suite) {
        // RFC 5246 6.2.1-1
        ReferenceRecords reference = new ReferenceRecords(suite);
        for (int size : new int[] {16385, 16384 + 1024, 16384 + 1025}) {
            byte[] record = reference.record(0, 23, new byte[size]);
            Alerts.assertAlert(AlertDescription.RECORD_OVERFLOW, () -> open(suite.opening(), record));
        }
    }

    @ParameterizedTest
    @MethodSource("dev.lockstep.tls.internal.record.RecordSuite#all")
    void moreThanTwoToTheFourteenthAnd2048OfCiphertextIsARecordOverflow(RecordSuite suite) {
        // RFC 5246 6.2.3-1
        byte[] record = ReferenceRecords.whole(23, 0x0303, new byte[16384 + 2048 + 1]);
        Alerts.assertAlert(AlertDescription.RECORD_OVERFLOW, () -> open(suite.opening(), record));
        int longest = suite.opening().maxFragmentLength(RecordHeader.MAX_PLAINTEXT);
        byte[] garbage = ReferenceRecords.whole(23, 0x0303, new byte[longest]);
        Alerts.assertAlert(AlertDescription.BAD_RECORD_MAC, () -> open(suite.opening(), garbage));
    }

    private static byte[] open(Protection opening, byte[] record) {
        ByteBuffer in = ByteBuffer.wrap(record);
        long header = RecordHeader.read(in);
        int version = RecordHeader.version(header);
        int type = RecordHeader.typeCode(header);
        int length = RecordHeader.length(header);
        ByteBuffer out = ByteBuffer.allocate(RecordHeader.MAX_PLAINTEXT);
        opening.open(type, version, in.position(5), length, out);
        byte[] opened = new byte[out.flip().remaining()];
        out.get(opened);
        return opened;
    }
}
