package dev.lockstep.server.serve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.server.Running;
import dev.lockstep.server.TestClients;
import dev.lockstep.server.TestFiles;
import java.nio.file.Path;
import java.security.Security;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What computes in place of Java, on the command line. */
@Timeout(120)
class ProviderOptionsTest {

    @TempDir
    static Path directory;

    private static TestFiles files;

    @BeforeAll
    static void makeFiles() throws Exception {
        files = new TestFiles(directory);
    }

    private static String[] serve(String... more) {
        List<String> args = new ArrayList<>(List.of("serve", "--port", "0"));
        args.addAll(List.of("--cert", files.rsaCert.toString(), "--key", files.rsaKey.toString()));
        args.addAll(List.of("--cert", files.ecCert.toString(), "--key", files.ecKey.toString()));
        args.addAll(List.of(more));
        return args.toArray(String[]::new);
    }

    @Test
    void aServerComputesWithAProviderAndRegistersNothing() throws Exception {
        try (Running server = Running.start(serve("--crypto-provider", "Conscrypt"))) {
            for (String suite :
                    List.of("TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256")) {
                try (SSLSocket client = TestClients.client(TestClients.trusting(files.ca), server.port())) {
                    client.setEnabledCipherSuites(new String[] {suite});
                    client.startHandshake();
                    assertThat(client.getSession().getCipherSuite()).isEqualTo(suite);
                }
            }
        }
        assertThat(Security.getProvider("Conscrypt")).isNull();
    }

    @Test
    void aCheckSaysWhatComputesWhat() throws Exception {
        try (Running check = Running.finished(Map.of(), serve("--check", "--crypto-provider", "Conscrypt"))) {
            assertThat(check.err()).isEmpty();
            assertThat(check.exitCode()).isZero();
            assertThat(check.out().lines())
                    .hasSize(15)
                    .contains("crypto: X25519: Conscrypt", "crypto: RSA signatures: Conscrypt")
                    .last()
                    .asString()
                    .startsWith("good: ");
        }
    }

    @Test
    void aProviderThatIsNotThereOrOfNoUseIsRefused() throws Exception {
        refused(
                "--crypto-provider: there is no provider 'Nowhere' on the class path; start with java -cp "
                        + "lockstep.jar:PROVIDER.jar dev.lockstep.server.Main, and give the name as the provider spells it",
                serve("--crypto-provider", "Nowhere"));
        refused(
                "--crypto-provider: nothing can be taken from SUN; leave it out, or give another version",
                serve("--crypto-provider", "SUN"));
        refused(
                "--crypto-provider: 'Conscrypt' was given twice; give each once",
                serve("--crypto-provider", "Conscrypt", "--crypto-provider", "Conscrypt"));
        refused(
                "--crypto-provider: there is no provider 'Nowhere' on the class path; start with java -cp "
                        + "lockstep.jar:PROVIDER.jar dev.lockstep.server.Main, and give the name as the provider spells it",
                "keyserver",
                "--socket",
                directory.resolve("keys.sock").toString(),
                "--key",
                files.rsaKey.toString(),
                "--log",
                directory.resolve("key-use.log").toString(),
                "--crypto-provider",
                "Nowhere");
    }

    private static void refused(String line, String... args) throws Exception {
        try (Running running = Running.finished(Map.of(), args)) {
            assertThat(running.exitCode()).isEqualTo(2);
            assertThat(running.out()).isEmpty();
            assertThat(running.err().strip()).isEqualTo(line);
        }
    }
}
