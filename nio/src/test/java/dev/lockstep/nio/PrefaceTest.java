package dev.lockstep.nio;

import static dev.lockstep.nio.TestLoop.assertEnded;
import static dev.lockstep.nio.TestLoop.ping;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.testkit.answer.KeyScript;
import dev.lockstep.testkit.answer.RecordedOperation;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The client that a preface states is the client of the connection, whatever the socket's address is. */
@Timeout(60)
@SuppressWarnings("try") // what ends before its block does is what is tested
class PrefaceTest {

    /** "@" and the last number of a client's address 192.0.2.x, as a digit; 0 states none. */
    private static final class OneDigit implements Preface {

        private SocketAddress client;

        @Override
        public boolean read(ByteBuffer in) throws IOException {
            if (in.hasRemaining() && in.get(in.position()) != '@') {
                throw new IOException("no preface");
            }
            if (in.remaining() < 2) {
                return false;
            }
            int digit = in.getShort() - (('@' << 8) | '0');
            client = digit == 0
                    ? null
                    : new InetSocketAddress(InetAddress.getByAddress(new byte[] {(byte) 192, 0, 2, (byte) digit}), 99);
            return true;
        }

        @Override
        public SocketAddress remoteAddress() {
            return client;
        }

        @Override
        public SocketAddress localAddress() {
            return null;
        }
    }

    private static TestLoop serve(Limits limits) throws Exception {
        return TestLoop.prefaced(limits, () -> TestLoop.ECHO, address -> new OneDigit());
    }

    private static Socket begun(TestLoop server, String preface) throws IOException {
        Socket socket = server.tcp();
        socket.getOutputStream().write(preface.getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    private static SSLSocket client(TestLoop server, String preface) throws IOException {
        return Localhost.over(begun(server, preface));
    }

    @Test
    void aNetworksPlacesAreThoseOfTheStatedClients() throws Exception {
        Limits limits = Limits.DEFAULT.withConnections(100, 2).withEvictable(Duration.ofMinutes(1));
        try (TestLoop server = serve(limits);
                SSLSocket first = client(server, "@1");
                SSLSocket second = client(server, "@1");
                SSLSocket other = client(server, "@2");
                SSLSocket unknown = client(server, "@0");
                SSLSocket another = client(server, "@0");
                SSLSocket third = client(server, "@0")) {
            server.key.signs(KeyScript.ready());
            for (SSLSocket each : new SSLSocket[] {first, second, other, unknown, another, third}) {
                each.startHandshake();
            }
            try (Socket refused = begun(server, "@1")) {
                assertEnded(refused);
            }
            assertThat(server.loop.counters().refused()).isOne();
            assertThat(server.events()).anyMatch(event -> event.startsWith("shortage of NETWORK for /192.0.2.1"));
            ping(first);
            second.close();
            server.awaitClosed(2);
            try (SSLSocket next = client(server, "@1")) {
                next.startHandshake();
                ping(next);
            }
        }
    }

    @Test
    void keysAreToldOfTheStatedClient() throws Exception {
        try (TestLoop server = serve(Limits.DEFAULT);
                SSLSocket client = client(server, "@7")) {
            CompletableFuture<Void> handshake = TestLoop.handshake(client);
            RecordedOperation signature = server.key.takePending();
            assertThat(signature.signRequest().clientAddress()).isEqualTo(InetAddress.getByName("192.0.2.7"));
            signature.complete();
            handshake.get(30, TimeUnit.SECONDS);
            ping(client);
        }
    }

    @Test
    void theStatedAddressStaysKnownAfterTheEnd() throws Exception {
        CompletableFuture<SocketAddress> last = new CompletableFuture<>();
        Handler handler = new Handler() {
            @Override
            public void onData(Session session, ByteBuffer data) {
                session.abort();
            }

            @Override
            public void onClosed(Session session, Throwable cause) {
                last.complete(session.remoteAddress());
            }
        };
        try (TestLoop server = TestLoop.prefaced(Limits.DEFAULT, () -> handler, address -> new OneDigit());
                SSLSocket client = client(server, "@3")) {
            server.key.signs(KeyScript.ready());
            client.getOutputStream().write(1);
            assertThat(last.get(30, TimeUnit.SECONDS))
                    .isEqualTo(new InetSocketAddress(InetAddress.getByName("192.0.2.3"), 99));
        }
    }

    @Test
    void plainHttpIsAnsweredBehindAPrefaceAndNotInItsPlace() throws Exception {
        try (TestLoop server = serve(Limits.DEFAULT);
                Socket behind = begun(server, "@1GET / HTTP/1.1\r\n\r\n");
                Socket instead = begun(server, "GET / HTTP/1.1\r\n\r\n")) {
            assertThat(behind.getInputStream().readNBytes(12)).asString().isEqualTo("HTTP/1.1 400");
            assertEnded(instead);
        }
    }
}
