package dev.lockstep.server.keyserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.keys.keyserver.protocol.KeyId;
import dev.lockstep.keys.keyserver.protocol.KeyOffer;
import dev.lockstep.keys.keyserver.protocol.Message;
import dev.lockstep.server.RawClient;
import dev.lockstep.server.Spawned;
import dev.lockstep.server.TestClients;
import dev.lockstep.server.TestFiles;
import dev.lockstep.server.demo.ThrowawayCa;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.cert.jcajce.JcaX509CRLConverter;
import org.bouncycastle.cert.jcajce.JcaX509v2CRLBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** SIGHUP to the program: keys, its own certificate and the clients' authority are read again, and connections stay. */
@Timeout(120)
@Tag("one-jdk")
class KeyserverReloadTest {

    @TempDir
    Path directory;

    private TestFiles files;
    private Path socket;
    private Path key;
    private Path tlsCert;
    private Path tlsKey;
    private SSLContext clients;

    @BeforeEach
    void makeFiles() throws Exception {
        files = new TestFiles(directory);
        socket = directory.resolve("ks.sock");
        clients = TestClients.certified(files.ca, files.ec);
        key = files.write("served.key", TestFiles.pkcs8(files.ec));
        tlsCert = directory.resolve("tls.pem");
        tlsKey = directory.resolve("tls.key");
        writeTls(files.rsa);
        files.write("password", TestFiles.PASSWORD + "\n");
    }

    /** The key server's own certificate; its key is encrypted. */
    private void writeTls(KeyPair pair) throws Exception {
        Files.writeString(tlsCert, ThrowawayCa.pem(files.ca.issueForLocalhost(pair)));
        Files.writeString(tlsKey, TestFiles.pbes2(pair));
    }

    private Spawned start(String... more) throws IOException {
        List<String> options = new ArrayList<>(List.of(
                "keyserver",
                "--socket",
                socket.toString(),
                "--tcp",
                "127.0.0.1:0",
                "--tls-cert",
                tlsCert.toString(),
                "--tls-key",
                tlsKey.toString(),
                "--tls-client-ca",
                files.caCert.toString(),
                "--key-password-file",
                directory.resolve("password").toString(),
                "--key",
                key.toString()));
        options.addAll(more.length > 0 ? List.of(more) : List.of("--allow-client", "dns:localhost=" + key));
        return Spawned.start(Map.of(), List.of(), options.toArray(String[]::new));
    }

    /** A list of the clients' authority, current for a day or out of date for one. */
    private String crl(boolean current, X509Certificate... revoked) throws Exception {
        Instant now = Instant.now();
        JcaX509v2CRLBuilder builder = new JcaX509v2CRLBuilder(
                files.ca.certificate().getSubjectX500Principal(), Date.from(now.minus(Duration.ofDays(2))));
        builder.setNextUpdate(Date.from(now.plus(Duration.ofDays(current ? 1 : -1))));
        for (X509Certificate each : revoked) {
            builder.addCRLEntry(each.getSerialNumber(), Date.from(now), CRLReason.keyCompromise);
        }
        return ThrowawayCa.pem(new JcaX509CRLConverter()
                .getCRL(builder.build(new JcaContentSignerBuilder("SHA256withECDSA")
                        .build(files.ca.keys().getPrivate()))));
    }

    private static SSLContext showing(KeyPair pair, X509Certificate certificate, Certificate authority)
            throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry("client", pair.getPrivate(), new char[0], new Certificate[] {certificate});
        store.setCertificateEntry("ca", authority);
        KeyManagerFactory own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        own.init(store, new char[0]);
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(own.getKeyManagers(), trust.getTrustManagers(), null);
        return context;
    }

    @Test
    void aRevokedClientLosesItsConnectionAtTheReloadAndABadListIsNotTaken() throws Exception {
        X509Certificate certificate = files.ca.issueForLocalhost(files.ec);
        clients = showing(files.ec, certificate, files.ca.certificate());
        SSLContext other = TestClients.certified(files.ca, files.rsa);
        Path list = files.write("clients.crl", crl(true));
        try (Spawned server = start("--allow-client", "dns:localhost", "--tls-client-crl", list.toString())) {
            int port = server.port();
            try (RawClient held = RawClient.greeted(TestClients.ofKeyServer(clients, port));
                    RawClient stays = RawClient.greeted(TestClients.ofKeyServer(other, port))) {
                files.write("clients.crl", "no list");
                hangUp(server);
                server.await("not reloaded, what was read before stays: --tls-client-crl: [^\n]*clients.crl holds no");
                assertThat(keys(held, 1)).hasSize(1);

                files.write("clients.crl", crl(true, certificate));
                hangUp(server);
                server.await("reloaded: 1 keys");
                assertThat(keys(stays, 1)).hasSize(1);
                assertThat(held.send(2, new Message.ListKeys()).nextOrEnd()).isNull();
                server.await("closed the connection of 127.0.0.1:\\d+: its certificate is not trusted any more");

                files.write("clients.crl", crl(false));
                hangUp(server);
                server.await("--tls-client-crl: the list of CN=Lockstep throw-away CA was due to be replaced on ");
                server.await("reloaded: 1 keys[^$]*reloaded: 1 keys");
                assertThatThrownBy(() -> RawClient.greeted(TestClients.ofKeyServer(other, port)))
                        .isInstanceOfAny(IOException.class, AssertionError.class);
                server.await("handshake-failed: the TLS handshake of 127.0.0.1:\\d+ failed: its certificate is not");
            }
        }
    }

    /** As a network mount that is slow does, and a key that is decrypted when it is asked for. */
    private Path pipe() throws Exception {
        Path pipe = directory.resolve("key.pipe");
        assertThat(new ProcessBuilder("mkfifo", "-m", "600", pipe.toString())
                        .start()
                        .waitFor())
                .isZero();
        return pipe;
    }

    @Test
    void aHangUpDuringTheStartReloadsOnceItListens() throws Exception {
        key = pipe();
        try (Spawned server = start()) {
            try (OutputStream out = new FileOutputStream(key.toFile())) { // waits until the key server reads
                hangUp(server);
                out.write(TestFiles.pkcs8(files.ec).getBytes(StandardCharsets.US_ASCII));
            }
            server.await("listening on .*ks\\.sock");
            server.await("reloaded: 1 keys serve from now on");
        }
    }

    @Test
    @SuppressWarnings("try") // the open end of the pipe is what blocks
    void aReloadThatBlocksDoesNotKeepItFromEnding() throws Exception {
        Path original = key;
        try (Spawned server = start()) {
            server.await("listening on .*ks\\.sock");
            Files.delete(original);
            Files.move(pipe(), original);
            hangUp(server);
            try (OutputStream blocking = new FileOutputStream(original.toFile())) { // waits until it reads
                hangUp(server);
                server.terminate();
                assertThat(server.exitCode()).isEqualTo(128 + 15);
            }
        }
    }

    @Test
    void grantsInAFileAreThoseOfTheLastReload() throws Exception {
        Path who = files.write("clients", "# not yet\n\n  dns:other.example\n");
        try (Spawned server = start("--allow-client-file", who.toString())) {
            int port = server.port();
            assertThatThrownBy(() -> RawClient.greeted(TestClients.ofKeyServer(clients, port)))
                    .isInstanceOfAny(IOException.class, AssertionError.class);
            files.write("clients", "dns:localhost=" + key + "\n");
            hangUp(server);
            server.await("reloaded: 1 keys");
            try (RawClient held = RawClient.greeted(TestClients.ofKeyServer(clients, port))) {
                assertThat(keys(held, 1)).hasSize(1);

                files.write("clients", "dns:other.example\nlocalhost\n");
                hangUp(server);
                server.await("stays: --allow-client-file: [^\n]*clients line 2: 'localhost' names no client");
                assertThat(keys(held, 2)).hasSize(1);

                files.write("clients", "dns:other.example\n");
                hangUp(server);
                server.await("reloaded: 1 keys[^$]*reloaded: 1 keys");
                assertThat(held.send(3, new Message.ListKeys()).nextOrEnd()).isNull();
                server.await("closed the connection of 127.0.0.1:\\d+: no key is for it any more");
            }
        }
    }

    private static void hangUp(Spawned server) throws Exception {
        assertThat(new ProcessBuilder("kill", "-HUP", Long.toString(server.pid()))
                        .start()
                        .waitFor())
                .isZero();
    }

    private static List<KeyId> keys(RawClient client, long id) throws Exception {
        return ((Message.Keys) client.send(id, new Message.ListKeys()).answer(id))
                .keys().stream().map(KeyOffer::key).toList();
    }

    /** The certificate that the TCP port presents now. */
    private Certificate presented(int port) throws IOException {
        try (SSLSocket client = TestClients.ofKeyServer(clients, port)) {
            client.startHandshake();
            return client.getSession().getPeerCertificates()[0];
        }
    }

    @Test
    void newFilesServeFromTheSignalOnAndConnectionsStay() throws Exception {
        KeyPair other = TestFiles.keys("EC", "secp256r1");
        try (Spawned server = start()) {
            int port = server.port();
            server.await("listening on .*ks\\.sock");
            try (RawClient owner = RawClient.greeted(socket);
                    RawClient remote = RawClient.greeted(TestClients.ofKeyServer(clients, port))) {
                assertThat(keys(owner, 1)).containsExactly(KeyId.of(files.ec.getPublic()));
                assertThat(keys(remote, 1)).containsExactly(KeyId.of(files.ec.getPublic()));
                assertThat(presented(port).getPublicKey()).isEqualTo(files.rsa.getPublic());

                Files.writeString(key, TestFiles.pkcs8(other));
                writeTls(other);
                hangUp(server);
                server.await("reloaded: 1 keys serve from now on");
                assertThat(keys(owner, 2)).containsExactly(KeyId.of(other.getPublic()));
                // its grant is for the key in the file, whichever that is
                assertThat(keys(remote, 2)).containsExactly(KeyId.of(other.getPublic()));
                assertThat(presented(port).getPublicKey()).isEqualTo(other.getPublic());
            }
        }
    }

    @Test
    void badFilesLeaveTheOldOnesServingWithOneLineThatSaysWhy() throws Exception {
        try (Spawned server = start()) {
            int port = server.port();
            server.await("listening on .*ks\\.sock");
            try (RawClient owner = RawClient.greeted(socket)) {
                String good = Files.readString(key);
                Files.writeString(key, "no key");
                hangUp(server);
                server.await("not reloaded, what was read before stays: --key: [^\n]*served.key[^\n]*\n");
                assertThat(keys(owner, 1)).containsExactly(KeyId.of(files.ec.getPublic()));

                Files.writeString(key, good);
                Files.writeString(tlsKey, TestFiles.pbes2(files.ec)); // not the certificate's
                hangUp(server);
                server.await("stays: --tls-key: [^\n]*\n");
                assertThat(presented(port).getPublicKey()).isEqualTo(files.rsa.getPublic());
                assertThat(keys(owner, 2)).containsExactly(KeyId.of(files.ec.getPublic()));

                writeTls(files.ec);
                hangUp(server);
                server.await("reloaded: 1 keys");
                assertThat(presented(port).getPublicKey()).isEqualTo(files.ec.getPublic());
            }
            assertThat(server.printed()).doesNotContain(TestFiles.PASSWORD, "Exception");
        }
    }

    @Test
    void anEncryptedTlsKeyNeedsItsPassword() throws Exception {
        files.write("password", "not it\n");
        try (Spawned server = start()) {
            assertThat(server.exitCode()).isEqualTo(2);
            assertThat(server.printed()).contains("--tls-key: ").doesNotContain("not it", "Exception");
        }
        assertThatThrownBy(() -> RawClient.connect(socket)).isInstanceOf(IOException.class);
    }
}
