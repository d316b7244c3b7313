package dev.lockstep.crypto.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.lockstep.crypto.TestProviders;
import dev.lockstep.crypto.VectorFile;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

@ParameterizedClass
@MethodSource("dev.lockstep.crypto.TestProviders#all")
class MontgomeryKeyTest {
    @Parameter
    TestProviders provider;

    @Test
    void x25519GivesTheValuesOfRfc7748Section5() throws Exception {
        assertAgreement(
                Group.X25519,
                "a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4",
                "e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c",
                "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552");
        assertAgreement(
                Group.X25519,
                "4b66e9d4d1b4673c5ad22691957d6af5c11b6421e0ea01d42ca4169e7918ba0d",
                "e5210f12786811d3f4b7959d0538ae2c31dbe7106fc03c3efc4cd549c715a493",
                "95cbde9476e8907d7aade45cb4b873f88b595a68799fa152e6f8f7647aac7957");
    }

    @Test
    void x448GivesTheValuesOfRfc7748Section5() throws Exception {
        assertAgreement(
                Group.X448,
                "3d262fddf9ec8e88495266fea19a34d28882acef045104d0d1aae121700a779c984c24f8cdd78fbff44943eba368f54b29259a4f"
                        + "1c600ad3",
                "06fce640fa3487bfda5f6cf2d5263f8aad88334cbd07437f020f08f9814dc031ddbdc38c19c6da2583fa5429db94ada18aa7a7fb"
                        + "4ef8a086",
                "ce3e4ff95a60dc6697da1db1d85e6afbdf79b50a2412d7546d5f239fe14fbaadeb445fc66a01b0779d98223961111e21766282f7"
                        + "3dd96b6f");
    }

    @Test
    void x25519GivesThePublicValuesOfRfc7748Section6() throws Exception {
        assertDiffieHellman(
                Group.X25519,
                "77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a",
                "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a",
                "5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb",
                "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f",
                "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742");
    }

    @Test
    void x448GivesThePublicValuesOfRfc7748Section6() throws Exception {
        assertDiffieHellman(
                Group.X448,
                "9a8f4925d1519f5775cf46b04b5800d4ee9ee8bae8bc5565d498c28dd9c9baf574a9419744897391006382a6f127ab1d9ac2d8c0"
                        + "a598726b",
                "9b08f7cc31b7e3e67d22d5aea121074a273bd2b83de09c63faa73d2c22c5d9bbc836647241d953d40c5b12da88120d53177f80e5"
                        + "32c41fa0",
                "1c306a7ac2a0e2e0990b294470cba339e6453772b075811d8fad0d1d6927c120bb5ee8972b0d3e21374c9c921b09d1b0366f10b6"
                        + "5173992d",
                "3eb7a829b0cd20f5bcfc0b599b6feccf6da4627107bdb0d4f345b43027d8b972fc3e34fb4232a13ca706dcb57aec3dae07bdc1c6"
                        + "7bf33609",
                "07fff4181ac6cc95ec1c16a94a0f74d12da232ce40a77552281d282bb60c0b56fd2464c335543936521c24403085d59a449a5037"
                        + "514a879d");
    }

    @ParameterizedTest
    @CsvSource({
        "X25519, 1, 422c8e7a6227d7bca1350b3e2bb7279f7897b87bb6854b783c60e80311ae3079",
        "X25519, 1000, 684cf59ba83309552800ef566f2f4d3c1c3887c49360e3875f2eb94d99532c51",
        "X448, 1, 3f482c8a9f19b01e6c46ee9711d9dc14fd4bf67af30765c2ae2b846a4d23a8cd0db897086239492caf350b51f833868b9bc2b3"
                + "bca9cf4113",
        "X448, 1000, aa3b4749d55b9daf1e5b00288826c467274ce3ebbdd5c17b975e09d4af6c67cf10d087202db88286e2b79fceea3ec353ef"
                + "54faa26e219f38"
    })
    void iteratedAgreementGivesTheValuesOfRfc7748Section5(Group group, int times, String expected) throws Exception {
        byte[] k = new byte[group.publicLength()];
        k[0] = (byte) (group == Group.X25519 ? 9 : 5);
        byte[] u = k.clone();
        for (int i = 0; i < times; i++) {
            byte[] next = Scalars.key(provider, group, k).agree(u);
            u = k;
            k = next;
        }
        assertThat(k).isEqualTo(VectorFile.unhex(expected));
    }

    @ParameterizedTest
    @CsvSource({"X25519, x25519.txt, 500", "X448, x448.txt, 500"})
    void wycheproofValuesAgreeOrAreRefused(Group group, String file, int atLeast) {
        List<VectorFile.Row> rows = VectorFile.rows(file);
        assertThat(rows).hasSizeGreaterThan(atLeast);
        List<String> wrong = new ArrayList<>();
        int refused = 0;
        for (VectorFile.Row row : rows) {
            // RFC 7748 lets non-canonical values and points of the twist in; a zero secret must be refused.
            boolean good = !row.is("invalid") && !row.isFlagged("ZeroSharedSecret");
            refused += good ? 0 : 1;
            try {
                byte[] secret = Scalars.key(provider, group, row.bytes(3)).agree(row.bytes(4));
                if (!good || !Arrays.equals(secret, row.bytes(5))) {
                    wrong.add(row.toString());
                }
            } catch (InvalidPublicValueException e) {
                if (good || e.kind() != InvalidPublicValueException.Kind.BAD_VALUE) {
                    wrong.add(row + " " + e.getMessage());
                }
            }
        }
        assertThat(wrong).isEmpty();
        assertThat(refused).isGreaterThan(10);
    }

    @Test
    void theUnusedBitOfAnX25519ValueIsIgnored() throws Exception {
        byte[] u = VectorFile.unhex("e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c");
        byte[] high = u.clone();
        high[31] |= (byte) 0x80;
        assertThat(Scalars.key(provider, Group.X25519, scalar(32)).agree(high))
                .isEqualTo(Scalars.key(provider, Group.X25519, scalar(32)).agree(u));
    }

    @ParameterizedTest
    @CsvSource({"X25519, 31", "X25519, 33", "X25519, 56", "X448, 55", "X448, 57", "X448, 32"})
    void aValueOfAnotherLengthIsAValueFault(Group group, int length) {
        byte[] u = new byte[length];
        Arrays.fill(u, (byte) 55);
        InvalidPublicValueException fault = catchThrowableOfType(
                InvalidPublicValueException.class,
                () -> Scalars.key(provider, group, scalar(group.publicLength())).agree(u));
        assertThat(fault.kind()).isEqualTo(InvalidPublicValueException.Kind.BAD_VALUE);
    }

    @ParameterizedTest
    @CsvSource({"X25519, 0", "X25519, 1", "X448, 0", "X448, 1"})
    void zeroAndOneArePointsOfSmallOrder(Group group, int value) {
        // RFC 8422 5.10-2, 5.11-3
        byte[] u = new byte[group.publicLength()];
        u[0] = (byte) value;
        InvalidPublicValueException fault = catchThrowableOfType(
                InvalidPublicValueException.class,
                () -> Scalars.key(provider, group, scalar(group.publicLength())).agree(u));
        assertThat(fault.kind()).isEqualTo(InvalidPublicValueException.Kind.BAD_VALUE);
    }

    @Test
    void theScalarIsWipedAfterUse() throws Exception {
        byte[] scalar = scalar(32);
        MontgomeryKey key = MontgomeryKey.fromScalar(Group.X25519, scalar);
        key.agree(MontgomeryKey.fromScalar(Group.X25519, scalar(32)).publicValue());
        assertThat(scalar).containsOnly(0);
    }

    private static byte[] scalar(int length) {
        byte[] k = new byte[length];
        Arrays.fill(k, (byte) 0x42);
        return k;
    }

    private void assertAgreement(Group group, String scalar, String u, String expected) throws Exception {
        assertThat(Scalars.key(provider, group, VectorFile.unhex(scalar)).agree(VectorFile.unhex(u)))
                .isEqualTo(VectorFile.unhex(expected));
    }

    private void assertDiffieHellman(Group group, String a, String publicA, String b, String publicB, String secret)
            throws Exception {
        // The public value is the agreement with the base point, which works where a private key comes without it, too.
        byte[] base = new byte[group.publicLength()];
        base[0] = (byte) (group == Group.X25519 ? 9 : 5);
        assertAgreement(group, a, HexFormat.of().formatHex(base), publicA);
        assertAgreement(group, b, HexFormat.of().formatHex(base), publicB);
        assertAgreement(group, a, publicB, secret);
        assertAgreement(group, b, publicA, secret);
        if (provider == TestProviders.JAVA) {
            assertThat(MontgomeryKey.fromScalar(group, VectorFile.unhex(a)).publicValue())
                    .isEqualTo(VectorFile.unhex(publicA));
        }
    }
}
