package dev.lockstep.server.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.server.Main;
import dev.lockstep.server.Running;
import dev.lockstep.server.TestFiles;
import dev.lockstep.server.demo.ThrowawayCa;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.credential.Credential;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.security.interfaces.ECPrivateKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code lockstep explain}: what it prints of live handshakes, and what it does not. */
@Timeout(60)
@Tag("one-jdk")
class ExplainCommandTest {

    private static final Pattern PORT = Pattern.compile("listening on 127\\.0\\.0\\.1:(\\d+)");
    private static final Pattern BYTES =
            Pattern.compile("^([0-9a-f]{2}(?: [0-9a-f]{2}){0,15})(?: {2,}.*)?$", Pattern.MULTILINE);

    private static int port(Running explain) throws InterruptedException {
        Matcher line = PORT.matcher(explain.awaitError("listening on"));
        assertThat(line.find()).isTrue();
        return Integer.parseInt(line.group(1));
    }

    @Test
    void theProgramsOwnClientShakesHandsAndResumes() throws Exception {
        Running explain = Running.finished(Map.of(), "explain");

        assertThat(explain.err()).isEmpty();
        assertThat(explain.exitCode()).isZero();
        String[] handshakes = explain.out().split("## The second handshake");
        assertThat(handshakes[0])
                .containsSubsequence(
                        "## The first handshake",
                        "### Client: ClientHello",
                        "Row: `READ_CLIENT_HELLO`, CLIENT_HELLO, then `",
                        "extension: signature_algorithms",
                        "### Server: ServerHello",
                        "### The server waits: SIGN",
                        "State: `AWAIT_SIGNATURE`",
                        "### Server: ServerKeyExchange",
                        "Derived: The share = g^d",
                        "### Client: ClientKeyExchange",
                        "master_secret = PRF(pre_master_secret, \"extended master secret\"",
                        "### Client: Finished",
                        "PRF(master_secret, \"client finished\"",
                        "ciphertext",
                        "### Server: NewSessionTicket",
                        "### Client: Application Data",
                        "[suspended: SIGN]",
                        "ServerKeyExchange*");
        assertThat(handshakes[1])
                .containsSubsequence(
                        "extension: session_ticket",
                        "Row: `RESUME_SERVER_HELLO`",
                        "master_secret is the session's",
                        "(SessionTicket extension)")
                .doesNotContain("ServerKeyExchange");
        assertThat(explain.out()).doesNotContain("well-formed", "Under the protection");
    }

    @Test
    void noSecretIsPrinted() throws Exception {
        ThrowawayCa ca = new ThrowawayCa(Instant.now());
        KeyPair keys = ca.ec();
        List<String> keyLog = new ArrayList<>();
        TlsServerConfig config = TlsServerConfig.builder()
                .credential(Credential.local(List.of(ca.issueForLocalhost(keys)), keys.getPrivate()))
                .keyLog(keyLog::add)
                .build();
        StringWriter out = new StringWriter();
        try (ServerSocketChannel listener = ServerSocketChannel.open()) {
            listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            new OwnClient(ca.certificate(), (InetSocketAddress) listener.getLocalAddress()).visit();
            try (SocketChannel accepted = listener.accept()) {
                assertThat(new ExplainedConnection(accepted.socket(), config, new PrintWriter(out)).run())
                        .isNull();
            }
        }
        StringBuilder printed = new StringBuilder();
        BYTES.matcher(out.toString())
                .results()
                .forEach(bytes -> printed.append(bytes.group(1).replace(" ", "")));
        String[] line = keyLog.get(0).split(" ");
        assertThat(printed).as("what is public").contains(line[1]);
        assertThat(printed).as("the master secret").doesNotContain(line[2].substring(0, 16));
        String scalar = HexFormat.of()
                .formatHex(((ECPrivateKey) keys.getPrivate()).getS().toByteArray());
        assertThat(printed).as("the private key").doesNotContain(scalar.substring(scalar.length() - 16));
        assertThat(printed)
                .as("the client's request")
                .doesNotContain(HexFormat.of().formatHex("GET /".getBytes()));
    }

    @Test
    void aClientOfOnesOwnIsExplainedAndAnswered(@TempDir Path directory) throws Exception {
        TestFiles files = new TestFiles(directory);
        Running explain = Running.begun(
                "explain", "--port", "0", "--cert", files.rsaCert.toString(), "--key", files.rsaKey.toString());
        try (SSLSocket client = (SSLSocket) ThrowawayCa.trusting(files.ca.certificate())
                .getSocketFactory()
                .createSocket(InetAddress.getLoopbackAddress(), port(explain))) {
            client.setEnabledProtocols(new String[] {"TLSv1.2"});
            client.getOutputStream().write('x');
            assertThat(new String(client.getInputStream().readAllBytes())).endsWith("explained\n");
        }
        assertThat(explain.exitCode()).isZero();
        assertThat(explain.out()).containsSubsequence("_WITH_", "certificate 1", "### In short", "Application Data");
    }

    @Test
    void aHandshakeThatFailsIsExplainedToItsAlert() throws Exception {
        Running explain = Running.begun("explain", "--port", "0");
        try (Socket client = new Socket(InetAddress.getLoopbackAddress(), port(explain))) {
            client.getOutputStream().write(HexFormat.of().parseHex("1603010005" + "01000001" + "00"));
            assertThat(client.getInputStream().readAllBytes()).hasSize(7);
        }
        assertThat(explain.exitCode()).isEqualTo(Main.FAILED);
        assertThat(explain.out())
                .containsSubsequence(
                        "### Client: ClientHello", "not well-formed", "### Server: Alert", "fatal", "decode_error");
        assertThat(explain.err().lines().filter(line -> line.startsWith("the handshake failed: ")))
                .hasSize(1);
    }

    @Test
    void aClientThatResetsIsExplainedUpToThat() throws Exception {
        Running explain = Running.begun("explain", "--port", "0");
        try (Socket client = new Socket(InetAddress.getLoopbackAddress(), port(explain))) {
            client.setSoLinger(true, 0);
            client.getOutputStream().write(HexFormat.of().parseHex("160301"));
        }
        assertThat(explain.exitCode()).isEqualTo(Main.FAILED);
        assertThat(explain.out()).contains("### In short");
        assertThat(explain.err().lines().filter(line -> line.startsWith("the connection failed: ")))
                .hasSize(1);
    }

    /** Where "localhost" is ::1, which the server does not listen on. */
    @Test
    void theProgramsOwnClientNeedsNoLocalhost() throws Exception {
        Process explain = new ProcessBuilder(
                        System.getProperty("java.home") + "/bin/java",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "-XX:TieredStopAtLevel=1",
                        "-Djava.net.preferIPv6Addresses=true",
                        Main.class.getName(),
                        "explain")
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            assertThat(explain.waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat(explain.exitValue()).isZero();
        } finally {
            explain.destroyForcibly();
        }
    }

    @Test
    void aClientWithoutAConnectionIsAnError() throws Exception {
        InetSocketAddress closed;
        try (ServerSocketChannel listener = ServerSocketChannel.open()) {
            listener.bind(new InetSocketAddress("127.0.0.1", 0));
            closed = (InetSocketAddress) listener.getLocalAddress();
        }
        OwnClient client = new OwnClient(new ThrowawayCa(Instant.now()).certificate(), closed);
        assertThatThrownBy(client::visit).isInstanceOf(IOException.class).hasMessageContaining("cannot connect");
    }

    @Test
    void aPortThatCannotBeHadIsSaidUnderItsOption() throws Exception {
        try (ServerSocketChannel taken = ServerSocketChannel.open()) {
            taken.bind(new InetSocketAddress("127.0.0.1", 0));
            int port = ((InetSocketAddress) taken.getLocalAddress()).getPort();
            Running explain = Running.finished(Map.of(), "explain", "--port", Integer.toString(port));
            assertThat(explain.exitCode()).isEqualTo(Main.USAGE);
            assertThat(explain.err())
                    .startsWith("--port: " + port + " on 127.0.0.1 cannot be opened")
                    .hasLineCount(1);
        }
    }

    @Test
    void aKeyThatOthersMayWriteIsRefused(@TempDir Path directory) throws Exception {
        TestFiles files = new TestFiles(directory);
        Files.setPosixFilePermissions(files.rsaKey, PosixFilePermissions.fromString("rw-rw-rw-"));
        Running explain = Running.begun(
                "explain", "--port", "0", "--cert", files.rsaCert.toString(), "--key", files.rsaKey.toString());
        assertThat(explain.awaitError("\n"))
                .startsWith("--key: " + files.rsaKey + " can be written by others (rw-rw-rw-)");
        assertThat(explain.exitCode()).isEqualTo(Main.USAGE);
    }

    @ParameterizedTest
    @CsvSource({
        "'--port x', --port: 'x' is not a whole number",
        "'--port 65536', --port: 65536 is not between 0 and 65535",
        "'--port 0 --cert a.pem', --cert: was given alone",
        "'--port 0 --key a.pem', --key: was given alone",
        "'--cert a.pem --key a.pem', --cert: was given without --port",
        "'--port 0 --cert /nowhere.pem --key /nowhere.pem', --cert: /nowhere.pem",
        "'more', more: unknown here",
    })
    void aMistakeIsOneLine(String options, String line) throws Exception {
        List<String> args = new ArrayList<>(List.of("explain"));
        args.addAll(List.of(options.split(" ")));
        Running explain = Running.finished(Map.of(), args.toArray(String[]::new));

        assertThat(explain.exitCode()).isEqualTo(Main.USAGE);
        assertThat(explain.out()).isEmpty();
        assertThat(explain.err().lines()).hasSize(1);
        assertThat(explain.err()).startsWith(line);
    }
}
