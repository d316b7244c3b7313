package dev.lockstep.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.server.ops.AdminAnswer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two keys in agents that are started after the server: each serves from the moment on at which its own agent answers. */
@Timeout(120)
class AwayKeysTest {

    @TempDir
    Path directory;

    private static void handshake(SSLContext client, int port, String signature) throws Exception {
        try (SSLSocket socket = TestClients.client(client, port)) {
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setCipherSuites(new String[] {"TLS_ECDHE_" + signature + "_WITH_AES_128_GCM_SHA256"});
            socket.setSSLParameters(parameters);
            socket.startHandshake();
        }
    }

    @Test
    void aServerIsReadyWhenAllItsKeysHaveAnsweredAndServesWithThoseThatHave() throws Exception {
        TestFiles files = new TestFiles(directory);
        SSLContext client = TestClients.trusting(files.ca);
        Path one = Files.createDirectory(directory.resolve("one"));
        Path other = Files.createDirectory(directory.resolve("other"));
        try (Running server = Running.start(
                "serve",
                "--port",
                "0",
                "--admin",
                "0",
                "--cert",
                files.rsaCert.toString(),
                "--key",
                "ssh-agent:" + one.resolve("agent"),
                "--cert",
                files.ecCert.toString(),
                "--key",
                "ssh-agent:" + other.resolve("agent"))) {
            assertThat(AdminAnswer.of(server, "/readyz").status()).isEqualTo(503);
            for (String signature : List.of("RSA", "ECDSA")) {
                assertThatThrownBy(() -> handshake(client, server.port(), signature))
                        .isInstanceOf(SSLException.class);
            }
            try (AgentProcess first = new AgentProcess(one, files.rsaKey)) {
                server.awaitError("reloaded: configuration 2 ");
                handshake(client, server.port(), "RSA");
                assertThat(AdminAnswer.of(server, "/readyz").status()).isEqualTo(503);
                try (AgentProcess second = new AgentProcess(other, files.ecKey)) {
                    server.awaitError("reloaded: configuration 3 ");
                    handshake(client, server.port(), "ECDSA");
                    assertThat(AdminAnswer.of(server, "/readyz").body()).isEqualTo("ready\n");
                    assertThat(second.socket).isNotEqualTo(first.socket);
                }
            }
            assertThat(server.err().lines().filter(line -> line.contains(" key-failing: ")))
                    .hasSize(2);
            assertThat(server.err().lines().filter(line -> line.contains(" key-working: ")))
                    .hasSize(2);
        }
    }
}
