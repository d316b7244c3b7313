package dev.lockstep.netty;

import static dev.lockstep.testkit.client.ClientMessages.closeNotify;
import static dev.lockstep.testkit.client.ClientMessages.raw;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.testkit.SecretHunt;
import dev.lockstep.testkit.TestServers;
import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.tls.TlsException;
import dev.lockstep.tls.TlsServerConnection;
import dev.lockstep.tls.config.TlsServerConfig;
import io.netty.buffer.AbstractByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.ChannelFuture;
import io.netty.util.IllegalReferenceCountException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A stream with a hole must not continue, and a connection that cannot say its last word must not stay. */
class ShortMemoryTest {

    private static final String NO_MEMORY = "failed to allocate direct memory, as a test has it";

    private static TlsServerConfig config() {
        return TestServers.config(TestServers.local(TestIdentity.P256));
    }

    /** Fails once. */
    private static final class Failing extends AbstractByteBufAllocator {

        private final UnpooledByteBufAllocator memory;
        private int untilFailure;

        /** @param untilFailure how many buffers there are before the one that there is not */
        Failing(UnpooledByteBufAllocator memory, int untilFailure) {
            super(true);
            this.memory = memory;
            this.untilFailure = untilFailure;
        }

        private void count() {
            if (untilFailure-- == 0) {
                throw new OutOfMemoryError(NO_MEMORY);
            }
        }

        @Override
        protected ByteBuf newHeapBuffer(int initial, int most) {
            count();
            return memory.heapBuffer(initial, most);
        }

        @Override
        protected ByteBuf newDirectBuffer(int initial, int most) {
            count();
            return memory.directBuffer(initial, most);
        }

        @Override
        public boolean isDirectBufferPooled() {
            return false;
        }
    }

    private static void failsAfter(EmbeddedTls open, int buffers) {
        open.channel.config().setAllocator(new Failing(open.memory, buffers));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void aFlushThatFindsNoMemory(int buffers) {
        try (EmbeddedTls open = new EmbeddedTls(config(), ConversationTest.client())) {
            open.establishes();
            TlsServerConnection tls = open.tls.connection();
            failsAfter(open, buffers);
            ChannelFuture lost = open.channel.write(open.memory.buffer().writeZero(100_000));
            open.channel.flush();
            open.hears();
            ChannelFuture late = open.channel.writeAndFlush(open.text("behind the hole"));
            open.hears();
            assertThat(lost.cause()).hasMessage(NO_MEMORY);
            assertThat(late.isDone()).isTrue();
            assertThat(late.isSuccess()).isFalse();
            assertThat(open.channel.isOpen()).isFalse();
            assertThat(open.application.failures).singleElement().isInstanceOf(OutOfMemoryError.class);
            assertThat(open.tls.closeFuture().isSuccess()).isFalse();
            assertThat(new String(open.client.takeReceived(), java.nio.charset.StandardCharsets.US_ASCII))
                    .doesNotContain("behind");
            SecretHunt.assertNoneIn(tls, open.client.secrets());
        }
    }

    @Test
    void aBufferThatWasReleased() {
        try (EmbeddedTls open = new EmbeddedTls(config(), ConversationTest.client())) {
            open.establishes();
            TlsServerConnection tls = open.tls.connection();
            ByteBuf released = open.text("not mine any more");
            ChannelFuture first = open.channel.write(released);
            ChannelFuture second = open.channel.write(open.text("next"));
            released.release();
            open.channel.flush();
            open.hears();
            assertThat(first.isDone() && second.isDone()).isTrue();
            assertThat(first.isSuccess() || second.isSuccess()).isFalse();
            assertThat(open.channel.isOpen()).isFalse();
            assertThat(open.application.failures).singleElement().isInstanceOf(IllegalReferenceCountException.class);
            assertThat(open.client.takeReceived()).isEmpty();
            SecretHunt.assertNoneIn(tls, open.client.secrets());
        }
    }

    @Test
    void anAlertThatFindsNoMemory() {
        try (EmbeddedTls open = new EmbeddedTls(config(), ConversationTest.client())) {
            ChannelFuture early = open.channel.writeAndFlush(open.text("early"));
            failsAfter(open, 0);
            open.says(raw(new byte[] {22, 3, 3, 0, 4, 99, 0, 0, 0}));
            assertThat(open.channel.isOpen()).isFalse();
            assertThat(early.cause()).isInstanceOf(TlsException.class);
            assertThat(open.tls.handshakeFuture().cause()).isInstanceOf(TlsException.class);
            assertThat(open.tls.closeFuture().isDone()).isTrue();
            assertThat(open.application.failures).singleElement().isInstanceOf(TlsException.class);
            assertThat(open.application.failures.get(0).getSuppressed()).hasSize(1);
        }
    }

    @Test
    void aCloseThatFindsNoMemory() {
        try (EmbeddedTls open = new EmbeddedTls(config(), ConversationTest.client())) {
            open.establishes();
            TlsServerConnection tls = open.tls.connection();
            failsAfter(open, 0);
            ChannelFuture closed = open.channel.close();
            open.hears();
            assertThat(closed.isSuccess()).isTrue();
            assertThat(open.channel.isOpen()).isFalse();
            assertThat(open.tls.closeFuture().cause()).hasMessage(NO_MEMORY);
            SecretHunt.assertNoneIn(tls, open.client.secrets());
        }
    }

    @Test
    void aCloseWhoseDataFindsNoMemory() {
        try (EmbeddedTls open = new EmbeddedTls(config(), ConversationTest.client())) {
            open.establishes();
            failsAfter(open, 0);
            ChannelFuture lost = open.channel.write(open.text("last"));
            ChannelFuture closed = open.channel.close();
            open.hears();
            assertThat(lost.cause()).hasMessage(NO_MEMORY);
            assertThat(closed.isSuccess()).isTrue();
            assertThat(open.channel.isOpen()).isFalse();
        }
    }

    @Test
    void anAnswerToCloseNotifyThatFindsNoMemory() {
        try (EmbeddedTls open = new EmbeddedTls(config(), ConversationTest.client())) {
            open.establishes();
            ChannelFuture unflushed = open.channel.write(open.text("unflushed"));
            open.client.sends(closeNotify());
            byte[] record = open.client.takeRecords().get(0);
            ByteBuf received = open.memory.buffer().writeBytes(record);
            failsAfter(open, 0);
            open.channel.writeInbound(received);
            open.hears();
            assertThat(unflushed.isDone()).isTrue();
            assertThat(open.channel.isOpen()).isFalse();
            assertThat(open.tls.closeFuture().isDone()).isTrue();
        }
    }
}
