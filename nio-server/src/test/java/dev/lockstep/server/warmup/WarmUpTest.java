package dev.lockstep.server.warmup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.server.Running;
import dev.lockstep.server.TestFiles;
import dev.lockstep.tls.config.Policy;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.credential.Credential;
import dev.lockstep.tls.key.ExternalPrivateKey;
import dev.lockstep.tls.key.SignRequest;
import dev.lockstep.tls.session.MemorySessionStore;
import dev.lockstep.tls.spec.SignatureScheme;
import dev.lockstep.tls.wait.Start;
import dev.lockstep.tls.wait.Waker;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Handshakes before the first client's, with none of the server's own keys. */
@Timeout(120)
class WarmUpTest {

    @TempDir
    static Path directory;

    private static TestFiles files;

    @BeforeAll
    static void makeFiles() throws Exception {
        files = new TestFiles(directory);
    }

    @Test
    void theServersOwnKeysAndSessionsAreLeftAlone() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        ExternalPrivateKey key = new ExternalPrivateKey() {
            @Override
            public Set<SignatureScheme> signatureSchemes() {
                return Set.of(SignatureScheme.ECDSA_SECP256R1_SHA256);
            }

            @Override
            public Start<byte[]> startSign(SignRequest request, Waker waker) {
                asked.incrementAndGet();
                return Start.failed(new IllegalStateException("not to be asked"));
            }
        };
        MemorySessionStore sessions = new MemorySessionStore(10, Duration.ofHours(1));
        TlsServerConfig served = TlsServerConfig.builder()
                .credential(Credential.external(List.of(files.ecCertificate), key))
                .sessionStore(sessions)
                .keyLog(line -> asked.incrementAndGet())
                .build();
        WarmUp.Result result = WarmUp.run(served, 10);
        assertThat(result.handshakes()).isEqualTo(10);
        assertThat(result.resumed()).isEqualTo(4); // every second one, but the first of these
        assertThat(asked).hasValue(0);
        assertThat(sessions.size()).isZero();
    }

    @Test
    void whatIsServedByPreSharedKeyAloneIsNotWarmedUp() {
        TlsServerConfig served = TlsServerConfig.builder()
                .policy(Policy.COMPATIBLE)
                .preSharedKeys((request, waker) -> Start.fallThrough())
                .build();
        assertThatThrownBy(() -> WarmUp.run(served, 1)).isInstanceOf(GeneralSecurityException.class);
    }

    @Test
    void serveWarmsUpBeforeItOpensThePort() throws Exception {
        try (Running server = Running.start(
                "serve",
                "--port",
                "0",
                "--cert",
                files.rsaCert.toString(),
                "--key",
                files.rsaKey.toString(),
                "--warm-up",
                "3")) {
            assertThat(server.awaitError(" listening: "))
                    .containsPattern("(?s) warmed-up: .*handshakes=3 .* listening: ");
        }
    }
}
