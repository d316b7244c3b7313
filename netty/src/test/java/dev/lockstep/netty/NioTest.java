package dev.lockstep.netty;

import static dev.lockstep.testkit.client.ClientAuthMessages.certificate;
import static dev.lockstep.testkit.client.ClientAuthMessages.certificateVerify;
import static dev.lockstep.testkit.client.ClientMessages.applicationData;
import static dev.lockstep.testkit.client.ClientMessages.changeCipherSpec;
import static dev.lockstep.testkit.client.ClientMessages.clientHello;
import static dev.lockstep.testkit.client.ClientMessages.clientKeyExchange;
import static dev.lockstep.testkit.client.ClientMessages.finished;
import static dev.lockstep.testkit.client.ClientMessages.raw;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.testkit.JdkClient;
import dev.lockstep.testkit.TestServers;
import dev.lockstep.testkit.answer.KeyScript;
import dev.lockstep.testkit.answer.RecordedOperation;
import dev.lockstep.testkit.answer.RecordingKey;
import dev.lockstep.testkit.answer.RecordingVerifier;
import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.testkit.client.ScriptedClient;
import dev.lockstep.testkit.client.Seen;
import dev.lockstep.tls.config.ClientAuthentication;
import dev.lockstep.tls.config.TlsServerConfig;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.SimpleChannelInboundHandler;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Over sockets: the JDK's client, slow keys, much data, and ends that come early. */
@Timeout(120)
class NioTest {

    private static final int CLIENTS = 100;
    private static final int BIG = 16 << 20;

    @Test
    void allHandshakesWaitForTheKeyAtTheSameTimeOnOneThread() throws Exception {
        RecordingKey key =
                new RecordingKey(TestIdentity.P256).withoutConnection().signs(KeyScript.manual());
        ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
        Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
        TlsServerConfig config = TestServers.live(key.credential());
        SSLContext trusting = JdkClient.contextThatTrusts(TestIdentity.CA.certificate());
        try (NioServer server =
                new NioServer(channel -> channel.pipeline().addLast(new LockstepHandler(config), new Echo(failures)))) {
            List<CompletableFuture<Void>> all = new ArrayList<>();
            List<RecordedOperation> waiting = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                all.add(CompletableFuture.runAsync(() -> echo(server, trusting, 1000), clients));
            }
            for (int i = 0; i < CLIENTS; i++) {
                waiting.add(key.takePending());
            }
            waiting.forEach(RecordedOperation::complete);
            CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)).get(100, TimeUnit.SECONDS);
            assertThat(failures).isEmpty();
            key.assertDisciplined();
        } finally {
            clients.shutdownNow();
        }
    }

    /** Both directions are full for most of the time, since the client begins to read when it has sent half. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void muchDataFlowsInBothDirections(boolean autoRead) throws Exception {
        Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
        SSLContext trusting = JdkClient.contextThatTrusts(TestIdentity.CA.certificate());
        TlsServerConfig config = TestServers.live(TestServers.local(TestIdentity.P256));
        try (NioServer server = new NioServer(channel -> {
            channel.config().setAutoRead(autoRead);
            channel.pipeline().addLast(new LockstepHandler(config), new Echo(failures));
        })) {
            echo(server, trusting, BIG);
            assertThat(failures).isEmpty();
        }
    }

    private static void echo(NioServer server, SSLContext trusting, int length) {
        byte[] sent = new byte[length];
        new Random(length).nextBytes(sent);
        try (SSLSocket client = (SSLSocket) trusting.getSocketFactory().createSocket()) {
            client.connect(server.address());
            client.setSoTimeout(60_000);
            client.setEnabledProtocols(new String[] {"TLSv1.2"});
            client.startHandshake();
            CompletableFuture<Void> writing = CompletableFuture.runAsync(() -> {
                try {
                    client.getOutputStream().write(sent);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            assertThat(client.getInputStream().readNBytes(length)).isEqualTo(sent);
            writing.get(60, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    /** A transport reads by itself while autoRead is on; it stops nevertheless, and continues. */
    @Test
    void aClientThatSendsDuringAWaitIsNotReadFrom() throws Exception {
        RecordingVerifier verifier = new RecordingVerifier().answers(KeyScript.manual());
        TlsServerConfig config = TestServers.live(TestServers.local(TestIdentity.P256)).toBuilder()
                .clientAuthentication(ClientAuthentication.required(verifier))
                .build();
        CompletableFuture<Channel> accepted = new CompletableFuture<>();
        CompletableFuture<Integer> answered = new CompletableFuture<>();
        LockstepHandler tls = new LockstepHandler(config);
        try (NioServer server = new NioServer(channel -> {
                    channel.pipeline().addLast(tls, new Counting(BIG, answered));
                    accepted.complete(channel);
                });
                Socket socket = connect(server)) {
            ScriptedClient client = new ScriptedClient(ConversationTest.client());
            send(client.sends(clientHello()), socket);
            byte[] bytes = new byte[1 << 14];
            while (!client.hasSeen(Seen.Kind.SERVER_HELLO_DONE)) {
                int read = socket.getInputStream().read(bytes);
                client.receives(Arrays.copyOf(bytes, read));
            }
            client.sends(
                    certificate(TestIdentity.P256),
                    clientKeyExchange(),
                    certificateVerify(TestIdentity.P256),
                    changeCipherSpec(),
                    finished());
            send(client, socket);
            CompletableFuture<Void> sending = CompletableFuture.runAsync(() -> {
                try {
                    for (int sent = 0; sent < BIG; sent += 1 << 14) {
                        send(client.sends(applicationData(new byte[1 << 14])), socket);
                    }
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            assertThatThrownBy(() -> sending.get(2, TimeUnit.SECONDS)).isInstanceOf(TimeoutException.class);
            Channel channel = accepted.get();
            int held = channel.eventLoop().submit(tls::heldBytes).get();
            assertThat(held).isLessThan(BIG / 4);
            assertThat(channel.config().isAutoRead()).isTrue();
            channel.eventLoop().submit(() -> verifier.operation().complete()).get();
            sending.get(60, TimeUnit.SECONDS);
            assertThat(answered.get(60, TimeUnit.SECONDS)).isEqualTo(BIG);
        }
    }

    /** Completes when so much has come. */
    private static final class Counting extends SimpleChannelInboundHandler<ByteBuf> {

        private final int all;
        private final CompletableFuture<Integer> done;
        private int received;

        Counting(int all, CompletableFuture<Integer> done) {
            this.all = all;
            this.done = done;
        }

        @Override
        protected void channelRead0(ChannelHandlerContext context, ByteBuf data) {
            received += data.readableBytes();
            if (received >= all) {
                done.complete(received);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aClientThatLeavesDuringTheWaitCancelsTheOperation(boolean autoRead) throws Exception {
        RecordingKey key =
                new RecordingKey(TestIdentity.P256).withoutConnection().answers(KeyScript.never());
        CompletableFuture<Channel> accepted = new CompletableFuture<>();
        TlsServerConfig config = TestServers.live(key.credential());
        try (NioServer server = new NioServer(channel -> {
            channel.config().setAutoRead(autoRead);
            channel.pipeline().addLast(new LockstepHandler(config), new Echo());
            accepted.complete(channel);
        })) {
            try (Socket client = connect(server)) {
                send(new ScriptedClient(ConversationTest.client()).sends(clientHello()), client);
                key.takePending();
            }
            assertThat(accepted.get(30, TimeUnit.SECONDS).closeFuture().await(30, TimeUnit.SECONDS))
                    .isTrue();
            key.operation().awaitCancel(); // the channel is closed first, then its handlers are told
        }
    }

    /** A socket that is closed with unread input is reset, and the client would see that instead of the alert. */
    @Test
    void theAlertArrivesThoughTheClientIsStillSending() throws Exception {
        TlsServerConfig config = TestServers.live(TestServers.local(TestIdentity.P256));
        try (NioServer server =
                new NioServer(channel -> channel.pipeline().addLast(new LockstepHandler(config), new Echo()))) {
            for (int i = 0; i < 20; i++) {
                try (Socket socket = connect(server)) {
                    ScriptedClient client = new ScriptedClient(ConversationTest.client());
                    send(client.sends(raw(new byte[] {99, 3, 3, 0, 1, 0})), socket);
                    socket.getOutputStream().write(new byte[100_000]);
                    client.receives(socket.getInputStream().readAllBytes());
                    assertThat(client.hasSeen(Seen.Kind.ALERT)).isTrue();
                }
            }
        }
    }

    @Test
    void aClientThatDoesNotCloseIsClosedInTime() throws Exception {
        CloseLimits limits = new CloseLimits(Duration.ofSeconds(5), Duration.ofMillis(200), 1 << 20);
        TlsServerConfig config = TestServers.live(TestServers.local(TestIdentity.P256));
        CompletableFuture<Channel> accepted = new CompletableFuture<>();
        try (NioServer server = new NioServer(channel -> {
                    channel.pipeline().addLast(new LockstepHandler(config, limits), new Echo());
                    accepted.complete(channel);
                });
                Socket client = connect(server)) {
            Channel channel = accepted.get(30, TimeUnit.SECONDS);
            channel.close();
            InputStream in = client.getInputStream();
            assertThat(in.readAllBytes()).containsExactly(21, 3, 3, 0, 2, 1, 0);
            assertThat(channel.closeFuture().await(30, TimeUnit.SECONDS)).isTrue();
        }
    }

    /** The answer is longer than the buffers of the sockets, and its reader never reads. */
    @Test
    void aClientThatDoesNotReadIsClosedInTime() throws Exception {
        CloseLimits limits = new CloseLimits(Duration.ofMillis(200), Duration.ofMillis(200), 1 << 20);
        TlsServerConfig config = TestServers.live(TestServers.local(TestIdentity.P256));
        SSLContext trusting = JdkClient.contextThatTrusts(TestIdentity.CA.certificate());
        CompletableFuture<Channel> accepted = new CompletableFuture<>();
        try (NioServer server = new NioServer(channel -> {
                    channel.config().setOption(ChannelOption.SO_SNDBUF, 1 << 14);
                    LockstepHandler tls = new LockstepHandler(config, limits);
                    channel.pipeline().addLast(tls);
                    tls.handshakeFuture().addListener(done -> {
                        channel.writeAndFlush(channel.alloc().buffer().writeZero(BIG));
                        channel.close();
                        accepted.complete(channel);
                    });
                });
                SSLSocket client = (SSLSocket) trusting.getSocketFactory().createSocket()) {
            client.connect(server.address());
            client.setEnabledProtocols(new String[] {"TLSv1.2"});
            client.startHandshake();
            Channel channel = accepted.get(30, TimeUnit.SECONDS);
            assertThat(channel.closeFuture().await(30, TimeUnit.SECONDS)).isTrue();
        }
    }

    private static Socket connect(NioServer server) throws IOException {
        Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), server.address().getPort());
        socket.setSoTimeout(30_000);
        return socket;
    }

    private static void send(ScriptedClient client, Socket socket) throws IOException {
        for (byte[] record : client.takeRecords()) {
            socket.getOutputStream().write(record);
        }
    }
}
