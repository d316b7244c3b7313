package dev.lockstep.tls.internal.extension;

import static dev.lockstep.tls.internal.Refusals.assertDecodeError;
import static dev.lockstep.tls.internal.Refusals.hex;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.tls.internal.extension.StatusRequest.OcspStatusRequest;
import dev.lockstep.tls.internal.wire.WireReader;
import dev.lockstep.tls.internal.wire.WireWriter;
import dev.lockstep.tls.spec.ExtensionType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import javax.security.auth.x500.X500Principal;
import org.junit.jupiter.api.Test;

/** What clients say about certificates, and padding: RFC 6066 8, RFC 6962 3.3.1, RFC 8446 4.2.3, RFC 7685 3. */
class CertificateExtensionsTest {

    @Test
    void authoritiesAreNamesOrNone() {
        X500Principal one = new X500Principal("CN=one");
        X500Principal two = new X500Principal("CN=two");
        WireWriter names = new WireWriter().opaque16(one.getEncoded()).opaque16(two.getEncoded());
        byte[] data = new WireWriter().opaque16(names.toByteArray()).toByteArray();
        assertThat(CertificateAuthorities.read(data)).containsExactly(one, two);
        assertThat(CertificateAuthorities.read(null)).isEmpty();
        assertThat(CertificateAuthorities.read(Arrays.copyOf(data, data.length + 1)))
                .isEmpty();
        assertThat(CertificateAuthorities.read(Arrays.copyOf(data, data.length - 1)))
                .isEmpty();
        assertThat(CertificateAuthorities.read(new byte[] {0, 3, 0, 1, 7})).isEmpty();
    }

    @Test
    void whatMeansNothingIsReadToItsEnd() {
        for (Function<WireReader, Extension> parser :
                List.<Function<WireReader, Extension>>of(Padding::parse, StatusRequest::parse)) {
            WireReader body = hex("02 aabbcc");
            assertThat(parser.apply(body)).isNotNull();
            assertThat(body.isEmpty()).isTrue();
        }
    }

    @Test
    void theUsualStatusRequestNamesNoResponder() {
        assertThat(StatusRequest.parse(hex("01 0000 0000"))).isEqualTo(StatusRequest.ocsp());
    }

    /** RFC 6066 8-1. */
    @Test
    void respondersAndExtensionsAreReadForTheirShape() {
        assertThat(StatusRequest.parse(hex("01 0007 0002 aabb 0001 cc 0003 dddddd"))
                        .request())
                .isEqualTo(new OcspStatusRequest(
                        new byte[] {0, 2, (byte) 0xaa, (byte) 0xbb, 0, 1, (byte) 0xcc},
                        new byte[] {(byte) 0xdd, (byte) 0xdd, (byte) 0xdd}));
        for (String body : List.of(
                "",
                "01",
                "01 0000",
                "01 0000 00",
                "01 0000 0001",
                "01 0000 0000 00",
                "01 0001 00 0000",
                "01 0002 0000 0000",
                "01 0003 0002 aa 0000",
                "01 0004 0001 aabb 0000")) {
            assertDecodeError(() -> StatusRequest.parse(hex(body)));
        }
    }

    @Test
    void aStatusRequestOfAnUnknownTypeIsAsGoodAsNone() {
        for (String body : List.of("00", "02", "02 ffff", "ff 0000 0000 00")) {
            assertThat(StatusRequest.parse(hex(body)).request()).isNull();
        }
        ExtensionSet set = ExtensionSet.parseClientHello(hex("0006 0005 0002 02ff"));
        assertThat(set.has(StatusRequest.class)).isFalse();
        assertThat(set.contains(ExtensionType.STATUS_REQUEST.code())).isTrue();
    }

    @Test
    void theServerAnswersAStatusRequestWithAnEmptyBody() {
        ExtensionSet set = ExtensionSet.parseServerHello(hex("0004 0005 0000"));
        assertThat(set.list()).containsExactly(StatusRequest.acknowledgement());
        assertDecodeError(() -> StatusRequest.parseServerHello(hex("01 0000 0000")));
    }

    @Test
    void aClientAsksForTimestampsWithAnEmptyBody() {
        assertThat(SignedCertificateTimestamps.parse(hex(""))).isEqualTo(SignedCertificateTimestamps.wanted());
        assertDecodeError(() -> SignedCertificateTimestamps.parse(hex("00")));
        assertDecodeError(() -> SignedCertificateTimestamps.parse(hex("0003 0001 aa")));
    }

    @Test
    void theServersListHoldsAtLeastOneTimestampAndNoEmptyOne() {
        ExtensionSet set = ExtensionSet.parseServerHello(hex("000d 0012 0009 0007 0002 aabb 0001 cc"));
        assertThat(set.list())
                .containsExactly(new SignedCertificateTimestamps(
                        List.of(new byte[] {(byte) 0xaa, (byte) 0xbb}, new byte[] {(byte) 0xcc})));
        for (String body : List.of("", "0000", "0002 0000", "0005 0001 aa 0000", "0003 0002 aa", "0002 0001 aa")) {
            assertDecodeError(() -> SignedCertificateTimestamps.parseServerHello(hex(body)));
        }
    }

    @Test
    void theListOfTimestampsCannotBeChanged() {
        SignedCertificateTimestamps timestamps =
                new SignedCertificateTimestamps(new ArrayList<>(List.of(new byte[] {1})));
        assertThatThrownBy(() -> timestamps.sctList().clear()).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void schemesForCertificatesAreKeptAsNumbers() {
        SignatureAlgorithmsCert read = SignatureAlgorithmsCert.parse(hex("0006 2a2a 0401 0401"));
        assertThat(read.codes()).containsExactly(0x2a2a, 0x0401, 0x0401);
        assertThat(read).hasToString("SignatureAlgorithmsCert[RSA_PKCS1_SHA256]");
    }

    @Test
    void paddingOfAnyLengthAndContentIsBorne() {
        assertThat(Padding.parse(hex(""))).isEqualTo(new Padding(0));
        assertThat(Padding.parse(hex("000000"))).isEqualTo(new Padding(3));
        assertThat(Padding.parse(hex("00ff00"))).isEqualTo(new Padding(3));
    }
}
