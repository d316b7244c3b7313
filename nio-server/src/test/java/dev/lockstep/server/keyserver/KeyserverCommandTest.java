package dev.lockstep.server.keyserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.keys.keyserver.protocol.KeyId;
import dev.lockstep.keys.keyserver.protocol.KeyOffer;
import dev.lockstep.keys.keyserver.protocol.Message;
import dev.lockstep.server.KeyServerLoop;
import dev.lockstep.server.KeyserverProcess;
import dev.lockstep.server.Main;
import dev.lockstep.server.RawClient;
import dev.lockstep.server.Running;
import dev.lockstep.server.TestClients;
import dev.lockstep.server.TestFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The command line of the key server, in this process for what it refuses and in one of its own for what it does. */
@Timeout(120)
@Tag("one-jdk")
class KeyserverCommandTest {

    private static final String SETPRIV = "/usr/bin/setpriv";
    private static final String PYTHON = "/usr/bin/python3";

    @TempDir
    static Path shared;

    private static TestFiles files;

    @TempDir
    Path directory;

    @BeforeAll
    static void makeFiles() throws Exception {
        files = new TestFiles(shared);
    }

    private static void assertRefused(String error, String... options) throws Exception {
        String[] args = new String[options.length + 1];
        args[0] = "keyserver";
        System.arraycopy(options, 0, args, 1, options.length);
        Running refused = Running.finished(Map.of(), args);
        assertThat(refused.exitCode()).isEqualTo(Main.USAGE);
        assertThat(refused.err().lines()).hasSize(1).first().asString().startsWith(error);
    }

    private String socket() {
        return directory.resolve("ks.sock").toString();
    }

    private static List<KeyId> keys(Path socket) throws Exception {
        try (RawClient client = RawClient.greeted(socket)) {
            return ((Message.Keys) client.send(1, new Message.ListKeys()).answer(1))
                    .keys().stream().map(KeyOffer::key).toList();
        }
    }

    @Test
    void whatItCannotDoIsSaidInOneLineThatNamesTheOption() throws Exception {
        String key = files.rsaKey.toString();
        Path plain = Files.writeString(directory.resolve("plain"), "x");
        assertRefused("--socket: is missing", "--key", key);
        assertRefused("--key: there is none", "--socket", socket());
        assertRefused("--key: ", "--socket", socket(), "--key", files.rsaCert.toString());
        assertRefused("--cert: ", "--socket", socket(), "--key", key, "--cert", files.ecCert.toString());
        assertRefused("--socket: " + plain, "--socket", plain.toString(), "--key", key);
        assertRefused("--socket-mode: '999'", "--socket", socket(), "--key", key, "--socket-mode", "999");
        assertRefused("--socket-group: ", "--socket", socket(), "--key", key, "--socket-group", "no such group");
        assertRefused("--allow-uid: 'root'", "--socket", socket(), "--key", key, "--allow-uid", "root");
        assertRefused("--rate: ", "--socket", socket(), "--key", key, "--rate", "-1");
        assertRefused(
                "--log-fsync: ", "--socket", socket(), "--key", key, "--log", socket() + ".log", "--log-fsync", "x");
        assertRefused("--pkcs11: it was not said", "--socket", socket(), "--pkcs11", "/nowhere.so");
        String pin = files.write("pin", "1234\n").toString();
        String library = plain.toString();
        String[][] tokens = {
            {"--pkcs11: /nowhere.so does not exist; ", "/nowhere.so", "--pkcs11-pin-file", pin},
            {"--pkcs11: softhsm.so is not absolute; ", "softhsm.so", "--pkcs11-pin-file", pin},
            {"--pkcs11: " + directory + " is no file; ", directory.toString(), "--pkcs11-pin-file", pin},
            {"--pkcs11-pin-file: /nowhere does not exist; ", library, "--pkcs11-pin-file", "/nowhere"},
            {
                "--pkcs11-pin-file: ",
                library,
                "--pkcs11-pin-file",
                files.write("empty", "\n").toString()
            },
            {"--pkcs11-pin-env: there is no environment variable NO_PIN; ", library, "--pkcs11-pin-env", "NO_PIN"},
        };
        for (String[] token : tokens) {
            assertRefused(token[0], "--socket", socket(), "--pkcs11", token[1], token[2], token[3]);
        }
        assertRefused(
                "--pkcs11-pin-file: was given together with --pkcs11-pin-env; choose one",
                "--socket",
                socket(),
                "--pkcs11",
                library,
                "--pkcs11-pin-file",
                pin,
                "--pkcs11-pin-env",
                "HOME");
        assertRefused(
                "--socket: /nowhere/s: the directory /nowhere does not exist; ",
                "--socket",
                "/nowhere/s",
                "--key",
                key);
        assertRefused(
                "--pkcs11-pin: unknown here", "--socket", socket(), "--pkcs11", "/nowhere.so", "--pkcs11-pin", "1");
        assertThat(directory.resolve("ks.sock")).doesNotExist();
    }

    @Test
    void tcpIsRefusedWithoutMutualTls() throws Exception {
        String key = files.rsaKey.toString();
        String cert = files.rsaCert.toString();
        assertRefused("--tls-cert: is missing", "--tcp", "127.0.0.1:0", "--key", key);
        assertRefused("--tls-key: is missing", "--tcp", "127.0.0.1:0", "--key", key, "--tls-cert", cert);
        assertRefused(
                "--tls-client-ca: is missing",
                "--tcp",
                "127.0.0.1:0",
                "--key",
                key,
                "--tls-cert",
                cert,
                "--tls-key",
                key);
        assertRefused(
                "--allow-client: is missing",
                "--tcp",
                "127.0.0.1:0",
                "--key",
                key,
                "--tls-cert",
                cert,
                "--tls-key",
                key,
                "--tls-client-ca",
                files.caCert.toString());
        assertRefused("--tcp: '8443'", "--tcp", "8443", "--key", key);
        assertRefused(
                "--tls-key: ",
                "--tcp",
                "127.0.0.1:0",
                "--key",
                key,
                "--tls-cert",
                cert,
                "--tls-key",
                files.ecKey.toString(),
                "--allow-client",
                "dns:client.example",
                "--tls-client-ca",
                files.caCert.toString());
    }

    @Test
    void filesThatSayWhoIsTrustedAndThatOthersCanWriteAreRefused() throws Exception {
        Path authority = Files.copy(files.caCert, directory.resolve("clients.pem"));
        Path list = Files.writeString(directory.resolve("clients.crl"), "x");
        List<String> options = List.of(
                "--tcp",
                "127.0.0.1:0",
                "--key",
                files.rsaKey.toString(),
                "--tls-cert",
                files.rsaCert.toString(),
                "--tls-key",
                files.rsaKey.toString(),
                "--allow-client",
                "dns:client.example",
                "--tls-client-ca",
                authority.toString(),
                "--tls-client-crl",
                list.toString());
        Files.setPosixFilePermissions(authority, PosixFilePermissions.fromString("rw-rw-r--"));
        assertRefused("--tls-client-ca: " + authority + " can be written by others", options.toArray(String[]::new));
        Files.setPosixFilePermissions(authority, PosixFilePermissions.fromString("rw-r--r--"));
        Files.setPosixFilePermissions(list, PosixFilePermissions.fromString("rw-rw-rw-"));
        assertRefused("--tls-client-crl: " + list + " can be written by others", options.toArray(String[]::new));
    }

    @Test
    void anOptionThatHasNoEffectWithoutAnotherIsRefused() throws Exception {
        for (Map.Entry<String, List<String>> each : KeyserverRules.NEEDED.entrySet()) {
            String option = each.getKey();
            String error = option + ": has no effect without " + String.join(" or ", each.getValue()) + "; give "
                    + each.getValue().get(0) + " ";
            if (option.equals("--demo-key-files")) {
                assertRefused(error, option);
            } else {
                assertRefused(error, option, "x");
            }
        }
        String key = files.rsaKey.toString();
        assertRefused("--tls-cert: ", "--socket", socket(), "--key", key, "--tls-cert", "/nonexistent");
        assertRefused(
                "--allow-client: has no effect without --tcp; give --tcp HOST:PORT too, or leave it out",
                "--socket",
                socket(),
                "--key",
                key,
                "--allow-client",
                "dns:x=k");
        assertRefused("--socket-mode: ", "--tcp", "127.0.0.1:0", "--key", key, "--socket-mode", "9999");
        assertThat(directory.resolve("ks.sock")).doesNotExist();
    }

    @Test
    void theKeyOfAnAuthorityIsRefusedUnlessAllowed() throws Exception {
        Path key = files.write("ca.key", TestFiles.pkcs8(files.ca.keys()));
        String[] options = {
            "--socket", socket(), "--key", key.toString(), "--cert", files.caCert.toString(), "--allow-ca-certificate"
        };
        assertRefused(
                "--cert: " + files.caCert + " is a certificate authority's",
                Arrays.copyOf(options, options.length - 1));
        try (KeyserverProcess server = KeyserverProcess.start(directory, options)) {
            assertThat(keys(Path.of(socket()))).hasSize(1);
            assertThat(server.ready()).contains("listening");
        }
        Running refused = Running.finished(
                Map.of(), "serve", "--port", "0", "--cert", files.caCert.toString(), "--key", key.toString());
        assertThat(refused.exitCode()).isEqualTo(Main.USAGE);
        assertThat(refused.err()).contains("CA:FALSE");
    }

    @Test
    void aCertificateForMoreThanTlsServersIsWarnedOf() throws Exception {
        try (KeyserverProcess server = KeyserverProcess.start(
                directory, "--socket", socket(), "--key", files.ecKey.toString(), "--cert", files.ecCert.toString())) {
            assertThat(server.awaitErrors("--cert: " + files.ecCert + " has extendedKeyUsage clientAuth, so "))
                    .contains("serverAuth alone");
        }
    }

    @Test
    void dheWithoutItsOptionFailsAndTheOperatorOfTheTlsServerIsToldItsName() throws Exception {
        String[] options = {"--socket", socket(), "--key", files.rsaKey.toString(), "--allow-dhe"};
        String[] serve = {
            "serve",
            "--port",
            "0",
            "--policy",
            "intermediate",
            "--cert",
            files.rsaCert.toString(),
            "--key",
            "keyserver:" + socket()
        };
        try (KeyserverProcess keys = KeyserverProcess.start(directory, Arrays.copyOf(options, options.length - 1));
                Running server = Running.start(serve)) {
            assertThatThrownBy(() -> dhe(server.port())).hasMessageContaining("internal_error");
            server.awaitError("(DHE needs 'keyserver --allow-dhe')");
            assertThat(keys.errors()).doesNotContain(" ERROR ");
        }
        try (KeyserverProcess keys = KeyserverProcess.start(directory, options);
                Running server = Running.start(serve)) {
            dhe(server.port());
            assertThat(keys.errors()).doesNotContain(" ERROR ");
        }
    }

    private static void dhe(int port) throws Exception {
        try (SSLSocket client = TestClients.client(TestClients.trusting(files.ca), port)) {
            client.setEnabledCipherSuites(new String[] {"TLS_DHE_RSA_WITH_AES_128_GCM_SHA256"});
            client.startHandshake();
        }
    }

    @Test
    void keysFromFilesAreServedUnderTheNamesTheirCertificatesGive() throws Exception {
        try (KeyserverProcess server = KeyserverProcess.start(
                directory,
                "--socket",
                socket(),
                "--key",
                files.rsaKey.toString(),
                "--key",
                files.ecKey.toString(),
                "--cert",
                files.ecCert.toString())) {
            assertThat(keys(Path.of(socket())))
                    .containsExactlyInAnyOrder(
                            KeyId.of(files.rsaCertificate.getPublicKey()),
                            KeyId.of(KeyServerLoop.certificate(files.ecCert).getPublicKey()));
            server.awaitErrors("no --log was given");
        }
    }

    @Test
    void aSignalToEndRemovesTheSocketAndACrashLeavesOneThatIsReplaced() throws Exception {
        String[] options = {"--socket", socket(), "--socket-mode", "0660", "--key", files.ecKey.toString()};
        try (KeyserverProcess crashing = KeyserverProcess.start(directory, options)) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(Path.of(socket()))))
                    .isEqualTo("rw-rw----");
            crashing.kill();
        }
        assertThat(Files.exists(Path.of(socket()), LinkOption.NOFOLLOW_LINKS)).isTrue();
        try (KeyserverProcess ending = KeyserverProcess.start(directory, options)) {
            assertThat(keys(Path.of(socket()))).hasSize(1);
            assertThat(ending.terminate()).isEqualTo(128 + 15);
        }
        assertThat(Files.exists(Path.of(socket()), LinkOption.NOFOLLOW_LINKS)).isFalse();
    }

    @Test
    void demoKeysAreMadeInItsMemoryAndKeptInFilesOnlyWhenAskedTo() throws Exception {
        Path demo = directory.resolve("demo");
        KeyId ec;
        try (KeyserverProcess server =
                KeyserverProcess.start(directory, "--socket", socket(), "--demo-keys", demo.toString())) {
            ec = KeyId.of(KeyServerLoop.certificate(demo.resolve("ec.pem")).getPublicKey());
            assertThat(demo.toFile().list()).containsExactlyInAnyOrder("ca.pem", "rsa.pem", "ec.pem");
            assertThat(keys(Path.of(socket()))).hasSize(2).contains(ec);
            assertThat(server.terminate()).isEqualTo(128 + 15);
        }
        String[] kept = {"--socket", socket(), "--demo-keys", demo.toString(), "--demo-key-files"};
        KeyId next;
        try (KeyserverProcess first = KeyserverProcess.start(directory, kept)) {
            next = KeyId.of(KeyServerLoop.certificate(demo.resolve("ec.pem")).getPublicKey());
            assertThat(next).isNotEqualTo(ec);
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(demo.resolve("ec.key"))))
                    .isEqualTo("rw-------");
            first.kill();
        }
        try (KeyserverProcess second = KeyserverProcess.start(directory, kept)) {
            assertThat(keys(Path.of(socket()))).contains(next);
            assertThat(second.ready()).endsWith("pid " + second.pid());
        }
    }

    /** The certificates that are there may be those of a key server that runs. */
    @Test
    void aStartThatIsRefusedWritesNoDemoCertificates() throws Exception {
        Path demo = directory.resolve("demo");
        Path other = directory.resolve("other");
        try (KeyserverProcess server =
                KeyserverProcess.start(directory, "--socket", socket(), "--demo-keys", demo.toString())) {
            byte[] ec = Files.readAllBytes(demo.resolve("ec.pem"));
            byte[] ca = Files.readAllBytes(demo.resolve("ca.pem"));
            for (Path each : List.of(demo, other)) {
                assertRefused("--socket: " + socket(), "--socket", socket(), "--demo-keys", each.toString());
            }
            assertThat(demo.resolve("ec.pem")).hasBinaryContent(ec);
            assertThat(demo.resolve("ca.pem")).hasBinaryContent(ca);
            assertRefused("--socket: is missing", "--demo-keys", demo.toString());
            assertThat(demo.resolve("ca.pem")).hasBinaryContent(ca);
            assertThat(other).doesNotExist();
            assertThat(server.terminate()).isEqualTo(128 + 15);
        }
        String file = Files.writeString(directory.resolve("plain"), "x").toString();
        assertRefused("--demo-keys: " + file, "--socket", socket(), "--demo-keys", file + "/demo");
        assertRefused("--demo-keys: " + file, "--socket", socket(), "--demo-keys", file);
        assertThat(Files.exists(Path.of(socket()), LinkOption.NOFOLLOW_LINKS)).isFalse();
    }

    /** The JDK's parsers take a sign, and the digits of every script. */
    @Test
    void aNumberHasTheDigitsOfAscii() throws Exception {
        String key = files.rsaKey.toString();
        for (String number : new String[] {"+5", "\u0661", "-1", "0x5", " 5", "99999999999999999999"}) {
            assertRefused("--allow-uid: '" + number + "'", "--socket", socket(), "--key", key, "--allow-uid", number);
            String log = socket() + ".log";
            assertRefused(
                    "--log-fsync: '" + number + "'",
                    "--socket",
                    socket(),
                    "--key",
                    key,
                    "--log",
                    log,
                    "--log-fsync",
                    number);
            assertRefused(
                    "--log-max-bytes: ", "--socket", socket(), "--key", key, "--log", log, "--log-max-bytes", number);
        }
        assertRefused("--allow-uid: ", "--socket", socket(), "--key", key, "--allow-uid", "4294967296");
        for (String group : new String[] {"+5", "\u0661", "-1"}) {
            assertRefused(
                    "--socket-group: there is no group '" + group + "'",
                    "--socket",
                    socket(),
                    "--key",
                    key,
                    "--socket-group",
                    group);
        }
    }

    @Test
    void aClientUnderAnotherUserIdIsRefusedByTheKernelsWord() throws Exception {
        long own = Integer.toUnsignedLong((Integer) Files.getAttribute(directory, "unix:uid"));
        // A user who may not change the user id plays the stranger.
        long allowed = own == 0 ? 65_534 : own + 1;
        try (KeyserverProcess server = KeyserverProcess.start(
                        directory,
                        "--socket",
                        socket(),
                        "--socket-mode",
                        "0666",
                        "--allow-uid",
                        Long.toString(allowed),
                        "--key",
                        files.ecKey.toString());
                RawClient stranger = RawClient.connect(Path.of(socket()))) {
            assertThat(stranger.nextOrEnd()).isNull(); // closed before it has said a word
            server.awaitErrors("refused a connection of the user");
        }
    }

    /** Says hello as another user, and prints the type of the answer, or that there was none. */
    private static final String OTHER_USER = """
        import socket, sys
        s = socket.socket(socket.AF_UNIX)
        s.connect(sys.argv[1])
        try:
            s.sendall(bytes([0, 0, 0, 13, 1] + [0] * 8 + [0, 2, 0, 2]))
            print(s.recv(100)[4])
        except (IndexError, ConnectionResetError, BrokenPipeError):
            print('closed')
        """;

    @Test
    void anotherUserComesInIfItsIdIsAllowedAndNotOtherwise() throws Exception {
        long own = Integer.toUnsignedLong((Integer) Files.getAttribute(directory, "unix:uid"));
        boolean able = own == 0 && Stream.of(SETPRIV, PYTHON).map(Path::of).allMatch(Files::isExecutable);
        // Without the right to change the user id, the own user plays the other one too.
        long other = able ? 65_534 : own;
        long third = own + 1;
        Path open = Files.createTempDirectory("lockstep-keys-");
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path path = open.resolve("s");
        for (long allowed : new long[] {other, third}) {
            String[] options = {
                "--socket", path.toString(),
                "--socket-mode", "0666",
                "--allow-uid", Long.toString(allowed),
                "--key", files.ecKey.toString()
            };
            try (KeyserverProcess server = KeyserverProcess.start(directory, options)) {
                assertThat(server.ready()).contains(path.toString());
                if (able) {
                    assertThat(output(
                                    SETPRIV,
                                    "--reuid=65534",
                                    "--regid=65534",
                                    "--clear-groups",
                                    PYTHON,
                                    "-c",
                                    OTHER_USER,
                                    path.toString()))
                            .isEqualTo(allowed == other ? "129" : "closed");
                    assertThat(letsIn(path)).isFalse(); // root has no privilege here
                } else {
                    assertThat(letsIn(path)).isEqualTo(allowed == other);
                }
            }
        }
        Files.deleteIfExists(path);
        Files.delete(open);
    }

    private static String output(String... command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        return new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8).strip();
    }

    private static boolean letsIn(Path path) throws Exception {
        try (RawClient client = RawClient.connect(path)) {
            return client.send(0, new Message.Hello(2, 2)).nextOrEnd() != null;
        } catch (IOException e) {
            return false; // closed before we had spoken
        }
    }
}
