package dev.lockstep.server.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.keys.BlockingKey;
import dev.lockstep.server.InProcessKeyServer;
import dev.lockstep.server.Running;
import dev.lockstep.server.TestClients;
import dev.lockstep.server.TestFiles;
import dev.lockstep.server.demo.ThrowawayCa;
import dev.lockstep.tls.key.DecryptRequest;
import dev.lockstep.tls.key.SignRequest;
import dev.lockstep.tls.spec.SignatureScheme;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Keys outside the process are asked for and tried before a configuration with them is served. */
@Timeout(120)
class KeyTrialTest {

    @TempDir
    Path directory;

    private TestFiles files;

    @BeforeEach
    void makeFiles() throws Exception {
        files = new TestFiles(directory);
    }

    private String[] serve(String... more) {
        List<String> args = new ArrayList<>(List.of(
                "serve",
                "--port",
                "0",
                "--cert",
                files.ecCert.toString(),
                "--key",
                "keyserver:" + directory.resolve("ks.sock")));
        args.addAll(List.of(more));
        return args.toArray(String[]::new);
    }

    private String refused(String... more) throws Exception {
        Running running = Running.finished(Map.of(), serve(more));
        assertThat(running.exitCode()).isEqualTo(2);
        assertThat(running.err().lines()).hasSize(1);
        return running.err().strip();
    }

    private void handshake(int port) throws Exception {
        try (SSLSocket client = TestClients.client(TestClients.trusting(files.ca), port)) {
            client.startHandshake();
        }
    }

    @Test
    void aKeyServerWithoutTheKey() throws Exception {
        try (InProcessKeyServer server = InProcessKeyServer.serving(files.rsa).start(directory)) {
            assertThat(refused())
                    .isEqualTo("--key: no key for " + files.ecCert + " in the key server at " + server.socket
                            + ": it has no key of this certificate, or none for this client (it offers 1); see that the"
                            + " key is there and may be used");
        }
    }

    @Test
    void aKeyThatIsAnother() throws Exception {
        KeyPair mixed = new KeyPair(files.ec.getPublic(), files.ca.ec().getPrivate());
        try (InProcessKeyServer server = InProcessKeyServer.serving(mixed).start(directory)) {
            // the key server verifies what it signs, and does not say more of a signature that is wrong
            assertThat(refused()).contains("the key server: the key's device failed; ");
            assertThat(server.runs()).isTrue();
        }
    }

    @Test
    void aKeyThatIsListedAndDoesNotSign() throws Exception {
        InProcessKeyServer.Setup setup = InProcessKeyServer.serving();
        setup.with(files.ec, key -> new BlockingKey() {
            @Override
            public Set<SignatureScheme> signatureSchemes() {
                return key.signatureSchemes();
            }

            @Override
            public boolean canDecrypt() {
                return false;
            }

            @Override
            public byte[] sign(SignRequest request) {
                throw new java.security.ProviderException("CKR_USER_NOT_LOGGED_IN");
            }

            @Override
            public byte[] decrypt(DecryptRequest request) {
                throw new UnsupportedOperationException();
            }
        });
        try (InProcessKeyServer server = setup.start(directory)) {
            assertThat(refused()).contains("the key server: the key's device failed; ");
            assertThat(server.runs()).isTrue();
        }
    }

    @Test
    void oneSignatureIsMadeForEachLoading() throws Exception {
        AtomicInteger count = new AtomicInteger();
        InProcessKeyServer.Setup setup = InProcessKeyServer.serving();
        setup.with(files.ec, InProcessKeyServer.counting(count));
        try (InProcessKeyServer keys = setup.start(directory);
                Running server = Running.start(serve())) {
            assertThat(count).hasValue(1);
            handshake(server.port());
            assertThat(count).hasValue(2);
            assertThat(server.err()).doesNotContain(" WARNING ", " ERROR ");
            assertThat(keys.runs()).isTrue();
        }
    }

    @Test
    void aServerStartsBeforeItsKeyServerAndKeepsTrying() throws Exception {
        try (Running server = Running.start(serve())) {
            assertThat(server.err().lines().filter(line -> line.contains(" configuration: ")))
                    .singleElement()
                    .asString()
                    .contains("configuration: waiting: --key: the key for " + files.ecCert
                            + " cannot be tried, since the key server at " + directory.resolve("ks.sock")
                            + " does not answer: ");
            assertThatThrownBy(() -> handshake(server.port())).isInstanceOf(SSLException.class);
            try (InProcessKeyServer keys = InProcessKeyServer.serving(files.ec).start(directory)) {
                server.awaitError("reloaded: configuration 2 ");
                handshake(server.port());
                assertThat(keys.runs()).isTrue();
            }
            assertThat(server.err().lines().filter(line -> line.contains(" configuration: ")))
                    .hasSize(1);
        }
    }

    @Test
    void aKeyServerThatIsAwayCanBeAReasonNotToStart() throws Exception {
        assertThat(refused("--require-keys"))
                .startsWith("--key: the key for " + files.ecCert + " cannot be tried, since the key server at ")
                .endsWith("; start it first, and see that this user may reach it");
    }

    @Test
    void aCertificateWhoseKeyTheKeyServerLacksIsNotTaken() throws Exception {
        KeyPair next = files.ca.ec();
        try (InProcessKeyServer keys = InProcessKeyServer.serving(files.ec).start(directory);
                Running server = Running.start(serve())) {
            Files.writeString(files.ecCert, ThrowawayCa.pem(files.ca.issueForLocalhost(next)));
            server.awaitError("not reloaded, configuration 1 stays: --key: no key for " + files.ecCert);
            handshake(server.port());
            Files.writeString(files.ecCert, ThrowawayCa.pem(files.ca.issueForLocalhost(files.ec)));
            server.awaitError("reloaded: configuration 2 ");
            assertThat(keys.runs()).isTrue();
        }
    }

    @Test
    void aCheckFindsEveryProblemAndStartsNothing() throws Exception {
        Path policy = files.write("policy", "suites = TLS_NO_SUCH\n");
        Running bad = Running.finished(
                Map.of(),
                serve(
                        "--check",
                        "--sni",
                        "a.test=" + files.rsaCert + "," + files.ecKey,
                        "--psk-file",
                        files.write("psk", " a:00112233445566778899aabbccddeeff")
                                .toString(),
                        "--client-auth",
                        "want",
                        "--policy-file",
                        policy.toString()));
        assertThat(bad.exitCode()).isEqualTo(2);
        assertThat(bad.out()).isEmpty();
        assertThat(bad.err().lines())
                .satisfiesExactly(
                        line -> assertThat(line)
                                .startsWith("--key: the key for ")
                                .contains("does not answer"),
                        line -> assertThat(line).startsWith("--sni: ").contains("does not match the certificate"),
                        line -> assertThat(line).startsWith("--psk-file: ").contains("line 1 has blanks"),
                        line -> assertThat(line).startsWith("--client-auth: no authority of clients is trusted"),
                        line -> assertThat(line).startsWith("--policy-file, suites in line 1: 'TLS_NO_SUCH' is no"));
        try (InProcessKeyServer keys = InProcessKeyServer.serving(files.ec).start(directory)) {
            Running good = Running.finished(Map.of(), serve("--check"));
            assertThat(good.exitCode()).isZero();
            assertThat(good.err()).isEmpty();
            assertThat(good.out()).startsWith("good: policy modern, key in key server at ");
            assertThat(keys.runs()).isTrue();
        }
    }
}
