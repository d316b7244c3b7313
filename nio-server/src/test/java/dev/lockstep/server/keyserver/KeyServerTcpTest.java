package dev.lockstep.server.keyserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.crypto.hash.HashAlgorithm;
import dev.lockstep.keys.keyserver.KeyServerKeys;
import dev.lockstep.keys.keyserver.KeyServerObserver;
import dev.lockstep.keys.keyserver.protocol.KeyId;
import dev.lockstep.keys.keyserver.protocol.Message;
import dev.lockstep.keys.uri.KeyUri;
import dev.lockstep.server.KeyServerLoop;
import dev.lockstep.server.KeyserverProcess;
import dev.lockstep.server.RawClient;
import dev.lockstep.server.Running;
import dev.lockstep.server.TestClients;
import dev.lockstep.server.TestFiles;
import dev.lockstep.server.certificate.MutualTls;
import dev.lockstep.server.demo.ThrowawayCa;
import dev.lockstep.server.keyuri.HolderAwayException;
import dev.lockstep.server.keyuri.RemoteKeys;
import dev.lockstep.server.pem.Reading;
import dev.lockstep.tls.wait.OperationException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.Security;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
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

    static {
        // Newer JDKs refuse the RSA key exchange; read once, by the first context, which a key of this test makes.
        Security.setProperty("jdk.tls.disabledAlgorithms", "");
    }

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
                        .addExtension(
                                Extension.subjectAlternativeName,
                                false,
                                new GeneralNames(new GeneralName(GeneralName.dNSName, name + ".example")))
                        .build(new JcaContentSignerBuilder("SHA256withECDSA").build(pair.getPrivate())));
        files.write(name + ".pem", ThrowawayCa.pem(certificate));
        files.write(name + ".key", TestFiles.pkcs8(pair));
    }

    private KeyserverProcess keyServer(int port) throws Exception {
        return keyServer(port, directory.resolve("client.pem"));
    }

    private KeyserverProcess keyServer(int port, Path authorities, String... more) throws Exception {
        List<String> options = new ArrayList<>(List.of(
                "--tcp",
                "127.0.0.1:" + port,
                "--tls-cert",
                files.ecCert.toString(),
                "--tls-key",
                files.ecKey.toString(),
                "--tls-client-ca",
                authorities.toString(),
                "--allow-client",
                "dns:client.example",
                "--allow-decrypt",
                "--key",
                files.ecKey.toString(),
                "--key",
                files.rsaKey.toString(),
                "--log",
                directory.resolve("keys.log").toString()));
        options.addAll(List.of(more));
        return KeyserverProcess.start(directory, options.toArray(String[]::new));
    }

    private static int port(KeyserverProcess server) {
        String[] words = server.ready().split(" ");
        return Integer.parseInt(words[3].substring(words[3].lastIndexOf(':') + 1));
    }

    private SSLContext context(String name, Path authority) throws Exception {
        return MutualTls.context(
                "--tls",
                directory.resolve(name + ".pem"),
                directory.resolve(name + ".key"),
                Reading.PLAIN,
                "--ca",
                authority,
                Instant.now());
    }

    private KeyServerKeys client(String name, Path authority, int port) throws Exception {
        return KeyServerKeys.tcp(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), port), context(name, authority))
                .decryption(KeyServerKeys.Decryption.OR_RANDOM)
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
                    server.handshakeWhenBack(ECDHE_ECDSA);
                    assertThat(port(second)).isEqualTo(port);
                }
            }
        }
        assertThat(Files.readString(directory.resolve("keys.log")))
                .contains("\"uid\":-1,\"address\":\"127.0.0.1:")
                .contains("\"names\":\"dns:client.example\"")
                .contains("\"certificate\":\""
                        + HexFormat.of()
                                .formatHex(HashAlgorithm.SHA256.digest(
                                        KeyServerLoop.certificate(directory.resolve("client.pem"))
                                                .getEncoded())));
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
    void aClientWithoutAGrantIsNotServedThoughItsAuthorityIsTrusted() throws Exception {
        Path both = files.write(
                "both.pem",
                Files.readString(directory.resolve("client.pem"))
                        + Files.readString(directory.resolve("stranger.pem")));
        try (KeyserverProcess keys = keyServer(0, both);
                KeyServerLoop stranger = server(client("stranger", files.caCert, port(keys)))) {
            assertThatThrownBy(() -> stranger.handshake(ECDHE_ECDSA)).hasStackTraceContaining("internal_error");
            assertThat(keys.awaitErrors("refused a connection of 127.0.0.1:")).contains("no key is for it");
        }
    }

    @Test
    void strangersOverTcpTakeNoPlaceFromTheUnixSocketNorFromClients() throws Exception {
        Path socket = directory.resolve("ks.sock");
        List<Socket> strangers = new ArrayList<>();
        try (KeyserverProcess keys = keyServer(0, directory.resolve("client.pem"), "--socket", socket.toString());
                KeyServerLoop server = server(client("client", files.caCert, port(keys)))) {
            for (int i = 0; i < 200; i++) {
                strangers.add(new Socket(InetAddress.getLoopbackAddress(), port(keys)));
            }
            server.handshake(ECDHE_ECDSA);
            try (RawClient owner = RawClient.greeted(socket)) {
                owner.send(1, new Message.Ping()).answer(1);
            }
            strangers.get(0).setSoTimeout(30_000);
            assertThat(strangers.get(0).getInputStream().readAllBytes().length)
                    .as("what the oldest is sent before its end: an alert at the most")
                    .isLessThan(10);
        } finally {
            for (Socket stranger : strangers) {
                stranger.close();
            }
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
    void aClientThatSpeaksNoTlsGetsNothingAndDisturbsNoOther() throws Exception {
        try (KeyserverProcess keys = keyServer(0);
                KeyServerLoop server = server(client("client", files.caCert, port(keys)));
                Socket plain = new Socket(InetAddress.getLoopbackAddress(), port(keys))) {
            plain.setSoTimeout(30_000);
            plain.getOutputStream().write(new byte[] {0, 0, 0, 13, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 2});
            // An alert of TLS at the most, and the end.
            assertThat(plain.getInputStream().readAllBytes().length).isLessThan(10);
            server.handshake(ECDHE_ECDSA);
        }
    }

    @Test
    void aServerReachesItByItsUri() throws Exception {
        try (KeyserverProcess server = keyServer(0)) {
            String uri = "keyserver+tls://localhost:" + port(server) + "?decryption=or-random&ca=" + files.caCert;
            String mine = uri + "&cert=" + directory.resolve("client.pem") + "&key=" + directory.resolve("client.key");
            String[] serve = {"serve", "--port", "0", "--cert", files.rsaCert.toString(), "--key", mine};
            try (Running running = Running.start(serve);
                    SSLSocket client = TestClients.client(TestClients.trusting(files.ca), running.port())) {
                client.startHandshake();
                assertThat(running.err()).doesNotContain(" WARNING ", " ERROR ");
                assertThat(running.out()).contains("key in key server at localhost:" + port(server));
            }
            serve[6] = mine.replace("client", "stranger");
            Running refused = Running.finished(Map.of(), serve);
            assertThat(refused.exitCode()).isEqualTo(2);
            assertThat(refused.err())
                    .startsWith("--key: no key for " + files.rsaCert + " in the key server at localhost:");
        }
    }

    /** A later attempt may have one: a server with too many loops must not refuse its configuration for it. */
    @Test
    void aKeyServerWithoutAPlaceIsAwayAndOneWithoutAKeyRefuses() throws Exception {
        Path both = files.write(
                "both.pem",
                Files.readString(directory.resolve("client.pem"))
                        + Files.readString(directory.resolve("stranger.pem")));
        try (KeyserverProcess keys = keyServer(0, both, "--max-connections", "1", "--demo-key-delay-ms", "25000")) {
            String uri = "keyserver+tls://localhost:" + port(keys) + "?ca=" + files.caCert;
            try (RawClient held =
                            RawClient.greeted(TestClients.ofKeyServer(context("client", files.caCert), port(keys)));
                    RemoteKeys remote =
                            new RemoteKeys(name -> null, () -> Reading.PLAIN, 1, place -> KeyServerObserver.NONE)) {
                held.send(
                        1,
                        new Message.Sign(
                                KeyId.of(files.ec.getPublic()),
                                0,
                                0x0403,
                                KeyServerConversationTest.serverKeyExchange(1)));
                List<X509Certificate> chain = List.of(files.ecCertificate);
                assertThatThrownBy(() -> remote.tried(KeyUri.parse(uri + credentials("client")), chain))
                        .isInstanceOf(HolderAwayException.class)
                        .hasMessageContaining("the connection ended");
                assertThat(keys.awaitErrors("too many connections are open")).contains(" client-refused: refused ");
                assertThatThrownBy(() -> remote.tried(KeyUri.parse(uri + credentials("stranger")), chain))
                        .isInstanceOf(OperationException.class)
                        .hasMessageContaining("refuses this client");
            }
        }
    }

    private String credentials(String name) {
        return "&cert=" + directory.resolve(name + ".pem") + "&key=" + directory.resolve(name + ".key");
    }

    @Test
    void aRenewedClientCertificateIsUsedWithoutARestart() throws Exception {
        Path both = files.write(
                "both.pem",
                Files.readString(directory.resolve("client.pem"))
                        + Files.readString(directory.resolve("stranger.pem")));
        try (KeyserverProcess keys = keyServer(0, both, "--allow-client", "dns:stranger.example")) {
            String uri = "keyserver+tls://localhost:" + port(keys) + "?ca=" + files.caCert + "&cert="
                    + directory.resolve("client.pem") + "&key=" + directory.resolve("client.key");
            try (Running running =
                    Running.start("serve", "--port", "0", "--cert", files.ecCert.toString(), "--key", uri)) {
                handshake(running);
                assertThat(lastUse()).contains("dns:client.example");

                files.write("client.pem", Files.readString(directory.resolve("stranger.pem")));
                files.write("client.key", Files.readString(directory.resolve("stranger.key")));
                running.awaitError(" reloaded: configuration 2 serves");
                // The connection of the loop is made again at its next idle moment.
                long begin = System.nanoTime();
                do {
                    handshake(running);
                } while (!lastUse().contains("dns:stranger.example")
                        && System.nanoTime() - begin < Duration.ofSeconds(30).toNanos());
                assertThat(lastUse()).contains("dns:stranger.example");
            }
        }
    }

    private void handshake(Running running) throws Exception {
        try (SSLSocket client = TestClients.client(TestClients.trusting(files.ca), running.port())) {
            client.startHandshake();
        }
    }

    private String lastUse() throws Exception {
        List<String> lines = Files.readAllLines(directory.resolve("keys.log"));
        return lines.get(lines.size() - 1);
    }
}
