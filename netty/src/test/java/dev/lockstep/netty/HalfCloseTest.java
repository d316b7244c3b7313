package dev.lockstep.netty;

import static dev.lockstep.testkit.client.ClientMessages.applicationData;
import static dev.lockstep.testkit.client.ClientMessages.closeNotify;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.testkit.TestServers;
import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.tls.config.TlsServerConfig;
import io.netty.channel.ChannelFuture;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.nio.channels.ClosedChannelException;
import org.junit.jupiter.api.Test;

/** One direction ends before the other. */
class HalfCloseTest {

    private static TlsServerConfig config(boolean outputAfterCloseNotify) {
        return TestServers.builder(TestServers.local(TestIdentity.P256))
                .outputAfterCloseNotify(outputAfterCloseNotify)
                .build();
    }

    @Test
    void theServerEndsItsOutputAndKeepsReading() {
        try (EmbeddedTls open = new EmbeddedTls(config(false), ConversationTest.client())) {
            open.establishes();
            open.client.takeSeen();
            ChannelFuture written = open.channel.write(open.text("last"));
            ChannelFuture ended = open.tls.closeOutput();
            open.hears();
            assertThat(ended.isSuccess()).isTrue();
            assertThat(written.isSuccess()).isTrue();
            assertThat(open.client.takeReceived()).asString().isEqualTo("last");
            assertThat(open.client.takeSeen()).last().satisfies(seen -> assertThat(seen.body())
                    .containsExactly(1, 0));
            assertThat(open.channel.writeAndFlush(open.text("more")).cause())
                    .isInstanceOf(ClosedChannelException.class);
            open.says(applicationData("still here"));
            assertThat(open.application.takeReceived()).asString().isEqualTo("still here");
            assertThat(open.channel.isOpen()).isTrue();
            open.says(closeNotify());
            assertThat(open.channel.isOpen()).isFalse();
            assertThat(open.application.failures).isEmpty();
        }
    }

    @Test
    void theClientEndsItsOutputAndIsAnswered() {
        try (EmbeddedTls open = new EmbeddedTls(config(true), ConversationTest.client())) {
            open.establishes();
            open.says(applicationData("question"), closeNotify());
            assertThat(open.application.events)
                    .containsExactly(
                            SslHandshakeCompletionEvent.SUCCESS,
                            SslCloseCompletionEvent.SUCCESS,
                            ChannelInputShutdownEvent.INSTANCE);
            open.channel.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE); // TCP's, then
            assertThat(open.application.events).hasSize(3);
            open.channel.writeAndFlush(open.text("answer"));
            open.hears();
            assertThat(open.client.takeReceived()).asString().isEqualTo("answer");
            assertThat(open.channel.isOpen()).isTrue();
            open.tls.closeOutput();
            open.hears();
            assertThat(open.channel.isOpen()).isFalse();
            assertThat(open.application.failures).isEmpty();
        }
    }

    @Test
    void withoutThatSettingCloseNotifyEndsBothDirections() {
        try (EmbeddedTls open = new EmbeddedTls(config(false), ConversationTest.client())) {
            open.establishes();
            ChannelFuture pending = open.channel.write(open.text("not flushed"));
            open.says(closeNotify());
            assertThat(open.channel.isOpen()).isFalse();
            assertThat(pending.cause()).isInstanceOf(ClosedChannelException.class);
        }
    }

    /** TCP's end without close_notify is no end of the application's input. */
    @Test
    void aBareEndOfTheStreamIsAFailure() {
        try (EmbeddedTls open = new EmbeddedTls(config(true), ConversationTest.client())) {
            open.establishes();
            open.channel.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
            assertThat(open.application.events).doesNotContain(ChannelInputShutdownEvent.INSTANCE);
            assertThat(open.application.failures).hasSize(1);
            assertThat(open.channel.isOpen()).isFalse();
        }
    }
}
