package dev.lockstep.server.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.server.Running;
import dev.lockstep.server.TestClients;
import dev.lockstep.server.TestFiles;
import dev.lockstep.server.http.HttpPage;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The command line with the JDK's client on the other side. */
@Timeout(120)
class ServeTest {

    @TempDir
    static Path directory;

    private static TestFiles files;
    private static SSLContext trusting;

    @BeforeAll
    static void makeFiles() throws Exception {
        files = new TestFiles(directory);
        trusting = TestClients.trusting(files.ca);
    }

    /** Without resumption, so that every handshake is a full one, with a key operation. */
    private static Running serve(String... more) throws Exception {
        List<String> args = new ArrayList<>(List.of("--no-tickets", "--session-cache", "0"));
        args.addAll(List.of(more));
        return resuming(args.toArray(String[]::new));
    }

    private static Running resuming(String... more) throws Exception {
        List<String> args = new ArrayList<>(
                List.of("serve", "--port", "0", "--cert", files.rsaCert.toString(), "--key", files.rsaKey.toString()));
        args.addAll(List.of(more));
        return Running.start(args.toArray(String[]::new));
    }

    @Test
    void sessionsAreResumedByIdAndByTicketUnlessThatIsSwitchedOff() throws Exception {
        String resumed = "An earlier session continues: no key was used.";
        for (String[] how : new String[][] {{}, {"--no-tickets"}, {"--session-cache", "0"}}) {
            try (Running server = resuming(how)) {
                assertThat(page(server)).contains("The key took");
                assertThat(page(server)).contains(resumed);
            }
        }
        try (Running server = serve()) {
            page(server);
            assertThat(page(server)).contains("The key took");
        }
    }

    @Test
    void clientCertificatesAreWantedOrRequired() throws Exception {
        KeyPair keys = files.ca.ec();
        SSLContext certified = TestClients.certified(files.ca, keys);
        String authority = files.caCert.toString();
        try (Running wants = serve("--client-auth", "want", "--client-ca", authority);
                Running requires = serve("--client-auth", "require", "--client-ca", authority)) {
            assertThat(page(wants)).contains("200 OK");
            assertThatThrownBy(() -> page(requires)).isInstanceOf(java.io.IOException.class);
            for (Running server : List.of(wants, requires)) {
                try (SSLSocket client = TestClients.client(certified, server.port())) {
                    assertThat(get(client)).contains("200 OK");
                }
            }
        }
    }

    @Test
    void renegotiationIsRefusedUnlessItIsAllowed() throws Exception {
        try (Running refuses = serve("--echo");
                Running allows = serve("--echo", "--trace", "--renegotiation", "secure")) {
            try (SSLSocket client = client(allows)) {
                echo(client);
                client.startHandshake(); // sends ClientHello; the rest happens beside the data
                Pattern again = Pattern.compile("CONNECTED -- CLIENT_HELLO -> .*-> CONNECTED", Pattern.DOTALL);
                for (int i = 0; i < 100 && !again.matcher(allows.out()).find(); i++) {
                    echo(client);
                }
                assertThat(allows.out()).containsPattern(again);
            }
            try (SSLSocket client = client(refuses)) {
                echo(client);
                client.startHandshake();
                assertThatThrownBy(() -> echo(client)).isInstanceOf(java.io.IOException.class);
            }
        }
    }

    private static void echo(SSLSocket client) throws Exception {
        client.getOutputStream().write(42);
        assertThat(client.getInputStream().read()).isEqualTo(42);
    }

    private static SSLSocket client(Running server) throws Exception {
        return TestClients.client(trusting, server.port());
    }

    private static String get(SSLSocket client) throws Exception {
        client.getOutputStream().write("GET / HTTP/1.0\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        byte[] answer = client.getInputStream().readAllBytes(); // to close_notify
        return new String(answer, StandardCharsets.US_ASCII);
    }

    private static String page(Running server) throws Exception {
        try (SSLSocket client = client(server)) {
            return get(client);
        }
    }

    @Test
    void thePageSaysWhatWasNegotiatedInOneRecordOfAThousandBytes() throws Exception {
        try (Running server = serve("--key-inline");
                SSLSocket client = client(server)) {
            client.getOutputStream().write("GET / HTTP/1.0\n\n".getBytes(StandardCharsets.US_ASCII));
            byte[] into = new byte[1 << 15];
            int first = client.getInputStream().read(into);

            assertThat(first).isEqualTo(HttpPage.LENGTH);
            assertThat(client.getInputStream().read()).isEqualTo(-1);
            String page = new String(into, 0, first, StandardCharsets.US_ASCII);
            assertThat(page)
                    .startsWith("HTTP/1.0 200 OK\r\n")
                    .contains(client.getSession().getCipherSuite())
                    .contains("x25519")
                    .contains("rsa_pss_rsae_sha256")
                    .contains("The key answered immediately")
                    .endsWith("</html>\n");
            int body = page.indexOf("\r\n\r\n") + 4;
            assertThat(page).contains("Content-Length: " + (page.length() - body) + "\r\n");
        }
    }

    @Test
    void theThreeKeyModesServeTheSamePage() throws Exception {
        for (String[] mode : new String[][] {{}, {"--key-inline"}, {"--key-delay-ms", "20"}}) {
            try (Running server = serve(mode)) {
                assertThat(page(server)).contains("TLS_ECDHE_RSA_WITH_AES_");
            }
        }
        try (Running server = serve("--key-delay-ms", "20")) {
            assertThat(page(server)).containsPattern("The key took [2-9]\\d\\.|The key took \\d{3,}\\.");
        }
    }

    @Test
    void aHeadComesInPiecesAndMayBeLong() throws Exception {
        try (Running server = serve("--key-inline");
                SSLSocket client = client(server)) {
            OutputStream out = client.getOutputStream();
            out.write("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nCookie: ".getBytes(StandardCharsets.US_ASCII));
            out.write("x".repeat(40_000).getBytes(StandardCharsets.US_ASCII));
            for (char c : "\r\n\r\n".toCharArray()) {
                out.write(c);
            }
            assertThat(client.getInputStream().readAllBytes()).hasSize(HttpPage.LENGTH);
        }
    }

    @Test
    void serverNamesChooseTheirCertificate() throws Exception {
        String pair = files.ecCert + "," + files.ecKey;
        try (Running server = serve("--sni", "ec.test=" + pair, "--sni", "*.wild.test=" + pair)) {
            assertThat(keyTypeFor(server, "localhost")).isEqualTo("RSA");
            assertThat(keyTypeFor(server, "ec.test")).isEqualTo("EC");
            assertThat(keyTypeFor(server, "a.wild.test")).isEqualTo("EC");
            assertThat(keyTypeFor(server, "a.b.wild.test")).isEqualTo("RSA");
        }
    }

    @Test
    void strictlyNamedHostsOnly() throws Exception {
        String pair = files.ecCert + ",file:" + files.ecKey;
        try (Running server = serve("--sni-strict", "--sni", "ec.test=" + pair)) {
            assertThat(keyTypeFor(server, "ec.test")).isEqualTo("EC");
            assertThat(page(server)).contains("200 OK"); // without a name
            assertThatThrownBy(() -> keyTypeFor(server, "other.test"))
                    .isInstanceOf(SSLException.class)
                    .hasMessageContaining("unrecognized_name");
        }
    }

    private static String keyTypeFor(Running server, String name) throws Exception {
        // A context of its own: the JDK's client repeats the server name of a session that it remembers.
        try (SSLSocket client = TestClients.client(TestClients.trusting(files.ca), server.port())) {
            SSLParameters parameters = client.getSSLParameters();
            parameters.setServerNames(List.of(new SNIHostName(name)));
            client.setSSLParameters(parameters);
            client.startHandshake();
            assertThat(get(client)).contains("<td>" + name + "\n");
            return ((X509Certificate) client.getSession().getPeerCertificates()[0])
                    .getPublicKey()
                    .getAlgorithm();
        }
    }

    @Test
    void twoCertificatesServeClientsOfEitherKind() throws Exception {
        try (Running server = serve("--cert", files.ecCert.toString(), "--key", files.ecKey.toString())) {
            for (String suite :
                    List.of("TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256")) {
                try (SSLSocket client = client(server)) {
                    client.setEnabledCipherSuites(new String[] {suite});
                    assertThat(get(client)).contains(suite);
                }
            }
        }
    }

    @Test
    void alpnIsNegotiated() throws Exception {
        try (Running server = serve("--alpn", "http/1.0,http/1.1,h2");
                SSLSocket client = client(server)) {
            SSLParameters parameters = client.getSSLParameters();
            parameters.setApplicationProtocols(new String[] {"http/1.1", "spdy/3"});
            client.setSSLParameters(parameters);
            assertThat(get(client)).contains("<td>http/1.1\n");
            assertThat(client.getApplicationProtocol()).isEqualTo("http/1.1");
        }
    }

    @Test
    void listsAndPoliciesSayWhatIsSpoken() throws Exception {
        String cbc = "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256";
        try (Running modern = serve();
                Running compatible = serve("--policy", "Compatible");
                Running exact = serve(
                        "--suites",
                        cbc.toLowerCase(java.util.Locale.ROOT),
                        "--groups",
                        "secp384r1",
                        "--sigalgs",
                        "rsa_pkcs1_sha384")) {
            assertThatThrownBy(() -> pageWith(modern, cbc)).isInstanceOf(SSLException.class);
            assertThat(pageWith(compatible, cbc)).contains(cbc);
            assertThat(pageWith(exact, cbc)).contains("secp384r1").contains("rsa_pkcs1_sha384");
            assertThat(exact.out()).contains("1 suites");
        }
    }

    private static String pageWith(Running server, String suite) throws Exception {
        try (SSLSocket client = client(server)) {
            client.setEnabledCipherSuites(new String[] {suite});
            return get(client);
        }
    }

    @Test
    void anEncryptedKeyIsOpenedWithThePasswordFile() throws Exception {
        Path key = files.write("served.key", TestFiles.pbes2(files.rsa));
        Path password = files.write("password.txt", TestFiles.PASSWORD + "\n");
        try (Running server = Running.start(
                "serve",
                "--port",
                "0",
                "--cert",
                files.rsaCert.toString(),
                "--key",
                key.toString(),
                "--key-password-file",
                password.toString())) {
            assertThat(page(server)).contains("200 OK");
        }
    }

    @Test
    void theTraceShowsEveryStateChangeAndEveryWaitInOrder() throws Exception {
        try (Running server = serve("--trace", "--key-delay-ms", "10")) {
            page(server);
            String trace = server.awaitLine("CLOSED");
            assertThat(trace)
                    .containsSubsequence(
                            "#1 STATE   ",
                            "MAKE_KEY_SHARE",
                            "#1 SUSPEND SIGN",
                            "#1 RESUME  SIGN after ",
                            "-> CONNECTED",
                            "#1 CLOSED  in good order");
            assertThat(trace.lines().skip(1)).allMatch(line -> line.startsWith("#1 "));
        }
    }

    @Test
    void theKeyLogHasOneLineForEachHandshakeAndIsForItsOwnerOnly() throws Exception {
        Path log = directory.resolve("keys.log");
        try (Running server = serve("--keylog", log.toString())) {
            page(server);
            page(server);
        }
        assertThat(Files.readAllLines(log))
                .hasSize(2)
                .allMatch(line -> line.matches("CLIENT_RANDOM [0-9a-f]{64} [0-9a-f]{96}"));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(log)))
                .isEqualTo("rw-------");
    }

    /** What has no room for a line of the key log, or of the access log, costs that line and no handshake. */
    @Test
    void logsOnAFullDiskEndNoHandshake() throws Exception {
        try (Running server = serve("--keylog", "/dev/full", "--access-log", "/dev/full")) {
            page(server);
            page(server);
            server.awaitError("log=access-log");
            assertThat(server.awaitError("log=key-log").lines().filter(line -> line.contains("log-failing")))
                    .hasSize(2)
                    .allMatch(line -> line.contains("ERROR log-failing: ") && line.contains("reason="));
        }
    }

    @Test
    void echoKeepsAnsweringWhileAnotherHandshakeWaitsTwoSecondsForTheKey() throws Exception {
        try (Running server = serve("--echo", "--trace", "--key-delay-ms", "2000");
                SSLSocket neighbour = client(server);
                SSLSocket waiting = client(server)) {
            neighbour.startHandshake();
            CompletableFuture<Void> handshake = CompletableFuture.runAsync(() -> {
                try {
                    waiting.startHandshake();
                } catch (java.io.IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            });
            server.awaitLine("#2 SUSPEND SIGN");
            InputStream in = neighbour.getInputStream();
            int answers = 0;
            long longest = 0;
            while (!server.out().contains("#2 RESUME  SIGN")) {
                long before = System.nanoTime();
                neighbour.getOutputStream().write(42);
                assertThat(in.read()).isEqualTo(42);
                longest = Math.max(longest, System.nanoTime() - before);
                answers++;
            }
            handshake.get(30, TimeUnit.SECONDS);
            System.out.printf(
                    "%d echoes during one suspended handshake, the longest %.1f ms%n", answers, longest / 1e6);
            assertThat(answers).isGreaterThan(20); // a thread that waited for the key would have given one at most
        }
    }

    @Test
    void aHundredHandshakesWaitAtOnce() throws Exception {
        ForkJoinPool clients = new ForkJoinPool(100);
        try (Running server = serve("--trace", "--key-delay-ms", "300")) {
            List<CompletableFuture<String>> pages = new ArrayList<>();
            long before = System.nanoTime();
            for (int i = 0; i < 100; i++) {
                pages.add(CompletableFuture.supplyAsync(
                        () -> {
                            try {
                                return page(server);
                            } catch (Exception e) { // boundary: a supplier throws nothing checked
                                throw new IllegalStateException(e);
                            }
                        },
                        clients));
            }
            for (CompletableFuture<String> page : pages) {
                assertThat(page.get(60, TimeUnit.SECONDS)).contains("The key took");
            }
            double seconds = (System.nanoTime() - before) / 1e9;
            int waiting = 0;
            int most = 0;
            for (String line : server.out().split("\n")) {
                waiting += line.contains(" SUSPEND ") ? 1 : line.contains(" RESUME ") ? -1 : 0;
                most = Math.max(most, waiting);
            }
            System.out.printf(
                    "100 handshakes with a key that takes 300 ms: %.1f s, up to %d suspended at once%n", seconds, most);
            assertThat(most).isGreaterThan(10); // a thread that waited for the key would have one at most
        } finally {
            clients.shutdownNow();
        }
    }

    /** Handshakes on an established connection, with keys at once, from a pool and after a while, between its records. */
    @Test
    @Timeout(60)
    void anEstablishedConnectionIsRenegotiatedWhateverTheKey() throws Exception {
        for (String[] mode : new String[][] {{}, {"--key-inline"}, {"--key-delay-ms", "20"}}) {
            for (String suite :
                    new String[] {"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "TLS_RSA_WITH_AES_128_GCM_SHA256"}) {
                List<String> args =
                        new ArrayList<>(List.of("--echo", "--renegotiation", "secure", "--policy", "compatible"));
                args.addAll(List.of(mode));
                try (Running server = serve(args.toArray(String[]::new));
                        SSLSocket client = client(server)) {
                    client.setSoTimeout(20_000);
                    client.setEnabledCipherSuites(new String[] {suite});
                    for (int i = 0; i < 5; i++) {
                        client.getSession().invalidate(); // so that each handshake is a full one
                        client.startHandshake();
                        client.getOutputStream().write(new byte[] {(byte) i, 1, 2});
                        assertThat(client.getInputStream().readNBytes(3)).containsExactly(i, 1, 2);
                    }
                }
            }
        }
    }
}
