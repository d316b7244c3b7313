package dev.lockstep.server.pem;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.server.TestFiles;
import dev.lockstep.server.demo.ThrowawayCa;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.interfaces.ECPrivateKey;
import java.util.List;
import java.util.stream.Stream;
import org.bouncycastle.asn1.x9.ECNamedCurveTable;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.asn1.x9.X9ECPoint;
import org.bouncycastle.util.io.pem.PemObject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The forms in which certificates and keys come. */
class PemFilesTest {

    @TempDir
    Path directory;

    record Form(String name, KeyPair keys, String pem, char[] password) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Form> forms() throws Exception {
        KeyPair rsa = TestFiles.keys("RSA", null);
        KeyPair pss = TestFiles.keys("RSASSA-PSS", null);
        KeyPair p256 = TestFiles.keys("EC", "secp256r1");
        KeyPair p384 = TestFiles.keys("EC", "secp384r1");
        KeyPair p521 = TestFiles.keys("EC", "secp521r1");
        KeyPair ed25519 = TestFiles.keys("Ed25519", null);
        KeyPair ed448 = TestFiles.keys("Ed448", null);
        char[] password = TestFiles.PASSWORD.toCharArray();
        String parameters = "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n";
        return Stream.of(
                new Form("PKCS#8 RSA", rsa, TestFiles.pkcs8(rsa), null),
                new Form("PKCS#8 RSASSA-PSS", pss, TestFiles.pkcs8(pss), null),
                new Form("PKCS#8 P-256", p256, TestFiles.pkcs8(p256), null),
                new Form("PKCS#8 P-521", p521, TestFiles.pkcs8(p521), null),
                new Form("PKCS#8 Ed25519", ed25519, TestFiles.pkcs8(ed25519), null),
                new Form("PKCS#8 Ed448", ed448, TestFiles.pkcs8(ed448), null),
                new Form("PKCS#1", rsa, TestFiles.traditional(rsa), null),
                new Form("SEC1 P-256", p256, TestFiles.traditional(p256), null),
                new Form("SEC1 P-384", p384, TestFiles.traditional(p384), null),
                new Form("SEC1 after its parameters", p256, parameters + TestFiles.traditional(p256), null),
                new Form("SEC1 with its curve written out", p384, ecPem(p384, "secp384r1", true, false), null),
                new Form("SEC1 after a curve written out", p521, ecPem(p521, "secp521r1", true, true), null),
                new Form("SEC1 whose curve stands before it only", p384, ecPem(p384, "secp384r1", false, true), null),
                new Form("PKCS#8 after parameters", p256, parameters + TestFiles.pkcs8(p256), null),
                new Form("PBES2 RSA", rsa, TestFiles.pbes2(rsa), password),
                new Form("PBES2 P-256", p256, TestFiles.pbes2(p256), password),
                new Form("with a comment before it", p256, "my key\n" + TestFiles.pkcs8(p256), null));
    }

    /** SEC1 as {@code openssl ecparam -genkey -param_enc explicit} writes it, and variations on it. */
    private static String ecPem(KeyPair keys, String curve, boolean inside, boolean before) throws Exception {
        X9ECParameters named = ECNamedCurveTable.getByName(curve);
        X9ECParameters explicit = new X9ECParameters(
                named.getCurve(), new X9ECPoint(named.getG(), false), named.getN(), named.getH(), named.getSeed());
        ECPrivateKey key = (ECPrivateKey) keys.getPrivate();
        int bits = named.getN().bitLength();
        byte[] sec1 = (inside
                        ? new org.bouncycastle.asn1.sec.ECPrivateKey(bits, key.getS(), explicit)
                        : new org.bouncycastle.asn1.sec.ECPrivateKey(bits, key.getS()))
                .getEncoded();
        return (before ? ThrowawayCa.pem(new PemObject("EC PARAMETERS", explicit.getEncoded())) : "")
                + ThrowawayCa.pem(new PemObject("EC PRIVATE KEY", sec1));
    }

    @ParameterizedTest
    @MethodSource("forms")
    void everyFormGivesTheKey(Form form) throws Exception {
        assertThat(form.pem()).contains("PRIVATE KEY-----");
        Path file = Files.writeString(directory.resolve("key.pem"), form.pem());

        PrivateKey key = PemFiles.privateKey("--key", file, new Reading(form.password(), note -> {}));

        if (form.keys().getPrivate() instanceof ECPrivateKey expected) {
            assertThat(((ECPrivateKey) key).getS()).isEqualTo(expected.getS());
            assertThat(((ECPrivateKey) key).getParams().getOrder())
                    .isEqualTo(expected.getParams().getOrder());
        } else {
            assertThat(key.getEncoded()).isEqualTo(form.keys().getPrivate().getEncoded());
        }
    }

    /** Made by {@code openssl ecparam -name prime256v1 -genkey}: parameters, then SEC1 with every optional part. */
    private static final String OPENSSL_SEC1 = """
            -----BEGIN EC PARAMETERS-----
            BggqhkjOPQMBBw==
            -----END EC PARAMETERS-----
            -----BEGIN EC PRIVATE KEY-----
            MHcCAQEEIH1oHxBeVbpaYaJ8Tn2okJKy2pVmAVEjIvQ7HWAld6yToAoGCCqGSM49
            AwEHoUQDQgAE1jPqLu/F9MdtEBdIg2q/bx0H7UXfF9+2pv2jkn27h+579Ouis+1s
            GJF11UjtaQZ3VtgWueEXG1Wtz303AxnV6A==
            -----END EC PRIVATE KEY-----
            """;

    /** Made by {@code openssl pkcs8 -topk8 -v2 aes-256-cbc -v2prf hmacWithSHA512} from a P-256 key. */
    private static final String OPENSSL_PBES2 = """
            -----BEGIN ENCRYPTED PRIVATE KEY-----
            MIHsMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAj3VFxakWkeQwICCAAw
            DAYIKoZIhvcNAgsFADAdBglghkgBZQMEASoEECZnaZRmHQYYP+lwQNdeZtkEgZCx
            ap+nXBkpd1qawo4Cp6orsKoHdU6W5DEo0FgKcleP58tu+SXeufxzzVATH3zRfFwk
            JF/gzBcbiNAy1Zr3c1JPw/LVxDI47sgVjWNXECkD2WygTV/kLeibifgsN+1dG9RK
            X2dY1bsU6g+ZuUl1Uj/+bL6i2zE4FKmJ4YqVsUsnrYe3rJFwTR6q1TVVuBsV7Lo=
            -----END ENCRYPTED PRIVATE KEY-----
            """;

    @Test
    void filesOfOpenSslAreRead() throws Exception {
        Path sec1 = Files.writeString(directory.resolve("sec1.pem"), OPENSSL_SEC1);
        assertThat(((ECPrivateKey) PemFiles.privateKey("--key", sec1)).getS().toString(16))
                .isEqualTo("7d681f105e55ba5a61a27c4e7da89092b2da956601512322f43b1d602577ac93");

        Path pbes2 = Files.writeString(directory.resolve("pbes2.pem"), OPENSSL_PBES2);
        PrivateKey key = PemFiles.privateKey("--key", pbes2, new Reading(TestFiles.PASSWORD.toCharArray(), note -> {}));
        assertThat(((ECPrivateKey) key).getParams().getOrder().bitLength()).isEqualTo(256);
    }

    @Test
    void theFormsAreTheOnesTheyAreCalled() throws Exception {
        List<String> firstLines = forms().map(
                        form -> form.pem().lines().findFirst().orElseThrow())
                .toList();
        assertThat(firstLines)
                .contains(
                        "-----BEGIN PRIVATE KEY-----",
                        "-----BEGIN RSA PRIVATE KEY-----",
                        "-----BEGIN EC PRIVATE KEY-----",
                        "-----BEGIN ENCRYPTED PRIVATE KEY-----");
    }

    @Test
    void aFileMayHoldChainAndKeyTogether() throws Exception {
        TestFiles files = new TestFiles(directory);
        Path bundle = files.write(
                "bundle.pem",
                Files.readString(files.rsaKey) + Files.readString(files.rsaCert) + Files.readString(files.caCert));

        assertThat(PemFiles.certificates("--cert", bundle))
                .containsExactly(files.rsaCertificate, files.ca.certificate());
        assertThat(PemFiles.privateKey("--key", bundle).getEncoded())
                .isEqualTo(files.rsa.getPrivate().getEncoded());
    }

    @Test
    void thePasswordComesFromTheFileBeforeTheEnvironment() throws Exception {
        Path file = Files.writeString(directory.resolve("password"), "from the file\nsecond line\n");

        assertThat(KeyPassword.find(file, name -> "from the environment"))
                .containsExactly("from the file".toCharArray());
        assertThat(KeyPassword.find(null, name -> name.equals("LOCKSTEP_KEY_PASSWORD") ? "env" : null))
                .containsExactly('e', 'n', 'v');
        assertThat(KeyPassword.find(null, name -> null)).isNull();
    }
}
