package dev.lockstep.tls.internal.extension;

import static dev.lockstep.tls.internal.Refusals.assertDecodeError;
import static dev.lockstep.tls.internal.Refusals.assertIllegalParameter;
import static dev.lockstep.tls.internal.Refusals.hex;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tls.internal.message.ClientHello;
import dev.lockstep.tls.internal.wire.WireReader;
import dev.lockstep.tls.internal.wire.WireWriter;
import dev.lockstep.tls.spec.MaxFragmentLengthCode;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** max_fragment_length and record_size_limit: RFC 6066 4, RFC 8449. */
class RecordLengthExtensionsTest {
    private static final String RECORD_SIZE_LIMIT = "001c 0002 0100";

    @Test
    void theFourLengthsAreRead() {
        for (MaxFragmentLengthCode length : MaxFragmentLengthCode.values()) {
            WireReader body = WireReader.of(new byte[] {(byte) length.code()});
            assertThat(MaxFragmentLength.parse(body).known()).isEqualTo(length);
        }
    }

    @Test
    void everyOtherLengthIsIllegalInAHello() {
        for (int code = 0; code < 256; code++) {
            WireReader hello = hello("0001 0001 " + HexFormat.of().toHexDigits((byte) code));
            if (code >= 1 && code <= 4) {
                assertThat(ClientHello.parse(hello).extensions().find(MaxFragmentLength.class))
                        .isEqualTo(new MaxFragmentLength(code));
            } else {
                assertIllegalParameter(() -> ClientHello.parse(hello));
            }
        }
    }

    @Test
    void besideARecordSizeLimitNoFragmentLengthIsIllegal() {
        for (String code : new String[] {"00", "05", "ff"}) {
            String fragmentLength = "0001 0001" + code;
            assertThat(ClientHello.parse(hello(fragmentLength + RECORD_SIZE_LIMIT))
                            .extensions()
                            .count())
                    .isEqualTo(2);
            assertThat(ClientHello.parse(hello(RECORD_SIZE_LIMIT + fragmentLength))
                            .extensions()
                            .count())
                    .isEqualTo(2);
        }
    }

    @Test
    void aFragmentLengthOfAnotherShapeIsADecodeErrorBesideWhateverElse() {
        for (String body : new String[] {"0001 0000", "0001 0002 0101"}) {
            assertDecodeError(() -> ClientHello.parse(hello(body)));
            assertDecodeError(() -> ClientHello.parse(hello(body + RECORD_SIZE_LIMIT)));
        }
    }

    /** RFC 8449 4-7. */
    @Test
    void aRecordSizeLimitBelow64IsIllegal() {
        for (int limit = 0; limit <= 0xffff; limit++) {
            WireReader body = WireReader.of(new WireWriter().uint16(limit).toByteArray());
            if (limit < 64) {
                assertIllegalParameter(() -> RecordSizeLimit.parse(body));
            } else {
                assertThat(RecordSizeLimit.parse(body).limit()).isEqualTo(limit);
            }
        }
    }

    @Test
    void aRecordSizeLimitOfAnotherShapeIsADecodeErrorWhateverItsValue() {
        for (String body : new String[] {"", "00", "000000", "000040", "400000"}) {
            assertDecodeError(() -> RecordSizeLimit.parse(hex(body)));
        }
    }

    private static WireReader hello(String extensions) {
        byte[] block = HexFormat.of().parseHex(extensions.replace(" ", ""));
        WireWriter out = new WireWriter();
        out.uint16(0x0303).bytes(new byte[32]).uint8(0).uint16List16(new int[] {0xc02f});
        out.opaque8(new byte[] {0}).opaque16(block);
        return WireReader.of(out.toByteArray());
    }
}
