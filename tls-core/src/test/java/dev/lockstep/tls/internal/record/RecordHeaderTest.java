package dev.lockstep.tls.internal.record;

import static dev.lockstep.tls.internal.record.Alerts.assertAlert;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.lockstep.tls.internal.wire.FatalAlert;
import dev.lockstep.tls.spec.AlertDescription;
import dev.lockstep.tls.spec.ContentType;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class RecordHeaderTest {
    private static ByteBuffer header(int type, int version, int length) {
        return ByteBuffer.wrap(
                new byte[] {(byte) type, (byte) (version >> 8), (byte) version, (byte) (length >> 8), (byte) length});
    }

    @ParameterizedTest
    @EnumSource(BufferKind.class)
    void fieldsAreReadInNetworkOrderWhateverTheBufferSays(BufferKind kind) {
        ByteBuffer in = kind.holding(new byte[] {(byte) 0xfe, 3, (byte) 0x91, (byte) 0xab, (byte) 0xcd});
        int position = in.position();
        assertThat(RecordHeader.isComplete(in)).isTrue();
        assertThat(RecordHeader.typeCode(RecordHeader.read(in))).isEqualTo(0xfe);
        assertThat(RecordHeader.version(RecordHeader.read(in))).isEqualTo(0x0391);
        assertThat(RecordHeader.length(RecordHeader.read(in))).isEqualTo(0xabcd);
        assertThat(RecordHeader.recordLength(RecordHeader.read(in))).isEqualTo(5 + 0xabcd);
        assertThat(in.position()).isEqualTo(position);
        in.limit(in.limit() - 1);
        assertThat(RecordHeader.isComplete(in)).isFalse();
    }

    @Test
    void everyUnknownContentTypeIsUnexpected() {
        // RFC 5246 6-2
        for (int code = 0; code < 256; code++) {
            ByteBuffer in = header(code, 0x0303, 10);
            ContentType type = ContentType.of(code);
            if (type == null) {
                assertAlert(
                        AlertDescription.UNEXPECTED_MESSAGE,
                        () -> RecordHeader.check(
                                RecordHeader.read(in), false, Protection.none(), RecordHeader.MAX_PLAINTEXT));
            } else {
                RecordHeader.check(RecordHeader.read(in), false, Protection.none(), RecordHeader.MAX_PLAINTEXT);
                assertThat(RecordHeader.type(RecordHeader.read(in))).isEqualTo(type);
            }
        }
    }

    @Test
    void aFirstRecordMayBeOfAnyVersionThreeAndNoOther() {
        // RFC 5246 E.1-4
        for (int minor = 0; minor < 256; minor++) {
            RecordHeader.check(
                    RecordHeader.read(header(22, 0x0300 | minor, 10)),
                    false,
                    Protection.none(),
                    RecordHeader.MAX_PLAINTEXT);
        }
        for (int major : new int[] {0, 1, 2, 4, 0x80, 0xfe, 0xff}) {
            ByteBuffer in = header(22, major << 8 | 3, 10);
            assertAlert(
                    AlertDescription.PROTOCOL_VERSION,
                    () -> RecordHeader.check(
                            RecordHeader.read(in), false, Protection.none(), RecordHeader.MAX_PLAINTEXT));
        }
    }

    @Test
    void onceNegotiatedTheVersionIsThreeThree() {
        RecordHeader.check(
                RecordHeader.read(header(22, 0x0303, 10)), true, Protection.none(), RecordHeader.MAX_PLAINTEXT);
        for (int version : new int[] {0x0300, 0x0301, 0x0302, 0x0304, 0x0203, 0x0403}) {
            ByteBuffer in = header(22, version, 10);
            assertAlert(
                    AlertDescription.PROTOCOL_VERSION,
                    () -> RecordHeader.check(
                            RecordHeader.read(in), true, Protection.none(), RecordHeader.MAX_PLAINTEXT));
        }
    }

    @Test
    void aWrongVersionIsNamed() {
        long header = RecordHeader.read(header(22, 0x0482, 10));
        assertThatExceptionOfType(FatalAlert.class)
                .isThrownBy(() -> RecordHeader.check(header, false, Protection.none(), RecordHeader.MAX_PLAINTEXT))
                .withMessage("record of version 4.130");
    }

    @Test
    void anSslTwoHelloIsUnexpected() {
        // RFC 9325 3.1.1-1
        ByteBuffer in = ByteBuffer.wrap(new byte[] {(byte) 0x80, 0x2e, 1, 3, 3, 0, 0x15});
        assertAlert(
                AlertDescription.UNEXPECTED_MESSAGE,
                () -> RecordHeader.check(RecordHeader.read(in), false, Protection.none(), RecordHeader.MAX_PLAINTEXT));
    }

    @Test
    void anUnprotectedFragmentHasAtMostTwoToTheFourteenthBytes() {
        // RFC 5246 6.2.1-1
        RecordHeader.check(
                RecordHeader.read(header(22, 0x0303, 1 << 14)), true, Protection.none(), RecordHeader.MAX_PLAINTEXT);
        for (int length : new int[] {(1 << 14) + 1, (1 << 14) + 2048, 0xffff}) {
            ByteBuffer in = header(22, 0x0303, length);
            assertAlert(
                    AlertDescription.RECORD_OVERFLOW,
                    () -> RecordHeader.check(
                            RecordHeader.read(in), true, Protection.none(), RecordHeader.MAX_PLAINTEXT));
        }
    }

    @ParameterizedTest
    @MethodSource("dev.lockstep.tls.internal.record.RecordSuite#all")
    void aProtectedFragmentHasAtMostWhatTwoToTheFourteenthBytesCanBecome(RecordSuite suite) {
        // RFC 5246 6.2.3-1
        Protection opening = suite.opening();
        int longest = suite.suite().isAead()
                ? (1 << 14) + suite.cipher().recordIvLength() + suite.cipher().tagLength()
                : (1 << 14) + 2048;
        assertThat(opening.maxFragmentLength(RecordHeader.MAX_PLAINTEXT)).isEqualTo(longest);
        RecordHeader.check(RecordHeader.read(header(23, 0x0303, longest)), true, opening, RecordHeader.MAX_PLAINTEXT);
        ByteBuffer over = header(23, 0x0303, longest + 1);
        assertAlert(
                AlertDescription.RECORD_OVERFLOW,
                () -> RecordHeader.check(RecordHeader.read(over), true, opening, RecordHeader.MAX_PLAINTEXT));
        assertThat(suite.sealing().sealedLength(1 << 14)).isLessThanOrEqualTo(longest);
    }
}
