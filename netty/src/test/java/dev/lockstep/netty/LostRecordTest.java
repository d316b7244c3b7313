package dev.lockstep.netty;

import static dev.lockstep.testkit.client.ClientMessages.clientHello;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.testkit.TestServers;
import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.tls.config.TlsServerConfig;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** A handler in front that does not take a record leaves a hole in the stream: the client can open no later one. */
class LostRecordTest {

    private final TlsServerConfig config = TestServers.config(TestServers.local(TestIdentity.P256));

    /** Takes no write. */
    private static final class Refusing extends ChannelOutboundHandlerAdapter {

        @Override
        public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
            ReferenceCountUtil.release(message);
            promise.setFailure(new IOException("as a test has it"));
        }
    }

    @Test
    void aHandshakeMessageThatIsLost() {
        try (EmbeddedTls open = new EmbeddedTls(config, ConversationTest.client())) {
            open.channel.pipeline().addFirst(new Refusing());
            ChannelFuture early = open.channel.writeAndFlush(open.text("early"));
            open.says(clientHello());
            assertThat(open.tls.handshakeFuture().cause()).hasMessage("as a test has it");
            assertThat(open.tls.closeFuture().cause()).hasMessage("as a test has it");
            assertThat(early.cause()).hasMessage("as a test has it");
            assertThat(open.application.failures).hasSize(1);
            assertThat(open.channel.isOpen()).isFalse();
        }
    }

    @Test
    void dataThatIsLost() {
        try (EmbeddedTls open = new EmbeddedTls(config, ConversationTest.client())) {
            open.establishes();
            open.channel.pipeline().addFirst(new Refusing());
            ChannelFuture lost = open.channel.writeAndFlush(open.text("lost"));
            open.hears();
            assertThat(lost.cause()).hasMessage("as a test has it");
            assertThat(open.tls.closeFuture().cause()).hasMessage("as a test has it");
            assertThat(open.channel.isOpen()).isFalse();
        }
    }
}
