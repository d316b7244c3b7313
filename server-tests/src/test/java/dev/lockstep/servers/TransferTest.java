package dev.lockstep.servers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.testkit.JdkClient;
import dev.lockstep.testkit.TestServers;
import dev.lockstep.testkit.certificate.TestIdentity;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A client posts much and is sent it back meanwhile, through Netty and Jetty: the same bytes in both directions. */
@Timeout(600)
class TransferTest {

    private static final long CI_BYTES = 8L << 20;
    private static final long GIGABYTE = 1L << 30;

    /** Not a multiple of a record. */
    private static final int CHUNK = 100_003;

    @TempDir
    Path directory;

    @ParameterizedTest
    @EnumSource(
            value = Way.class,
            names = {"NETTY_HANDLER", "NETTY_DEFERRED", "JETTY_PARK", "JETTY_TASK"})
    void someMegabytesInBothDirections(Way way) throws Exception {
        transfer(way, CI_BYTES);
    }

    @ParameterizedTest
    @EnumSource(
            value = Way.class,
            names = {"NETTY_HANDLER", "NETTY_DEFERRED", "JETTY_PARK", "JETTY_TASK"})
    @Tag("measurement")
    void aGigabyteInBothDirections(Way way) throws Exception {
        long begin = System.nanoTime();
        transfer(way, GIGABYTE);
        long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin);
        System.out.println("1 GiB both ways\t" + way + "\t" + millis + " ms");
    }

    private void transfer(Way way, long bytes) throws Exception {
        SSLContext trusting = JdkClient.contextThatTrusts(TestIdentity.CA.certificate());
        try (RunningServer server = way.start(TestServers.live(TestServers.local(TestIdentity.P256)), directory);
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
                SSLSocket client = (SSLSocket)
                        trusting.getSocketFactory().createSocket(socket, "localhost", server.port(), true)) {
            client.setSoTimeout(60_000);
            client.setEnabledProtocols(new String[] {"TLSv1.2"});
            client.startHandshake();
            CompletableFuture<Void> posted = CompletableFuture.runAsync(() -> post(client, bytes));
            DataInputStream in = new DataInputStream(client.getInputStream());
            assertThat(head(in)).startsWith("HTTP/1.").contains(" 200 ");
            Random expected = new Random(bytes);
            byte[] some = new byte[CHUNK];
            byte[] due = new byte[CHUNK];
            for (long left = bytes; left > 0; left -= CHUNK) {
                int n = (int) Math.min(CHUNK, left);
                in.readFully(some, 0, n);
                expected.nextBytes(due);
                assertThat(java.util.Arrays.equals(some, 0, n, due, 0, n)).isTrue();
            }
            posted.get(60, TimeUnit.SECONDS);
            assertThat(in.read()).isEqualTo(-1); // after close_notify: JSSE reports a bare end
        }
    }

    /** Without keep-alive the body of the answer ends with the connection, and is not divided into chunks. */
    private static void post(SSLSocket client, long bytes) {
        try {
            OutputStream out = client.getOutputStream();
            String head = "POST / HTTP/1.0\r\nHost: localhost\r\nContent-Length: " + bytes + "\r\n\r\n";
            out.write(head.getBytes(StandardCharsets.US_ASCII));
            Random random = new Random(bytes);
            byte[] some = new byte[CHUNK];
            for (long left = bytes; left > 0; left -= CHUNK) {
                random.nextBytes(some);
                out.write(some, 0, (int) Math.min(CHUNK, left));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String head(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("the answer ends after '" + head + "'");
            }
            head.append((char) next);
        }
        return head.toString();
    }
}
