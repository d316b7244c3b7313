package dev.lockstep.server.ops;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.server.log.EventLog;
import dev.lockstep.server.log.LogFormat;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The admin port answers while other clients are silent, slow or many, and none of them stays longer than it may. */
@Timeout(60)
@Tag("one-jdk")
class AdminClientsTest {

    private static final Duration LONG = Duration.ofMinutes(10);
    private static final Duration SHORT = Duration.ofMillis(300);
    private static final int PATIENCE_MILLIS = 15_000;

    /** More than the kernel buffers for one connection. */
    private static final int SAMPLES = 200_000;

    private static final String SAMPLE = "x".repeat(40);

    private final StringWriter lines = new StringWriter();
    private final EventLog log =
            EventLog.to(new PrintWriter(lines, true), LogFormat.TEXT, Level.INFO, Clock.systemUTC());
    private final Operations operations =
            Operations.of(log, null, 1, Duration.ZERO, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    private final List<Socket> clients = new ArrayList<>();

    @AfterEach
    void leave() throws IOException {
        for (Socket client : clients) {
            client.close();
        }
        operations.close();
    }

    private AdminServer admin(Duration limit) throws Exception {
        return AdminServer.open(operations, limit, ServerSocketChannel::accept);
    }

    private Socket client(AdminServer admin, String begin) throws IOException {
        Socket client = new Socket();
        client.setReceiveBufferSize(4096);
        client.setSoTimeout(PATIENCE_MILLIS);
        client.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), admin.port()));
        clients.add(client);
        client.getOutputStream().write(begin.getBytes(StandardCharsets.US_ASCII));
        return client;
    }

    private String ask(AdminServer admin, String request) throws IOException {
        try (Socket client = client(admin, request)) {
            return new String(client.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private void assertHealthy(AdminServer admin) throws IOException {
        assertThat(ask(admin, "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"))
                .startsWith("HTTP/1.1 200 OK\r\n")
                .endsWith("\r\n\r\nok\n");
    }

    /** Makes /metrics longer than a client that does not read can be sent. */
    private void makeMetricsLong() {
        Map<String, Long> samples = new TreeMap<>();
        IntStream.range(0, SAMPLES).forEach(i -> samples.put(SAMPLE + i, 1L));
        operations.metrics().gauge("lockstep_test", "Many.", "of", () -> samples);
    }

    /** Reads to the end of what is sent; a reset is an end too. */
    private static long lengthOf(Socket client) throws IOException {
        long length = 0;
        byte[] part = new byte[1 << 16];
        InputStream in = client.getInputStream();
        try {
            for (int count = in.read(part); count >= 0; count = in.read(part)) {
                length += count;
            }
        } catch (SocketException e) {
            return length;
        }
        return length;
    }

    @Test
    void silentAndSlowClientsKeepNoOneElseWaiting() throws Exception {
        makeMetricsLong();
        try (AdminServer admin = admin(LONG)) {
            for (int i = 0; i < 8; i++) {
                client(admin, "");
                client(admin, "GET /heal");
            }
            for (int i = 0; i < 5; i++) {
                Socket reader = client(admin, "GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n");
                assertThat(reader.getInputStream().read()).isEqualTo('H'); // and no more
            }
            assertHealthy(admin);
            assertThat(ask(admin, "GET /readyz HTTP/1.0\r\n\r\n")).endsWith("\r\n\r\nready\n");
        }
    }

    @Test
    void aRequestHasALimit() throws Exception {
        try (AdminServer admin = admin(SHORT)) {
            Socket silent = client(admin, "");
            Socket begun = client(admin, "GET /heal");
            assertThat(silent.getInputStream().read()).isEqualTo(-1);
            assertThat(begun.getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    void bytesBuyNoTime() throws Exception {
        try (AdminServer admin = admin(SHORT)) {
            Socket dripping = client(admin, "GET /");
            dripping.setSoTimeout(20);
            boolean ended = false;
            while (!ended) {
                try {
                    dripping.getOutputStream().write('x');
                    ended = dripping.getInputStream().read() < 0;
                } catch (SocketTimeoutException e) {
                    ended = false;
                } catch (SocketException e) {
                    ended = true;
                }
            }
            assertThat(ended).isTrue();
        }
    }

    @Test
    void anAnswerHasALimit() throws Exception {
        makeMetricsLong();
        try (AdminServer admin = admin(SHORT)) {
            Socket reader = client(admin, "GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n");
            Socket later = client(admin, "");
            assertThat(reader.getInputStream().read()).isEqualTo('H');
            assertThat(later.getInputStream().read()).isEqualTo(-1); // the limit of one that came later has passed
            Socket last = client(admin, "");
            assertThat(last.getInputStream().read()).isEqualTo(-1);
            assertThat(lengthOf(reader)).isLessThan((long) SAMPLES * SAMPLE.length());
        }
    }

    @Test
    void aClientThatKeepsItsEndOpenDoesNotStay() throws Exception {
        try (AdminServer admin = admin(SHORT)) {
            Socket client = client(admin, "GET /healthz HTTP/1.0\r\n\r\n");
            assertThat(client.getInputStream().readAllBytes()).isNotEmpty();
            boolean open = true;
            while (open) {
                try {
                    client.getOutputStream().write('x'); // answered with a reset once the socket is closed
                    Thread.onSpinWait();
                } catch (SocketException e) {
                    open = false;
                }
            }
            assertHealthy(admin);
        }
    }

    @Test
    void aNewClientTakesThePlaceOfTheOldest() throws Exception {
        try (AdminServer admin = admin(LONG)) {
            Socket oldest = client(admin, "GET /heal");
            for (int i = 0; i < AdminServer.PLACES; i++) {
                client(admin, "GET /heal");
            }
            assertThat(oldest.getInputStream().read()).isEqualTo(-1);
            assertHealthy(admin);
        }
    }

    @Test
    void requestsAreAnsweredAsWhatTheyAre() throws Exception {
        try (AdminServer admin = admin(LONG)) {
            assertThat(ask(admin, "POST /healthz HTTP/1.0\r\n\r\n"))
                    .startsWith("HTTP/1.1 405 Method Not Allowed\r\nAllow: GET, HEAD\r\n");
            assertThat(ask(admin, "GET /healthz/more HTTP/1.0\r\n\r\n")).startsWith("HTTP/1.1 404 ");
            assertThat(ask(admin, "nonsense\r\n\r\n")).startsWith("HTTP/1.1 400 ");
            assertThat(ask(admin, "GET /" + "x".repeat(9000) + " HTTP/1.0\r\n\r\n"))
                    .startsWith("HTTP/1.1 414 ");
            assertThat(ask(admin, "HEAD /healthz HTTP/1.0\r\n\r\n"))
                    .contains("\r\nContent-Length: 3\r\n")
                    .endsWith("\r\n\r\n");
            assertThat(ask(admin, "GET /healthz?x=1 HTTP/1.0\r\n\r\n")).endsWith("ok\n");
        }
    }

    @Test
    void aBacklogThatCannotBeAcceptedIsTriedAgainAndSaidOnce() throws Exception {
        AtomicInteger attempts = new AtomicInteger();
        long begin = System.nanoTime();
        try (AdminServer admin = AdminServer.open(operations, LONG, listener -> {
            if (attempts.incrementAndGet() <= 4) {
                throw new IOException("Too many open files");
            }
            return listener.accept();
        })) {
            assertHealthy(admin);
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThan(Duration.ofMillis(4 * 200 - 50));
            assertThat(operations.metrics().acceptFailures.sum()).isEqualTo(4);
        }
        log.flush();
        assertThat(lines.toString().lines())
                .singleElement()
                .asString()
                .contains("ERROR accept-failed: ", "admin port", "reason=\"Too many open files\"");
    }

    @Test
    void anErrorEndsItsConnectionAlone() throws Exception {
        operations.metrics().gauge("lockstep_test", "Fails.", () -> {
            throw new OutOfMemoryError("as if it had run out");
        });
        try (AdminServer admin = admin(LONG)) {
            assertThat(ask(admin, "GET /metrics HTTP/1.0\r\n\r\n")).isEmpty();
            assertHealthy(admin);
            assertThat(admin.defects()).isEqualTo(1);
        }
        log.flush();
        assertThat(lines.toString()).contains("ERROR defect: ", "admin port");
    }
}
