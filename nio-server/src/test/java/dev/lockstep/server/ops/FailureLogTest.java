package dev.lockstep.server.ops;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.server.Running;
import dev.lockstep.server.TestClients;
import dev.lockstep.server.TestFiles;
import dev.lockstep.server.demo.ThrowawayCa;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Clients that fail are named in the log as what they are, and connections are in the access log. */
@Timeout(60)
class FailureLogTest {

    @TempDir
    static Path directory;

    private static TestFiles files;

    @BeforeAll
    static void makeFiles() throws Exception {
        files = new TestFiles(directory);
    }

    private static Running serve(String... more) throws Exception {
        java.util.ArrayList<String> options = new java.util.ArrayList<>(
                List.of("serve", "--port", "0", "--cert", files.ecCert.toString(), "--key", files.ecKey.toString()));
        options.addAll(List.of(more));
        return Running.start(options.toArray(String[]::new));
    }

    private static void handshake(SSLSocket client) {
        try (client) {
            client.startHandshake();
        } catch (IOException e) {
            // as it must end
        }
    }

    @Test
    void aClientOfTls13AloneIsNamed() throws Exception {
        try (Running server = serve()) {
            SSLSocket client = TestClients.client(TestClients.trusting(files.ca), server.port());
            client.setEnabledProtocols(new String[] {"TLSv1.3"});
            handshake(client);
            assertThat(server.awaitError("handshake-failed: a client speaks TLS 1.3 only, this server TLS 1.2"))
                    .containsPattern("peer=127\\.0\\.0\\.1:\\d+ .*alert=protocol_version direction=sent");
        }
    }

    @Test
    void plainHttpIsNamedAndAnsweredInPlainText() throws Exception {
        try (Running server = serve();
                Socket client = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            client.getOutputStream().write("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            assertThat(new String(client.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
                    .startsWith("HTTP/1.1 400 Bad Request");
            server.awaitError("handshake-failed: a client speaks plain HTTP on the TLS port peer=");
        }
    }

    @Test
    void whatAClientRefusesIsTold() throws Exception {
        try (Running server = serve("--log-format", "json")) {
            handshake(TestClients.client(TestClients.trusting(new ThrowawayCa(Instant.now())), server.port()));
            assertThat(server.awaitError("\"event\":\"handshake-failed\""))
                    .contains("\"cause\":\"client-alert\"")
                    .contains("\"direction\":\"received\"");
        }
    }

    @Test
    void connectionsAreInTheAccessLog() throws Exception {
        Path log = directory.resolve("access.log");
        try (Running server = serve("--access-log", log.toString(), "--log-format", "json");
                SSLSocket client = TestClients.client(TestClients.trusting(files.ca), server.port())) {
            SSLParameters parameters = client.getSSLParameters();
            parameters.setServerNames(List.of(new SNIHostName("localhost")));
            client.setSSLParameters(parameters);
            client.getOutputStream().write("GET / HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            assertThat(client.getInputStream().readAllBytes()).isNotEmpty();
        }
        assertThat(Files.readAllLines(log))
                .singleElement()
                .asString()
                .contains(
                        "\"serverName\":\"localhost\"",
                        "\"suite\":\"TLS_ECDHE_ECDSA_",
                        "\"resumed\":false",
                        "\"bytesIn\":")
                .doesNotContain("failure");
    }

    @Test
    void wrongOptionsAreRefusedInALine() throws Exception {
        for (String[] wrong : new String[][] {
            {"--log-format", "xml"},
            {"--log-level", "loud"},
            {"--drain", "long"},
            {"--threads", "0"},
            {"--admin", "x:y"}
        }) {
            Running refused = Running.finished(
                    java.util.Map.of(),
                    "serve",
                    "--port",
                    "0",
                    "--cert",
                    files.ecCert.toString(),
                    "--key",
                    files.ecKey.toString(),
                    wrong[0],
                    wrong[1]);
            assertThat(refused.exitCode()).isEqualTo(2);
            assertThat(refused.err()).startsWith(wrong[0] + ": ").hasLineCount(1);
        }
    }
}
