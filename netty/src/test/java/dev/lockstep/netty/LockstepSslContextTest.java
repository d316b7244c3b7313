package dev.lockstep.netty;

import static dev.lockstep.testkit.client.ClientAuthMessages.certificate;
import static dev.lockstep.testkit.client.ClientAuthMessages.certificateVerify;
import static dev.lockstep.testkit.client.ClientMessages.applicationData;
import static dev.lockstep.testkit.client.ClientMessages.changeCipherSpec;
import static dev.lockstep.testkit.client.ClientMessages.clientHello;
import static dev.lockstep.testkit.client.ClientMessages.clientKeyExchange;
import static dev.lockstep.testkit.client.ClientMessages.finished;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.testkit.TestServers;
import dev.lockstep.testkit.answer.KeyScript;
import dev.lockstep.testkit.answer.RecordedOperation;
import dev.lockstep.testkit.answer.RecordingKey;
import dev.lockstep.testkit.answer.RecordingVerifier;
import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.testkit.client.ClientMessage;
import dev.lockstep.testkit.client.ScriptedClient;
import dev.lockstep.tls.config.ClientAuthentication;
import dev.lockstep.tls.config.TlsServerConfig;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolNegotiationHandler;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Netty's {@code SslHandler} with handlers and engines of the context, and a client of Netty's own. */
@Timeout(60)
class LockstepSslContextTest {

    private final RecordingKey key =
            new RecordingKey(TestIdentity.P256).withoutConnection().signs(KeyScript.manual());
    private final TlsServerConfig config = TestServers.live(key.credential()).toBuilder()
            .applicationProtocols(List.of("h2", "http/1.1"))
            .build();
    private final LockstepSslContext context = LockstepSslContext.of(config);
    private final BlockingQueue<String> chosen = new LinkedBlockingQueue<>();

    @Test
    void saysWhatItIs() {
        assertThat(context.isServer()).isTrue();
        assertThat(context.cipherSuites()).isNotEmpty();
        assertThat(context.applicationProtocolNegotiator().protocols()).containsExactly("h2", "http/1.1");
    }

    /** One event loop thread serves both clients: the second could not begin its wait if the first kept the thread. */
    @Test
    void handlersWaitWithoutAThreadAndKnowTheProtocol() throws Exception {
        try (NioServer server = new NioServer(
                channel -> channel.pipeline().addLast(context.newHandler(channel.alloc()), new Chosen()))) {
            Channel first = connect(server, "h2");
            Channel second = connect(server, "http/1.1");
            RecordedOperation one = key.takePending();
            RecordedOperation other = key.takePending();
            one.complete();
            other.complete();
            assertThat(List.of(next(), next())).containsExactlyInAnyOrder("h2", "http/1.1");
            first.close().sync();
            second.close().sync();
        }
    }

    /** Netty's decoder keeps what comes while the task is away, and would read on until there is no memory. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aClientThatFloodsDuringAWaitIsNotReadWithoutBound(boolean autoRead) {
        RecordingVerifier verifier = new RecordingVerifier().answers(KeyScript.manual());
        LockstepSslContext context = LockstepSslContext.of(TestServers.builder(TestServers.local(TestIdentity.P256))
                .clientAuthentication(ClientAuthentication.required(verifier))
                .build());
        EmbeddedChannel channel = new EmbeddedChannel();
        channel.config().setAutoRead(autoRead);
        Reads reads = new Reads();
        channel.pipeline().addLast(reads, context.newHandler(channel.alloc()));
        ScriptedClient client = new ScriptedClient(ConversationTest.client());
        talk(channel, client, clientHello());
        talk(
                channel,
                client,
                certificate(TestIdentity.P256),
                clientKeyExchange(),
                certificateVerify(TestIdentity.P256),
                changeCipherSpec(),
                finished());
        byte[] data = new byte[12_000];
        int records = 5; // with them, less than a record may announce
        for (int i = 0; i < records; i++) {
            int before = reads.asked;
            talk(channel, client, applicationData(data));
            assertThat(reads.asked).as("room for more").isGreaterThan(before);
        }
        int full = reads.asked;
        talk(channel, client, applicationData(data));
        channel.config().setAutoRead(!autoRead);
        channel.config().setAutoRead(autoRead);
        channel.read();
        channel.pipeline().fireChannelReadComplete();
        assertThat(reads.asked).isEqualTo(full);
        assertThat(channel.config().isAutoRead()).isEqualTo(autoRead);
        verifier.operation().complete();
        int received = 0;
        while (received < (records + 1) * data.length) { // the task ends on another thread
            assertThat(Thread.interrupted()).isFalse();
            channel.runPendingTasks();
            ByteBuf some = channel.readInbound();
            received += some == null ? 0 : some.readableBytes();
            ReferenceCountUtil.release(some);
            Thread.onSpinWait();
        }
        assertThat(reads.asked).isGreaterThan(full);
        channel.finishAndReleaseAll();
    }

    /** Netty hands on no part of a record: one that is announced as too long is refused when it is there as a whole. */
    @Test
    void aRecordThatIsTooLongIsReadUntilItCanBeRefused() throws Exception {
        EmbeddedChannel channel = new EmbeddedChannel();
        Reads reads = new Reads();
        TlsServerConfig config = TestServers.config(TestServers.local(TestIdentity.P256));
        channel.pipeline().addLast(reads, LockstepSslContext.of(config).newHandler(channel.alloc()));
        channel.writeInbound(Unpooled.wrappedBuffer(new byte[] {22, 3, 3, (byte) 0xff, (byte) 0xff}));
        for (int left = 0xffff; left > 0 && channel.isOpen(); left -= 13_107) {
            int before = reads.asked;
            try {
                channel.writeInbound(Unpooled.buffer().writeZero(13_107));
            } catch (DecoderException e) {
                assertThat(left).isEqualTo(13_107); // the last part
                channel.finishAndReleaseAll();
                return;
            }
            assertThat(reads.asked).as("reads with %s bytes to come", left).isGreaterThan(before);
        }
        throw new AssertionError("the record was not refused");
    }

    private static void talk(EmbeddedChannel channel, ScriptedClient client, ClientMessage... messages) {
        client.sends(messages);
        client.takeRecords().forEach(record -> channel.writeInbound(Unpooled.wrappedBuffer(record)));
        for (ByteBuf sent = channel.readOutbound(); sent != null; sent = channel.readOutbound()) {
            client.receives(ByteBufUtil.getBytes(sent));
            sent.release();
        }
    }

    /** As gRPC does: it takes an engine and makes the handler itself, with an executor for the tasks. */
    @Test
    void handlersOfOthersKnowTheProtocolOfItsEngines() throws Exception {
        ExecutorService executor = Executors.newSingleThreadExecutor();
        key.signs(KeyScript.ready());
        try (NioServer server = new NioServer(channel -> channel.pipeline()
                .addLast(new SslHandler(context.newEngine(channel.alloc()), false, executor), new Chosen()))) {
            for (String protocol : List.of("h2", "http/1.1", "")) {
                Channel client = connect(server, protocol);
                assertThat(next()).isEqualTo(protocol.isEmpty() ? "none" : protocol);
                client.close().sync();
            }
            Channel client = connect(server, "spdy/3");
            assertThat(next()).isEqualTo("failed"); // no_application_protocol
            client.close().sync();
        } finally {
            executor.shutdownNow();
        }
    }

    /** The configuration chooses, however the handler is made: to let a client pass is its decision, and so is the protocol. */
    @Test
    void theConfigurationChoosesTheProtocol() throws Exception {
        key.signs(KeyScript.ready());
        TlsServerConfig lenient =
                config.toBuilder().requireApplicationProtocol(false).build();
        assertThat(chosenBy(lenient, "spdy/3")).containsExactly("none", "none");
        assertThat(chosenBy(lenient, "h2")).containsExactly("h2", "h2");
        TlsServerConfig selecting = TestServers.live(key.credential()).toBuilder()
                .applicationProtocolSelector((offered, host) -> offered.contains("spdy/3") ? "spdy/3" : "")
                .build();
        assertThat(chosenBy(selecting, "spdy/3")).containsExactly("spdy/3", "spdy/3");
        assertThat(chosenBy(selecting, "h2")).containsExactly("none", "none");
        TlsServerConfig both =
                selecting.toBuilder().applicationProtocols(List.of("h2")).build();
        assertThat(chosenBy(both, "spdy/3")).containsExactly("spdy/3", "spdy/3");
        assertThat(chosenBy(both, "h2")).containsExactly("none", "none");
    }

    /** What a handler of the context finds, and a foreign one with an engine of the context. */
    private List<String> chosenBy(TlsServerConfig serving, String offered) throws Exception {
        LockstepSslContext its = LockstepSslContext.of(serving);
        List<String> found = new ArrayList<>();
        ExecutorService executor = Executors.newSingleThreadExecutor();
        List<Function<Channel, SslHandler>> ways = List.of(
                channel -> its.newHandler(channel.alloc()),
                channel -> new SslHandler(its.newEngine(channel.alloc()), false, executor));
        for (Function<Channel, SslHandler> way : ways) {
            try (NioServer server =
                    new NioServer(channel -> channel.pipeline().addLast(way.apply(channel), new Chosen()))) {
                Channel client = connect(server, offered);
                found.add(next());
                client.close().sync();
            }
        }
        executor.shutdownNow();
        return found;
    }

    /** Without ALPN there is nothing that Netty would have to be told. */
    @Test
    void enginesWithoutProtocolsAreLocksteps() {
        LockstepSslContext plain = LockstepSslContext.of(TestServers.live(key.credential()));
        assertThat(plain.newEngine(ByteBufAllocator.DEFAULT)).isInstanceOf(dev.lockstep.jsse.LockstepEngine.class);
    }

    private String next() throws InterruptedException {
        return String.valueOf(chosen.poll(30, TimeUnit.SECONDS));
    }

    /** @param protocol what the client offers, or empty for a client without ALPN */
    private static Channel connect(NioServer server, String protocol) throws Exception {
        SslContextBuilder builder = SslContextBuilder.forClient()
                .trustManager(TestIdentity.CA.certificate())
                .protocols("TLSv1.2");
        if (!protocol.isEmpty()) {
            builder.applicationProtocolConfig(new ApplicationProtocolConfig(
                    Protocol.ALPN,
                    SelectorFailureBehavior.NO_ADVERTISE,
                    SelectedListenerFailureBehavior.ACCEPT,
                    protocol));
        }
        SslContext tls = builder.build();
        Function<Channel, SslHandler> handler = channel -> tls.newHandler(channel.alloc());
        return new Bootstrap()
                .group(server.loop)
                .channel(NioSocketChannel.class)
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline().addLast(handler.apply(channel));
                    }
                })
                .connect(server.address())
                .sync()
                .channel();
    }

    /** Tells what Netty's own handler for ALPN has found. */
    private final class Chosen extends ApplicationProtocolNegotiationHandler {
        Chosen() {
            super("none");
        }

        @Override
        protected void configurePipeline(ChannelHandlerContext connection, String protocol) {
            chosen.add(protocol);
        }

        @Override
        protected void handshakeFailure(ChannelHandlerContext connection, Throwable cause) {
            chosen.add("failed");
            connection.close();
        }
    }
}
