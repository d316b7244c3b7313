package dev.lockstep.server.keyserver.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What counts as the beginning of another protocol's input. */
class ForeignBeginningTest {

    /** The beginning, and zeros up to 64 bytes; a text stands in quotation marks. */
    private static byte[] input(String beginning) {
        byte[] input = new byte[64];
        int at = 0;
        for (String part : beginning.split(" ")) {
            byte[] bytes = part.startsWith("'")
                    ? part.substring(1).getBytes(StandardCharsets.US_ASCII)
                    : HexFormat.of().parseHex(part);
            System.arraycopy(bytes, 0, input, at, bytes.length);
            at += bytes.length;
        }
        return input;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                // SSH: certificates of several kinds, any other name up to the end of the randoms, a signed file
                "00000020 'ssh-ed25519-cert-v01@openssh.com",
                "0000001C 'ssh-rsa-cert-v01@openssh.com",
                "00000028 'ecdsa-sha2-nistp256-cert-v01@openssh.com",
                "00000004 'name",
                "0000003C '123456789012345678901234567890123456789012345678901234567890",
                "'SSHSIG",
                // TLS: the ClientHello of any version, in three forms
                "01 000200 0303",
                "01 00FFFF 0300",
                "01 000030 0304",
                "01 000200 0001 000000 000200 FEFD",
                "01 000200 0000 000000 000200 FEFF",
                "01 0303 0048 0000 0020",
                "01 0300 0048 0020 0020",
                // OpenPGP: keys of versions 4 to 6
                "99 010D 04 65000000 01",
                "99 0033 04 65000000 16",
                "9A 00000100 05 65000000 01",
                "9B 00000100 06 65000000 1B",
                // IKEv2: IKE_SA_INIT of either side
                "0102030405060708 0000000000000000 21202208 00000000 00000100",
                "0102030405060708 1112131415161718 21202220 00000000 00000400",
            })
    void isFound(String beginning) {
        assertThat(ForeignBeginning.isFound(input(beginning))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "00",
                // names that are too short, too long for the randoms, or no text
                "00000003 'abc",
                "0000003D '123456789012345678901234567890123456789012345678901234567890",
                "01000004 'name",
                "00010004 'name",
                "00000104 'name",
                "00000005 'name",
                "00000005 'name 20",
                "00000005 'name 7F",
                "00000005 'name 80",
                "'SSHSIH",
                "'TSHSIG",
                // other messages, other versions, longer than any
                "02 000200 0303",
                "01 010200 0303",
                "01 000200 0203",
                "01 000200 0305",
                "01 000200 0001 010000 000200 FEFD",
                "01 000200 0001 000001 000200 FEFD",
                "01 000200 0101 000000 000200 FEFD",
                "01 000200 0001 000000 000200 0303",
                "01 0305 0048 0000 0020",
                "01 0303 0048 0100 0020",
                "01 0303 0048 0000 0120",
                "01 0203 0048 0000 0020",
                // versions and algorithms that there are not
                "98 010D 04 65000000 01",
                "99 040D 04 65000000 01",
                "99 010D 03 65000000 01",
                "99 010D 04 65000000 24",
                "9A 00000100 06 65000000 01",
                "9B 00010100 06 65000000 01",
                "0102030405060708 0000000000000000 21102208 00000000 00000100",
                "0102030405060708 0000000000000000 21202208 00000001 00000100",
                "0102030405060708 0000000000000000 21202208 00000000 00010100",
            })
    void isNotFound(String beginning) {
        assertThat(ForeignBeginning.isFound(input(beginning))).isFalse();
    }

    @Test
    void theRandomsOfHonestHandshakesAreNone() {
        Random random = new Random(20_261_130);
        byte[] randoms = new byte[64];
        for (int i = 0; i < 1_000_000; i++) {
            random.nextBytes(randoms);
            assertThat(ForeignBeginning.isFound(randoms)).isFalse();
        }
    }
}
