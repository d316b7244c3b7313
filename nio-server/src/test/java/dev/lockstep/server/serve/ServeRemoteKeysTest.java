package dev.lockstep.server.serve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.keys.uri.Pkcs11Uri;
import dev.lockstep.server.Running;
import dev.lockstep.server.Spawned;
import dev.lockstep.server.TestClients;
import dev.lockstep.server.TestFiles;
import dev.lockstep.server.demo.ThrowawayCa;
import dev.lockstep.testkit.util.Needed;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.PublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code serve} with keys that it does not hold: a token found by its label, an ssh-agent. */
@Timeout(240)
@Tag("one-jdk")
class ServeRemoteKeysTest {

    private static final String LIBRARY = "/usr/lib/softhsm/libsofthsm2.so";

    @TempDir
    static Path directory;

    private static ThrowawayCa ca;
    private static SSLContext trusting;

    @BeforeAll
    static void makeAuthority() throws Exception {
        ca = new ThrowawayCa(java.time.Instant.now());
        trusting = TestClients.trusting(ca);
    }

    /** Two tokens, so that the first slot is the wrong one half of the time; only one of them has keys. */
    private static Map<String, String> makeTokens() throws Exception {
        Needed.programs("softhsm2 opensc", "softhsm2-util", "pkcs11-tool", LIBRARY);
        Path tokens = Files.createDirectories(directory.resolve("tokens"));
        Path conf = Files.writeString(
                directory.resolve("softhsm2.conf"),
                "directories.tokendir = " + tokens + "\nobjectstore.backend = file\nlog.level = ERROR\n");
        Map<String, String> variables = Map.of("SOFTHSM2_CONF", conf.toString());
        for (String label : List.of("nothing here", "tls; keys")) {
            run(
                    variables,
                    "softhsm2-util",
                    "--init-token",
                    "--free",
                    "--label",
                    label,
                    "--so-pin",
                    "5678",
                    "--pin",
                    "1234");
        }
        issue(variables, "RSA", "rsa:2048", "01");
        issue(variables, "EC", "EC:prime256v1", "02");
        return variables;
    }

    private static void issue(Map<String, String> variables, String type, String pkcs11Type, String id)
            throws Exception {
        List<String> generate = new ArrayList<>(
                List.of("--keypairgen", "--key-type", pkcs11Type, "--id", id, "--usage-sign", "--sensitive"));
        if (type.equals("RSA")) {
            generate.add("--usage-decrypt");
        }
        tool(variables, generate.toArray(String[]::new));
        Path file = directory.resolve(type + ".der");
        tool(variables, "--read-object", "--type", "pubkey", "--id", id, "--output-file", file.toString());
        PublicKey key = KeyFactory.getInstance(type).generatePublic(new X509EncodedKeySpec(Files.readAllBytes(file)));
        var certificate = ca.issueForLocalhost(new KeyPair(key, null));
        Files.write(file, certificate.getEncoded());
        tool(variables, "--write-object", file.toString(), "--type", "cert", "--id", id);
        Files.writeString(directory.resolve(type + ".pem"), ThrowawayCa.pem(certificate));
    }

    private static void tool(Map<String, String> variables, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(
                List.of("pkcs11-tool", "--module", LIBRARY, "--token-label", "tls; keys", "--login", "--pin", "1234"));
        command.addAll(List.of(arguments));
        run(variables, command.toArray(String[]::new));
    }

    private static void run(Map<String, String> variables, String... command) throws Exception {
        try (Spawned program = Spawned.start(variables, List.of(command))) {
            assertThat(program.exitCode()).as(program.printed()).isZero();
        }
    }

    private static String page(int port, String suite) throws Exception {
        try (SSLSocket client = TestClients.client(trusting, port)) {
            client.setEnabledCipherSuites(new String[] {suite});
            client.getOutputStream().write("GET / HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            return new String(client.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        }
    }

    @Test
    void aTokenIsFoundByItsLabelAndDoesEveryKeyExchange() throws Exception {
        Map<String, String> variables = makeTokens();
        Path pin = Files.writeString(directory.resolve("pin"), "1234\n");
        String uri = "pkcs11:token=tls%3B%20keys;object=tls-rsa?module-path=" + LIBRARY + "&pin-source=file:" + pin;
        String byName = "pkcs11:token=tls%3B%20keys;id=%02?module-name=softhsm2&pin-source=env:TOKEN_PIN";
        Map<String, String> withPin = Map.of("SOFTHSM2_CONF", variables.get("SOFTHSM2_CONF"), "TOKEN_PIN", "1234");
        try (Spawned server = Spawned.start(
                withPin,
                List.of(),
                "serve",
                "--port",
                "0",
                "--policy",
                "compatible",
                "--cert",
                directory.resolve("RSA.pem").toString(),
                "--key",
                uri,
                "--cert",
                directory.resolve("EC.pem").toString(),
                "--key",
                byName)) {
            int port = server.port();
            assertThat(server.printed()).contains("key in PKCS#11 token 'tls; keys'");
            for (String suite : List.of(
                    "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
                    "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
                    "TLS_RSA_WITH_AES_128_GCM_SHA256")) {
                assertThat(page(port, suite)).contains(suite).contains("The key took");
            }
        }
        String certificate = directory.resolve("RSA.pem").toString();
        assertThat(refused(variables, certificate, uri.replace("keys;", "key;")))
                .startsWith("--key: no token of " + LIBRARY + " is as described; there are ")
                .contains("'tls; keys' in slot ")
                .contains("'nothing here' in slot ");
        assertThat(refused(variables, certificate, "pkcs11:model=SoftHSM%20v2?module-path=" + LIBRARY))
                .startsWith("--key: more than one token of ");
        assertThat(refused(variables, certificate, "pkcs11:token=tls%3B%20keys?module-path=" + LIBRARY))
                .startsWith("--key: the PIN of the PKCS#11 token 'tls; keys' is not known; add")
                .contains(Pkcs11Uri.PIN_VARIABLE);
        Files.writeString(pin, "4321");
        assertThat(refused(variables, certificate, uri))
                .isEqualTo("--key: no key for " + certificate + " in the PKCS#11 token 'tls; keys': the token refused"
                        + " the PIN; see that the key is there and may be used");
        Files.writeString(pin, "1234");
        Path other = Files.writeString(directory.resolve("other.pem"), ThrowawayCa.pem(ca.issueForLocalhost(ca.rsa())));
        assertThat(refused(variables, other.toString(), uri)).contains("the token has no private key for");
        assertThat(refused(variables, certificate, "pkcs11:token=x?module-path=/usr/lib/none.so"))
                .startsWith("--key: /usr/lib/none.so does not answer as a PKCS#11 library; check module-path");
    }

    /** Tokens whose keys were made by other tools often have no certificates in them. */
    @Test
    void aKeyWithoutACertificateInTheTokenIsFoundByItsPublicKey() throws Exception {
        Needed.programs("softhsm2 opensc", "softhsm2-util", "pkcs11-tool", LIBRARY);
        Path tokens = Files.createDirectories(directory.resolve("bare"));
        Path conf = Files.writeString(
                directory.resolve("bare.conf"),
                "directories.tokendir = " + tokens + "\nobjectstore.backend = file\nlog.level = ERROR\n");
        Map<String, String> variables = Map.of("SOFTHSM2_CONF", conf.toString(), Pkcs11Uri.PIN_VARIABLE, "1234");
        String[] init = {
            "softhsm2-util", "--init-token", "--free", "--label", "tls; keys", "--so-pin", "5678", "--pin", "1234"
        };
        run(variables, init);
        TestFiles files = new TestFiles(directory);
        Path other = files.write("other-ec.key", TestFiles.pkcs8(files.ca.ec()));
        String[] paths = {other.toString(), files.ecKey.toString(), files.rsaKey.toString()};
        for (int i = 0; i < paths.length; i++) {
            String id = "0" + (i + 1);
            String[] load = {
                "softhsm2-util",
                "--import",
                paths[i],
                "--token",
                "tls; keys",
                "--label",
                id,
                "--id",
                id,
                "--pin",
                "1234"
            };
            run(variables, load);
        }
        String uri = "pkcs11:token=tls%3B%20keys;library-manufacturer=SoftHSM?module-path=" + LIBRARY + "&x-pool=1";
        List<String> opens = List.of(
                "--add-opens=jdk.crypto.cryptoki/sun.security.pkcs11=ALL-UNNAMED",
                "--add-opens=jdk.crypto.cryptoki/sun.security.pkcs11.wrapper=ALL-UNNAMED");
        String[] serve = {
            "serve",
            "--port",
            "0",
            "--cert",
            files.ecCert.toString(),
            "--key",
            uri,
            "--cert",
            files.rsaCert.toString(),
            "--key",
            uri
        };
        try (Spawned server = Spawned.start(variables, opens, serve)) {
            for (String suite :
                    List.of("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256")) {
                try (SSLSocket client = TestClients.client(TestClients.trusting(files.ca), server.port())) {
                    client.setEnabledCipherSuites(new String[] {suite});
                    client.startHandshake();
                }
            }
        }
        assertThat(refused(variables, files.ecCert.toString(), uri))
                .contains("this Java shows keys only with a certificate of the same CKA_ID")
                .contains("--add-opens jdk.crypto.cryptoki/sun.security.pkcs11=ALL-UNNAMED");
        assertThat(refused(variables, files.ecCert.toString(), uri.replace("=SoftHSM?", "=Other?")))
                .startsWith("--key: no token of " + LIBRARY + " is as described; ");
    }

    private static String refused(Map<String, String> variables, String certificate, String key) throws Exception {
        try (Spawned program =
                Spawned.start(variables, List.of(), "serve", "--port", "0", "--cert", certificate, "--key", key)) {
            assertThat(program.exitCode()).as(program.printed()).isEqualTo(2);
            assertThat(program.printed().lines()).hasSize(1);
            return program.printed().strip();
        }
    }

    @Test
    void anAgentSigns() throws Exception {
        Needed.programs("openssh-client", "ssh-agent", "ssh-add", "ssh-keygen");
        TestFiles files = new TestFiles(directory);
        Path key = files.write("agent.key", TestFiles.pkcs8(files.rsa));
        Files.setPosixFilePermissions(key, java.nio.file.attribute.PosixFilePermissions.fromString("rw-------"));
        Path socket = directory.resolve("agent");
        SSLContext client = TestClients.trusting(files.ca);
        try (Spawned agent = Spawned.start(Map.of(), List.of("ssh-agent", "-D", "-a", socket.toString()))) {
            agent.await("SSH_AUTH_SOCK");
            run(Map.of("SSH_AUTH_SOCK", socket.toString()), "ssh-add", "-q", key.toString());
            Files.delete(key);
            String[] given = {"serve", "--port", "0", "--cert", files.rsaCert.toString(), "--key"};
            try (Running server = Running.start(with(given, "ssh-agent:" + socket))) {
                assertThat(server.out()).contains("key in ssh-agent at " + socket);
                try (SSLSocket one = TestClients.client(client, server.port())) {
                    one.startHandshake();
                    assertThat(one.getSession().getCipherSuite()).contains("_ECDHE_RSA_");
                }
            }
            try (Running server =
                    Running.start(Map.of("SSH_AUTH_SOCK", socket.toString()), with(given, "ssh-agent:"))) {
                assertThat(server.out()).contains("key in ssh-agent");
            }
            String[] wrong = {"serve", "--port", "0", "--cert", files.ecCert.toString(), "--key", "ssh-agent:"};
            Running refused = Running.finished(Map.of("SSH_AUTH_SOCK", socket.toString()), wrong);
            assertThat(refused.exitCode()).isEqualTo(2);
            assertThat(refused.err())
                    .contains("does not hold the certificate's key")
                    .contains("ssh-add");
            Running unset = Running.finished(Map.of(), wrong);
            assertThat(unset.err()).startsWith("--key: SSH_AUTH_SOCK is not set; start an ssh-agent");
        }
    }

    private static String[] with(String[] arguments, String last) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.add(last);
        return all.toArray(String[]::new);
    }
}
