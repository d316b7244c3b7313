package dev.lockstep.netty;

import static dev.lockstep.testkit.client.ClientMessages.closeNotify;
import static dev.lockstep.testkit.client.ClientMessages.fatalAlert;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.testkit.SecretHunt;
import dev.lockstep.testkit.TestServers;
import dev.lockstep.testkit.answer.RecordingKey;
import dev.lockstep.testkit.answer.Unanswered;
import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.tls.TlsException;
import dev.lockstep.tls.TlsServerConnection;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.spec.AlertDescription;
import dev.lockstep.tls.wait.SuspensionKind;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.concurrent.Future;
import java.nio.channels.ClosedChannelException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that leave, and applications that close, during every kind of wait: the operation is cancelled, no buffer left. */
class DisconnectTest {

    /** One way in which a connection ends. */
    private interface End {
        void of(EmbeddedTls open);
    }

    private static final List<End> ENDS = List.of(
            EmbeddedTls::disconnects,
            open -> open.channel.close(),
            open -> open.channel.pipeline().remove(open.tls),
            open -> open.channel.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE),
            open -> open.channel.pipeline().fireChannelInactive(),
            EmbeddedTls::close);

    /** What ends without a last record seals none: no key may wait for one. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void noSecretIsLeftAfterTheEndOfAnEstablishedConnection(boolean clientHasClosed) {
        TlsServerConfig config = TestServers.builder(TestServers.local(TestIdentity.P256))
                .outputAfterCloseNotify(true)
                .build();
        List<End> ends = List.of(
                EmbeddedTls::disconnects,
                open -> open.channel.pipeline().remove(open.tls),
                open -> open.channel.pipeline().fireChannelInactive(),
                EmbeddedTls::close);
        for (End end : ends) {
            EmbeddedTls open = new EmbeddedTls(config, ConversationTest.client());
            open.establishes();
            if (clientHasClosed) {
                open.says(closeNotify());
            }
            TlsServerConnection tls = open.tls.connection();
            assertThatThrownBy(() -> SecretHunt.assertNoneIn(tls, open.client.secrets()))
                    .hasMessageContaining("a secret is left in");
            end.of(open);
            SecretHunt.assertNoneIn(tls, open.client.secrets());
            open.close();
        }
    }

    @ParameterizedTest
    @EnumSource(SuspensionKind.class)
    void noOperationIsPendingAfterTheEnd(SuspensionKind kind) {
        for (End end : ENDS) {
            for (boolean autoRead : new boolean[] {true, false}) {
                Unanswered question = new Unanswered(kind);
                EmbeddedTls open = Waiting.open(question, autoRead);
                assertThat(question.pending()).as("operations of " + kind).isEqualTo(1);
                assertThat(open.tls.suspension()).isNotNull();
                assertThat(open.tls.suspension().kind()).isEqualTo(kind);
                end.of(open);
                assertThat(question.pending()).as("operations of " + kind).isZero();
                assertThat(open.tls.handshakeFuture().isDone()).isTrue();
                assertThat(open.tls.handshakeFuture().isSuccess()).isFalse();
                open.close();
                assertThat(question.started()).isEqualTo(1);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = SuspensionKind.class,
            names = {"SIGN", "CREDENTIAL_SELECTION", "SESSION_LOOKUP", "CLIENT_CERTIFICATE"})
    void anAlertEndsTheWait(SuspensionKind kind) {
        for (boolean fatal : new boolean[] {true, false}) {
            Unanswered question = new Unanswered(kind);
            try (EmbeddedTls open = Waiting.open(question, true)) {
                open.says(fatal ? fatalAlert(AlertDescription.INTERNAL_ERROR) : closeNotify());
                assertThat(question.pending()).isZero();
                assertThat(open.application.inactive).isTrue();
                assertThat(open.application.failures).hasSize(fatal ? 1 : 0);
            }
        }
    }

    @Test
    void aClientThatLeavesIsAnErrorAndNoGoodEnd() {
        EmbeddedTls open = Waiting.open(new Unanswered(SuspensionKind.SIGN), true);
        open.disconnects();
        assertThat(open.application.failures).singleElement().isInstanceOf(TlsException.class);
        assertThat(open.application.events)
                .singleElement()
                .isInstanceOfSatisfying(SslHandshakeCompletionEvent.class, event -> assertThat(event.isSuccess())
                        .isFalse());
        assertThat(open.tls.closeFuture().cause()).isInstanceOf(TlsException.class);
        open.close();
    }

    @Test
    void whatIsAskedOfAChannelThatIsNeverActiveFails() throws Exception {
        EventLoopGroup group = new NioEventLoopGroup(1);
        try {
            LockstepHandler tls =
                    new LockstepHandler(TestServers.live(Waiting.key().credential()));
            Channel channel = new Bootstrap()
                    .group(group)
                    .channel(NioSocketChannel.class)
                    .handler(tls)
                    .register()
                    .sync()
                    .channel();
            for (Future<?> asked : List.of(tls.renegotiate(), tls.closeOutput())) {
                assertThat(asked.await(20, TimeUnit.SECONDS)).isTrue();
                assertThat(asked.cause()).isInstanceOf(IllegalStateException.class);
            }
            channel.close().sync();
            for (Future<?> end : List.of(tls.handshakeFuture(), tls.closeFuture())) {
                assertThat(end.await(20, TimeUnit.SECONDS)).isTrue();
                assertThat(end.cause()).isInstanceOf(ClosedChannelException.class);
            }
        } finally {
            group.shutdownGracefully(0, 0, TimeUnit.SECONDS);
        }
    }

    @Test
    void laterHandshakesEndToo() {
        for (End end : ENDS) {
            RecordingKey key = Waiting.key();
            EmbeddedTls open = Waiting.renegotiating(key);
            assertThat(key.last().isPending()).isTrue();
            var written = open.channel.write(open.text("waits for the handshake"));
            end.of(open);
            assertThat(key.last().isPending()).isFalse();
            assertThat(written.isDone()).isTrue();
            assertThat(written.isSuccess()).isFalse();
            open.close();
        }
    }
}
