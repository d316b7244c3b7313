package dev.lockstep.crypto.hash;

import static dev.lockstep.crypto.SymmetricVectors.ascii;
import static dev.lockstep.crypto.SymmetricVectors.bytes;
import static dev.lockstep.crypto.SymmetricVectors.concat;
import static dev.lockstep.crypto.SymmetricVectors.hex;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PrfTest {
    /** P_hash written down from RFC 5246 5 over bcprov's HMAC. */
    private static byte[] reference(HashAlgorithm h, byte[] secret, String label, byte[] seed, int length) {
        byte[] labelled = concat(ascii(label), seed);
        byte[] out = {};
        byte[] a = labelled;
        while (out.length < length) {
            a = HmacTest.bouncyCastle(h, secret, a);
            out = concat(out, HmacTest.bouncyCastle(h, secret, a, labelled));
        }
        return Arrays.copyOf(out, length);
    }

    /** The vector the TLS working group's list has used for P_SHA256 since 2009. */
    @Test
    void sha256GivesTheWorkingGroupsVector() {
        // RFC 5288 3-3
        byte[] secret = hex("9bbe436ba940f017b17652849a71db35");
        byte[] seed = hex("a0ba9f936cda311827a6f796ffd5198c");
        byte[] expected = hex("e3f229ba727be17b8d122620557cd453c2aab21d07c3d495329b52d4e61edb5a"
                + "6b301791e90d35c9c9a46b4e14baf9af0fa022f7077def17abfd3797c0564bab"
                + "4fbc91666e9def9b97fce34f796789baa48082d122ee42c5a72e5a5110fff701"
                + "87347b66");
        assertThat(Prf.sha256().derive(secret, "test label", seed, 100)).isEqualTo(expected);
        assertThat(reference(HashAlgorithm.SHA256, secret, "test label", seed, 100))
                .isEqualTo(expected);
    }

    @Test
    void sha384GivesTheWorkingGroupsVector() {
        // RFC 5288 3-3, RFC 5487 2-1
        byte[] secret = hex("b80b733d6ceefcdc71566ea48e5567df");
        byte[] seed = hex("cd665cf6a8447dd6ff8b27555edb7465");
        byte[] expected = hex("7b0c18e9ced410ed1804f2cfa34a336a1c14dffb4900bb5fd7942107e81c83cd"
                + "e9ca0faa60be9fe34f82b1233c9146a0e534cb400fed2700884f9dc236f80edd"
                + "8bfa961144c9e8d792eca722a7b32fc3d416d473ebc2c5fd4abfdad05d918425"
                + "9b5bf8cd4d90fa0d31e2dec479e4f1a26066f2eea9a69236a3e52655c9e9aee6"
                + "91c8f3a26854308d5eaa3be85e0990703d73e56f");
        assertThat(Prf.sha384().derive(secret, "test label", seed, 148)).isEqualTo(expected);
        assertThat(reference(HashAlgorithm.SHA384, secret, "test label", seed, 148))
                .isEqualTo(expected);
    }

    /** NIST's key derivation vectors for TLS 1.2 with SHA-256, first case: the seeds are the two randoms. */
    @Test
    void sha256GivesTheNistValuesForMasterSecretAndKeyBlock() {
        byte[] premaster = hex("f8938ecc9edebc5030c0c6a441e213cd24e6f770a50dda07876f8d55da062bca"
                + "db386b411fd4fe4313a604fce6c17fbc");
        byte[] master = hex("202c88c00f84a17a20027079604787461176455539e705be730890602c289a50"
                + "01e34eeb3a043e5d52a65e66125188bf");
        assertThat(Prf.sha256()
                        .derive(
                                premaster,
                                "master secret",
                                hex("36c129d01a3200894b9179faac589d9835d58775f9b5ea3587cb8fd0364cae8c"),
                                hex("f6c9575ed7ddd73e1f7d16eca115415812a43c2b747daaaae043abfb50053fce"),
                                48))
                .isEqualTo(master);
        assertThat(Prf.sha256()
                        .derive(
                                master,
                                "key expansion",
                                hex("ae6c806f8ad4d80784549dff28a4b58fd837681a51d928c3e30ee5ff14f39868"),
                                hex("62e1fd91f23f558a605f28478c58cf72637b89784d959df7e946d3f07bd1b616"),
                                128))
                .isEqualTo(hex("d06139889fffac1e3a71865f504aa5d0d2a2e89506c6f2279b670c3e1b74f531"
                        + "016a2530c51a3a0f7e1d6590d0f0566b2f387f8d11fd4f731cdd572d2eae927f"
                        + "6f2f81410b25e6960be68985add6c38445ad9f8c64bf8068bf9a6679485d966f"
                        + "1ad6f68b43495b10a683755ea2b858d70ccac7ec8b053c6bd41ca299d4e51928"));
    }

    @ParameterizedTest
    @EnumSource
    void everyLengthAgreesWithAnotherImplementation(HashAlgorithm h) {
        Prf prf = Prf.of(h);
        assertThat(prf.hash()).isEqualTo(h);
        byte[] secret = bytes(1, 48);
        byte[] seed = bytes(2, 64);
        byte[] longest = reference(h, secret, "key expansion", seed, 300);
        for (int length = 0; length <= 300; length++) {
            assertThat(prf.derive(secret, "key expansion", seed, length)).isEqualTo(Arrays.copyOf(longest, length));
        }
    }

    @ParameterizedTest
    @EnumSource
    void secretsOfEveryLengthAreTaken(HashAlgorithm h) {
        byte[] seed = bytes(3, 64);
        for (int length = 0; length < 300; length++) {
            byte[] secret = bytes(length, length);
            assertThat(Prf.of(h).derive(secret, "master secret", seed, 48))
                    .isEqualTo(reference(h, secret, "master secret", seed, 48));
        }
    }

    @Test
    void aSeedInTwoPartsIsTheirConcatenation() {
        byte[] secret = bytes(4, 48);
        byte[] client = bytes(5, 32);
        byte[] server = bytes(6, 32);
        assertThat(Prf.sha384().derive(secret, "master secret", client, server, 48))
                .isEqualTo(Prf.sha384().derive(secret, "master secret", concat(client, server), 48))
                .isNotEqualTo(Prf.sha384().derive(secret, "master secret", server, client, 48));
    }

    @Test
    void theSecretIsLeftAsItWas() {
        byte[] secret = bytes(7, 48);
        Prf.sha256().derive(secret, "x", new byte[0], 100);
        assertThat(secret).isEqualTo(bytes(7, 48));
    }

    @Test
    void theTwoSuitesPrfsAreShared() {
        assertThat(Prf.of(HashAlgorithm.SHA256)).isSameAs(Prf.sha256());
        assertThat(Prf.of(HashAlgorithm.SHA384)).isSameAs(Prf.sha384());
        assertThat(Prf.sha256().hash()).isEqualTo(HashAlgorithm.SHA256);
        assertThat(Prf.sha384().hash()).isEqualTo(HashAlgorithm.SHA384);
    }
}
