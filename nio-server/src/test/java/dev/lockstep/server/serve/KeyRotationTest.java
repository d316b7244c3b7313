package dev.lockstep.server.serve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.server.Running;
import dev.lockstep.server.Spawned;
import dev.lockstep.server.TestClients;
import dev.lockstep.server.TestFiles;
import dev.lockstep.server.demo.ThrowawayCa;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.PublicKey;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The steps of {@code docs/guide/operating.md} that replace a key in a key server. */
@Timeout(120)
@Tag("one-jdk")
class KeyRotationTest {

    @TempDir
    Path directory;

    /** The key that a client sees, whose handshake must succeed. */
    private static PublicKey served(SSLContext trusting, Running server) throws Exception {
        try (SSLSocket client = TestClients.client(trusting, server.port())) {
            client.startHandshake();
            return client.getSession().getPeerCertificates()[0].getPublicKey();
        }
    }

    private static void hangUp(Spawned keys) throws Exception {
        assertThat(new ProcessBuilder("kill", "-HUP", Long.toString(keys.pid()))
                        .start()
                        .waitFor())
                .isZero();
    }

    @Test
    void handshakesSucceedBeforeBetweenAndAfterTheSteps() throws Exception {
        TestFiles files = new TestFiles(directory);
        SSLContext trusting = TestClients.trusting(files.ca);
        KeyPair next = files.ca.ec();
        Path first = files.write("first.key", TestFiles.pkcs8(files.ec));
        Path second = files.write("second.key", TestFiles.pkcs8(files.ec));
        Path socket = directory.resolve("ks.sock");
        try (Spawned keys = Spawned.start(
                Map.of(),
                List.of(),
                "keyserver",
                "--socket",
                socket.toString(),
                "--key",
                first.toString(),
                "--key",
                second.toString())) {
            keys.await("listening on .*ks\\.sock");
            try (Running server = Running.start(
                    "serve", "--port", "0", "--cert", files.ecCert.toString(), "--key", "keyserver:" + socket)) {
                assertThat(served(trusting, server)).isEqualTo(files.ec.getPublic());

                Files.writeString(second, TestFiles.pkcs8(next));
                hangUp(keys);
                keys.await("reloaded: 2 keys");
                assertThat(served(trusting, server)).isEqualTo(files.ec.getPublic());

                Files.writeString(files.ecCert, ThrowawayCa.pem(files.ca.issueForLocalhost(next)));
                server.awaitError("reloaded: configuration 2 ");
                assertThat(served(trusting, server)).isEqualTo(next.getPublic());

                Files.writeString(first, TestFiles.pkcs8(next));
                hangUp(keys);
                keys.await("reloaded: 1 keys");
                assertThat(served(trusting, server)).isEqualTo(next.getPublic());
            }
        }
    }
}
