package dev.lockstep.netty;

import static dev.lockstep.testkit.client.ClientAuthMessages.certificate;
import static dev.lockstep.testkit.client.ClientAuthMessages.certificateVerify;
import static dev.lockstep.testkit.client.ClientMessages.applicationData;
import static dev.lockstep.testkit.client.ClientMessages.changeCipherSpec;
import static dev.lockstep.testkit.client.ClientMessages.clientHello;
import static dev.lockstep.testkit.client.ClientMessages.clientKeyExchange;
import static dev.lockstep.testkit.client.ClientMessages.finished;
import static dev.lockstep.testkit.client.ClientMessages.renegotiatingClientHello;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.testkit.TestServers;
import dev.lockstep.testkit.answer.KeyScript;
import dev.lockstep.testkit.answer.RecordingKey;
import dev.lockstep.testkit.answer.RecordingVerifier;
import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.testkit.client.ClientMessage;
import dev.lockstep.testkit.client.ClientOptions;
import dev.lockstep.testkit.client.Seen;
import dev.lockstep.testkit.util.Bytes;
import dev.lockstep.testkit.util.SeededRandom;
import dev.lockstep.tls.TlsServerConnection;
import dev.lockstep.tls.config.ClientAuthentication;
import dev.lockstep.tls.config.RenegotiationPolicy;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.spec.CipherSuite;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.WriteBufferWaterMark;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Much data in both directions, and what bounds it. */
class FlowTest {

    private static final int MEGABYTES = 3 << 20;

    private static TlsServerConfig config() {
        return TestServers.config(TestServers.local(TestIdentity.P256));
    }

    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new SeededRandom(7).nextBytes(bytes);
        return bytes;
    }

    @ParameterizedTest
    @ValueSource(ints = {MEGABYTES, 70_001, 100})
    void writesOfAnySizeArriveInFullRecords(int size) {
        byte[] sent = random(size < 1000 ? 1 << 18 : MEGABYTES);
        try (EmbeddedTls open = new EmbeddedTls(config(), ConversationTest.client())) {
            open.establishes();
            List<ChannelFuture> written = new ArrayList<>();
            for (int at = 0; at < sent.length; at += size) {
                int length = Math.min(size, sent.length - at);
                written.add(open.channel.write(open.memory.buffer().writeBytes(sent, at, length)));
            }
            assertThat(written).noneMatch(ChannelFuture::isDone);
            open.channel.flush();
            open.hears();
            assertThat(written).allMatch(ChannelFuture::isSuccess);
            assertThat(open.client.takeReceived()).isEqualTo(sent);
            int records = (sent.length - 1) / TlsServerConnection.APPLICATION_BUFFER_SIZE + 1;
            assertThat(open.client.recordLengths(true)).hasSizeLessThanOrEqualTo(records + records / 8 + 2);
        }
    }

    /** The channel tells of it within the write of the record that fills it: what comes next must not overtake the rest. */
    @ParameterizedTest
    @EnumSource
    void aHandlerThatActsWhenTheChannelFillsSeesNoRecordOvertaken(OnceFull reaction) {
        byte[] sent = random(80_000);
        TlsServerConfig config = TestServers.builder(TestServers.local(TestIdentity.P256))
                .maxSentRecord(512)
                .build();
        try (EmbeddedTls open = new EmbeddedTls(config, ConversationTest.client())) {
            open.establishes();
            open.channel.pipeline().addLast(reaction.handler(open));
            ChannelFuture written = open.channel.write(open.memory.buffer().writeBytes(sent));
            open.channel.flush();
            open.hears();
            assertThat(written.isSuccess()).isTrue();
            assertThat(open.client.takeReceived()).startsWith(sent).hasSize(sent.length + reaction.more);
            assertThat(open.client.hasSeen(Seen.Kind.ALERT)).isEqualTo(reaction.closes);
        }
    }

    private enum OnceFull {
        FLUSHES(0, false, open -> open.channel.flush()),
        WRITES(5, false, open -> open.channel.writeAndFlush(open.text("later"))),
        CLOSES(0, true, open -> open.channel.close()),
        CLOSES_ITS_OUTPUT(0, true, open -> open.tls.closeOutput());

        private final int more;
        private final boolean closes;
        private final Consumer<EmbeddedTls> reaction;

        OnceFull(int more, boolean closes, Consumer<EmbeddedTls> reaction) {
            this.more = more;
            this.closes = closes;
            this.reaction = reaction;
        }

        private ChannelHandler handler(EmbeddedTls open) {
            return new ChannelInboundHandlerAdapter() {
                private int full;

                @Override
                public void channelWritabilityChanged(ChannelHandlerContext context) {
                    // First with what is written, and again with the first buffer of short records.
                    if (!context.channel().isWritable() && ++full == 2) {
                        reaction.accept(open);
                    }
                }
            };
        }
    }

    @Test
    void dataOfTheClientArrivesInFewBuffersHoweverManyRecordsItHas() {
        byte[] sent = random(1 << 16);
        try (EmbeddedTls open = new EmbeddedTls(config(), ConversationTest.client())) {
            open.establishes();
            for (int at = 0; at < sent.length; at += 256) {
                open.client.sends(applicationData(Bytes.slice(sent, at, 256)));
            }
            byte[] records = Bytes.concat(open.client.takeRecords().toArray(byte[][]::new));
            open.channel.writeInbound(open.memory.buffer().writeBytes(records));
            assertThat(open.application.takeReceived()).isEqualTo(sent);
            assertThat(open.application.reads).isLessThanOrEqualTo(2);
        }
    }

    @Test
    void writesBeforeTheHandshakeCountForWritabilityAndDoNotHoldItUp() {
        try (EmbeddedTls open = new EmbeddedTls(config(), ConversationTest.client())) {
            open.channel.config().setWriteBufferWaterMark(new WriteBufferWaterMark(1000, 2000));
            ChannelFuture early =
                    open.channel.writeAndFlush(open.memory.buffer().writeZero(100_000));
            assertThat(open.channel.isWritable()).isFalse();
            open.establishes();
            assertThat(early.isSuccess()).isTrue();
            assertThat(open.channel.isWritable()).isTrue();
            assertThat(open.client.takeReceived()).hasSize(100_000);
        }
    }

    /** A client may send data behind its Finished, as much as it likes, while its certificate is judged elsewhere. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aClientThatSendsDuringAWaitIsNotReadWithoutBound(boolean autoRead) {
        RecordingVerifier verifier = new RecordingVerifier().answers(KeyScript.manual());
        TlsServerConfig config = TestServers.builder(TestServers.local(TestIdentity.P256))
                .clientAuthentication(ClientAuthentication.required(verifier))
                .build();
        try (EmbeddedTls open = new EmbeddedTls(config, ConversationTest.client(), autoRead)) {
            Reads reads = new Reads();
            open.channel.pipeline().addFirst(reads);
            byte[] data = random(16_000);
            waitsForTheVerifier(open);
            open.says(applicationData(data));
            int before = reads.asked;
            open.channel.pipeline().fireChannelReadComplete();
            assertThat(reads.asked).as("room for more").isGreaterThan(before);
            open.says(applicationData(data));
            assertThat(open.tls.heldBytes()).isGreaterThan(TlsServerConnection.NETWORK_BUFFER_SIZE);
            before = reads.asked;
            // by an application that follows its own back-pressure only
            open.channel.config().setAutoRead(!autoRead);
            open.channel.config().setAutoRead(autoRead);
            open.channel.read();
            open.channel.pipeline().fireChannelReadComplete();
            assertThat(reads.asked).isEqualTo(before);
            assertThat(open.channel.config().isAutoRead()).isEqualTo(autoRead);
            verifier.operation().complete();
            open.hears();
            assertThat(open.channel.config().isAutoRead()).isEqualTo(autoRead);
            if (autoRead) {
                assertThat(reads.asked).isGreaterThan(before);
            }
            assertThat(open.application.takeReceived()).isEqualTo(Bytes.concat(data, data));
            assertThat(open.tls.heldBytes()).isLessThan(TlsServerConnection.NETWORK_BUFFER_SIZE);
        }
    }

    private static void waitsForTheVerifier(EmbeddedTls open) {
        open.says(clientHello());
        open.says(
                certificate(TestIdentity.P256),
                clientKeyExchange(),
                certificateVerify(TestIdentity.P256),
                changeCipherSpec(),
                finished());
    }

    /** A proxy that is not connected to its backend yet reads no more, also if the handler has held reads back before. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void autoReadStaysAsTheApplicationSetsIt(boolean whileHeldBack) {
        RecordingVerifier verifier = new RecordingVerifier().answers(KeyScript.manual());
        TlsServerConfig config = TestServers.builder(TestServers.local(TestIdentity.P256))
                .clientAuthentication(ClientAuthentication.required(verifier))
                .build();
        try (EmbeddedTls open = new EmbeddedTls(config, ConversationTest.client())) {
            waitsForTheVerifier(open);
            byte[] data = random(16_000);
            open.says(applicationData(data));
            open.says(applicationData(data));
            if (whileHeldBack) {
                open.channel.config().setAutoRead(false);
            } else {
                open.application.onEvent = context -> context.channel().config().setAutoRead(false);
            }
            verifier.operation().complete();
            open.hears();
            assertThat(open.channel.config().isAutoRead()).isFalse();
            Reads reads = new Reads();
            open.channel.pipeline().addFirst(reads);
            open.channel.pipeline().fireChannelReadComplete();
            assertThat(reads.asked).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void renegotiatesWhenAskedAndWritesWhenItIsOver(boolean signsLater) {
        RecordingKey key = new RecordingKey(TestIdentity.P256).withoutConnection();
        TlsServerConfig config = TestServers.builder(key.credential())
                .renegotiation(RenegotiationPolicy.ALLOWED.withMinInterval(Duration.ZERO))
                .build();
        ClientOptions options = ClientOptions.offering(CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256);
        try (EmbeddedTls open = new EmbeddedTls(config, options)) {
            open.establishes();
            key.signs(signsLater ? KeyScript.manual() : KeyScript.ready());
            var again = open.tls.renegotiate();
            open.hears();
            assertThat(open.client.hasSeen(Seen.Kind.HELLO_REQUEST)).isTrue();
            open.says(new ClientMessage[] {renegotiatingClientHello()});
            ChannelFuture written = open.channel.writeAndFlush(open.text("after"));
            open.hears();
            if (signsLater) {
                assertThat(written.isDone()).isFalse();
                key.last().complete();
                open.hears();
            }
            assertThat(again.isDone()).isFalse();
            open.says(applicationData("between"));
            open.says(clientKeyExchange(), changeCipherSpec(), finished());
            assertThat(again.isSuccess()).isTrue();
            assertThat(written.isSuccess()).isTrue();
            assertThat(open.client.takeReceived()).asString().isEqualTo("after");
            assertThat(open.application.takeReceived()).asString().isEqualTo("between");
            assertThat(open.application.events).hasSize(2);
        }
    }

    /** The client's Finished stands between data in one read: what came before it is told before the handshake's end. */
    @Test
    void dataBeforeAndBehindTheFinishedOfARenegotiationInOneRead() {
        TlsServerConfig config = TestServers.builder(TestServers.local(TestIdentity.P256))
                .renegotiation(RenegotiationPolicy.ALLOWED.withMinInterval(Duration.ZERO))
                .build();
        try (EmbeddedTls open = new EmbeddedTls(config, ConversationTest.client())) {
            open.establishes();
            open.tls.renegotiate();
            open.hears();
            open.says(new ClientMessage[] {renegotiatingClientHello()});
            List<String> told = new ArrayList<>();
            open.application.onData = context -> told.add(text(open.application.takeReceived()));
            open.application.onEvent = context -> told.add("handshake");
            open.client.sends(
                    applicationData("between"),
                    clientKeyExchange(),
                    changeCipherSpec(),
                    finished(),
                    applicationData("behind"),
                    applicationData(" it"));
            byte[] records = Bytes.concat(open.client.takeRecords().toArray(byte[][]::new));
            open.channel.writeInbound(open.memory.buffer().writeBytes(records));
            open.hears();
            assertThat(told).containsExactly("between", "handshake", "behind it");
            assertThat(open.application.failures).isEmpty();
            assertThat(open.channel.isOpen()).isTrue();
            open.says(applicationData("more"));
            assertThat(told).last().isEqualTo("more");
        }
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    @Test
    void aRenegotiationThatIsNotPermittedFailsItsFuture() {
        try (EmbeddedTls open = new EmbeddedTls(config(), ConversationTest.client())) {
            assertThat(open.tls.renegotiate().cause()).isInstanceOf(IllegalStateException.class);
            open.establishes();
            assertThat(open.tls.renegotiate().cause()).isInstanceOf(IllegalStateException.class);
        }
    }

    /** What the handler cannot use itself goes through: a buffer without memory that Java knows, and messages of others. */
    @Test
    void takesBuffersOfEveryKind() {
        try (EmbeddedTls open = new EmbeddedTls(config(), ConversationTest.client())) {
            open.establishes();
            open.client.sends(applicationData("in two parts"));
            byte[] record = open.client.takeRecords().get(0);
            ByteBuf first = open.memory.heapBuffer().writeBytes(record, 0, 9);
            ByteBuf second = open.memory.directBuffer().writeBytes(record, 9, record.length - 9);
            open.channel.writeInbound(open.memory.compositeBuffer().addComponents(true, first, second));
            open.channel.writeInbound(open.memory.buffer());
            assertThat(open.application.takeReceived()).asString().isEqualTo("in two parts");
        }
    }
}
