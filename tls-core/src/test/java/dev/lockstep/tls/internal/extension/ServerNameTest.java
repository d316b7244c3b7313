package dev.lockstep.tls.internal.extension;

import static dev.lockstep.tls.internal.Refusals.assertDecodeError;
import static dev.lockstep.tls.internal.Refusals.assertIllegalParameter;
import static dev.lockstep.tls.internal.Refusals.hex;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tls.internal.wire.WireReader;
import dev.lockstep.tls.internal.wire.WireWriter;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 6066 3. */
class ServerNameTest {

    @Test
    void oneHostNameIsRead() {
        // RFC 6066 3-1
        assertThat(ServerName.parse(hex("000a 00 0007 612e62632e6465")).hostName())
                .isEqualTo("a.bc.de");
    }

    @Test
    void anEmptyBodyIsADecodeErrorInTheClientHello() {
        assertDecodeError(() -> ServerName.parse(hex("")));
    }

    @Test
    void anEmptyListIsADecodeError() {
        assertDecodeError(() -> ServerName.parse(hex("0000")));
    }

    @Test
    void anEmptyHostNameIsADecodeError() {
        assertDecodeError(() -> ServerName.parse(hex("0003 00 0000")));
    }

    @Test
    void trailingDataIsADecodeError() {
        assertDecodeError(() -> ServerName.parse(hex("0004 00 0001 61 00")));
        assertDecodeError(() -> ServerName.parse(hex("0005 00 0001 61 00")));
        assertDecodeError(() -> ServerName.parse(hex("0006 00 0001 61 0000")));
    }

    @Test
    void aListThatClaimsEverythingIsADecodeError() {
        // RFC 6066 11.1-2
        assertDecodeError(() -> ServerName.parse(hex("ffffffff")));
    }

    @Test
    void twoHostNamesAreIllegal() {
        // RFC 6066 3-2
        assertIllegalParameter(() -> ServerName.parse(hex("0008 00 0001 61 00 0001 62")));
        assertIllegalParameter(() -> ServerName.parse(hex("0008 00 0001 61 00 0001 61")));
        assertIllegalParameter(() -> ServerName.parse(hex("000c 00 0001 61 01 0001 ff 00 0001 62")));
        assertIllegalParameter(() -> ServerName.parse(hex("000c 00 0001 61 00 0001 62 00 0001 63")));
    }

    @Test
    void namesOfUnknownTypesAreSkipped() {
        assertThat(ServerName.parse(hex("0008 00 0001 61 01 0001 ff")).hostName())
                .as("host name first")
                .isEqualTo("a");
        assertThat(ServerName.parse(hex("0008 01 0001 ff 00 0001 61")).hostName())
                .as("host name last")
                .isEqualTo("a");
        assertThat(ServerName.parse(hex("0007 ff 0000 00 0001 61")).hostName())
                .as("beside an empty one")
                .isEqualTo("a");
        assertThat(ServerName.parse(hex("0004 01 0001 ff")).hostName())
                .as("alone")
                .isNull();
    }

    @Test
    void anUnknownNameThatIsCutIsADecodeError() {
        // RFC 6066 11.1-2
        assertDecodeError(() -> ServerName.parse(hex("0004 01 0002 ff")));
        assertDecodeError(() -> ServerName.parse(hex("0001 01")));
    }

    @Test
    void onlyBytesThatPrintMayStandInAHostName() {
        for (int b = 0; b < 256; b++) {
            byte[] body = {0, 6, 0, 0, 3, 'a', (byte) b, 'z'};
            if (b > ' ' && b < 0x7f) {
                assertThat(ServerName.parse(WireReader.of(body)).hostName()).isEqualTo("a" + (char) b + "z");
            } else {
                assertIllegalParameter(() -> ServerName.parse(WireReader.of(body)));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"example.org, example.org", "WWW.Example.ORG, www.example.org", "example.org., example.org", "., ."})
    void namesAreComparedInLowerCaseAndWithoutTheTrailingDot(String sent, String compared) {
        WireWriter out = new WireWriter();
        new ServerName(sent).encodeBody(out);
        ServerName read = ServerName.parse(WireReader.of(out.toByteArray()));
        assertThat(read.hostName()).isEqualTo(sent);
        assertThat(read.normalized()).isEqualTo(compared);
    }

    @Test
    void withoutAHostNameThereIsNothingToCompare() {
        assertThat(ServerName.acknowledgement().normalized()).isNull();
    }

    @Test
    void theServerAnswersWithAnEmptyBody() {
        // RFC 6066 3-5
        WireWriter out = new WireWriter();
        ServerName.acknowledgement().encodeBody(out);
        assertThat(out.size()).isZero();
        assertDecodeError(() -> ServerName.parseServerHello(hex("0004 00 0001 61")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"192.0.2.1", "2001:db8::1", "localhost", "xn--bcher-kva.example", "_srv.example"})
    void whatIsNoNameOfOursIsStillRead(String name) {
        byte[] ascii = name.getBytes(StandardCharsets.US_ASCII);
        WireWriter out = new WireWriter();
        out.uint16(ascii.length + 3).uint8(0).opaque16(ascii);
        assertThat(ServerName.parse(WireReader.of(out.toByteArray())).hostName())
                .isEqualTo(name);
    }

    /** RFC 1035 2.3.4. What reads a name bounds it: what stores one later would end a whole handshake with a defect. */
    @ParameterizedTest
    @CsvSource({"255, true", "256, false", "4096, false", "65532, false"})
    void noHostNameHasMoreThan255Bytes(int length, boolean isRead) {
        WireWriter out = new WireWriter();
        out.uint16(length + 3).uint8(0).opaque16("a".repeat(length).getBytes(StandardCharsets.US_ASCII));
        WireReader body = WireReader.of(out.toByteArray());
        if (isRead) {
            assertThat(ServerName.parse(body).hostName()).hasSize(length);
        } else {
            assertIllegalParameter(() -> ServerName.parse(body));
        }
    }
}
