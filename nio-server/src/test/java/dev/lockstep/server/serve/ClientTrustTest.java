package dev.lockstep.server.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.server.Running;
import dev.lockstep.server.TestFiles;
import dev.lockstep.server.UsageError;
import dev.lockstep.server.demo.ThrowawayCa;
import dev.lockstep.server.pem.RevocationFiles;
import java.io.RandomAccessFile;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.KeyPair;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.jcajce.JcaX509CRLConverter;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v2CRLBuilder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whose clients {@code serve} trusts, what it reads for that, and what it warns of. */
@Timeout(120)
class ClientTrustTest {

    private static final Instant NOW = Instant.now();

    @TempDir
    Path directory;

    private TestFiles files;
    private KeyPair keys;

    @BeforeEach
    void makeFiles() throws Exception {
        files = new TestFiles(directory);
        keys = TestFiles.keys("EC", "secp256r1");
    }

    private X509Certificate certificate(String subject, String issuer, boolean authority, Duration left)
            throws Exception {
        JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                new X500Principal("CN=" + issuer),
                BigInteger.valueOf(System.nanoTime()),
                Date.from(NOW.minus(Duration.ofDays(10))),
                Date.from(NOW.plus(left)),
                new X500Principal("CN=" + subject),
                keys.getPublic());
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(authority));
        builder.addExtension(
                Extension.keyUsage,
                true,
                new KeyUsage(authority ? KeyUsage.keyCertSign | KeyUsage.cRLSign : KeyUsage.digitalSignature));
        return new JcaX509CertificateConverter()
                .getCertificate(builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate())));
    }

    private X509CRL crl(String issuer, Duration untilNext, int entries) throws Exception {
        JcaX509v2CRLBuilder builder =
                new JcaX509v2CRLBuilder(new X500Principal("CN=" + issuer), Date.from(NOW.minus(Duration.ofDays(2))));
        builder.setNextUpdate(Date.from(NOW.plus(untilNext)));
        Date revoked = Date.from(NOW.minus(Duration.ofDays(3)));
        for (int i = 0; i < entries; i++) {
            builder.addCRLEntry(BigInteger.ONE.shiftLeft(120).add(BigInteger.valueOf(i)), revoked, 0);
        }
        return new JcaX509CRLConverter()
                .getCRL(builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate())));
    }

    private static Running serve(TestFiles files, String... more) throws Exception {
        return Running.start(serveArguments(files, more));
    }

    private static String[] serveArguments(TestFiles files, String... more) {
        List<String> args = new ArrayList<>(
                List.of("serve", "--port", "0", "--cert", files.rsaCert.toString(), "--key", files.rsaKey.toString()));
        args.addAll(List.of("--client-auth", "require"));
        args.addAll(List.of(more));
        return args.toArray(String[]::new);
    }

    private String errorsWith(X509Certificate trusted, X509CRL... lists) throws Exception {
        List<String> options = new ArrayList<>(List.of("--client-ca"));
        options.add(files.write("trusted.pem", ThrowawayCa.pem(trusted)).toString());
        for (X509CRL list : lists) {
            options.addAll(List.of(
                    "--client-crl",
                    Files.write(directory.resolve("list.crl"), list.getEncoded())
                            .toString()));
        }
        try (Running server = serve(files, options.toArray(String[]::new))) {
            return server.err()
                    .lines()
                    .filter(line -> line.contains(" configuration: "))
                    .map(line -> line.substring(line.indexOf("configuration: ")) + "\n")
                    .collect(Collectors.joining());
        }
    }

    @Test
    void nothingIsSaidAboutWhatIsAsItShouldBe() throws Exception {
        X509Certificate authority = certificate("Ca", "Ca", true, Duration.ofDays(10));
        assertThat(errorsWith(authority)).isEmpty();
        assertThat(errorsWith(authority, crl("Ca", Duration.ofDays(1), 3))).isEmpty();
    }

    @Test
    void whatRefusesClientsIsSaidAtTheStart() throws Exception {
        Duration days = Duration.ofDays(10);
        X509Certificate authority = certificate("Ca", "Ca", true, days);
        assertThat(errorsWith(authority, crl("Ca", Duration.ofDays(-1), 3)))
                .startsWith("configuration: --client-crl: the list of CN=Ca was due to be replaced on ")
                .contains("every client of this authority is refused");
        assertThat(errorsWith(authority, crl("Other", Duration.ofDays(1), 3)))
                .isEqualTo(
                        "configuration: --client-crl: no list is signed by CN=Ca, so that every client of this authority is"
                                + " refused\n");
        assertThat(errorsWith(certificate("partner", "Ca", false, days)))
                .startsWith("configuration: --client-ca: CN=partner is no authority");
        assertThat(errorsWith(certificate("partner", "Ca", false, days), crl("Other", Duration.ofDays(1), 3)))
                .contains("configuration: --client-crl: no list is from CN=Ca, so that CN=partner is refused");
        assertThat(errorsWith(certificate("Ca", "Ca", true, Duration.ofDays(-1))))
                .contains("configuration: --client-ca: CN=Ca expired on ")
                .contains("its clients are still accepted");
    }

    @Test
    void aReloadWarnsToo() throws Exception {
        Path trusted = files.write("trusted.pem", ThrowawayCa.pem(certificate("Ca", "Ca", true, Duration.ofDays(10))));
        Path list = Files.write(
                directory.resolve("list.crl"), crl("Ca", Duration.ofDays(1), 1).getEncoded());
        try (Running server = serve(files, "--client-ca", trusted.toString(), "--client-crl", list.toString())) {
            assertThat(server.err()).doesNotContain(" WARNING ", " ERROR ");
            Path next = Files.write(
                    directory.resolve("next.crl"),
                    crl("Ca", Duration.ofDays(-1), 7).getEncoded());
            Files.move(next, list, StandardCopyOption.ATOMIC_MOVE);
            server.awaitError("configuration: --client-crl: the list of CN=Ca was due");
        }
    }

    /** Nothing changes then but the time, and every client is refused. */
    @Test
    void aListWhoseTimeIsOverWhileItServesIsToldOf() throws Exception {
        Path trusted = files.write("trusted.pem", ThrowawayCa.pem(certificate("Ca", "Ca", true, Duration.ofDays(10))));
        Path list = Files.write(
                directory.resolve("list.crl"), crl("Ca", Duration.ofDays(1), 1).getEncoded());
        AtomicReference<Instant> now = new AtomicReference<>(NOW);
        InstantSource time = now::get;
        try (Running server = Running.start(
                time.withZone(ZoneOffset.UTC),
                serveArguments(files, "--client-ca", trusted.toString(), "--client-crl", list.toString()))) {
            assertThat(server.err()).doesNotContain(" WARNING ", " ERROR ");
            now.set(NOW.plus(Duration.ofDays(2)));
            server.awaitError("configuration: --client-crl: the list of CN=Ca was due");
            assertThat(server.err()).doesNotContain("reloaded");
        }
    }

    @Test
    void namesOfMoreThan64KiBAreTheFaultOfTheirOptionAndMayBeLeftOut() throws Exception {
        StringBuilder pem = new StringBuilder();
        for (int i = 0; i < 40; i++) {
            String name = i + "x".repeat(2_000);
            pem.append(ThrowawayCa.pem(certificate(name, name, true, Duration.ofDays(10))));
        }
        String trusted = files.write("many.pem", pem.toString()).toString();
        Running refused = Running.finished(
                Map.of(),
                "serve",
                "--port",
                "0",
                "--cert",
                files.rsaCert.toString(),
                "--key",
                files.rsaKey.toString(),
                "--client-auth",
                "want",
                "--client-ca",
                trusted);
        assertThat(refused.err())
                .startsWith("--client-ca: 40 names of ")
                .contains("do not fit into 65535; name fewer authorities, or add --no-client-ca-names");
        try (Running server = serve(files, "--client-ca", trusted, "--no-client-ca-names")) {
            assertThat(server.port()).isPositive();
        }
    }

    @Test
    void noNamesWithoutClientsToAskIsRefused() throws Exception {
        Running refused = Running.finished(
                Map.of(),
                "serve",
                "--port",
                "0",
                "--cert",
                files.rsaCert.toString(),
                "--key",
                files.rsaKey.toString(),
                "--no-client-ca-names");
        assertThat(refused.err()).startsWith("--no-client-ca-names: no client is asked for a certificate; add");
    }

    /** Lists of public authorities have megabytes. */
    @Test
    void largeListsAreReadInBothForms() throws Exception {
        X509CRL list = crl("Ca", Duration.ofDays(1), 50_000);
        assertThat(list.getEncoded().length).isGreaterThan(1 << 20);
        Path der = Files.write(directory.resolve("large.crl"), list.getEncoded());
        Path pem = files.write("large.pem", "a comment\n" + ThrowawayCa.pem(list));
        for (Path file : List.of(der, pem)) {
            assertThat(RevocationFiles.read("--client-crl", file, note -> {}))
                    .singleElement()
                    .isEqualTo(list);
        }
        Path both = files.write("both.pem", ThrowawayCa.pem(list) + ThrowawayCa.pem(crl("Ca", Duration.ofDays(1), 1)));
        assertThat(RevocationFiles.read("--client-crl", both, note -> {})).hasSize(2);
    }

    @Test
    void filesThatAreNoListsAreNamed() throws Exception {
        assertThatThrownBy(() -> RevocationFiles.read("--client-crl", files.write("text", "no list"), note -> {}))
                .isInstanceOf(UsageError.class)
                .hasMessageContaining("holds no revocation list");
        assertThatThrownBy(() -> RevocationFiles.read("--client-crl", directory.resolve("none"), note -> {}))
                .hasMessageContaining("does not exist");
        assertThatThrownBy(() -> RevocationFiles.read("--client-crl", directory, note -> {}))
                .hasMessageContaining("is a directory");
        Path large = directory.resolve("large");
        try (RandomAccessFile file = new RandomAccessFile(large.toFile(), "rw")) {
            file.setLength(RevocationFiles.LARGEST + 1);
        }
        assertThatThrownBy(() -> RevocationFiles.read("--client-crl", large, note -> {}))
                .hasMessageContaining("is larger than 140 MB");
    }
}
