package dev.lockstep.server.backend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.server.Running;
import dev.lockstep.server.Spawned;
import dev.lockstep.server.TestClients;
import dev.lockstep.server.TestFiles;
import dev.lockstep.testkit.util.Needed;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Backends of which one address is silent, whose queue is full, or that are gone in the middle. */
@Timeout(180)
@Tag("one-jdk")
class BackendFaultsTest {

    private static final Duration LIMIT = Duration.ofSeconds(9);

    @TempDir
    static Path directory;

    private static TestFiles files;
    private static SSLContext trusting;

    @BeforeAll
    static void makeFiles() throws Exception {
        files = new TestFiles(directory);
        trusting = TestClients.trusting(files.ca);
    }

    private static String[] serve(String... more) {
        List<String> args = new ArrayList<>(
                List.of("serve", "--port", "0", "--cert", files.ecCert.toString(), "--key", files.ecKey.toString()));
        args.addAll(List.of(more));
        return args.toArray(String[]::new);
    }

    private static void echo(SocketChannel client) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(1024);
        while (client.read(buffer.clear()) >= 0) {
            client.write(buffer.flip());
        }
    }

    private static void ping(int port) throws IOException {
        try (SSLSocket client = TestClients.client(trusting, port)) {
            client.getOutputStream().write(42);
            assertThat(client.getInputStream().read()).isEqualTo(42);
        }
    }

    @Test
    void anAddressThatIsSilentLeavesTimeForTheNextOne() throws Exception {
        List<SocketChannel> waiting = new ArrayList<>();
        try (RawBackend backend = new RawBackend(BackendFaultsTest::echo);
                ServerSocket silent = new ServerSocket(backend.port(), 1, InetAddress.getByName("127.0.0.2"))) {
            // The kernel answers no more connections than the backlog has room for.
            for (int i = 0; i < 3; i++) {
                SocketChannel filler = SocketChannel.open();
                filler.configureBlocking(false);
                filler.connect(silent.getLocalSocketAddress());
                waiting.add(filler);
            }
            Path hosts = Files.writeString(directory.resolve("hosts"), "127.0.0.2 two.test\n127.0.0.1 two.test\n");
            try (Spawned server = Spawned.start(
                    Map.of(),
                    List.of("-Djdk.net.hosts.file=" + hosts),
                    serve("--backend", "two.test:" + backend.port(), "--backend-timeout", "6"))) {
                ping(server.port());
            }
        } finally {
            for (SocketChannel filler : waiting) {
                filler.close();
            }
        }
    }

    @Test
    void eachAddressHasItsShareOfTheTimeThatIsLeft() throws Exception {
        List<SocketAddress> addresses = List.of(
                new InetSocketAddress("127.0.0.1", 1),
                new InetSocketAddress("127.0.0.1", 2),
                new InetSocketAddress("127.0.0.1", 3));
        Attempts attempts = new Attempts(addresses, LIMIT);
        assertThat(attempts.next()).isEqualTo(addresses.get(0));
        assertThat(attempts.share()).isBetween(Duration.ofSeconds(1), Duration.ofSeconds(3));
        assertThat(attempts.pauseAfter(new ConnectException("Connection refused")))
                .isNull();
        assertThat(attempts.next()).isEqualTo(addresses.get(1));
        assertThat(attempts.next()).isEqualTo(addresses.get(2));
        assertThat(attempts.share()).isGreaterThan(Duration.ofSeconds(3));
        assertThat(attempts.next()).isNull();
    }

    @Test
    void whereTheQueueIsFullTheSameAddressIsTriedAgainForAsLongAsThereIsTime() {
        SocketAddress unix = UnixDomainSocketAddress.of("/run/b.sock");
        SocketException full = new SocketException("Resource temporarily unavailable");
        Attempts attempts = new Attempts(List.of(unix), LIMIT);
        assertThat(attempts.next()).isEqualTo(unix);
        assertThat(attempts.pauseAfter(full)).isEqualTo(Duration.ofMillis(10));
        assertThat(attempts.next()).isEqualTo(unix);
        assertThat(attempts.pauseAfter(full)).isEqualTo(Duration.ofMillis(20));
        Attempts late = new Attempts(List.of(unix), Duration.ofMillis(5));
        assertThat(late.next()).isEqualTo(unix);
        assertThat(late.pauseAfter(full)).isNull();
        assertThat(late.next()).isNull();
    }

    @Test
    @SuppressWarnings("try") // both ends are closed before the thread that serves is waited for
    void aUnixSocketWhoseQueueIsFullIsTriedAgain() throws Exception {
        Path path = directory.resolve("full.sock");
        List<SocketChannel> waiting = new ArrayList<>();
        try (ServerSocketChannel backend =
                ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(path), 1)) {
            fill(path, waiting);
            try (Running server = Running.start(serve("--backend", "unix:" + path, "--backend-timeout", "30"));
                    SSLSocket client = TestClients.client(trusting, server.port())) {
                client.startHandshake();
                Thread.sleep(500); // several attempts
                for (SocketChannel filler : waiting) {
                    filler.close();
                }
                CompletableFuture<Void> served = CompletableFuture.runAsync(() -> serveAll(backend));
                client.getOutputStream().write(42);
                assertThat(client.getInputStream().read()).isEqualTo(42);
                assertThat(server.err()).doesNotContain("backend-down");
                backend.close();
                client.close();
                served.get(30, TimeUnit.SECONDS);
            }
        }
    }

    private static void fill(Path path, List<SocketChannel> waiting) throws IOException {
        while (waiting.size() < 100) {
            SocketChannel filler = SocketChannel.open(StandardProtocolFamily.UNIX);
            filler.configureBlocking(false);
            try {
                filler.connect(UnixDomainSocketAddress.of(path));
                waiting.add(filler);
            } catch (SocketException full) {
                return;
            }
        }
        throw new AssertionError("the queue has no end");
    }

    private static void serveAll(ServerSocketChannel backend) {
        try {
            while (true) {
                try (SocketChannel client = backend.accept()) {
                    echo(client);
                }
            }
        } catch (IOException e) {
            // The test has ended.
        }
    }

    @Test
    void aBackendThatIsGoneEndsTheConnectionOfAClientThatSendsOn() throws Exception {
        Needed.programs("python3", "python3");
        try (RawBackend backend = new RawBackend(
                        channel -> channel.write(ByteBuffer.wrap("bye".getBytes(StandardCharsets.US_ASCII))));
                Running server = Running.start(serve("--backend", backend.address()))) {
            String script = """
                    import socket, ssl, time
                    context = ssl.create_default_context(cafile="%s")
                    context.maximum_version = ssl.TLSVersion.TLSv1_2
                    tcp = socket.create_connection(("127.0.0.1", %d), 30)
                    tls = context.wrap_socket(tcp, server_hostname="localhost", suppress_ragged_eofs=False)
                    print(tls.recv(100), tls.recv(100))
                    end = time.monotonic() + 15
                    try:
                        while time.monotonic() < end:
                            tls.sendall(b"more")
                            time.sleep(0.1)
                        print("swallowed")
                    except OSError:
                        print("ended")
                    """.formatted(files.caCert, server.port());
            assertThat(Commands.run(List.of("python3", "-c", script)).strip()).isEqualTo("b'bye' b''\nended");
        }
    }
}
