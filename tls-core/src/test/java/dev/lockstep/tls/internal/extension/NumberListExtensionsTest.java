package dev.lockstep.tls.internal.extension;

import static dev.lockstep.tls.internal.Refusals.assertDecodeError;
import static dev.lockstep.tls.internal.Refusals.hex;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tls.internal.wire.WireReader;
import dev.lockstep.tls.internal.wire.WireWriter;
import dev.lockstep.tls.spec.NamedGroup;
import dev.lockstep.tls.spec.SignatureScheme;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** supported_groups, signature_algorithms and ec_point_formats: RFC 8422 5.1, RFC 7919 2, RFC 5246 7.4.1.4.1. */
class NumberListExtensionsTest {

    static List<Function<WireReader, Extension>> listsOfPairs() {
        return List.of(SupportedGroups::parse, SignatureAlgorithms::parse, SignatureAlgorithmsCert::parse);
    }

    @ParameterizedTest
    @MethodSource("listsOfPairs")
    void emptyOddCutAndPaddedListsAreDecodeErrors(Function<WireReader, Extension> parser) {
        for (String body : List.of(
                "",
                "00",
                "0000",
                "0001 04",
                "0003 0403 04",
                "0004 0403",
                "0002 0403 0403",
                "0002 0403 00",
                "0003 0403 0403",
                "ffff 0403")) {
            assertDecodeError(() -> parser.apply(hex(body)));
        }
    }

    @Test
    void theLargestListsAreLegal() {
        int[] codes = new int[32767];
        Arrays.setAll(codes, i -> i);
        WireWriter out = new WireWriter();
        new SignatureAlgorithms(codes).encodeBody(out);
        assertThat(SignatureAlgorithms.parse(WireReader.of(out.toByteArray())).codes())
                .isEqualTo(codes);
        assertThat(SupportedGroups.parse(WireReader.of(out.toByteArray())).codes())
                .isEqualTo(codes);
    }

    @Test
    void unknownGroupsAreKeptAsNumbersAndSkippedAsGroups() {
        SupportedGroups read = SupportedGroups.parse(hex("000c 4a4a 001d 0001 0017 11ec 0100"));
        assertThat(read.codes()).containsExactly(0x4a4a, 29, 1, 23, 0x11ec, 256);
        assertThat(read.known()).containsExactly(NamedGroup.X25519, NamedGroup.SECP256R1, NamedGroup.FFDHE2048);
        assertThat(SupportedGroups.parse(hex("0002 4a4a")).known()).isEmpty();
    }

    @Test
    void repeatedGroupsAndSchemesCountOnce() {
        assertThat(SupportedGroups.parse(hex("0006 0017 001d 0017")).known())
                .containsExactly(NamedGroup.SECP256R1, NamedGroup.X25519);
        assertThat(SignatureAlgorithms.parse(hex("0006 0804 0403 0804")).known())
                .containsExactly(SignatureScheme.RSA_PSS_RSAE_SHA256, SignatureScheme.ECDSA_SECP256R1_SHA256);
    }

    @Test
    void finiteFieldGroupsBindEvenWhereUnknown() {
        assertThat(SupportedGroups.parse(hex("0002 01ff")).namesFiniteField()).isTrue();
        assertThat(SupportedGroups.parse(hex("0004 0017 0100")).namesFiniteField())
                .isTrue();
        assertThat(SupportedGroups.parse(hex("0004 0017 0200")).namesFiniteField())
                .isFalse();
    }

    @Test
    void unknownSchemesAreKeptAsNumbersAndSkippedAsSchemes() {
        // RFC 5246 7.4.1.4.1-1, 7.4.1.4.1-6
        // GREASE, rsa with md5, ecdsa on a Brainpool curve, rsa_pkcs1_sha256
        SignatureAlgorithms read = SignatureAlgorithms.parse(hex("0008 2a2a 0101 081a 0401"));
        assertThat(read.codes()).containsExactly(0x2a2a, 0x0101, 0x081a, 0x0401);
        assertThat(read.known()).containsExactly(SignatureScheme.RSA_PKCS1_SHA256);
    }

    @Test
    void pointFormatsAreAListOfAtLeastOneByte() {
        assertDecodeError(() -> EcPointFormats.parse(hex("")));
        assertDecodeError(() -> EcPointFormats.parse(hex("00")));
        assertDecodeError(() -> EcPointFormats.parse(hex("02 00")));
        assertDecodeError(() -> EcPointFormats.parse(hex("01 00 00")));
        assertThat(EcPointFormats.parse(hex("03 01 02 00")).hasUncompressed()).isTrue();
        assertThat(EcPointFormats.parse(hex("02 01 02")).hasUncompressed()).isFalse();
        assertThat(EcPointFormats.uncompressedOnly().formats()).containsExactly(0);
    }

    @Test
    void listsAreMadeFromNames() {
        assertThat(SupportedGroups.of(List.of(NamedGroup.X448, NamedGroup.FFDHE3072))
                        .codes())
                .containsExactly(30, 257);
        assertThat(SignatureAlgorithms.of(List.of(SignatureScheme.ED25519)).codes())
                .containsExactly(0x0807);
    }
}
