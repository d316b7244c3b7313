package dev.lockstep.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.interop.Exchange.Outcome;
import dev.lockstep.interop.OpenSslClient.Session;
import dev.lockstep.interop.Setup.Groups;
import dev.lockstep.interop.Setup.Keys;
import dev.lockstep.interop.Setup.Service;
import dev.lockstep.testkit.util.Needed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Wireshark, which shares no code with either end, reads captured connections with the server's key log. */
@Tag("one-jdk")
@ExtendWith(Servers.class)
class KeyLogIT {
    private final Servers.Pool servers;

    KeyLogIT(Servers.Pool servers) {
        this.servers = servers;
    }

    /** A connection to capture; {@code options} for s_client. */
    record Connection(Suite suite, KeyKind certificate, List<String> options) {}

    private static final List<Connection> CONNECTIONS = List.of(
            new Connection(Suite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, KeyKind.P256, List.of()),
            new Connection(Suite.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384, KeyKind.RSA_2048, List.of()),
            new Connection(Suite.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256, KeyKind.RSA_2048, List.of()),
            new Connection(Suite.TLS_ECDHE_ECDSA_WITH_AES_256_CCM, KeyKind.P384, List.of()),
            new Connection(Suite.TLS_DHE_RSA_WITH_AES_128_CCM_8, KeyKind.RSA_2048, List.of()),
            new Connection(Suite.TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384, KeyKind.RSA_2048, List.of()),
            new Connection(Suite.TLS_DHE_RSA_WITH_AES_128_CBC_SHA256, KeyKind.RSA_2048, List.of("-no_etm")),
            new Connection(Suite.TLS_RSA_WITH_AES_128_CBC_SHA, KeyKind.RSA_2048, List.of("-no_etm")));

    @Test
    void tsharkReadsTheDataWithTheKeyLogAndNothingWithout() throws IOException, InterruptedException {
        Needed.programs("tshark", "tshark", "dumpcap");
        Needed.programs("openssl", "openssl");
        Path directory = Files.createDirectories(servers.directory("keylog"));
        Path keyLog = directory.resolve("keys.log");
        Files.deleteIfExists(keyLog);
        List<String> command =
                new ArrayList<>(new Setup(Keys.DELAYED, Service.ECHO, Groups.LARGE_FIRST).command(servers.pki()));
        command.addAll(List.of("--keylog", keyLog.toString()));
        try (ServerProcess server = ServerProcess.start(command, LockstepJar.READY);
                Capture capture = Capture.start(server.port(), directory.resolve("capture.pcapng"))) {
            List<String> payloads = new ArrayList<>();
            for (Connection connection : CONNECTIONS) {
                String payload = Payload.of(1000 + payloads.size(), 1);
                talk(
                        connection,
                        new Target(
                                server.port(),
                                connection.certificate(),
                                servers.pki().trustedRoot()),
                        payload);
                payloads.add(payload.strip());
            }
            capture.awaitEnds(payloads.size());
            String read = capture.applicationData(payloads.size(), List.of("-o", "tls.keylog_file:" + keyLog));
            // Once on the way there, once on the way back.
            assertThat(payloads)
                    .allSatisfy(payload -> assertThat(read.split(payload, -1)).hasSize(3));
            assertThat(capture.applicationData(payloads.size(), List.of())).doesNotContain(payloads);
        }
    }

    @Test
    void tsharkReadsTheHttpTextOfCurlWithTheKeyLogAndNothingWithout() throws IOException, InterruptedException {
        Needed.programs("tshark", "tshark", "dumpcap");
        CurlClient curl = new CurlClient();
        curl.require();
        Path directory = Files.createDirectories(servers.directory("keylog-http"));
        Path keyLog = directory.resolve("keys.log");
        Files.deleteIfExists(keyLog);
        List<String> command =
                new ArrayList<>(new Setup(Keys.INLINE, Service.HTTP, Groups.LARGE_FIRST).command(servers.pki()));
        command.addAll(List.of("--keylog", keyLog.toString()));
        try (ServerProcess server = ServerProcess.start(command, LockstepJar.READY);
                Capture capture = Capture.start(server.port(), directory.resolve("capture.pcapng"))) {
            Exchange exchange = curl.talk(
                    new Target(server.port(), KeyKind.P256, servers.pki().trustedRoot()), Visit.once(Payload.of(5, 1)));
            assertThat(exchange.outcome()).as(exchange::said).isEqualTo(Outcome.COMPLETED);
            capture.awaitEnds(1);
            assertThat(capture.applicationData(1, List.of("-o", "tls.keylog_file:" + keyLog)))
                    .contains("GET / HTTP/1.1")
                    .contains("Host: " + KeyKind.P256.host())
                    .containsPattern("HTTP/1\\.[01] 200 ");
            assertThat(capture.applicationData(1, List.of())).doesNotContain("GET / ", " 200 ");
        }
    }

    private static void talk(Connection connection, Target target, String payload)
            throws IOException, InterruptedException {
        List<String> options =
                new ArrayList<>(List.of("-cipher", connection.suite().openSslName() + ":@SECLEVEL=0"));
        options.addAll(connection.options());
        Session session = new OpenSslClient(Servers.DIRECTORY).talk(target, options, payload);
        assertThat(session.exchange().outcome())
                .as(() -> session.exchange().said())
                .isEqualTo(Outcome.COMPLETED);
        assertThat(session.suite()).isEqualTo(connection.suite().openSslName());
    }
}
