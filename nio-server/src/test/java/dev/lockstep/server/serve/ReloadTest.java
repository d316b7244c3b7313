package dev.lockstep.server.serve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.server.Running;
import dev.lockstep.server.Spawned;
import dev.lockstep.server.TestClients;
import dev.lockstep.server.TestFiles;
import dev.lockstep.server.demo.ThrowawayCa;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** {@code serve} takes over changed files while it runs, all of them or none. */
@Timeout(240)
@Tag("one-jdk")
class ReloadTest {

    /** A hundred with the property of the long forms. */
    private static final int RELOADS = Boolean.getBoolean("abuse.long") ? 100 : 25;

    private static final int HANDSHAKES = 100 * RELOADS;
    private static final int CLIENTS = 3;

    @TempDir
    Path directory;

    private ThrowawayCa ca;
    private SSLContext trusting;
    private final Map<PublicKey, Integer> generations = new ConcurrentHashMap<>();

    @BeforeEach
    void makeAuthority() throws Exception {
        ca = new ThrowawayCa(Instant.now());
        trusting = TestClients.trusting(ca);
    }

    /** A new certificate with a new key, in a directory that {@code current} is made to point to. */
    private void issue(int generation) throws Exception {
        Path place = Files.createDirectory(directory.resolve("generation-" + generation));
        write(place, generation);
        Path link = Files.createSymbolicLink(directory.resolve("next"), place.getFileName());
        Files.move(link, current(), StandardCopyOption.ATOMIC_MOVE);
    }

    private void write(Path place, int generation) throws Exception {
        KeyPair keys = ca.ec();
        generations.put(keys.getPublic(), generation);
        Path key = Files.writeString(place.resolve("key.pem"), TestFiles.pkcs8(keys));
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------")); // else it is warned of
        Files.writeString(place.resolve("chain.pem"), ThrowawayCa.pem(ca.issueForLocalhost(keys)));
    }

    private Path current() {
        return directory.resolve("current");
    }

    private String[] serve(String... more) {
        List<String> args = new ArrayList<>(List.of(
                "serve",
                "--port",
                "0",
                "--cert",
                current().resolve("chain.pem").toString(),
                "--key",
                current().resolve("key.pem").toString()));
        args.addAll(List.of(more));
        return args.toArray(String[]::new);
    }

    /** The generation of the certificate that a full handshake shows; the JDK verifies that its key signed. */
    private int handshake(int port) throws IOException {
        try (SSLSocket client = TestClients.client(trusting, port)) {
            return handshake(client);
        }
    }

    private int handshake(SSLSocket client) throws IOException {
        client.startHandshake();
        X509Certificate shown = (X509Certificate) client.getSession().getPeerCertificates()[0];
        return generations.get(shown.getPublicKey());
    }

    /** The clock stands for whatever runs out of memory while files are read. */
    @ParameterizedTest
    @MethodSource("errors")
    void anErrorDuringAReloadIsSaidAndTheNextOneSucceeds(Error error) throws Exception {
        issue(1);
        AtomicReference<Error> next = new AtomicReference<>();
        InstantSource faulty = () -> {
            Error fault = isLoading() ? next.getAndSet(null) : null;
            if (fault != null) {
                throw fault;
            }
            return Instant.now();
        };
        try (Running server = Running.start(faulty.withZone(ZoneOffset.UTC), serve())) {
            next.set(error);
            issue(2);
            server.awaitError("not reloaded, configuration 1 stays: DEFECT " + error);
            assertThat(handshake(server.port())).isOne();
            issue(3);
            server.awaitError("reloaded: configuration 2 ");
            assertThat(handshake(server.port())).isEqualTo(3);
        }
    }

    /** Others ask the clock as well. */
    private static boolean isLoading() {
        return StackWalker.getInstance()
                .walk(frames -> frames.anyMatch(frame -> frame.getClassName().equals(Configuration.class.getName())));
    }

    static List<Error> errors() {
        return List.of(
                new OutOfMemoryError("injected"), new StackOverflowError("injected"), new LinkageError("injected"));
    }

    @Test
    void reloadsDuringThousandsOfHandshakes() throws Exception {
        issue(1);
        Set<Integer> seen = ConcurrentHashMap.newKeySet();
        AtomicInteger made = new AtomicInteger();
        Semaphore share = new Semaphore(0);
        AtomicBoolean reloading = new AtomicBoolean(true);
        ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
        long before = System.nanoTime();
        try (Running server = Running.start(serve("--no-tickets", "--session-cache", "0"))) {
            int port = server.port();
            List<CompletableFuture<Void>> ends = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                ends.add(CompletableFuture.runAsync(
                        () -> {
                            int newest = 0;
                            while (reloading.get() || made.get() < HANDSHAKES) {
                                int shown = onePage(port);
                                assertThat(shown).as("no way back").isGreaterThanOrEqualTo(newest);
                                newest = shown;
                                seen.add(shown);
                                made.incrementAndGet();
                                share.release();
                            }
                        },
                        clients));
            }
            for (int generation = 2; generation <= RELOADS + 1; generation++) {
                // Spread over the handshakes: none of the reloads comes before its share of them was made.
                boolean inTime = share.tryAcquire(HANDSHAKES / RELOADS, 60, TimeUnit.SECONDS);
                ends.stream().filter(CompletableFuture::isDone).forEach(CompletableFuture::join);
                assertThat(inTime).as("handshakes: %d", made.get()).isTrue();
                issue(generation);
                server.awaitError("reloaded: configuration " + generation + " ");
            }
            reloading.set(false);
            for (CompletableFuture<Void> end : ends) {
                end.get(120, TimeUnit.SECONDS); // throws what a client met
            }
            assertThat(handshake(port)).isEqualTo(RELOADS + 1);
            assertThat(server.err()).doesNotContain(" WARNING ", " ERROR ");
        } finally {
            clients.shutdownNow();
        }
        System.out.printf(
                "%d reloads during %d handshakes in %.1f s, %d of %d certificates seen, no failure%n",
                RELOADS, made.get(), (System.nanoTime() - before) / 1e9, seen.size(), RELOADS + 1);
        assertThat(made.get()).isGreaterThanOrEqualTo(HANDSHAKES);
        assertThat(seen.size()).isGreaterThan(RELOADS / 2);
    }

    private int onePage(int port) {
        try {
            return handshake(port);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aConnectionKeepsWhatItStartedWith() throws Exception {
        issue(1);
        try (Running server = Running.start(serve("--no-tickets", "--session-cache", "0"));
                Socket early = new Socket("127.0.0.1", server.port())) {
            assertThat(handshake(server.port())).isEqualTo(1); // so the one before it was accepted, too
            issue(2);
            server.awaitError("reloaded: configuration 2 ");
            assertThat(handshake(server.port())).isEqualTo(2);
            try (SSLSocket client = (SSLSocket) trusting.getSocketFactory()
                    .createSocket(
                            early, "localhost", ((InetSocketAddress) early.getRemoteSocketAddress()).getPort(), true)) {
                client.setEnabledProtocols(new String[] {"TLSv1.2"});
                assertThat(handshake(client)).isEqualTo(1);
            }
        }
    }

    @Test
    void whatIsWrongIsSaidAndTheLastGoodOneStays() throws Exception {
        issue(1);
        try (Running server = Running.start(serve())) {
            Path key = current().resolve("key.pem");
            String good = Files.readString(key);
            Files.writeString(key, TestFiles.pkcs8(ca.ec()));
            server.awaitError("not reloaded, configuration 1 stays: --key: " + key + " does not match the certificate");
            assertThat(handshake(server.port())).isEqualTo(1);
            Files.delete(key);
            server.awaitError("not reloaded, configuration 1 stays: --key: " + key + " does not exist");
            assertThat(handshake(server.port())).isEqualTo(1);
            Files.writeString(key, good);
            server.awaitError("reloaded: configuration 2 ");
            write(current(), 7); // in place, one file after the other
            server.awaitError("reloaded: configuration 3 ");
            assertThat(handshake(server.port())).isEqualTo(7);
        }
    }

    @Test
    void aHangUpReloadsWhateverHasChanged() throws Exception {
        issue(1);
        try (Spawned server = Spawned.start(Map.of(), List.of(), serve())) {
            assertThat(handshake(server.port())).isEqualTo(1);
            try (Spawned kill = Spawned.start(Map.of(), List.of("kill", "-HUP", Long.toString(server.pid())))) {
                assertThat(kill.exitCode()).isZero();
            }
            server.await("reloaded: configuration 2 ");
            assertThat(handshake(server.port())).isEqualTo(1);
        }
    }

    @Test
    void thePolicyComesFromAFile() throws Exception {
        issue(1);
        Path policy = Files.writeString(directory.resolve("policy"), "policy = modern\nalpn = http/1.1\n");
        String cbc = "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256";
        try (Running server = Running.start(serve("--policy-file", policy.toString()))) {
            assertThat(suite(server.port(), "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", cbc))
                    .endsWith("GCM_SHA384");
            Files.writeString(policy, "suites = " + cbc + "\n");
            server.awaitError("reloaded: configuration 2 ");
            assertThat(suite(server.port(), "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", cbc))
                    .isEqualTo(cbc);
            Files.writeString(policy, "suites = TLS_NO_SUCH\n");
            server.awaitError(
                    "configuration 2 stays: --policy-file, suites in line 1: 'TLS_NO_SUCH' is no cipher suite");
            Files.writeString(policy, "colour = red\n");
            server.awaitError(
                    "configuration 2 stays: --policy-file: 'colour' in " + policy + " line 1 is no setting; use ");
            assertThat(suite(server.port(), cbc)).isEqualTo(cbc);
        }
    }

    private String suite(int port, String... offered) throws IOException {
        try (SSLSocket client = TestClients.client(trusting, port)) {
            client.setEnabledCipherSuites(offered);
            client.startHandshake();
            return client.getSession().getCipherSuite();
        }
    }

    @Test
    void ticketsOutliveTheRotationOfTheirKey() throws Exception {
        issue(1);
        Path keys = Files.write(directory.resolve("ticket.key"), ticketKey(1));
        try (Running server =
                Running.start(serve("--session-cache", "0", "--ticket-keys", keys.toString(), "--key-delay-ms", "1"))) {
            assertThat(page(server.port())).contains("The key took");
            assertThat(page(server.port())).contains("An earlier session continues: no key was used.");
            Files.write(keys, ticketKey(2));
            server.awaitError("reloaded: configuration 2 ");
            assertThat(page(server.port())).contains("An earlier session continues: no key was used.");
            Files.write(keys, new byte[79]);
            server.awaitError("configuration 2 stays: --ticket-keys: " + keys + " is no ticket key: it has 79 bytes; ");
            assertThat(page(server.port())).contains("An earlier session continues: no key was used.");
        }
    }

    private static byte[] ticketKey(int name) {
        byte[] key = new byte[80];
        new java.security.SecureRandom().nextBytes(key);
        key[0] = (byte) name;
        return key;
    }

    private String page(int port) throws IOException {
        try (SSLSocket client = (SSLSocket) trusting.getSocketFactory().createSocket("localhost", port)) {
            client.setEnabledProtocols(new String[] {"TLSv1.2"});
            client.getOutputStream().write("GET / HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            return new String(client.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        }
    }

    @Test
    void aCertificateIsTakenWhenItBecomesValid() throws Exception {
        issue(1);
        KeyPair keys = ca.ec();
        generations.put(keys.getPublic(), 2);
        Instant from = Instant.now().plusSeconds(3);
        ThrowawayCa later = new ThrowawayCa(from.plus(Duration.ofHours(1)));
        SSLContext trustingLater = TestClients.trusting(later);
        try (Running server = Running.start(serve())) {
            Path next = Files.createDirectory(directory.resolve("later"));
            Files.writeString(next.resolve("key.pem"), TestFiles.pkcs8(keys));
            Files.writeString(next.resolve("chain.pem"), ThrowawayCa.pem(later.issueForLocalhost(keys)));
            Path link = Files.createSymbolicLink(directory.resolve("next"), next.getFileName());
            Files.move(link, current(), StandardCopyOption.ATOMIC_MOVE);
            server.awaitError("not reloaded, configuration 1 stays: --cert: 'CN=localhost' in ");
            server.awaitError("reloaded: configuration 2 ");
            assertThat(Instant.now()).isAfter(from.minusSeconds(1));
            try (SSLSocket client = TestClients.client(trustingLater, server.port())) {
                assertThat(handshake(client)).isEqualTo(2);
            }
            assertThat(server.err().lines().filter(line -> line.contains(" reload-refused: ")))
                    .hasSize(1);
        }
    }

    @Test
    void aFileWhoseModeHasChangedIsTriedAgain() throws Exception {
        issue(1);
        try (Running server = Running.start(serve())) {
            Path key = current().resolve("key.pem");
            Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("r--------"));
            server.awaitError("reloaded: configuration 2 ");
            assertThat(server.err()).doesNotContain(" WARNING ", " ERROR ");
        }
    }

    @Test
    void aSettingThatIsThereTwiceIsNamedWithItsLines() throws Exception {
        issue(1);
        Path policy = Files.writeString(
                directory.resolve("policy"), "\uFEFF# ours\npolicy = \\\n  compatible\n\npolicy = modern\n");
        Running refused = Running.finished(Map.of(), serve("--policy-file", policy.toString()));
        assertThat(refused.exitCode()).isEqualTo(2);
        assertThat(refused.err())
                .startsWith("--policy-file: " + policy + " line 5 sets policy again, after line 2; leave one of them");
        Files.writeString(policy, "\uFEFF# ours\npolicy = \\\n  compatible\n");
        try (Running server = Running.start(serve("--policy-file", policy.toString()))) {
            assertThat(server.out()).contains("policy compatible");
        }
    }
}
