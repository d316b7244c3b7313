package dev.lockstep.netty;

import static dev.lockstep.testkit.client.ClientMessages.applicationData;
import static dev.lockstep.testkit.client.ClientMessages.changeCipherSpec;
import static dev.lockstep.testkit.client.ClientMessages.clientHello;
import static dev.lockstep.testkit.client.ClientMessages.clientKeyExchange;
import static dev.lockstep.testkit.client.ClientMessages.closeNotify;
import static dev.lockstep.testkit.client.ClientMessages.finished;
import static dev.lockstep.testkit.client.ClientMessages.raw;
import static dev.lockstep.testkit.client.ClientMessages.renegotiatingClientHello;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.testkit.TestServers;
import dev.lockstep.testkit.answer.KeyScript;
import dev.lockstep.testkit.answer.RecordingKey;
import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.testkit.client.ClientMessage;
import dev.lockstep.testkit.client.Seen;
import dev.lockstep.tls.TlsException;
import dev.lockstep.tls.config.RenegotiationPolicy;
import dev.lockstep.tls.config.TlsServerConfig;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Test;

/** What was written comes before close_notify, and every promise has one end. */
class CloseTest {

    private final RecordingKey key = new RecordingKey(TestIdentity.P256).withoutConnection();

    private EmbeddedTls open() {
        TlsServerConfig config = TestServers.builder(
                        key.signs(KeyScript.ready()).credential())
                .renegotiation(RenegotiationPolicy.ALLOWED.withMinInterval(Duration.ZERO))
                .build();
        return new EmbeddedTls(config, ConversationTest.client());
    }

    /** Another handshake waits for the key, and what is written waits for that. */
    private EmbeddedTls renegotiating() {
        EmbeddedTls open = open();
        open.establishes();
        key.signs(KeyScript.manual());
        open.tls.renegotiate();
        open.hears();
        open.says(new ClientMessage[] {renegotiatingClientHello()});
        open.client.takeSeen();
        return open;
    }

    private void answers(EmbeddedTls open) {
        key.last().complete();
        open.hears();
    }

    private void completes(EmbeddedTls open) {
        answers(open);
        open.says(clientKeyExchange(), changeCipherSpec(), finished());
    }

    private static void saidCloseNotifyLast(EmbeddedTls open) {
        assertThat(open.client.takeSeen()).last().satisfies(seen -> assertThat(seen.body())
                .containsExactly(1, 0));
    }

    @Test
    void aWriteInARenegotiationBeforeAClose() {
        try (EmbeddedTls open = renegotiating()) {
            ChannelFuture written = open.channel.writeAndFlush(open.text("last "));
            ChannelFuture unflushed = open.channel.write(open.text("words"));
            ChannelFuture closed = open.channel.pipeline().close();
            ChannelFuture again = open.channel.pipeline().close();
            ChannelFuture late = open.channel.writeAndFlush(open.text("late"));
            assertThat(late.cause()).isInstanceOf(ClosedChannelException.class);
            open.hears();
            assertThat(closed.isDone() || again.isDone()).isFalse();
            assertThat(open.channel.isOpen()).isTrue();
            answers(open);
            assertThat(open.client.takeReceived()).asString().isEqualTo("last words");
            saidCloseNotifyLast(open);
            assertThat(written.isSuccess() && unflushed.isSuccess()).isTrue();
            assertThat(closed.isSuccess() && again.isSuccess()).isTrue();
            assertThat(open.channel.isOpen()).isFalse();
            assertThat(open.application.failures).isEmpty();
        }
    }

    @Test
    void aWriteInARenegotiationBeforeTheEndOfTheOutput() {
        try (EmbeddedTls open = renegotiating()) {
            ChannelFuture written = open.channel.writeAndFlush(open.text("last"));
            ChannelFuture ended = open.tls.closeOutput();
            ChannelFuture again = open.tls.closeOutput();
            open.hears();
            assertThat(ended.isDone() || again.isDone())
                    .as("close_notify is not sent yet")
                    .isFalse();
            completes(open);
            assertThat(open.client.takeReceived()).asString().isEqualTo("last");
            saidCloseNotifyLast(open);
            assertThat(written.isSuccess() && ended.isSuccess() && again.isSuccess())
                    .isTrue();
            assertThat(open.tls.closeOutput().isSuccess()).isTrue();
            open.says(applicationData("still here"));
            assertThat(open.application.takeReceived()).asString().isEqualTo("still here");
        }
    }

    /** CloseLimits say how long the last bytes may take, whatever holds them up. */
    @Test
    void aClientThatDoesNotCompleteItsRenegotiation() {
        try (EmbeddedTls open = renegotiating()) {
            ChannelFuture written = open.channel.writeAndFlush(open.text("last"));
            ChannelFuture ended = open.tls.closeOutput();
            ChannelFuture closed = open.channel.pipeline().close();
            open.channel.advanceTimeBy(4, TimeUnit.SECONDS);
            open.channel.runScheduledPendingTasks();
            assertThat(closed.isDone()).isFalse();
            open.channel.advanceTimeBy(2, TimeUnit.SECONDS);
            open.channel.runScheduledPendingTasks();
            open.hears();
            assertThat(closed.isSuccess()).isTrue();
            assertThat(written.cause()).isInstanceOf(ClosedChannelException.class);
            assertThat(ended.cause()).isInstanceOf(ClosedChannelException.class);
            saidCloseNotifyLast(open);
        }
    }

    @Test
    void aClientThatLeavesInItsRenegotiation() {
        try (EmbeddedTls open = renegotiating()) {
            ChannelFuture written = open.channel.writeAndFlush(open.text("last"));
            ChannelFuture ended = open.tls.closeOutput();
            ChannelFuture closed = open.channel.pipeline().close();
            open.disconnects();
            assertThat(closed.isSuccess()).isTrue();
            assertThat(written.isDone() && ended.isDone()).isTrue();
            assertThat(written.isSuccess() || ended.isSuccess()).isFalse();
        }
    }

    @Test
    void aHandlerThatIsRemovedBeforeItHasClosed() {
        try (EmbeddedTls open = renegotiating()) {
            ChannelFuture written = open.channel.writeAndFlush(open.text("last"));
            ChannelFuture closed = open.channel.pipeline().close();
            open.channel.pipeline().remove(open.tls);
            open.hears();
            assertThat(closed.isSuccess()).isTrue();
            assertThat(written.isDone()).isTrue();
        }
    }

    /** Without close_notify in either direction nothing is complete. */
    @Test
    void theRemovalOfAnOpenHandlerIsNoGoodEnd() {
        try (EmbeddedTls open =
                new EmbeddedTls(TestServers.config(TestServers.local(TestIdentity.P256)), ConversationTest.client())) {
            open.establishes();
            open.channel.pipeline().remove(open.tls);
            assertThat(open.tls.handshakeFuture().isSuccess()).isTrue();
            assertThat(open.tls.closeFuture().cause()).isInstanceOf(SSLException.class);
            assertThat(open.application.events)
                    .last()
                    .isInstanceOfSatisfying(SslCloseCompletionEvent.class, event -> assertThat(event.isSuccess())
                            .isFalse());
            assertThat(open.application.failures).isEmpty();
            assertThat(open.channel.isOpen()).isTrue();
        }
    }

    /** What a listener does when its write has failed does not hide the failure. */
    @Test
    void theRemovalOfAHandlerInTheMiddleOfAFailure() {
        try (EmbeddedTls open =
                new EmbeddedTls(TestServers.config(TestServers.local(TestIdentity.P256)), ConversationTest.client())) {
            open.establishes();
            open.channel
                    .write(open.text("never sent"))
                    .addListener(failed -> open.channel.pipeline().remove(open.tls));
            open.says(raw(new byte[] {99, 3, 3, 0, 1, 0}));
            assertThat(open.tls.closeFuture().cause()).isInstanceOf(TlsException.class);
            assertThat(open.application.failures).hasSize(1);
            assertThat(open.channel.isOpen()).isFalse();
        }
    }

    @Test
    void theEndOfTheOutputAfterAFailure() {
        try (EmbeddedTls open = open()) {
            open.establishes();
            open.says(raw(new byte[] {23, 3, 3, 0, 1, 0}));
            assertThat(open.application.failures).hasSize(1);
            assertThat(open.tls.closeOutput().cause()).isNotNull();
        }
        try (EmbeddedTls open = open()) {
            open.establishes();
            open.says(closeNotify());
            assertThat(open.tls.closeOutput().isSuccess()).as("it was answered").isTrue();
        }
    }

    /** Netty writes nothing whose promise is cancelled, and closes nothing either. */
    @Test
    void promisesThatAreCancelled() {
        try (EmbeddedTls open = renegotiating()) {
            ChannelFuture written = open.channel.writeAndFlush(open.text("last"));
            assertThat(open.tls.closeOutput().cancel(false)).isTrue();
            completes(open);
            assertThat(written.isSuccess()).isTrue();
            assertThat(open.client.takeReceived()).asString().isEqualTo("last");
            saidCloseNotifyLast(open);
        }
        try (EmbeddedTls open = renegotiating()) {
            open.channel.writeAndFlush(open.text("last"));
            assertThat(open.channel.pipeline().close().cancel(false)).isTrue();
            answers(open);
            assertThat(open.client.takeReceived()).asString().isEqualTo("last");
            assertThat(open.channel.isOpen()).isFalse();
        }
    }

    /** As when a time limit ends a wait for the client's end of TCP. */
    @Test
    void aCloseThatIsCancelledWhileTheLastRecordIsOnItsWay() {
        try (EmbeddedTls open = open()) {
            open.establishes();
            ChannelPromise promise = open.channel.newPromise();
            ChannelPromise[] held = new ChannelPromise[1];
            open.channel.pipeline().addFirst(new io.netty.channel.ChannelOutboundHandlerAdapter() {
                @Override
                public void write(io.netty.channel.ChannelHandlerContext ctx, Object message, ChannelPromise sent) {
                    io.netty.util.ReferenceCountUtil.release(message);
                    held[0] = sent;
                }
            });
            open.channel.close(promise);
            assertThat(promise.cancel(false)).isTrue();
            held[0].setSuccess();
            open.hears();
            assertThat(open.channel.isOpen()).isFalse();
        }
    }

    /** Those behind it would speak in plain text. */
    @Test
    void aHandlerThatCannotBegin() {
        EmbeddedChannel channel = new EmbeddedChannel();
        TlsServerConfig config = TestServers.builder(TestServers.local(TestIdentity.P256))
                .clock(() -> {
                    throw new OutOfMemoryError("as a test has it");
                })
                .build();
        LockstepHandler tls = new LockstepHandler(config);
        channel.pipeline().addLast(tls, new ChannelInboundHandlerAdapter() {
            @Override
            public void exceptionCaught(io.netty.channel.ChannelHandlerContext context, Throwable cause) {
                // the application does not close
            }
        });
        channel.runPendingTasks();
        assertThat(channel.isOpen()).isFalse();
        assertThat(tls.handshakeFuture().cause()).isInstanceOf(OutOfMemoryError.class);
        assertThat(tls.closeFuture().cause()).isInstanceOf(OutOfMemoryError.class);
    }

    /** What fails on the way to an answer fails its future too. */
    @Test
    void aClockThatFailsLater() {
        boolean[] fails = new boolean[1];
        TlsServerConfig config = TestServers.builder(TestServers.local(TestIdentity.P256))
                .clock(() -> {
                    if (fails[0]) {
                        throw new OutOfMemoryError("as a test has it");
                    }
                    return System.nanoTime();
                })
                .build();
        try (EmbeddedTls open = new EmbeddedTls(config, ConversationTest.client())) {
            ChannelFuture early = open.channel.write(open.text("early"));
            fails[0] = true;
            open.client.sends(clientHello());
            byte[] record = open.client.takeRecords().get(0);
            open.channel.writeInbound(open.memory.buffer().writeBytes(record));
            open.hears();
            assertThat(open.channel.isOpen()).isFalse();
            assertThat(early.isDone()).isTrue();
            assertThat(open.tls.handshakeFuture().isDone()).isTrue();
            assertThat(open.tls.closeFuture().isDone()).isTrue();
            assertThat(open.application.failures).hasSize(1);
            assertThat(open.client.hasSeen(Seen.Kind.HELLO_REQUEST)).isFalse();
            assertThatThrownBy(() -> open.tls.closeOutput().sync()).isNotNull();
        }
    }
}
