package dev.lockstep.server.serve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.server.Running;
import dev.lockstep.server.TestClients;
import dev.lockstep.server.TestFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SSLSocket;
import org.bouncycastle.cert.ocsp.CertificateID;
import org.bouncycastle.cert.ocsp.CertificateStatus;
import org.bouncycastle.cert.ocsp.OCSPRespBuilder;
import org.bouncycastle.cert.ocsp.jcajce.JcaBasicOCSPRespBuilder;
import org.bouncycastle.cert.ocsp.jcajce.JcaCertificateID;
import org.bouncycastle.operator.DigestCalculatorProvider;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code serve --ocsp} and {@code --sct}. */
@Timeout(120)
class StaplingOptionsTest {

    @TempDir
    static Path directory;

    private static TestFiles files;

    @BeforeAll
    static void makeFiles() throws Exception {
        files = new TestFiles(directory);
    }

    /** About the RSA certificate. The JDK's client does not look at who signed it unless it is told to. */
    private static byte[] response(Instant until) throws Exception {
        DigestCalculatorProvider digests = new JcaDigestCalculatorProviderBuilder().build();
        CertificateID id = new JcaCertificateID(
                digests.get(CertificateID.HASH_SHA1), files.ca.certificate(), files.rsaCertificate.getSerialNumber());
        Date from = Date.from(Instant.now().minus(Duration.ofHours(1)));
        return new OCSPRespBuilder()
                .build(
                        OCSPRespBuilder.SUCCESSFUL,
                        new JcaBasicOCSPRespBuilder(
                                        files.ca.certificate().getPublicKey(), digests.get(CertificateID.HASH_SHA1))
                                .addResponse(id, CertificateStatus.GOOD, from, Date.from(until), null)
                                .build(
                                        new JcaContentSignerBuilder("SHA256withRSA").build(files.rsa.getPrivate()),
                                        null,
                                        from))
                .getEncoded();
    }

    private static String[] serve(String... more) {
        List<String> args = new ArrayList<>(
                List.of("serve", "--port", "0", "--cert", files.rsaCert.toString(), "--key", files.rsaKey.toString()));
        args.addAll(List.of(more));
        return args.toArray(String[]::new);
    }

    @Test
    void theResponseIsStapledForTheCertificate() throws Exception {
        byte[] response = response(Instant.now().plus(Duration.ofDays(1)));
        Path file = Files.write(directory.resolve("good.der"), response);
        Path sct = Files.write(directory.resolve("log.sct"), new byte[47]);
        try (Running server = Running.start(serve("--ocsp", file.toString(), "--sct", sct.toString()));
                SSLSocket client = TestClients.client(TestClients.trusting(files.ca), server.port())) {
            client.startHandshake();
            assertThat(((ExtendedSSLSession) client.getSession()).getStatusResponses())
                    .containsExactly(response);
        }
    }

    @Test
    void serveSaysWhatIsWrong() throws Exception {
        Path old =
                Files.write(directory.resolve("old.der"), response(Instant.now().minus(Duration.ofMinutes(1))));
        Path none = directory.resolve("none.der");
        Path text = Files.writeString(directory.resolve("text.der"), "no response");
        Path sct = Files.write(directory.resolve("bad.sct"), new byte[46]);
        refused("--sct: " + sct + " is not one SignedCertificateTimestamp of version 1; ", "--sct", sct.toString());
        warned("configuration: --ocsp: " + old + " is not stapled: nextUpdate", "--ocsp", old.toString());
        warned("configuration: --ocsp: " + none + " does not exist", "--ocsp", none.toString());
        warned(
                "configuration: --ocsp: " + text + " is not stapled: it is about none of the",
                "--ocsp",
                text.toString());
    }

    /** RFC 6066 8 leaves stapling to the server: clients are served without, whatever has become of a response. */
    private static void warned(String message, String... options) throws Exception {
        try (Running server = Running.start(serve(options));
                SSLSocket client = TestClients.client(TestClients.trusting(files.ca), server.port())) {
            client.startHandshake();
            assertThat(((ExtendedSSLSession) client.getSession()).getStatusResponses())
                    .isEmpty();
            assertThat(server.err().lines().filter(line -> line.contains(" configuration: ")))
                    .singleElement()
                    .asString()
                    .contains(message)
                    .contains("; ");
        }
    }

    @Test
    void aResponseIsFoundForEveryCertificateByWhatItIsAbout() throws Exception {
        byte[] response = response(Instant.now().plus(Duration.ofDays(1)));
        Path stale =
                Files.write(directory.resolve("a.der"), response(Instant.now().minus(Duration.ofMinutes(1))));
        Path good = Files.write(directory.resolve("b.der"), response);
        String[] options = {
            "serve",
            "--port",
            "0",
            "--cert",
            files.ecCert.toString(),
            "--key",
            files.ecKey.toString(),
            "--cert",
            files.rsaCert.toString(),
            "--key",
            files.rsaKey.toString(),
            "--ocsp",
            good.toString()
        };
        try (Running server = Running.start(options);
                SSLSocket client = TestClients.client(TestClients.trusting(files.ca), server.port())) {
            client.setEnabledCipherSuites(new String[] {"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"});
            client.startHandshake();
            assertThat(((ExtendedSSLSession) client.getSession()).getStatusResponses())
                    .containsExactly(response);
        }
        try (Running server = Running.start(serve("--ocsp", stale.toString()))) {
            Files.write(stale, response);
            server.awaitError("reloaded: configuration 2 ");
            try (SSLSocket client = TestClients.client(TestClients.trusting(files.ca), server.port())) {
                client.startHandshake();
                assertThat(((ExtendedSSLSession) client.getSession()).getStatusResponses())
                        .containsExactly(response);
            }
        }
    }

    private static void refused(String message, String... options) throws Exception {
        Running running = Running.finished(Map.of(), serve(options));
        assertThat(running.exitCode()).isEqualTo(2);
        assertThat(running.err()).startsWith(message);
    }
}
