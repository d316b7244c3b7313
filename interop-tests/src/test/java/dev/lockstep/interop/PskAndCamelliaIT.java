package dev.lockstep.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.interop.Setup.Groups;
import dev.lockstep.interop.Setup.Keys;
import dev.lockstep.interop.Setup.Service;
import dev.lockstep.testkit.util.Needed;
import dev.lockstep.tls.config.Policy;
import dev.lockstep.tls.spec.BulkCipher;
import dev.lockstep.tls.spec.CipherSuite;
import dev.lockstep.tls.spec.KeyExchange;
import dev.lockstep.tls.spec.MacAlgorithm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The suites that the ordinary matrix does not have: pre-shared keys in all four key exchanges, Camellia and ARIA. OpenSSL
 * and GnuTLS offer one suite at a time, each as many as it knows, and get back what they sent.
 */
@Tag("one-jdk")
@ExtendWith(Servers.class)
class PskAndCamelliaIT {

    private static final String IDENTITY = "meter-1";
    private static final String HINT = "the-meter";
    private static final String KEY = "8f2ac01d5be94377a6f30c118f2ac01d5be94377a6f30c1199aabbccddeeff00";
    private static final String WRONG_KEY = KEY.replace('8', '9');
    private static final List<String> OPENSSL = List.of("openssl", "s_client", "-tls1_2", "-brief");
    /** A person's own OPENSSL_CONF must not change what is offered. */
    private static final Map<String, String> OPENSSL_ENVIRONMENT = Map.of("OPENSSL_CONF", "/dev/null");

    private static final AtomicBoolean COMPILED = new AtomicBoolean();

    private final Servers.Pool servers;

    PskAndCamelliaIT(Servers.Pool servers) {
        this.servers = servers;
    }

    /** The suites in question, which the other matrix leaves out. */
    private static List<CipherSuite> suites() {
        return Policy.COMPATIBLE.cipherSuites().stream()
                .filter(suite ->
                        suite.keyExchange().usesPsk() || suite.bulkCipher().isCamelliaOrAria())
                .toList();
    }

    private static Stream<Arguments> withKeys(Stream<CipherSuite> suites) {
        // whether keys wait makes a difference only where there are some
        return suites.flatMap(suite -> suite.keyExchange().usesCertificate()
                ? Stream.of(Keys.values()).map(keys -> Arguments.of(suite, keys))
                : Stream.of(Arguments.of(suite, Keys.INLINE)));
    }

    private int port(Keys keys, boolean hint) throws IOException {
        Path directory = Files.createDirectories(servers.directory("psk"));
        Path file = Files.writeString(directory.resolve("keys.psk"), IDENTITY + ":" + KEY + "\n");
        List<String> more = new ArrayList<>(List.of("--psk-file", file.toString()));
        if (hint) {
            more.addAll(List.of("--psk-hint", HINT));
        }
        return servers.server(new Setup(keys, Service.ECHO, Groups.LARGE_FIRST, more))
                .port();
    }

    private static KeyKind kind(CipherSuite suite) {
        return suite.keyExchange() == KeyExchange.ECDHE_ECDSA ? KeyKind.P256 : KeyKind.RSA_2048;
    }

    // ---- OpenSSL

    /** OpenSSL's names of the suites, by those of the registry. */
    private static Map<String, String> openSslNames() throws IOException, InterruptedException {
        Needed.programs("openssl", "openssl");
        Map<String, String> names = new HashMap<>();
        for (String line : said(List.of("openssl", "ciphers", "-stdname", "ALL:COMPLEMENTOFALL:@SECLEVEL=0"))) {
            String[] words = line.strip().split("\\s+");
            if (words.length > 2) {
                names.put(words[0], words[2]);
            }
        }
        return names;
    }

    static Stream<Arguments> openSsl() throws IOException, InterruptedException {
        Map<String, String> names = openSslNames();
        return withKeys(suites().stream().filter(suite -> names.containsKey(suite.name())));
    }

    @ParameterizedTest
    @MethodSource("openSsl")
    void openSslCompletesAndGetsItsDataBack(CipherSuite suite, Keys keys) throws IOException, InterruptedException {
        String name = openSslNames().get(suite.name());
        LineClient.Result result = openSsl(suite, name, port(keys, false), KEY, List.of());
        assertThat(result.echoed()).as(result::said).isTrue();
        assertThat(result.exit()).as(result::said).isZero();
        assertThat(result.said()).contains("Ciphersuite: " + name, "Protocol version: TLSv1.2");
        if (suite.mac() != MacAlgorithm.NULL) {
            LineClient.Result macThenEncrypt = openSsl(suite, name, port(keys, false), KEY, List.of("-no_etm"));
            assertThat(macThenEncrypt.echoed()).as(macThenEncrypt::said).isTrue();
        }
    }

    private LineClient.Result openSsl(CipherSuite suite, String name, int port, String key, List<String> more)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(OPENSSL);
        command.addAll(List.of("-connect", "127.0.0.1:" + port, "-cipher", name + ":@SECLEVEL=0"));
        if (suite.keyExchange().usesCertificate()) {
            String host = kind(suite).host();
            command.addAll(List.of("-servername", host, "-verify_hostname", host, "-verify_return_error"));
            command.addAll(List.of("-CAfile", servers.pki().trustedRoot().toString()));
        }
        if (suite.keyExchange().usesPsk()) {
            command.addAll(List.of("-psk_identity", IDENTITY, "-psk", key));
        }
        command.addAll(more);
        return LineClient.run(command, OPENSSL_ENVIRONMENT, Payload.of(suite.code(), 20));
    }

    /** A wrong key and an unknown identity: the same alert at the same place. */
    @ParameterizedTest
    @MethodSource("oneOfEachPsk")
    void openSslIsRefusedAlikeForAWrongKeyAndAnUnknownIdentity(CipherSuite suite)
            throws IOException, InterruptedException {
        String name = openSslNames().get(suite.name());
        int port = port(Keys.INLINE, false);
        LineClient.Result wrong = openSsl(suite, name, port, WRONG_KEY, List.of());
        LineClient.Result unknown = openSsl(suite, name, port, KEY, List.of("-psk_identity", "meter-2"));
        for (LineClient.Result result : List.of(wrong, unknown)) {
            assertThat(result.echoed()).isFalse();
            assertThat(result.said()).contains("bad record mac");
        }
    }

    static Stream<CipherSuite> oneOfEachPsk() {
        return Stream.of(
                CipherSuite.TLS_PSK_WITH_AES_128_GCM_SHA256,
                CipherSuite.TLS_DHE_PSK_WITH_AES_128_GCM_SHA256,
                CipherSuite.TLS_ECDHE_PSK_WITH_AES_128_CBC_SHA256,
                CipherSuite.TLS_RSA_PSK_WITH_AES_128_GCM_SHA256);
    }

    // ---- GnuTLS

    /** What GnuTLS's priority strings call the parts of the suites it has. */
    static Stream<Arguments> gnuTls() throws IOException, InterruptedException {
        Needed.programs("gnutls-bin", "gnutls-cli");
        List<String> names = said(List.of("gnutls-cli", "--list")).stream()
                .filter(line -> line.startsWith("TLS_"))
                .map(line -> line.split("\\s+")[0])
                .toList();
        return withKeys(suites().stream().filter(suite -> names.contains(gnuTlsName(suite))));
    }

    private static String gnuTlsName(CipherSuite suite) {
        String name = suite.name().replace("_WITH_", "_").replace("TLS_PSK_DHE_", "TLS_DHE_PSK_");
        return suite.name().contains("CBC_SHA") && !suite.name().matches(".*SHA\\d+")
                ? name.replaceFirst("_SHA$", "_SHA1")
                : name;
    }

    private static String priority(CipherSuite suite) {
        String exchange = suite.keyExchange().name().replace('_', '-');
        String cipher = suite.bulkCipher() == BulkCipher.CHACHA20_POLY1305
                ? "CHACHA20-POLY1305"
                : suite.bulkCipher().name().replace('_', '-');
        String mac =
                suite.mac() == MacAlgorithm.NULL ? "AEAD" : suite.mac().name().substring("HMAC_".length());
        return "NONE:+VERS-TLS1.2:+COMP-NULL:+CTYPE-X509:+SIGN-ALL:+GROUP-ALL:+" + exchange + ":+" + cipher + ":+"
                + mac;
    }

    @ParameterizedTest
    @MethodSource("gnuTls")
    void gnuTlsCompletesAndGetsItsDataBack(CipherSuite suite, Keys keys) throws IOException, InterruptedException {
        for (boolean hint : new boolean[] {false, true}) {
            if (hint && !suite.keyExchange().usesPsk()) {
                continue;
            }
            List<String> command =
                    suite.keyExchange().usesPsk() && suite.keyExchange().isEphemeral()
                            ? ownClient(suite, port(keys, hint))
                            : gnuTlsCli(suite, port(keys, hint));
            LineClient.Result result = LineClient.run(command, Map.of(), Payload.of(suite.code(), 20));
            String said = String.join(" ", command) + "\n" + result.said();
            assertThat(result.echoed()).as(said).isTrue();
            assertThat(result.exit()).as(said).isZero();
            assertThat(result.said()).contains("- Description: (TLS1.2");
            if (suite.keyExchange().usesCertificate()) {
                assertThat(result.said()).contains("- Status: The certificate is trusted.");
            }
            if (hint && suite.keyExchange() != KeyExchange.RSA_PSK) { // where gnutls-cli does not show it
                assertThat(result.said()).contains("PSK hint '" + HINT + "'");
            }
        }
    }

    private List<String> gnuTlsCli(CipherSuite suite, int port) {
        List<String> command =
                new ArrayList<>(List.of("gnutls-cli", "--priority=" + priority(suite), "--port=" + port));
        if (suite.keyExchange().usesPsk()) {
            command.addAll(List.of("--pskusername=" + IDENTITY, "--pskkey=" + KEY));
        }
        if (suite.keyExchange().usesCertificate()) {
            String host = kind(suite).host();
            command.addAll(List.of("--sni-hostname=" + host, "--verify-hostname=" + host));
            command.add("--x509cafile=" + servers.pki().trustedRoot());
        }
        command.add("127.0.0.1");
        return command;
    }

    /** gnutls-cli crashes after handshakes of DHE-PSK and ECDHE-PSK, whatever the server; see the source of this client. */
    private List<String> ownClient(CipherSuite suite, int port) throws IOException, InterruptedException {
        Needed.programs("gcc libc6-dev libgnutls28-dev", "cc");
        Path program;
        synchronized (COMPILED) {
            program = Files.createDirectories(servers.directory("clients")).resolve("gnutls-psk");
            if (COMPILED.compareAndSet(false, true)) {
                String source =
                        Path.of("src", "test", "clients", "gnutls-psk.c").toString();
                Program.Finished compiled = Program.run(
                        List.of("cc", "-Wall", "-o", program.toString(), source, "-lgnutls"), Duration.ofSeconds(60));
                if (compiled.exit() != 0) {
                    COMPILED.set(false);
                    throw Needed.absent(
                            "gnutls-psk.c does not compile (apt-get install libgnutls28-dev): " + compiled.output());
                }
            }
        }
        return List.of(program.toString(), Integer.toString(port), priority(suite), IDENTITY, KEY);
    }

    /** So that a peer which has lost its suites cannot make this test pass without a word. */
    @Test
    void thePeersKnowMostOfTheSuites() throws IOException, InterruptedException {
        List<CipherSuite> known = new ArrayList<>();
        openSsl().forEach(row -> known.add((CipherSuite) row.get()[0]));
        gnuTls().forEach(row -> known.add((CipherSuite) row.get()[0]));
        List<String> unknown = suites().stream()
                .filter(suite -> !known.contains(suite))
                .map(Enum::name)
                .toList();
        // neither has ARIA in CBC mode, nor OpenSSL and GnuTLS of today the later suites of ECDHE_PSK
        assertThat(unknown)
                .allMatch(name -> name.contains("ARIA") && name.contains("CBC") || name.startsWith("TLS_ECDHE_PSK"));
        for (KeyExchange exchange : KeyExchange.values()) {
            assertThat(known).as("suites of %s", exchange).anyMatch(suite -> suite.keyExchange() == exchange);
        }
    }

    private static List<String> said(List<String> command) throws IOException, InterruptedException {
        return Program.run(command, Duration.ofSeconds(30)).output().lines().toList();
    }
}
