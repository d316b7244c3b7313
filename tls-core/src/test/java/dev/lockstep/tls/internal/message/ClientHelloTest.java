package dev.lockstep.tls.internal.message;

import static dev.lockstep.tls.internal.Refusals.assertDecodeError;
import static dev.lockstep.tls.internal.Refusals.assertIllegalParameter;
import static dev.lockstep.tls.internal.Refusals.bytes;
import static dev.lockstep.tls.internal.Refusals.hex;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tls.internal.extension.ApplicationProtocols;
import dev.lockstep.tls.internal.extension.EcPointFormats;
import dev.lockstep.tls.internal.extension.Extension;
import dev.lockstep.tls.internal.extension.Padding;
import dev.lockstep.tls.internal.extension.SignatureAlgorithms;
import dev.lockstep.tls.internal.extension.SignatureAlgorithmsCert;
import dev.lockstep.tls.internal.extension.StatusRequest;
import dev.lockstep.tls.internal.extension.SupportedGroups;
import dev.lockstep.tls.internal.wire.WireReader;
import dev.lockstep.tls.internal.wire.WireWriter;
import dev.lockstep.tls.spec.NamedGroup;
import dev.lockstep.tls.spec.Signaling;
import dev.lockstep.tls.spec.SignatureScheme;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 5246 7.4.1.2. */
class ClientHelloTest {
    private static final String RANDOM = "5a".repeat(32);
    private static final String NO_SESSION = "00";
    private static final String SUITES = "0004 002f 00ff";
    private static final String NULL_COMPRESSION = "01 00";
    private static final String RENEGOTIATION_INFO = "0005 ff01 0001 00";

    @Test
    void theSmallestHelloIsRead() {
        ClientHello hello = parse("0303" + RANDOM + NO_SESSION + "0002 002f" + NULL_COMPRESSION);
        assertThat(hello.clientVersion()).isEqualTo(0x0303);
        assertThat(hello.random().toString()).isEqualTo(RANDOM);
        assertThat(hello.sessionId()).isEmpty();
        assertThat(hello.cipherSuites()).containsExactly(0x2f);
        assertThat(hello.extensions().present()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0000", "0002", "0300", "0302", "0303", "0304", "0400", "7f08", "7f1c", "ffff", "0a0a"})
    void theVersionIsNotJudgedHere(String version) {
        assertThat(parse(version + RANDOM + NO_SESSION + SUITES + NULL_COMPRESSION)
                        .clientVersion())
                .isEqualTo(Integer.parseInt(version, 16));
    }

    @Test
    void aSessionIdHasUpTo32Bytes() {
        assertThat(parse("0303" + RANDOM + "20" + "aa".repeat(32) + SUITES + NULL_COMPRESSION)
                        .sessionId())
                .hasSize(32);
        assertDecodeError(() -> parse("0303" + RANDOM + "21" + "aa".repeat(33) + SUITES + NULL_COMPRESSION));
    }

    @Test
    void everyOtherLengthOfTheSessionIdIsADecodeError() {
        String rest = SUITES + NULL_COMPRESSION;
        String restWithExtension = rest + RENEGOTIATION_INFO;
        for (int length = 1; length < 256; length++) {
            String head = "0303" + RANDOM + String.format("%02x", length);
            assertDecodeError(() -> parse(head + rest));
            assertDecodeError(() -> parse(head + restWithExtension));
        }
    }

    @Test
    void everyOtherLengthOfTheSuitesIsADecodeError() {
        String head = "0303" + RANDOM + NO_SESSION;
        String rest = "002f 00ff" + NULL_COMPRESSION;
        for (int length = 0; length < 0x10000; length++) {
            String hello = head + String.format("%04x", length) + rest;
            if (length != 4) {
                assertDecodeError(() -> parse(hello));
            }
        }
        assertThat(parse(head + "0004" + rest).cipherSuites()).hasSize(2);
    }

    @Test
    void everyOtherLengthOfTheCompressionMethodsIsADecodeError() {
        String head = "0303" + RANDOM + NO_SESSION + SUITES;
        for (int length = 0; length < 256; length++) {
            String hello = head + String.format("%02x", length) + "00";
            String helloWithExtension = hello + RENEGOTIATION_INFO;
            if (length != 1) {
                assertDecodeError(() -> parse(hello));
            }
            // 8 takes in the block of extensions: a legal hello without any
            if (length != 1 && length != 8) {
                assertDecodeError(() -> parse(helloWithExtension));
            }
        }
    }

    @Test
    void nullCompressionMustBeOffered() {
        // RFC 5246 7.4.1.2-5, 7.4.1.2-4
        String head = "0303" + RANDOM + NO_SESSION + SUITES;
        assertIllegalParameter(() -> parse(head + "01 01"));
        WireWriter all = new WireWriter().bytes(bytes(head)).uint8(255);
        for (int method = 1; method < 256; method++) {
            all.uint8(method);
        }
        assertIllegalParameter(() -> ClientHello.parse(WireReader.of(all.toByteArray())));
        assertThat(parse(head + "03 40 01 00").compressionMethods()).hasSize(3);
    }

    @Test
    void shapeIsJudgedBeforeMeaning() {
        String head = "0303" + RANDOM + NO_SESSION + SUITES;
        assertDecodeError(() -> parse(head + "01 01" + "0005 ff01 0001"));
        assertDecodeError(() -> parse(head + "01 01" + RENEGOTIATION_INFO + "00"));
    }

    @Test
    void pointFormatsWithoutUncompressedAreIllegalBesideACurve() {
        // RFC 8422 5.1-1, 5.1.2-2
        String head = "0303" + RANDOM + NO_SESSION + SUITES + NULL_COMPRESSION;
        String compressedOnly = "000b 0003 02 0102";
        assertIllegalParameter(() -> parse(head + "000f" + compressedOnly + "000a 0004 0002 0017"));
        assertIllegalParameter(() -> parse(head + "000f" + "000a 0004 0002 001d" + compressedOnly));
        // RFC 8422 5.1.2 asks for it only where the client names a curve of that RFC.
        assertThat(parse(head + "000f" + compressedOnly + "000a 0004 0002 0100")
                        .extensions()
                        .has(EcPointFormats.class))
                .isTrue();
        assertThat(parse(head + "0007" + compressedOnly).extensions().has(EcPointFormats.class))
                .isTrue();
    }

    @Test
    void aFragmentLengthThatIsNoneIsIllegalUnlessALimitReplacesIt() {
        // RFC 6066 4-3, RFC 8449 5-1
        String head = "0303" + RANDOM + NO_SESSION + SUITES + NULL_COMPRESSION;
        for (String illegal : List.of("00", "05", "ff")) {
            assertIllegalParameter(() -> parse(head + "0005 0001 0001" + illegal));
            assertThat(parse(head + "000b 0001 0001" + illegal + "001c 0002 0400")
                            .extensions()
                            .count())
                    .isEqualTo(2);
        }
        assertThat(parse(head + "0005 0001 0001 04").extensions().count()).isEqualTo(1);
    }

    @Test
    void signalsAreOffersLikeAnyOther() {
        ClientHello hello = parse("0303" + RANDOM + NO_SESSION + "0006 c02f 00ff 5600" + NULL_COMPRESSION);
        assertThat(hello.offers(Signaling.TLS_EMPTY_RENEGOTIATION_INFO_SCSV)).isTrue();
        assertThat(hello.offers(Signaling.TLS_FALLBACK_SCSV)).isTrue();
        assertThat(hello.offers(0xc02f)).isTrue();
        assertThat(hello.offers(0xc030)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0002 1301", "0008 0a0a 1303 00ff 5600", "0006 1301 fafa 1302"})
    void anOfferOfTls13AloneIsKnownAsOne(String suites) {
        ClientHello hello = parse("0303" + RANDOM + NO_SESSION + suites + NULL_COMPRESSION);
        assertThat(hello.offersOnlyTls13Suites()).isTrue();
        ClientHello kept = hello.essentials(null, false);
        assertThat(kept.offersOnlyTls13Suites()).isTrue();
        assertThat(kept.cipherSuites()).hasSizeLessThanOrEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"0004 1301 c02f", "0004 1301 0a1a", "0004 1301 0b0b", "0004 1301 0000", "0002 00ff", "0002 0a0a"
            })
    void anOfferOfMoreThanTls13IsNone(String suites) {
        ClientHello hello = parse("0303" + RANDOM + NO_SESSION + suites + NULL_COMPRESSION);
        assertThat(hello.offersOnlyTls13Suites()).isFalse();
        assertThat(hello.essentials(null, false).offersOnlyTls13Suites()).isFalse();
    }

    @Test
    void whatIsKeptOfAnOfferIsWhatDecisionsDependOn() {
        ClientHello hello = parse("0303" + RANDOM + NO_SESSION + "000e 0a0a c02f c02f 00ff 5600 ffee 002f" + "02 40 00"
                + "0026" + "1a1a 0000" + "0010 000a 0008 02 6832 01 61 02 6833" + "0023 0002 aabb" + "0017 0000"
                + "000a 0006 0004 2a2a 001d");
        assertThat(hello.heldBytes()).isEqualTo(4 * 7 + 0x26 + 2 + 8);

        ClientHello all = hello.essentials(null, true);
        assertThat(all.cipherSuites()).containsExactly(0xc02f, 0x00ff, 0x5600, 0x2f);
        assertThat(all.compressionMethods()).containsExactly(0);
        assertThat(all.sessionId()).isEmpty();
        assertThat(all.random()).isEqualTo(hello.random());
        assertThat(all.extensions().count()).isEqualTo(4);
        assertThat(all.extensions().contains(0x1a1a)).isFalse();
        assertThat(all.extensions().contains(0x17)).isTrue();
        assertThat(find(all, ApplicationProtocols.class).protocols()).containsExactly("h2", "a", "h3");
        assertThat(find(all, SupportedGroups.class).codes()).containsExactly(0x1d);
        assertThat(all.extensions().received())
                .containsOnlyKeys(0x1a1a, 16, 35, 23, 10)
                .containsEntry(35, new byte[] {(byte) 0xaa, (byte) 0xbb});
        assertThat(all.heldBytes()).isEqualTo(4 * 4 + 0x26 + 2 + 8);

        ClientHello least = hello.essentials(List.of("h3", "http/1.1", "a"), false);
        assertThat(find(least, ApplicationProtocols.class).protocols()).containsExactly("h3", "a");
        assertThat(least.extensions().received()).isEmpty();
        assertThat(least.heldBytes()).isEqualTo(4 * 4 + 2 + 5);
        assertThat(least.toString()).contains(RANDOM, "SessionTicket[2 bytes]");
    }

    @Test
    void whatIsNotThereIsNotKept() {
        ClientHello hello = parse("0303" + RANDOM + NO_SESSION + "0002 002f" + NULL_COMPRESSION);
        assertThat(hello.heldBytes()).isEqualTo(4);
        assertThat(hello.essentials(List.of("h2"), true)).isEqualTo(hello);
    }

    @Test
    void listsOfAnOfferKeepWhatIsKnown() {
        String head = "0303" + RANDOM + NO_SESSION + "0002 002f" + NULL_COMPRESSION;
        ClientHello hello = parse(head + "0032" + "000a 000a 0008 01ff 001d 2a2a 01fe" + "000d 0008 0006 0a0a 0403 0403"
                + "0032 0008 0006 0804 0a0a 0804" + "0005 0008 01 0003 0001 01 0000");
        ClientHello kept = hello.essentials(null, false);
        // RFC 7919 4: a group of that range that is unknown counts nevertheless
        assertThat(find(kept, SupportedGroups.class).codes()).containsExactly(0x1d, 0x1ff);
        assertThat(find(kept, SignatureAlgorithms.class).codes()).containsExactly(0x0403);
        assertThat(find(kept, SignatureAlgorithmsCert.class).codes()).containsExactly(0x0804);
        assertThat(find(kept, StatusRequest.class)).isEqualTo(StatusRequest.ocsp());
        ClientHello finite =
                parse(head + "000e" + "000a 000a 0008 01ff 001d 0100 01fe").essentials(null, false);
        assertThat(find(finite, SupportedGroups.class).codes()).containsExactly(0x1d, 0x100);
    }

    @Test
    void aHelloOf128KiBIsRead() {
        WireWriter out = new WireWriter();
        out.uint16(0x0303).bytes(new byte[32]).opaque8(new byte[32]);
        int[] suites = new int[32767];
        Arrays.setAll(suites, i -> i);
        out.uint16List16(suites).opaque8(new byte[255]);
        int block = out.beginVector16();
        out.uint16(21).opaque16(new byte[65535 - 4]);
        out.endVector(block);
        byte[] body = out.toByteArray();
        assertThat(body.length).isGreaterThan(1 << 17);

        ClientHello hello = ClientHello.parse(WireReader.of(body));
        assertThat(hello.cipherSuites()).hasSize(32767);
        assertThat(hello.extensions().list()).containsExactly(new Padding(65535 - 4));
    }

    /** RFC 8701: numbers that mean nothing may stand wherever a client lists what it can do. */
    @Test
    void greaseIsIgnoredWhereverItMayStand() {
        for (int i = 0; i < 16; i++) {
            int grease = 0x0a0a + 0x1010 * i;
            int other = 0x0a0a + 0x1010 * ((i + 1) % 16);
            WireWriter out = new WireWriter();
            out.uint16(0x0303).bytes(new byte[32]).opaque8(new byte[0]);
            out.uint16List16(new int[] {grease, 0xc02b, other});
            out.opaque8(new byte[] {0});
            int block = out.beginVector16();
            out.uint16(grease).opaque16(new byte[0]);
            out.uint16(10).uint16(6).uint16List16(new int[] {grease, 29});
            out.uint16(13).uint16(6).uint16List16(new int[] {grease, 0x0403});
            byte[] name = {(byte) grease, (byte) grease};
            out.uint16(16).uint16(8).uint16(6).opaque8(name).opaque8(new byte[] {'h', '2'});
            out.uint16(other).opaque16(new byte[] {0});
            out.endVector(block);

            ClientHello hello = ClientHello.parse(WireReader.of(out.toByteArray()));
            assertThat(hello.offers(0xc02b)).isTrue();
            assertThat(hello.extensions().count()).isEqualTo(5);
            assertThat(hello.extensions().list()).hasSize(3);
            assertThat(find(hello, SupportedGroups.class).known()).containsExactly(NamedGroup.X25519);
            assertThat(find(hello, SignatureAlgorithms.class).known())
                    .containsExactly(SignatureScheme.ECDSA_SECP256R1_SHA256);
            ApplicationProtocols protocols = find(hello, ApplicationProtocols.class);
            assertThat(protocols.protocols()).hasSize(2).last().isEqualTo("h2");
            assertThat(protocols.protocols().get(0)).isEqualTo("" + (char) (grease & 0xff) + (char) (grease & 0xff));
        }
    }

    private static <T extends Extension> T find(ClientHello hello, Class<T> kind) {
        T found = hello.extensions().find(kind);
        assertThat(found).isNotNull();
        return found;
    }

    private static ClientHello parse(String hex) {
        return ClientHello.parse(hex(hex));
    }
}
