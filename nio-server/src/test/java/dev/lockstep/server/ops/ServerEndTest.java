package dev.lockstep.server.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.server.Spawned;
import dev.lockstep.server.TestClients;
import dev.lockstep.server.TestFiles;
import dev.lockstep.testkit.TappedSocket;
import java.io.IOException;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What SIGTERM does to a server: it finishes what is under way, and a second one ends it. */
@Timeout(120)
@SuppressWarnings("try") // what ends before its block does is what is tested
@Tag("one-jdk")
class ServerEndTest {

    @TempDir
    static Path directory;

    private static TestFiles files;

    @BeforeAll
    static void makeFiles() throws Exception {
        files = new TestFiles(directory);
    }

    private static Spawned serve(String... more) throws Exception {
        List<String> options = new ArrayList<>(
                List.of("serve", "--port", "0", "--cert", files.ecCert.toString(), "--key", files.ecKey.toString()));
        options.addAll(List.of(more));
        return Spawned.start(Map.of(), List.of(), options.toArray(String[]::new));
    }

    private static SSLSocket client(int port) throws Exception {
        return TestClients.client(TestClients.trusting(files.ca), port);
    }

    @Test
    void anIdleConnectionGetsCloseNotifyAndTheExitIsGood() throws Exception {
        try (Spawned server = serve("--echo");
                SSLSocket client = client(server.port())) {
            client.startHandshake();
            client.getOutputStream().write(1);
            assertThat(client.getInputStream().read()).isEqualTo(1);
            server.terminate();
            assertThat(client.getInputStream().read()).isEqualTo(-1); // a truncation would throw
            client.close();
            assertThat(server.exitCode()).isZero();
            assertThat(server.printed())
                    .contains(" draining: ")
                    .contains("signal=SIGTERM")
                    .contains(" stopped: ");
        }
    }

    @Test
    void aSuspendedHandshakeIsFinishedAndAnsweredWhileNewOnesAreRefused() throws Exception {
        try (Spawned server = serve("--key-delay-ms", "1500", "--trace", "--admin", "0");
                SSLSocket client = client(server.port())) {
            int port = server.port();
            CompletableFuture<String> answer = CompletableFuture.supplyAsync(
                    () -> {
                        try {
                            client.getOutputStream()
                                    .write("GET / HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                            return new String(client.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
                        } catch (IOException e) {
                            throw new java.io.UncheckedIOException(e);
                        }
                    },
                    task -> new Thread(task, "client").start());
            server.await("SUSPEND SIGN");
            String admin = server.await("listening: admin port=(\\d+)").group(1);
            assertThat(ready(admin)).isEqualTo(200);
            server.terminate();
            server.await(" draining: ");
            assertThat(ready(admin)).isEqualTo(503);
            awaitRefused(port);
            assertThat(answer.get(30, TimeUnit.SECONDS)).startsWith("HTTP/1.0 200 OK");
            client.close();
            assertThat(server.exitCode()).isZero();
        }
    }

    /** The JDK's client takes an end without close_notify for a good one; a reset it does not. */
    private static void assertEnds(SSLSocket client) throws IOException {
        try {
            assertThat(client.getInputStream().read()).isEqualTo(-1);
        } catch (SocketException e) {
            assertThat(e).hasMessageContaining("reset");
        }
    }

    private static int ready(String adminPort) throws IOException {
        URI address = URI.create("http://127.0.0.1:" + adminPort + "/readyz");
        return ((HttpURLConnection) address.toURL().openConnection()).getResponseCode();
    }

    private static void awaitRefused(int port) throws Exception {
        long begin = System.nanoTime();
        while (System.nanoTime() - begin < TimeUnit.SECONDS.toNanos(20)) {
            try (Socket refused = new Socket(InetAddress.getLoopbackAddress(), port)) {
                Thread.onSpinWait();
            } catch (ConnectException e) {
                return;
            } catch (SocketException e) {
                Thread.onSpinWait(); // reset while it closed: it was one of the last in the backlog
            }
        }
        throw new AssertionError("connections are still accepted");
    }

    @Test
    void aRelayHasTimeToFinish() throws Exception {
        CompletableFuture<Socket> relayed = new CompletableFuture<>();
        try (ServerSocket backend = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
                Spawned server = serve("--backend", "127.0.0.1:" + backend.getLocalPort());
                SSLSocket client = client(server.port())) {
            int port = server.port();
            new Thread(() -> accept(backend, relayed), "backend").start();
            client.getOutputStream().write(1);
            try (Socket connection = relayed.get(30, TimeUnit.SECONDS)) {
                assertThat(connection.getInputStream().read()).isEqualTo(1);
                server.terminate();
                server.await(" draining: ");
                awaitRefused(port);
                for (int i = 2; i < 100; i++) {
                    client.getOutputStream().write(i);
                    assertThat(connection.getInputStream().read()).isEqualTo(i);
                    connection.getOutputStream().write(-i);
                    assertThat(client.getInputStream().read()).isEqualTo(256 - i);
                }
            }
            assertThat(client.getInputStream().read()).isEqualTo(-1);
            client.close();
            assertThat(server.exitCode()).isZero();
        }
    }

    @Test
    void aRelayThatDoesNotFinishIsNoOrderlyEndForEitherSide() throws Exception {
        CompletableFuture<Socket> relayed = new CompletableFuture<>();
        try (ServerSocket backend = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
                Spawned server = serve("--backend", "127.0.0.1:" + backend.getLocalPort(), "--drain", "1s");
                TappedSocket tcp = new TappedSocket(server.port());
                SSLSocket client = TestClients.over(TestClients.trusting(files.ca), tcp)) {
            new Thread(() -> accept(backend, relayed), "backend").start();
            client.getOutputStream().write(1);
            try (Socket connection = relayed.get(30, TimeUnit.SECONDS)) {
                assertThat(connection.getInputStream().read()).isEqualTo(1);
                server.terminate();
                assertThatThrownBy(() -> connection.getInputStream().read()).isInstanceOf(SocketException.class);
            }
            assertEnds(client);
            assertThat(tcp.endsWithAlert())
                    .as("close_notify, by which the client would take the part for the whole")
                    .isFalse();
            assertThat(server.exitCode()).isZero();
        }
    }

    private static void accept(ServerSocket backend, CompletableFuture<Socket> relayed) {
        try {
            relayed.complete(backend.accept());
        } catch (IOException e) {
            relayed.completeExceptionally(e);
        }
    }

    @Test
    void aSecondSignalEndsItImmediately() throws Exception {
        try (Spawned server = serve("--key-delay-ms", "20000", "--trace");
                Socket client = client(server.port())) {
            CompletableFuture.runAsync(
                    () -> {
                        try {
                            ((SSLSocket) client).startHandshake();
                        } catch (IOException e) {
                            // as it must end
                        }
                    },
                    task -> new Thread(task, "client").start());
            server.await("SUSPEND SIGN");
            server.terminate();
            server.await(" draining: ");
            server.terminate();
            assertThat(server.exitCode()).isEqualTo(143);
        }
    }
}
