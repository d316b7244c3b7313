package dev.lockstep.servers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.jsse.LockstepProvider;
import dev.lockstep.server.Main;
import dev.lockstep.testkit.certificate.TestAuthority;
import dev.lockstep.testkit.util.Needed;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyStore;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.security.spec.X509EncodedKeySpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The JDK's server with a {@code LOCKSTEP} key store, whose keys are in a SoftHSM token and in the real key server. */
@Timeout(60)
class KeyStoreServerTest {

    private static final String LIBRARY = "/usr/lib/softhsm/libsofthsm2.so";
    private static final String PIN = "1234";

    @TempDir
    Path directory;

    private final TestAuthority authority = TestAuthority.root("Key store test", Instant.now());

    @Test
    void aKeyInATokenThatIsNamedByItsLabel() throws Exception {
        Needed.programs("softhsm2 opensc", "/usr/bin/softhsm2-util", "/usr/bin/pkcs11-tool", LIBRARY);
        Path configuration = Path.of(System.getenv("SOFTHSM2_CONF"));
        Files.createDirectories(configuration.getParent());
        Path tokens = Files.createDirectories(directory.resolve("tokens"));
        Files.writeString(
                configuration,
                "directories.tokendir = " + tokens + "\nobjectstore.backend = file\nlog.level = ERROR\n");
        run("softhsm2-util", "--init-token", "--free", "--label", "web keys", "--so-pin", "5678", "--pin", PIN);
        tool("--keypairgen", "--key-type", "EC:prime256v1", "--id", "01", "--usage-sign");
        Path file = directory.resolve("web.der");
        tool("--read-object", "--type", "pubkey", "--id", "01", "--output-file", file.toString());
        PublicKey key = KeyFactory.getInstance("EC").generatePublic(new X509EncodedKeySpec(Files.readAllBytes(file)));
        X509Certificate certificate = authority.server(key, "localhost");
        Files.write(file, certificate.getEncoded());
        tool("--write-object", file.toString(), "--type", "cert", "--id", "01");
        Path pin = Files.writeString(directory.resolve("pin"), PIN);
        Files.setPosixFilePermissions(pin, PosixFilePermissions.fromString("rw-------"));
        serves(certificate, "pkcs11:token=web%20keys?module-path=" + LIBRARY + "&pin-source=file:" + pin);
        assertThatThrownBy(() -> load(certificate, "pkcs11:token=other?module-name=softhsm2&pin-source=" + pin))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("no token")
                .hasMessageContaining("'web keys'");
    }

    @Test
    void aKeyInTheKeyServer() throws Exception {
        KeyPair pair = TestAuthority.keyPair("EC", "secp256r1");
        X509Certificate certificate = authority.server(pair.getPublic(), "localhost");
        Path chain = pem("served.pem", "CERTIFICATE", certificate.getEncoded());
        Path key = pem("served.key", "PRIVATE KEY", pair.getPrivate().getEncoded());
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
        Path socket = directory.resolve("keys.sock");
        Process keyServer = new ProcessBuilder(
                        System.getProperty("java.home") + "/bin/java",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "-XX:TieredStopAtLevel=1",
                        Main.class.getName(),
                        "keyserver",
                        "--socket",
                        socket.toString(),
                        "--cert",
                        chain.toString(),
                        "--key",
                        key.toString())
                .redirectErrorStream(true)
                .start();
        try (BufferedReader printed = keyServer.inputReader(StandardCharsets.UTF_8)) {
            String line = printed.readLine();
            while (line != null && !line.contains("listening")) {
                line = printed.readLine();
            }
            assertThat(line).as("a key server that listens").isNotNull();
            serves(certificate, "keyserver:" + socket);
            X509Certificate other =
                    authority.server(TestAuthority.keyPair("EC", "secp256r1").getPublic(), "localhost");
            assertThatThrownBy(() -> load(other, "keyserver:" + socket))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("no key of this certificate");
        } finally {
            keyServer.destroy();
            assertThat(keyServer.waitFor(20, TimeUnit.SECONDS)).isTrue();
        }
    }

    /** Twice, as servers load their key stores again; the key managers are the JDK's. */
    private void serves(X509Certificate certificate, String place) throws Exception {
        ExecutorService executor = Executors.newFixedThreadPool(Way.THREADS);
        for (int i = 0; i < 2; i++) {
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(load(certificate, place), new char[0]);
            SSLContext context = SSLContext.getInstance("TLSv1.2", new LockstepProvider());
            context.init(keys.getKeyManagers(), null, null);
            try (RunningServer server = new JdkServer(context, executor)) {
                assertThat(server.get(authority.certificate())).contains(RunningServer.PAGE);
            }
        }
        executor.shutdownNow();
    }

    private KeyStore load(X509Certificate certificate, String place) throws Exception {
        Path chain = pem("chain.pem", "CERTIFICATE", certificate.getEncoded());
        String text = "web.cert=" + chain + "\nweb.key=" + place + "\n";
        KeyStore store = KeyStore.getInstance("LOCKSTEP", new LockstepProvider());
        try (InputStream in = new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8))) {
            store.load(in, null);
        }
        return store;
    }

    private Path pem(String file, String type, byte[] content) throws IOException {
        String base64 = Base64.getMimeEncoder().encodeToString(content);
        return Files.writeString(
                directory.resolve(file), "-----BEGIN " + type + "-----\n" + base64 + "\n-----END " + type + "-----\n");
    }

    private static void tool(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(
                List.of("pkcs11-tool", "--module", LIBRARY, "--token-label", "web keys", "--login", "--pin", PIN));
        command.addAll(List.of(arguments));
        run(command.toArray(String[]::new));
    }

    private static void run(String... command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(printed).isZero();
    }
}
