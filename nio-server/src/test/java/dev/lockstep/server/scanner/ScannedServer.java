package dev.lockstep.server.scanner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.server.Spawned;
import dev.lockstep.server.TestFiles;
import dev.lockstep.server.demo.ThrowawayCa;
import dev.lockstep.testkit.certificate.TestAuthority;
import dev.lockstep.tls.config.Policy;
import dev.lockstep.tls.spec.CipherSuite;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.bouncycastle.asn1.x509.CRLDistPoint;
import org.bouncycastle.asn1.x509.DistributionPoint;
import org.bouncycastle.asn1.x509.DistributionPointName;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;

/** {@code serve} with one policy in a process of its own, with the certificates that a public server would have. */
final class ScannedServer implements AutoCloseable {

    static final String HOST = "localhost";

    private final Spawned process;
    final int port;
    final Path authority;

    private ScannedServer(Spawned process, Path authority) throws InterruptedException {
        this.process = process;
        this.port = process.port();
        this.authority = authority;
    }

    /** Runs a scanner against a server of its own, which must be up afterwards; answers what the scanner printed. */
    static String examined(Path directory, Policy policy, Function<ScannedServer, List<String>> command)
            throws Exception {
        try (ScannedServer server = start(directory, policy)) {
            String printed = Scanner.run(directory, command.apply(server));
            assertThat(server.process.handle().isAlive())
                    .as(server.process.printed())
                    .isTrue();
            return printed;
        }
    }

    /** Starts it with a key of each kind, so that every suite of the policy with a certificate can be negotiated. */
    private static ScannedServer start(Path directory, Policy policy) throws Exception {
        TestAuthority ca = TestAuthority.root("Lockstep scan CA", Instant.now());
        KeyPair ec = TestFiles.keys("EC", "secp256r1");
        KeyPair rsa = TestFiles.keys("RSA", null);
        Path authority = write(directory, "ca.pem", ThrowawayCa.pem(ca.certificate()));
        Spawned process = Spawned.start(
                Map.of(),
                List.of(),
                "serve",
                "--port=0",
                "--policy=" + policy.name().toLowerCase(Locale.ROOT),
                "--cert=" + write(directory, "ec.pem", certificate(ca, ec, KeyUsage.digitalSignature)),
                "--key=" + write(directory, "ec.key", TestFiles.pkcs8(ec)),
                "--cert="
                        + write(
                                directory,
                                "rsa.pem",
                                certificate(ca, rsa, KeyUsage.digitalSignature | KeyUsage.keyEncipherment)),
                "--key=" + write(directory, "rsa.key", TestFiles.pkcs8(rsa)));
        return new ScannedServer(process, authority);
    }

    /** The suites that a scanner should find: those that need no pre-shared key. */
    static Set<CipherSuite> suites(Policy policy) {
        return policy.cipherSuites().stream()
                .filter(suite -> !suite.keyExchange().usesPsk())
                .collect(Collectors.toSet());
    }

    private static String certificate(TestAuthority ca, KeyPair keys, int usage) throws IOException {
        // Scanners call it a defect of the certificate if it cannot be revoked.
        DistributionPoint list = new DistributionPoint(
                new DistributionPointName(new GeneralNames(
                        new GeneralName(GeneralName.uniformResourceIdentifier, "http://crl.lockstep.example/ca.crl"))),
                null,
                null);
        return ThrowawayCa.pem(ca.order(HOST, keys.getPublic())
                .usage(usage)
                .extension(
                        Extension.extendedKeyUsage,
                        false,
                        new org.bouncycastle.asn1.x509.ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth))
                .hosts(HOST)
                .identified()
                .extension(Extension.cRLDistributionPoints, false, new CRLDistPoint(new DistributionPoint[] {list}))
                .sign());
    }

    private static Path write(Path directory, String name, String text) throws IOException {
        Path file = Files.writeString(directory.resolve(name), text);
        Files.setPosixFilePermissions(file, java.nio.file.attribute.PosixFilePermissions.fromString("rw-------"));
        return file;
    }

    @Override
    public void close() {
        process.close();
    }
}
