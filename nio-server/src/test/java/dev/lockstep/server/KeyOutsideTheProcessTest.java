package dev.lockstep.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.server.pem.PemFiles;
import dev.lockstep.testkit.util.Needed;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The serving process never holds the key: heap dumps of it, taken while it makes handshakes of every key exchange, are
 * searched for the key's numbers. The same search finds them in a dump of the process that does hold the key.
 */
@Timeout(300)
class KeyOutsideTheProcessTest {

    private static final List<String> SUITES = List.of(
            "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
            "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
            "TLS_RSA_WITH_AES_128_GCM_SHA256");

    @TempDir
    Path directory;

    @Test
    void aHeapDumpUnderLoadHasNothingOfTheKeys() throws Exception {
        Needed.programs("openjdk-17-jdk-headless", jcmd());
        Path socket = directory.resolve("keys.sock");
        try (Spawned keyServer = Spawned.start(
                Map.of(),
                List.of(),
                "keyserver",
                "--socket",
                socket.toString(),
                "--demo-keys",
                directory.toString(),
                "--demo-key-files",
                "--allow-decrypt",
                "--log",
                directory.resolve("key-use.log").toString())) {
            keyServer.await("keyserver: listening on ");
            SecretSearch search = new SecretSearch();
            for (String name : List.of("rsa.key", "ec.key")) {
                Path file = directory.resolve(name);
                search.add(PemFiles.privateKey("--key", file));
                search.addPem("text of " + name, Files.readString(file));
            }
            try (Spawned server =
                    Spawned.start(Map.of(), List.of(), serve("keyserver:" + socket + "?decryption=or-random"))) {
                Load load = new Load(
                        server.port(),
                        PemFiles.certificates("--cert", directory.resolve("ca.pem"))
                                .get(0));
                load.awaitHandshakes(100);
                Path all = dump(server, "all.hprof", "-all");
                load.awaitHandshakes(100);
                Path live = dump(server, "live.hprof");
                load.awaitHandshakes(100);
                load.end();

                assertThat(search.in(all))
                        .as("in all objects, garbage included")
                        .isEmpty();
                assertThat(search.in(live)).as("in live objects").isEmpty();
                System.out.printf(
                        "%d handshakes; heap dumps of the serving process, %d and %d MiB: nothing of the keys%n",
                        load.made(), Files.size(all) >> 20, Files.size(live) >> 20);
            }
            Set<String> there = search.in(dump(keyServer, "control.hprof", "-all"));
            System.out.println("found in the key server: " + there);
            assertThat(there)
                    .contains("p big-endian", "q big-endian", "dp big-endian", "dq big-endian", "qinv big-endian")
                    .contains("d big-endian", "s big-endian");
        }
    }

    @Test
    void theSearchFindsAKeyThatTheServingProcessDoesHold() throws Exception {
        Needed.programs("openjdk-17-jdk-headless", jcmd());
        TestFiles files = new TestFiles(directory);
        Files.move(files.rsaCert, directory.resolve("rsa-only.pem"));
        SecretSearch search = new SecretSearch();
        PrivateKey key = files.rsa.getPrivate();
        search.add(key);
        try (Spawned server = Spawned.start(
                Map.of(),
                List.of(),
                "serve",
                "--port",
                "0",
                "--cert",
                directory.resolve("rsa-only.pem").toString(),
                "--key",
                files.rsaKey.toString())) {
            server.port();
            assertThat(search.in(dump(server, "held.hprof")))
                    .contains("p big-endian", "q big-endian", "dp big-endian", "dq big-endian");
        }
    }

    private String[] serve(String key) {
        return new String[] {
            "serve",
            "--port",
            "0",
            "--policy",
            "compatible",
            "--cert",
            directory.resolve("rsa.pem").toString(),
            "--key",
            key,
            "--cert",
            directory.resolve("ec.pem").toString(),
            "--key",
            key
        };
    }

    private static String jcmd() {
        return System.getProperty("java.home") + "/bin/jcmd";
    }

    private Path dump(Spawned program, String name, String... options) throws Exception {
        Path file = directory.resolve(name);
        List<String> command = new ArrayList<>(List.of(jcmd(), Long.toString(program.pid()), "GC.heap_dump"));
        command.addAll(List.of(options));
        command.add(file.toString());
        try (Spawned jcmd = Spawned.start(Map.of(), command)) {
            assertThat(jcmd.exitCode()).as(jcmd.printed()).isZero();
        }
        assertThat(file).exists();
        return file;
    }

    /** Clients that make one full handshake after the other, with every key exchange in turn. */
    private static final class Load {

        private static final int CLIENTS = 4;

        private final ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
        private final List<CompletableFuture<Void>> ends = new ArrayList<>();
        private final AtomicBoolean over = new AtomicBoolean();
        private final AtomicInteger handshakes = new AtomicInteger();
        private final Semaphore more = new Semaphore(0);

        Load(int port, X509Certificate authority) {
            for (int i = 0; i < CLIENTS; i++) {
                int first = i;
                ends.add(CompletableFuture.runAsync(
                        () -> {
                            for (int n = first; !over.get(); n++) {
                                page(port, authority, SUITES.get(n % SUITES.size()));
                                handshakes.incrementAndGet();
                                more.release();
                            }
                        },
                        clients));
            }
        }

        private static void page(int port, X509Certificate authority, String suite) {
            // A context of its own: it remembers no session, so every handshake is a full one.
            try (SSLSocket client = TestClients.client(TestClients.trusting(authority), port)) {
                client.setEnabledCipherSuites(new String[] {suite});
                client.getOutputStream().write("GET / HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                String page = new String(client.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
                assertThat(page).contains(suite).contains("The key took");
            } catch (Exception e) { // boundary: a task throws nothing checked
                throw new IllegalStateException(e);
            }
        }

        int made() {
            return handshakes.get();
        }

        /** Waits for so many handshakes more. */
        void awaitHandshakes(int count) throws InterruptedException {
            more.drainPermits();
            boolean inTime = more.tryAcquire(count, 60, TimeUnit.SECONDS);
            ends.stream().filter(CompletableFuture::isDone).forEach(CompletableFuture::join);
            assertThat(inTime).as("handshakes: %d", made()).isTrue();
        }

        void end() {
            over.set(true);
            ends.forEach(end -> end.orTimeout(60, TimeUnit.SECONDS).join());
            clients.shutdown();
        }
    }
}
