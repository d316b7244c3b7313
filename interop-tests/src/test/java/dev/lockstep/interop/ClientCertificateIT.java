package dev.lockstep.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.interop.ClientPki.Fault;
import dev.lockstep.testkit.util.Needed;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Clients written by others show certificates of every kind they have keys for: the page names the client that the server
 * knows. A bad certificate, or none where one is required, gets the alert that says why.
 */
@Tag("one-jdk")
class ClientCertificateIT {

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final byte[] REQUEST = "GET / HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final int HANDSHAKE_FAILURE = 40;
    private static final String OPEN_HOST = "open.lockstep.test";

    private static ClientPki pki;
    private static ServerProcess inline;
    private static ServerProcess delayed;

    /** The programs. */
    private enum Client {
        OPENSSL("openssl"),
        GNUTLS("gnutls-cli"),
        CURL("curl");

        private final String program;

        Client(String program) {
            this.program = program;
        }

        List<String> command(int port, String host, KeyMaterial identity) {
            List<String> words = new ArrayList<>(
                    switch (this) {
                        case OPENSSL ->
                            List.of(
                                    program,
                                    "s_client",
                                    "-tls1_2",
                                    "-connect",
                                    "127.0.0.1:" + port,
                                    "-servername",
                                    host);
                        case GNUTLS ->
                            List.of(
                                    program,
                                    "--insecure",
                                    "--priority=NORMAL:-VERS-ALL:+VERS-TLS1.2",
                                    "--sni-hostname=" + host,
                                    "--port=" + port,
                                    "127.0.0.1");
                        case CURL ->
                            List.of(
                                    program,
                                    "--insecure",
                                    "--verbose",
                                    "--tls-max",
                                    "1.2",
                                    "--connect-to",
                                    host + ":443:127.0.0.1:" + port,
                                    "https://" + host + "/");
                    });
            if (identity != null) {
                String chain = identity.chain().toString();
                String key = identity.key().toString();
                words.addAll(
                        this == GNUTLS
                                ? List.of("--x509certfile=" + chain, "--x509keyfile=" + key)
                                : this == CURL
                                        ? List.of("--cert", chain, "--key", key)
                                        : List.of("-cert", chain, "-key", key));
            }
            return words;
        }

        /** What it says of a fatal alert with this number. */
        String refusal(int alert) {
            return switch (alert) {
                case 40 -> this == GNUTLS ? "Handshake failed" : "handshake failure";
                case 43 -> this == GNUTLS ? "Certificate is not supported" : "unsupported certificate";
                case 44 -> this == GNUTLS ? "Certificate was revoked" : "certificate revoked";
                case 45 -> this == GNUTLS ? "Certificate is expired" : "certificate expired";
                case 48 -> this == GNUTLS ? "CA is unknown" : "unknown ca";
                default -> throw new IllegalArgumentException("alert " + alert);
            };
        }
    }

    @BeforeAll
    static void start() throws IOException, GeneralSecurityException, InterruptedException {
        Path directory = Servers.DIRECTORY.resolve("clients");
        pki = new ClientPki(directory.resolve("clients"));
        TestPki servers = TestPki.create(directory.resolve("servers"));
        inline = server(servers, "--key-inline");
        delayed = server(servers, "--key-delay-ms", "20");
    }

    @AfterAll
    static void stop() {
        for (ServerProcess server : new ServerProcess[] {inline, delayed}) {
            if (server != null) {
                server.close();
            }
        }
    }

    private static ServerProcess server(TestPki servers, String... keys) throws IOException, InterruptedException {
        List<String> words = new ArrayList<>(LockstepJar.command());
        words.addAll(List.of("serve", "--host", "127.0.0.1", "--port", ServerProcess.PORT, "--http"));
        words.addAll(List.of(keys));
        for (KeyKind kind : List.of(KeyKind.RSA_2048, KeyKind.P256)) {
            KeyMaterial leaf = servers.leaf(kind);
            words.addAll(List.of(
                    "--cert", leaf.chain().toString(), "--key", leaf.key().toString()));
        }
        words.addAll(List.of("--client-auth", "require", "--client-auth", OPEN_HOST + "=want"));
        words.addAll(List.of("--client-ca", pki.authority().toString()));
        words.addAll(List.of("--client-crl", pki.revocations().toString()));
        return ServerProcess.start(words, LockstepJar.READY);
    }

    private static String page(Client client, ServerProcess server, String host, KeyMaterial identity)
            throws IOException, InterruptedException {
        Needed.programs(client == Client.GNUTLS ? "gnutls-bin" : client.program, client.program);
        List<String> command = client.command(server.port(), host, identity);
        try (Program program = Program.start(command, Map.of("OPENSSL_CONF", "/dev/null"), Path.of("."))) {
            if (client != Client.CURL) {
                // The request goes out with the handshake's end; where that fails, it is not read.
                program.awaitOutput(
                        text -> text.contains("Verify return code") || text.contains("Simple Client Mode"), LIMIT);
                try {
                    program.send(REQUEST);
                } catch (IOException e) {
                    return program.output();
                }
            }
            program.awaitOutput(text -> text.contains("</html>"), LIMIT);
            program.endInput();
            program.awaitExit(LIMIT);
            return String.join(" ", command) + "\n" + program.output();
        }
    }

    static Stream<Arguments> clientsAndKeys() {
        return Arrays.stream(Client.values())
                .flatMap(client -> Arrays.stream(KeyKind.values()).map(kind -> Arguments.of(client, kind)));
    }

    @ParameterizedTest
    @MethodSource("clientsAndKeys")
    void theServerKnowsTheClient(Client client, KeyKind kind) throws IOException, InterruptedException {
        for (ServerProcess server : List.of(inline, delayed)) {
            assertThat(page(client, server, "www.lockstep.test", pki.client(kind)))
                    .contains("<td>Client certificate<td>CN=" + ClientPki.name(kind) + "\n");
        }
    }

    @ParameterizedTest
    @EnumSource(Client.class)
    void aClientWithoutACertificateIsServedWhereOneIsOnlyWanted(Client client)
            throws IOException, InterruptedException {
        assertThat(page(client, delayed, OPEN_HOST, null)).contains("<td>Client certificate<td>none\n");
    }

    @ParameterizedTest
    @EnumSource(Client.class)
    void aClientWithoutACertificateIsRefusedWhereOneIsRequired(Client client) throws IOException, InterruptedException {
        assertThat(page(client, delayed, "www.lockstep.test", null))
                .doesNotContain("</html>")
                .containsIgnoringCase(client.refusal(HANDSHAKE_FAILURE));
    }

    static Stream<Arguments> clientsAndFaults() {
        return Arrays.stream(Client.values())
                .flatMap(client -> Arrays.stream(Fault.values()).map(fault -> Arguments.of(client, fault)));
    }

    /** Also where a certificate is only wanted: one that is shown is good, or the handshake ends. */
    @ParameterizedTest
    @MethodSource("clientsAndFaults")
    void aBadCertificateGetsTheAlertThatSaysWhy(Client client, Fault fault) throws IOException, InterruptedException {
        for (String host : List.of("www.lockstep.test", OPEN_HOST)) {
            assertThat(page(client, delayed, host, pki.client(fault)))
                    .doesNotContain("</html>")
                    .containsIgnoringCase(client.refusal(fault.alert()));
        }
    }
}
