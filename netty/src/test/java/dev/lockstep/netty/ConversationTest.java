package dev.lockstep.netty;

import static dev.lockstep.testkit.client.ClientMessages.applicationData;
import static dev.lockstep.testkit.client.ClientMessages.changeCipherSpec;
import static dev.lockstep.testkit.client.ClientMessages.clientHello;
import static dev.lockstep.testkit.client.ClientMessages.clientKeyExchange;
import static dev.lockstep.testkit.client.ClientMessages.closeNotify;
import static dev.lockstep.testkit.client.ClientMessages.finished;
import static dev.lockstep.testkit.client.ClientMessages.raw;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.testkit.TestServers;
import dev.lockstep.testkit.answer.KeyScript;
import dev.lockstep.testkit.answer.RecordingKey;
import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.testkit.client.ClientOptions;
import dev.lockstep.testkit.client.Seen;
import dev.lockstep.tls.TlsException;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.spec.AlertDescription;
import dev.lockstep.tls.spec.CipherSuite;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.UnsupportedMessageTypeException;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole conversations of a scripted client with a handler, with keys that answer later. */
class ConversationTest {

    private final RecordingKey key = new RecordingKey(TestIdentity.P256).withoutConnection();

    private TlsServerConfig config() {
        return TestServers.builder(key.credential())
                .applicationProtocols(List.of("h2", "http/1.1"))
                .build();
    }

    static ClientOptions client() {
        return ClientOptions.offering(CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256)
                .protocols("http/1.1", "h2");
    }

    /** As when the codec of a protocol is not on the class path. */
    @Test
    void aPipelineThatCannotBeCompletedClosesTheChannel() {
        try (EmbeddedTls open = new EmbeddedTls(config(), client())) {
            open.channel.pipeline().addBefore("Application#0", "protocols", new ApplicationProtocolHandler("http/1.1") {
                @Override
                protected void configure(ChannelHandlerContext context, String protocol) {
                    throw new NoClassDefFoundError("Http2FrameCodecBuilder");
                }
            });
            open.establishes();
            open.disconnects();
            assertThat(open.application.failures).hasAtLeastOneElementOfType(NoClassDefFoundError.class);
            assertThat(open.client.hasSeen(Seen.Kind.ALERT)).as("close_notify").isTrue();
            assertThat(open.application.events).hasAtLeastOneElementOfType(SslHandshakeCompletionEvent.class);
            assertThat(open.channel.pipeline().get("protocols")).isNull();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {Integer.MAX_VALUE, 1, 7})
    void echoesWhateverThePortions(int portion) {
        try (EmbeddedTls open = new EmbeddedTls(config(), client())) {
            open.portion = portion;
            open.establishes();
            assertThat(open.tls.handshakeFuture().isSuccess()).isTrue();
            assertThat(open.tls.applicationProtocol()).isEqualTo("h2");
            assertThat(open.tls.info().cipherSuite()).isEqualTo(CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256);
            open.says(applicationData("ping"), applicationData(""), applicationData("pong"));
            assertThat(open.application.takeReceived()).asString().isEqualTo("pingpong");
            open.channel.writeAndFlush(open.text("answer"));
            open.hears();
            assertThat(open.client.takeReceived()).asString().isEqualTo("answer");
            open.client.takeSeen();
            open.says(closeNotify());
            assertThat(open.client.hasSeen(Seen.Kind.ALERT)).isTrue();
            assertThat(open.application.events)
                    .containsExactly(SslHandshakeCompletionEvent.SUCCESS, SslCloseCompletionEvent.SUCCESS);
            assertThat(open.application.inactive).isTrue();
            assertThat(open.tls.closeFuture().isSuccess()).isTrue();
            assertThat(open.application.failures).isEmpty();
        }
        key.assertDisciplined();
    }

    @Test
    void aWakeUpContinuesTheHandshakeOnTheEventLoop() {
        key.signs(KeyScript.manual());
        try (EmbeddedTls open = new EmbeddedTls(config(), client())) {
            open.says(clientHello());
            assertThat(open.client.hasSeen(Seen.Kind.SERVER_HELLO_DONE)).isFalse();
            assertThat(open.client.hasSeen(Seen.Kind.CERTIFICATE))
                    .as("sent before the key answers")
                    .isTrue();
            key.last().publish();
            Thread waker = new Thread(() -> key.last().wake());
            waker.start();
            join(waker);
            assertThat(key.last().resumes())
                    .as("resumed by the event loop alone")
                    .isZero();
            open.hears();
            assertThat(open.client.hasSeen(Seen.Kind.SERVER_HELLO_DONE)).isTrue();
            open.says(clientKeyExchange(), changeCipherSpec(), finished());
            assertThat(open.tls.handshakeFuture().isSuccess()).isTrue();
        }
        key.assertDisciplined();
    }

    private static void join(Thread thread) {
        try {
            thread.join(TimeUnit.SECONDS.toMillis(30));
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** The clock of the configuration is the machine's here: an embedded channel has its own time. */
    @Test
    void aKeyThatIsTooSlowIsGivenUpByTheEventLoop() throws Exception {
        key.signs(KeyScript.never());
        TlsServerConfig config = TestServers.live(key.credential()).toBuilder()
                .keyOperationTimeout(Duration.ofMillis(50))
                .build();
        try (EmbeddedTls open = new EmbeddedTls(config, client())) {
            open.says(clientHello());
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
            while (!open.tls.handshakeFuture().isDone() && System.nanoTime() < end) {
                open.channel.runScheduledPendingTasks();
            }
            open.hears();
            assertThat(key.last().cancels()).isOne();
            assertThat(open.tls.handshakeFuture().cause())
                    .isInstanceOfSatisfying(TlsException.class, failure -> assertThat(failure.alert())
                            .isEqualTo(AlertDescription.INTERNAL_ERROR));
            assertThat(open.client.hasSeen(Seen.Kind.ALERT)).isTrue();
        }
    }

    @Test
    void aClientThatIsWrongGetsTheAlertAndTheApplicationTheException() {
        try (EmbeddedTls open = new EmbeddedTls(config(), client())) {
            open.establishes();
            open.client.takeSeen();
            ChannelFuture waiting = open.channel.write(open.text("never flushed"));
            open.says(raw(
                    new byte[] {23, 3, 3, 0, 20, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20
                    }));
            assertThat(open.client.takeSeen()).singleElement().satisfies(seen -> assertThat(seen.body())
                    .containsExactly(2, AlertDescription.BAD_RECORD_MAC.code()));
            assertThat(open.application.failures).singleElement().isInstanceOf(TlsException.class);
            assertThat(waiting.cause()).isInstanceOf(TlsException.class);
            assertThat(open.application.events)
                    .last()
                    .isInstanceOfSatisfying(SslCloseCompletionEvent.class, event -> assertThat(event.isSuccess())
                            .isFalse());
            assertThat(open.application.inactive).isTrue();
        }
    }

    @Test
    void aMissingCloseNotifyIsAnError() {
        try (EmbeddedTls open = new EmbeddedTls(config(), client())) {
            open.establishes();
            open.says(applicationData("half of it"));
            open.disconnects();
            assertThat(open.application.failures).singleElement().isInstanceOf(TlsException.class);
            assertThat(open.tls.closeFuture().isSuccess()).isFalse();
            assertThat(open.application.takeReceived()).asString().isEqualTo("half of it");
        }
    }

    @Test
    void closeSendsWhatWasWrittenAndThenCloseNotify() {
        try (EmbeddedTls open = new EmbeddedTls(config(), client())) {
            open.establishes();
            open.client.takeSeen();
            ChannelFuture written = open.channel.write(open.text("last words"));
            ChannelFuture closed = open.channel.close();
            open.hears();
            assertThat(open.client.takeReceived()).asString().isEqualTo("last words");
            assertThat(open.client.takeSeen()).last().satisfies(seen -> assertThat(seen.body())
                    .containsExactly(1, 0));
            assertThat(written.isSuccess()).isTrue();
            assertThat(closed.isSuccess()).isTrue();
            assertThat(open.channel.close().isSuccess()).isTrue();
            ChannelFuture late = open.channel.writeAndFlush(open.text("late"));
            assertThat(late.cause()).isInstanceOf(ClosedChannelException.class);
        }
    }

    @Test
    void theApplicationMayCloseWhileItIsTold() {
        EmbeddedTls open = new EmbeddedTls(config(), client());
        open.application.onData = context -> context.close();
        open.establishes();
        open.says(applicationData("first"), applicationData("second"));
        assertThat(open.application.takeReceived()).asString().isEqualTo("first");
        open.close();

        open = new EmbeddedTls(config(), client());
        open.application.onEvent = context -> context.close();
        open.establishes();
        assertThat(open.client.hasSeen(Seen.Kind.ALERT)).isTrue();
        open.close();

        open = new EmbeddedTls(config(), client());
        open.application.onEvent = context -> context.pipeline().remove(LockstepHandler.class);
        open.says(clientHello());
        open.says(clientKeyExchange(), changeCipherSpec(), finished());
        open.close();
    }

    @Test
    void onlyBuffersAreWritten() {
        try (EmbeddedTls open = new EmbeddedTls(config(), client())) {
            ChannelFuture refused = open.channel.writeAndFlush("a string");
            assertThat(refused.cause()).isInstanceOf(UnsupportedMessageTypeException.class);
        }
    }

    @Test
    void anEmptyWriteIsCompletedInItsTurn() {
        try (EmbeddedTls open = new EmbeddedTls(config(), client())) {
            ChannelFuture early = open.channel.writeAndFlush(open.text("before the handshake"));
            ChannelFuture empty = open.channel.writeAndFlush(Unpooled.EMPTY_BUFFER);
            assertThat(empty.isDone()).isFalse();
            open.establishes();
            assertThat(early.isSuccess()).isTrue();
            assertThat(empty.isSuccess()).isTrue();
            assertThat(open.client.takeReceived()).asString().isEqualTo("before the handshake");
        }
    }
}
