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
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.cert.Certificate;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** SIGHUP to the program: keys, its own certificate and the clients' authority are read again, and connections stay. */
@Timeout(120)
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

    private Spawned start() throws IOException {
        return Spawned.start(
                Map.of(),
                List.of(),
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
                "--allow-client",
                "dns:localhost=" + key,
                "--key",
                key.toString());
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
