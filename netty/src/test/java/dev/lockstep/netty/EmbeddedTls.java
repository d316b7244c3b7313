package dev.lockstep.netty;

import static dev.lockstep.testkit.client.ClientMessages.changeCipherSpec;
import static dev.lockstep.testkit.client.ClientMessages.clientHello;
import static dev.lockstep.testkit.client.ClientMessages.clientKeyExchange;
import static dev.lockstep.testkit.client.ClientMessages.finished;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.testkit.client.ClientMessage;
import dev.lockstep.testkit.client.ClientOptions;
import dev.lockstep.testkit.client.ScriptedClient;
import dev.lockstep.tls.config.TlsServerConfig;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;

/** A handler in a channel without a socket, a scripted client at its other end, and memory that is counted. */
final class EmbeddedTls implements AutoCloseable {

    final UnpooledByteBufAllocator memory = new UnpooledByteBufAllocator(true);
    final EmbeddedChannel channel = new EmbeddedChannel();
    final Application application = new Application();
    final LockstepHandler tls;
    final ScriptedClient client;

    /** The most bytes that reach the handler in one read. */
    int portion = Integer.MAX_VALUE;

    EmbeddedTls(TlsServerConfig config, ClientOptions options) {
        this(config, options, true);
    }

    EmbeddedTls(TlsServerConfig config, ClientOptions options, boolean autoRead) {
        tls = new LockstepHandler(config);
        client = new ScriptedClient(options);
        channel.config().setAllocator(memory);
        channel.config().setAutoRead(autoRead);
        channel.pipeline().addLast(tls, application);
    }

    /** The client sends, and hears the answers. */
    EmbeddedTls says(ClientMessage... messages) {
        client.sends(messages);
        for (byte[] record : client.takeRecords()) {
            for (int at = 0; at < record.length && channel.isOpen(); at += Math.min(portion, record.length - at)) {
                ByteBuf bytes = memory.buffer();
                bytes.writeBytes(record, at, Math.min(portion, record.length - at));
                channel.writeInbound(bytes);
            }
        }
        return hears();
    }

    /** Everything that waits in the event loop happens, and what was sent reaches the client. */
    EmbeddedTls hears() {
        channel.runPendingTasks();
        for (ByteBuf sent = channel.readOutbound(); sent != null; sent = channel.readOutbound()) {
            byte[] bytes = ByteBufUtil.getBytes(sent);
            sent.release();
            client.receives(bytes);
        }
        return this;
    }

    EmbeddedTls establishes() {
        says(clientHello());
        says(clientKeyExchange(), changeCipherSpec(), finished());
        assertThat(client.isFinished()).isTrue();
        return this;
    }

    ByteBuf text(String text) {
        return memory.buffer().writeBytes(text.getBytes(StandardCharsets.UTF_8));
    }

    /** The client's TCP connection ends. */
    void disconnects() {
        channel.unsafe().close(channel.voidPromise());
        channel.runPendingTasks();
    }

    /** Ends everything; not a buffer is left. */
    @Override
    public void close() {
        channel.finishAndReleaseAll();
        assertThat(channel.isOpen()).isFalse();
        assertThat(memory.metric().usedDirectMemory()).as("direct memory").isZero();
        assertThat(memory.metric().usedHeapMemory()).as("heap memory").isZero();
    }
}
