package dev.lockstep.server.backend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.server.Running;
import dev.lockstep.server.TestClients;
import dev.lockstep.server.TestFiles;
import dev.lockstep.testkit.TappedSocket;
import dev.lockstep.testkit.util.Needed;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What clients send reaches the backend and comes back, with an end and a pace of its own in each direction. */
@Timeout(180)
class TerminatorTest {

    private static final int MEGABYTE = 1 << 20;

    @TempDir
    static Path directory;

    private static TestFiles files;
    private static SSLContext trusting;

    @BeforeAll
    static void makeFiles() throws Exception {
        files = new TestFiles(directory);
        trusting = TestClients.trusting(files.ca);
    }

    private static Running serve(String... more) throws Exception {
        List<String> args = new ArrayList<>(
                List.of("serve", "--port", "0", "--cert", files.ecCert.toString(), "--key", files.ecKey.toString()));
        args.addAll(List.of(more));
        return Running.start(args.toArray(String[]::new));
    }

    private static SSLSocket client(Running server) throws IOException {
        return TestClients.client(trusting, server.port());
    }

    private static void echo(SocketChannel client) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(64 * 1024);
        while (client.read(buffer.clear()) >= 0) {
            buffer.flip();
            while (buffer.hasRemaining()) {
                client.write(buffer);
            }
        }
    }

    private static String text(InputStream in) throws IOException {
        return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }

    /** What a client on OpenSSL prints, whose connection is {@code tls}. */
    private static String python(Running server, String script) throws Exception {
        Needed.programs("python3", "python3");
        String connects = """
                import socket, ssl
                context = ssl.create_default_context(cafile="%s")
                context.maximum_version = ssl.TLSVersion.TLSv1_2
                tcp = socket.create_connection(("127.0.0.1", %d), 30)
                tls = context.wrap_socket(tcp, server_hostname="localhost", suppress_ragged_eofs=False)
                """;
        return Commands.run(List.of(
                        "python3", "-c", connects.formatted(files.caCert, server.port()) + script.stripIndent()))
                .strip();
    }

    private static void say(SocketChannel channel, String text) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    @Test
    void theClientsEndReachesTheBackendAndTheAnswerStillComes() throws Exception {
        try (RawBackend backend = new RawBackend(
                        channel -> say(channel, "heard " + text(channel.socket().getInputStream())));
                Running server = serve("--backend", backend.address());
                SSLSocket client = client(server)) {
            client.getOutputStream().write("all of it".getBytes(StandardCharsets.UTF_8));
            client.shutdownOutput(); // close_notify
            assertThat(text(client.getInputStream())).isEqualTo("heard all of it");
            assertThat(backend.outcome()).isEqualTo("done");
        }
    }

    @Test
    void theBackendsEndReachesTheClientWhoseStreamStillFlows() throws Exception {
        CompletableFuture<String> received = new CompletableFuture<>();
        try (RawBackend backend = new RawBackend(channel -> {
                    say(channel, "bye");
                    channel.shutdownOutput();
                    received.complete(text(channel.socket().getInputStream()));
                });
                Running server = serve("--backend", backend.address())) {
            // The JDK's client ends both directions of TLS 1.2 together; OpenSSL's does not.
            assertThat(python(server, """
                            answer = tls.recv(100)
                            end = tls.recv(100)
                            tls.sendall(b"the rest")
                            tls.unwrap()
                            print(answer, end)""")).isEqualTo("b'bye' b''");
            assertThat(received.get(30, TimeUnit.SECONDS)).isEqualTo("the rest");
        }
    }

    @Test
    void everyByteComesBackOverTcpAndOverAUnixSocket() throws Exception {
        int megabytes = Integer.getInteger("lockstep.test.backend.megabytes", 64);
        Path socket = directory.resolve("echo.sock");
        try (RawBackend tcp = new RawBackend(TerminatorTest::echo);
                RawBackend unix = new RawBackend(UnixDomainSocketAddress.of(socket), TerminatorTest::echo)) {
            echoes(tcp.address(), megabytes);
            echoes("unix:" + socket, Math.min(megabytes, 8));
            assertThat(tcp.outcome()).isEqualTo("done");
            assertThat(unix.outcome()).isEqualTo("done");
        }
    }

    private static void echoes(String address, int megabytes) throws Exception {
        byte[] block = new byte[MEGABYTE];
        new Random(11).nextBytes(block);
        try (Running server = serve("--backend", address);
                SSLSocket client = client(server)) {
            client.startHandshake();
            CompletableFuture<Void> sending = CompletableFuture.runAsync(() -> {
                try {
                    for (int i = 0; i < megabytes; i++) {
                        client.getOutputStream().write(block);
                    }
                    client.shutdownOutput();
                } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            });
            InputStream in = client.getInputStream();
            for (int i = 0; i < megabytes; i++) {
                assertThat(Arrays.equals(in.readNBytes(MEGABYTE), block))
                        .as("megabyte " + i)
                        .isTrue();
            }
            assertThat(in.read()).isEqualTo(-1);
            sending.get(30, TimeUnit.SECONDS);
        }
    }

    /** Each side sends far more than all buffers hold before it reads: the directions must not wait for each other. */
    @Test
    void aSideThatDoesNotReadHoldsUpItselfOnly() throws Exception {
        byte[] much = new byte[16 * MEGABYTE];
        CountDownLatch uploaded = new CountDownLatch(1);
        AtomicLong sent = new AtomicLong();
        try (RawBackend backend = new RawBackend(channel -> {
                    Thread writer = new Thread(() -> {
                        try {
                            OutputStream out = Channels.newOutputStream(channel);
                            for (int i = 0; i < much.length; i += 4096) {
                                out.write(much, i, 4096);
                                sent.addAndGet(4096);
                            }
                            channel.shutdownOutput();
                        } catch (IOException e) {
                            throw new java.io.UncheckedIOException(e);
                        }
                    });
                    writer.start();
                    ByteBuffer buffer = ByteBuffer.allocate(64 * 1024);
                    long received = 0;
                    while (channel.read(buffer.clear()) >= 0) {
                        received += buffer.position();
                    }
                    assertThat(received).isEqualTo(much.length);
                    uploaded.countDown();
                    writer.join();
                });
                Running server = serve("--backend", backend.address());
                SSLSocket client = client(server)) {
            client.getOutputStream().write(much);
            client.shutdownOutput();
            assertThat(uploaded.await(60, TimeUnit.SECONDS)).isTrue();
            // The client has read nothing. What is on the way is in the kernel: it buffers megabytes, this server 64
            // KiB.
            assertThat(sent.get()).isLessThan(much.length);
            assertThat(client.getInputStream().readAllBytes()).hasSize(much.length);
            assertThat(backend.outcome()).isEqualTo("done");
        }
    }

    @Test
    void aBackendThatIsAwayIsReportedAndUsedAgainWhenItIsBack() throws Exception {
        int port;
        RawBackend first = new RawBackend(TerminatorTest::echo);
        port = first.port();
        try (Running server = serve("--backend", "127.0.0.1:" + port)) {
            ping(server);
            first.close();
            try (SSLSocket client = client(server)) {
                client.startHandshake();
                assertThat(client.getInputStream().read()).isEqualTo(-1); // close_notify, and no more
            }
            assertThat(server.awaitError(" backend-down: "))
                    .containsPattern("backend=127\\.0\\.0\\.1:" + port
                            + " reason=\"Connection refused\" peer=127\\.0\\.0\\.1:\\d+ connection=2");
            RawBackend.Conversation echo = TerminatorTest::echo;
            try (RawBackend second = new RawBackend(new InetSocketAddress("127.0.0.1", port), echo)) {
                ping(server);
                assertThat(server.awaitError(" backend-up: "))
                        .contains("backend=127.0.0.1:" + port + " failedConnections=1");
                assertThat(second.outcome()).isEqualTo("done");
            }
        }
    }

    private static void ping(Running server) throws IOException {
        try (SSLSocket client = client(server)) {
            client.getOutputStream().write(42);
            assertThat(client.getInputStream().read()).isEqualTo(42);
            client.shutdownOutput();
            assertThat(client.getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    void aBackendThatResetsMakesTheAnswerIncomplete() throws Exception {
        try (RawBackend backend = new RawBackend(channel -> {
                    say(channel, "half");
                    assertThat(channel.socket().getInputStream().read()).isEqualTo('x');
                    channel.setOption(StandardSocketOptions.SO_LINGER, 0);
                });
                Running server = serve("--backend", backend.address())) {
            assertThat(python(server, """
                            answer = tls.recv(4)
                            tls.sendall(b"x")
                            try:
                                print("complete", tls.recv(100))
                            except OSError as e:
                                print(answer, "incomplete")""")).isEqualTo("b'half' incomplete");
            server.awaitError(" backend-broke-off: ");
        }
    }

    @Test
    void aClientThatBreaksOffIsNoOrderlyEndForTheBackend() throws Exception {
        CompletableFuture<Void> begun = new CompletableFuture<>();
        try (RawBackend backend = new RawBackend(channel -> {
                    InputStream in = channel.socket().getInputStream();
                    assertThat(in.read()).isEqualTo(1);
                    begun.complete(null);
                    in.read();
                });
                Running server = serve("--backend", backend.address())) {
            java.net.Socket tcp = new java.net.Socket("127.0.0.1", server.port());
            SSLSocket client =
                    (SSLSocket) trusting.getSocketFactory().createSocket(tcp, "localhost", server.port(), false);
            client.setEnabledProtocols(new String[] {"TLSv1.2"});
            client.getOutputStream().write(1);
            begun.get(30, TimeUnit.SECONDS);
            tcp.close(); // no close_notify
            assertThat(backend.outcome()).isInstanceOf(java.net.SocketException.class);
        }
    }

    @Test
    void theHostNameChoosesTheBackend() throws Exception {
        try (RawBackend one = new RawBackend(channel -> say(channel, "one"));
                RawBackend wild = new RawBackend(channel -> say(channel, "wild"));
                Running server = serve(
                        "--backend", "One.example=" + one.address(), "--backend", "*.example=" + wild.address())) {
            assertThat(named(server, "one.example")).isEqualTo("one");
            assertThat(named(server, "two.example")).isEqualTo("wild");
            assertThat(named(server, "one.elsewhere")).isEmpty();
            assertThat(server.awaitError(" backend-missing: "))
                    .containsPattern("serverName=one\\.elsewhere peer=127\\.0\\.0\\.1:\\d+ connection=3");
        }
    }

    /** With a context of its own: a client that resumes a session names the host of that session again. */
    private static String named(Running server, String name) throws Exception {
        try (SSLSocket client = TestClients.client(TestClients.trusting(files.ca), server.port())) {
            SSLParameters parameters = client.getSSLParameters();
            parameters.setServerNames(List.of(new SNIHostName(name)));
            client.setSSLParameters(parameters);
            return text(client.getInputStream());
        }
    }

    @Test
    void aConnectionThatCarriesNothingEnds() throws Exception {
        try (RawBackend backend = new RawBackend(TerminatorTest::echo);
                Running server = serve("--backend", backend.address(), "--idle-timeout", "1");
                TappedSocket tcp = new TappedSocket(server.port());
                SSLSocket client = TestClients.over(trusting, tcp)) {
            client.startHandshake();
            try {
                assertThat(client.getInputStream().read()).isEqualTo(-1);
            } catch (java.net.SocketException e) {
                assertThat(e).hasMessageContaining("reset");
            }
            assertThat(tcp.endsWithAlert())
                    .as("close_notify, though neither side has ended its stream")
                    .isFalse();
            assertThat(backend.outcome()).isInstanceOf(IOException.class);
        }
    }
}
