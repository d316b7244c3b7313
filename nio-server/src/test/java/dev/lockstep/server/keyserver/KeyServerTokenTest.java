package dev.lockstep.server.keyserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.keys.keyserver.KeyServerKeys;
import dev.lockstep.server.KeyServerLoop;
import dev.lockstep.server.KeyserverProcess;
import dev.lockstep.server.TestFiles;
import dev.lockstep.server.TokenFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Keys in a token, the token in the key server, the key server in a process of its own. */
@Timeout(120)
class KeyServerTokenTest {

    private static final String ECDHE_ECDSA = "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256";
    private static final String ECDHE_RSA = "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256";
    private static final String RSA = "TLS_RSA_WITH_AES_128_GCM_SHA256";

    @TempDir
    Path directory;

    private TokenFiles token;

    @BeforeEach
    void makeToken() throws Exception {
        token = new TokenFiles(directory, new TestFiles(directory));
    }

    private KeyServerKeys client() {
        return KeyServerKeys.unix(socket())
                .decryption(KeyServerKeys.Decryption.OR_RANDOM)
                .build();
    }

    private Path socket() {
        return directory.resolve("ks.sock");
    }

    private KeyserverProcess keyServer() throws IOException {
        return KeyserverProcess.start(
                directory,
                token.variables(),
                List.of(),
                "--socket",
                socket().toString(),
                "--pkcs11",
                TokenFiles.LIBRARY.toString(),
                "--pkcs11-pin-file",
                token.pinFile().toString(),
                "--allow-decrypt",
                "--log",
                directory.resolve("keys.log").toString());
    }

    @Test
    void handshakesWorkWithBothKeysAndAfterARestart() throws Exception {
        try (KeyServerLoop server = new KeyServerLoop(client(), directory, "ec.pem", "rsa.pem")) {
            for (int i = 0; i < 2; i++) {
                try (KeyserverProcess keys = keyServer()) {
                    assertThat(server.handshakeWithin(ECDHE_ECDSA, 2_000)).isLessThan(2_000);
                    server.handshake(ECDHE_RSA);
                    server.handshake(RSA);
                    assertThat(keys.errors()).doesNotContain(" WARNING ", " ERROR ");
                }
            }
        }
    }

    @Test
    void aTokenThatIsLostFailsOperationsAtOnceUntilItsProcessIsStartedAnew() throws Exception {
        Path elsewhere = directory.resolve("elsewhere");
        try (KeyServerLoop server = new KeyServerLoop(client(), directory, "ec.pem", "rsa.pem")) {
            try (KeyserverProcess keys = keyServer()) {
                assertThat(server.handshakeWithin(ECDHE_ECDSA, 2_000)).isLessThan(2_000);
                Files.move(token.tokens(), elsewhere);
                long begin = System.nanoTime();
                assertThatThrownBy(() -> server.handshake(ECDHE_ECDSA)).hasStackTraceContaining("internal_error");
                assertThatThrownBy(() -> server.handshake(RSA)).hasStackTraceContaining("bad_record_mac");
                assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin))
                        .as("milliseconds for two that failed")
                        .isLessThan(5_000);
                assertThat(Files.readString(directory.resolve("keys.log"))).contains("\"result\":\"failed:");
                assertThat(keys.errors()).doesNotContain(" WARNING ", " ERROR "); // it is no defect
            }
            Files.move(elsewhere, token.tokens());
            try (KeyserverProcess again = keyServer()) {
                assertThat(server.handshakeWithin(ECDHE_ECDSA, 2_000)).isLessThan(2_000);
                server.handshake(RSA);
                assertThat(again.errors()).doesNotContain(" WARNING ", " ERROR ");
            }
            assertThat(server.runs()).isTrue();
        }
    }
}
