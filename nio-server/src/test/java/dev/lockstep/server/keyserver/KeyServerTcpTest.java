package dev.lockstep.server.keyserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.keys.keyserver.KeyServerKeys;
import dev.lockstep.server.KeyServerLoop;
import dev.lockstep.server.KeyserverProcess;
import dev.lockstep.server.TestFiles;
import dev.lockstep.server.demo.ThrowawayCa;
import dev.lockstep.server.pem.MutualTls;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import javax.net.ssl.SSLContext;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Over TCP both sides of the line between a key server and its client show a certificate. */
@Timeout(120)
class KeyServerTcpTest {

    private static final String ECDHE_ECDSA = "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256";
    private static final String RSA = "TLS_RSA_WITH_AES_128_GCM_SHA256";

    @TempDir
    Path directory;

    private TestFiles files;

    @BeforeEach
    void makeFiles() throws Exception {
        files = new TestFiles(directory);
        client("client");
        client("stranger");
    }

    /** A certificate that is its own authority: NAME.pem and NAME.key. */
    private void client(String name) throws Exception {
        KeyPair pair = TestFiles.keys("EC", "secp256r1");
        X500Name subject = new X500Name("CN=" + name);
        Instant now = Instant.now();
        X509Certificate certificate = new JcaX509CertificateConverter()
                .getCertificate(new JcaX509v3CertificateBuilder(
                                subject,
                                BigInteger.ONE,
                                Date.from(now.minus(Duration.ofDays(1))),
                                Date.from(now.plus(Duration.ofDays(1))),
                                subject,
                                pair.getPublic())
                        .build(new JcaContentSignerBuilder("SHA256withECDSA").build(pair.getPrivate())));
        files.write(name + ".pem", ThrowawayCa.pem(certificate));
        files.write(name + ".key", TestFiles.pkcs8(pair));
    }

    private KeyserverProcess keyServer(int port) throws Exception {
        return KeyserverProcess.start(
                directory,
                "--tcp",
                "127.0.0.1:" + port,
                "--tls-cert",
                files.ecCert.toString(),
                "--tls-key",
                files.ecKey.toString(),
                "--tls-client-ca",
                directory.resolve("client.pem").toString(),
                "--key",
                files.ecKey.toString(),
                "--key",
                files.rsaKey.toString(),
                "--log",
                directory.resolve("keys.log").toString());
    }

    private static int port(KeyserverProcess server) {
        String[] words = server.ready().split(" ");
        return Integer.parseInt(words[3].substring(words[3].lastIndexOf(':') + 1));
    }

    private KeyServerKeys client(String name, Path authority, int port) throws Exception {
        SSLContext context = MutualTls.context(
                "--tls",
                directory.resolve(name + ".pem"),
                directory.resolve(name + ".key"),
                "--ca",
                authority,
                Instant.now());
        return KeyServerKeys.tcp(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), context)
                .build();
    }

    private KeyServerLoop server(KeyServerKeys keys) throws Exception {
        return new KeyServerLoop(keys, directory, "ec.pem", "rsa.pem");
    }

    @Test
    void handshakesWorkOverMutualTlsAndAfterARestart() throws Exception {
        int port;
        try (KeyserverProcess first = keyServer(0)) {
            port = port(first);
            try (KeyServerLoop server = server(client("client", files.caCert, port))) {
                server.handshake(ECDHE_ECDSA);
                server.handshake(RSA);
                first.kill();
                assertThatThrownBy(() -> server.handshake(ECDHE_ECDSA)).hasStackTraceContaining("internal_error");
                try (KeyserverProcess second = keyServer(port)) {
                    assertThat(server.handshakeWithin(ECDHE_ECDSA, 2_000)).isLessThan(2_000);
                    assertThat(port(second)).isEqualTo(port);
                }
            }
        }
        assertThat(Files.readString(directory.resolve("keys.log"))).contains("\"uid\":-1");
    }

    @Test
    void aClientWithAnotherCertificateIsNotServed() throws Exception {
        try (KeyserverProcess keys = keyServer(0);
                KeyServerLoop stranger = server(client("stranger", files.caCert, port(keys)));
                KeyServerLoop known = server(client("client", files.caCert, port(keys)))) {
            assertThatThrownBy(() -> stranger.handshake(ECDHE_ECDSA)).hasStackTraceContaining("internal_error");
            known.handshake(ECDHE_ECDSA);
        }
    }

    @Test
    void aKeyServerWithAnotherCertificateIsNotTrusted() throws Exception {
        try (KeyserverProcess keys = keyServer(0);
                KeyServerLoop misled = server(client("client", directory.resolve("stranger.pem"), port(keys)))) {
            assertThatThrownBy(() -> misled.handshake(ECDHE_ECDSA)).hasStackTraceContaining("internal_error");
        }
    }

    @Test
    void whoeverSpeaksNoTlsGetsNothingAndDisturbsNobody() throws Exception {
        try (KeyserverProcess keys = keyServer(0);
                KeyServerLoop server = server(client("client", files.caCert, port(keys)));
                Socket plain = new Socket(InetAddress.getLoopbackAddress(), port(keys))) {
            plain.setSoTimeout(30_000);
            plain.getOutputStream().write(new byte[] {0, 0, 0, 13, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1});
            // An alert of TLS at the most, and the end.
            assertThat(plain.getInputStream().readAllBytes().length).isLessThan(10);
            server.handshake(ECDHE_ECDSA);
        }
    }
}
