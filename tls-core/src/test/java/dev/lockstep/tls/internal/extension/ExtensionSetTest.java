package dev.lockstep.tls.internal.extension;

import static dev.lockstep.tls.internal.Refusals.assertDecodeError;
import static dev.lockstep.tls.internal.Refusals.assertIllegalParameter;
import static dev.lockstep.tls.internal.Refusals.hex;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.tls.internal.wire.WireReader;
import dev.lockstep.tls.internal.wire.WireWriter;
import dev.lockstep.tls.spec.ExtensionType;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** RFC 5246 7.4.1.4. */
class ExtensionSetTest {
    private static final String EMS = "0017 0000";
    private static final String RENEGOTIATION = "ff01 0001 00";

    @Test
    void aHelloMayEndBeforeTheBlock() {
        // RFC 5246 7.4.1.2-6
        ExtensionSet none = ExtensionSet.parseClientHello(hex(""));
        assertThat(none.present()).isFalse();
        assertThat(none.list()).isEmpty();
        assertThat(encode(none)).isEmpty();
    }

    @Test
    void anEmptyBlockIsNotAnAbsentOne() {
        ExtensionSet empty = ExtensionSet.parseClientHello(hex("0000"));
        assertThat(empty.present()).isTrue();
        assertThat(empty).isNotEqualTo(ExtensionSet.none());
        assertThat(encode(empty)).isEqualTo("0000");
    }

    @Test
    void orderIsKept() {
        ExtensionSet set = ExtensionSet.parseClientHello(hex("0009" + RENEGOTIATION + EMS));
        assertThat(set.list()).containsExactly(RenegotiationInfo.initial(), new ExtendedMasterSecret());
        assertThat(encode(set)).isEqualTo("0009ff0100010000170000");
        assertThat(set.has(ExtendedMasterSecret.class)).isTrue();
        assertThat(set.has(EncryptThenMac.class)).isFalse();
        assertThat(set.find(RenegotiationInfo.class)).isEqualTo(RenegotiationInfo.initial());
        assertThat(set.find(ServerName.class)).isNull();
    }

    @Test
    void unknownExtensionsLeaveTheirNumberAndNothingElse() {
        // RFC 5746 3.6-5
        ExtensionSet set = ExtensionSet.parseClientHello(hex("000d 1a1a 0001 00" + EMS + "fafa 0000"));
        assertThat(set.list()).containsExactly(new ExtendedMasterSecret());
        assertThat(set.contains(0x1a1a)).isTrue();
        assertThat(set.contains(0xfafa)).isTrue();
        assertThat(set.contains(0x2a2a)).isFalse();
        assertThat(set.contains(ExtensionType.EXTENDED_MASTER_SECRET.code())).isTrue();
        assertThat(set.count()).isEqualTo(3);
    }

    @Test
    void anExtensionTwiceIsIllegalKnownOrNot() {
        // RFC 5246 7.4.1.4-3
        assertIllegalParameter(() -> ExtensionSet.parseClientHello(hex("0008" + EMS + EMS)));
        assertIllegalParameter(() -> ExtensionSet.parseClientHello(hex("0008 1a1a 0000 1a1a 0000")));
        assertIllegalParameter(
                () -> ExtensionSet.parseClientHello(hex("000d 1a1a 0000" + RENEGOTIATION + "1a1a 0000")));
        assertThatThrownBy(() -> ExtensionSet.of(List.of(new EncryptThenMac(), new EncryptThenMac())))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aCutOrPaddedBlockIsADecodeErrorAnywhere() {
        String block = "0009" + EMS + RENEGOTIATION;
        byte[] whole = HexFormat.of().parseHex(block.replace(" ", ""));
        for (int length = 1; length < whole.length; length++) {
            WireReader cut = new WireReader(whole, 0, length);
            assertDecodeError(() -> ExtensionSet.parseClientHello(cut));
        }
        assertDecodeError(() -> ExtensionSet.parseClientHello(hex(block + "00")));
        assertDecodeError(() -> ExtensionSet.parseClientHello(hex("0000" + EMS)));
    }

    @Test
    void everyOtherLengthOfTheBlockIsADecodeError() {
        // RFC 5246 7.4.1.2-6
        String body = "005a 0000 005b 0000 005c 0000 005d 0000" + RENEGOTIATION;
        for (int length = 0; length < 256; length++) {
            WireReader hello = hex(HexFormat.of().toHexDigits((short) length) + body);
            if (length == 21) {
                assertThat(ExtensionSet.parseClientHello(hello).count()).isEqualTo(5);
            } else {
                assertDecodeError(() -> ExtensionSet.parseClientHello(hello));
            }
        }
    }

    @Test
    void shapeIsJudgedBeforeMeaning() {
        assertDecodeError(() -> ExtensionSet.parseClientHello(hex("0009" + EMS + EMS + "00")));
        assertDecodeError(() -> ExtensionSet.parseClientHello(hex("0008" + EMS + EMS + "00")));
        assertDecodeError(() -> ExtensionSet.parseClientHello(hex("000c 0000 0006 0004 00 0001 00 0017 00")));
    }

    @Test
    void aNameOfAnUnknownTypeIsAsGoodAsNone() {
        ExtensionSet set = ExtensionSet.parseClientHello(hex("000a 0000 0006 0004 01 0001 61"));
        assertThat(set.find(ServerName.class)).isNull();
        assertThat(set.contains(ExtensionType.SERVER_NAME.code())).isTrue();
    }

    @Test
    void asManyExtensionsAsFitAreLegal() {
        WireWriter out = new WireWriter();
        int block = out.beginVector16();
        for (int i = 0; i < 0xffff / 4; i++) {
            // From 0x4000 on no number is known here.
            out.uint16(0x4000 + i).uint16(0);
        }
        out.endVector(block);
        ExtensionSet set = ExtensionSet.parseClientHello(WireReader.of(out.toByteArray()));
        assertThat(set.count()).isEqualTo(16383);
        assertThat(set.list()).isEmpty();
    }

    @Test
    void theServerHelloHasItsOwnForms() {
        ExtensionSet set = ExtensionSet.parseServerHello(hex("000d 0000 0000 0010 0005 0003 026832"));
        assertThat(set.list()).containsExactly(ServerName.acknowledgement(), new ApplicationProtocols(List.of("h2")));
        assertDecodeError(() -> ExtensionSet.parseClientHello(hex("0004 0000 0000")));
    }

    @Test
    void membersAreFoundInAnyOrder() {
        ExtensionSet set =
                ExtensionSet.of(List.of(RenegotiationInfo.initial(), new ExtendedMasterSecret(), new EncryptThenMac()));
        for (int code : new int[] {0xff01, 0x17, 0x16}) {
            assertThat(set.contains(code)).isTrue();
        }
        assertThat(set.contains(0x18)).isFalse();
        assertThat(set.hashCode())
                .isNotEqualTo(ExtensionSet.of(List.of(new EncryptThenMac())).hashCode());
        assertThat(new SessionTicket(new byte[1]).isEmpty()).isFalse();
    }

    @Test
    void nothingToSayMeansNoBlock() {
        assertThat(ExtensionSet.of(List.of())).isSameAs(ExtensionSet.none());
    }

    private static String encode(ExtensionSet set) {
        WireWriter out = new WireWriter();
        set.encode(out);
        return HexFormat.of().formatHex(out.toByteArray());
    }
}
