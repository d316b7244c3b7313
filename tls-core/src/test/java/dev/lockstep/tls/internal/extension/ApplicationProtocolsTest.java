package dev.lockstep.tls.internal.extension;

import static dev.lockstep.tls.internal.Refusals.assertDecodeError;
import static dev.lockstep.tls.internal.Refusals.assertIllegalParameter;
import static dev.lockstep.tls.internal.Refusals.hex;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.tls.internal.wire.WireReader;
import dev.lockstep.tls.internal.wire.WireWriter;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** RFC 7301 3.1. */
class ApplicationProtocolsTest {

    @Test
    void theOrderOfTheClientIsKept() {
        ApplicationProtocols read = ApplicationProtocols.parse(hex("000c 02 6832 08 687474702f312e31"));
        assertThat(read.protocols()).containsExactly("h2", "http/1.1");
    }

    @Test
    void anEmptyBodyAnEmptyListAndAnEmptyNameAreDecodeErrors() {
        // RFC 7301 3.1-1, 3.1-2
        assertDecodeError(() -> ApplicationProtocols.parse(hex("")));
        assertDecodeError(() -> ApplicationProtocols.parse(hex("0000")));
        assertDecodeError(() -> ApplicationProtocols.parse(hex("0001 00")));
        assertDecodeError(
                () -> ApplicationProtocols.parse(hex("0003 02 6832 00").vector16(0, 9, "cut")));
        assertDecodeError(() -> ApplicationProtocols.parse(hex("0004 02 6832 00")));
        assertDecodeError(() -> ApplicationProtocols.parse(hex("0004 00 02 6832")));
    }

    @Test
    void lengthsThatDoNotFitAreDecodeErrors() {
        // RFC 7301 3.1-1, 3.1-2
        assertDecodeError(() -> ApplicationProtocols.parse(hex("0002 02 6832")));
        assertDecodeError(() -> ApplicationProtocols.parse(hex("0004 02 6832")));
        assertDecodeError(() -> ApplicationProtocols.parse(hex("0003 03 6832")));
        assertDecodeError(() -> ApplicationProtocols.parse(hex("0003 01 6832")));
    }

    @Test
    void everyByteSurvivesInAName() {
        byte[] body = new byte[3 + 255];
        body[0] = 1;
        body[1] = 0;
        body[2] = (byte) 255;
        for (int i = 0; i < 255; i++) {
            body[3 + i] = (byte) (i + 1);
        }
        ApplicationProtocols read = ApplicationProtocols.parse(WireReader.of(body));
        String name = read.protocols().get(0);
        for (int i = 0; i < 255; i++) {
            assertThat(name.charAt(i)).isEqualTo((char) (i + 1));
        }
        WireWriter out = new WireWriter();
        new ApplicationProtocols(List.of(name)).encodeBody(out);
        assertThat(out.toByteArray()).isEqualTo(body);
    }

    @Test
    void aNameMatchesWholeAndByteForByte() {
        ApplicationProtocols offer = new ApplicationProtocols(List.of("http/1.", "h2", "\u001a\u001a", "2"));
        assertThat(offer.contains("h2")).isTrue();
        assertThat(offer.contains("2")).isTrue();
        assertThat(offer.contains("http/1.")).isTrue();
        assertThat(offer.contains("http/1.1")).isFalse();
        assertThat(offer.contains("H2")).isFalse();
        assertThat(offer.contains("h")).isFalse();
        assertThat(offer.contains("")).isFalse();
        // A length byte inside the list is not the start of a name.
        assertThat(offer.contains("\u0002")).isFalse();
    }

    @Test
    void thousandsOfNamesAreLegal() {
        ApplicationProtocols offer = new ApplicationProtocols(Collections.nCopies(32767, "x"));
        WireWriter out = new WireWriter();
        offer.encodeBody(out);
        ApplicationProtocols read = ApplicationProtocols.parse(WireReader.of(out.toByteArray()));
        assertThat(read).isEqualTo(offer);
        assertThat(read.protocols()).hasSize(32767);
        assertThat(read.contains("y")).isFalse();
    }

    @Test
    void theServerAnswersWithExactlyOneName() {
        // RFC 7301 3.1-3
        assertThat(ApplicationProtocols.parseServerHello(hex("0003 02 6832")).protocols())
                .containsExactly("h2");
        assertIllegalParameter(() -> ApplicationProtocols.parseServerHello(hex("0006 02 6832 02 6833")));
    }

    @Test
    void aNameOfMoreThan255BytesCannotBeOffered() {
        List<String> tooLong = List.of("x".repeat(256));
        assertThatThrownBy(() -> new ApplicationProtocols(tooLong)).isInstanceOf(IllegalArgumentException.class);
    }
}
