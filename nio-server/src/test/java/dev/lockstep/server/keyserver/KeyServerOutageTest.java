package dev.lockstep.server.keyserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.keys.keyserver.KeyServerKeys;
import dev.lockstep.server.KeyServerLoop;
import dev.lockstep.server.KeyserverProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A key server that dies is noticed at once, and one that comes back is used again, by a server that runs on. */
@Timeout(120)
@Tag("one-jdk")
class KeyServerOutageTest {

    private static final String ECDHE_ECDSA = "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256";
    private static final String ECDHE_RSA = "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256";
    private static final String DHE_RSA = "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256";
    private static final String RSA = "TLS_RSA_WITH_AES_128_GCM_SHA256";

    @TempDir
    Path directory;

    private KeyserverProcess keyServer(String... more) throws IOException {
        List<String> options = new ArrayList<>(List.of(
                "--socket",
                socket().toString(),
                "--demo-keys",
                directory.toString(),
                "--demo-key-files",
                "--allow-decrypt",
                "--allow-dhe",
                "--log",
                directory.resolve("keys.log").toString()));
        options.addAll(List.of(more));
        return KeyserverProcess.start(directory, options.toArray(String[]::new));
    }

    private Path socket() {
        return directory.resolve("ks.sock");
    }

    private KeyServerLoop server() throws Exception {
        KeyServerKeys keys = KeyServerKeys.unix(socket())
                .decryption(KeyServerKeys.Decryption.OR_RANDOM)
                .build();
        return new KeyServerLoop(keys, directory, "ec.pem", "rsa.pem");
    }

    private static CompletableFuture<Void> begin(SSLSocket client) {
        return CompletableFuture.runAsync(
                () -> {
                    try {
                        client.getOutputStream().write(1);
                        if (client.getInputStream().read() != 1) {
                            throw new IOException("no echo");
                        }
                    } catch (IOException e) {
                        throw new java.io.UncheckedIOException(e);
                    }
                },
                task -> new Thread(task, "client").start());
    }

    @Test
    void handshakesWorkWithTheKeysInAnotherProcess() throws Exception {
        try (KeyserverProcess keys = keyServer();
                KeyServerLoop server = server()) {
            assertThat(keys.ready()).isEqualTo("keyserver: listening on " + socket() + " pid " + keys.pid());
            server.handshake(ECDHE_ECDSA);
            server.handshake(ECDHE_RSA);
            server.handshake(DHE_RSA);
            server.handshake(RSA);
        }
        assertThat(Files.readString(directory.resolve("keys.log"))).contains("decrypt:or-random");
    }

    @Test
    void aKeyServerThatDiesEndsSuspendedHandshakesAtOnceAndNewOnesFailFast() throws Exception {
        try (KeyserverProcess keys = keyServer("--demo-key-delay-ms", "20000");
                KeyServerLoop server = server();
                SSLSocket signing = server.client(ECDHE_ECDSA);
                SSLSocket signingToo = server.client(ECDHE_RSA);
                SSLSocket decrypting = server.client(RSA)) {
            List<CompletableFuture<Void>> handshakes = List.of(begin(signing), begin(signingToo), begin(decrypting));
            server.awaitSuspended(3);
            assertThat(handshakes).noneMatch(CompletableFuture::isDone);

            keys.kill();
            long killed = System.nanoTime();
            // A signature that fails is told: RFC 5246 7.2.2, internal_error.
            assertThatThrownBy(() -> handshakes.get(0).get(10, TimeUnit.SECONDS))
                    .hasStackTraceContaining("internal_error");
            assertThatThrownBy(() -> handshakes.get(1).get(10, TimeUnit.SECONDS))
                    .hasStackTraceContaining("internal_error");
            // RFC 5246 7.4.7.1: a decryption that fails is not; the handshake continues and breaks at Finished.
            assertThatThrownBy(() -> handshakes.get(2).get(10, TimeUnit.SECONDS))
                    .hasStackTraceContaining("bad_record_mac");
            long ended = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - killed);
            assertThat(ended).as("milliseconds until all had ended").isLessThan(5_000); // the delay is 20 s

            long begin = System.nanoTime();
            assertThatThrownBy(() -> server.handshake(ECDHE_ECDSA)).hasStackTraceContaining("internal_error");
            assertThatThrownBy(() -> server.handshake(RSA)).hasStackTraceContaining("bad_record_mac");
            long refused = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin);
            assertThat(refused).as("milliseconds for two that failed").isLessThan(5_000);
            System.out.println("ended " + ended + " ms after the kill; two new ones failed within " + refused + " ms");

            try (KeyserverProcess again = keyServer()) {
                long took = server.handshakeWhenBack(ECDHE_ECDSA);
                server.handshake(RSA);
                assertThat(again.ready()).contains(socket().toString());
                System.out.println("first handshake " + took + " ms after the restart");
            }
            assertThat(server.runs()).isTrue();
        }
    }

    @Test
    void aKeyServerThatStartsAfterItsClientIsFound() throws Exception {
        try (KeyserverProcess first = keyServer()) {
            assertThat(first.terminate()).isEqualTo(143);
        }
        assertThat(socket()).doesNotExist();
        try (KeyServerLoop server = server()) {
            assertThatThrownBy(() -> server.handshake(ECDHE_ECDSA)).isInstanceOf(IOException.class);
            try (KeyserverProcess second = keyServer()) {
                server.handshakeWhenBack(ECDHE_ECDSA);
                assertThat(second.pid()).isPositive();
            }
        }
    }
}
