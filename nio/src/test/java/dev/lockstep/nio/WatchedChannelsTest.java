package dev.lockstep.nio;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.testkit.answer.KeyScript;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.nio.channels.SelectionKey;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Channels of a handler that the loop watches. */
@Timeout(60)
@SuppressWarnings("try") // what ends before its block does is what is tested
class WatchedChannelsTest {

    private static Pipe readable() throws IOException {
        Pipe pipe = Pipe.open();
        pipe.source().configureBlocking(false);
        pipe.sink().write(ByteBuffer.allocate(1));
        return pipe;
    }

    /** Otherwise a loop would turn for a channel that is ready, and that nothing reads any more. */
    @Test
    void aHandlerThatFailsToCloseItsChannelDoesNotKeepTheLoop() throws Exception {
        Pipe pipe = Pipe.open();
        pipe.source().configureBlocking(false);
        CompletableFuture<SelectionKey> watched = new CompletableFuture<>();
        Handler handler = new Handler() {
            @Override
            public void onEstablished(Session session) throws IOException {
                watched.complete(session.duplex().watch(pipe.source(), SelectionKey.OP_READ, () -> {}));
            }

            @Override
            public void onData(Session session, ByteBuffer data) {}

            @Override
            public void onClosed(Session session, Throwable cause) {
                throw new IllegalStateException("before it has closed its channel");
            }
        };
        try (TestLoop server = new TestLoop(Limits.DEFAULT, () -> handler, config -> config)) {
            server.key.signs(KeyScript.ready());
            try (SSLSocket client = server.client()) {
                client.startHandshake();
                watched.get(30, TimeUnit.SECONDS);
            }
            server.awaitClosed(1);
            pipe.sink().write(ByteBuffer.allocate(1));
            SelectionKey key = watched.get();
            server.awaitOnTheLoop("the loop watches the channel still", () -> !key.isValid());
            assertThat(pipe.source().isOpen()).as("it is the handler's own").isTrue();
        } finally {
            pipe.source().close();
            pipe.sink().close();
        }
    }

    /** Both are ready at the same time, and whichever is served first closes the other. */
    @Test
    void aChannelThatWasClosedMeanwhileIsNotServed() throws Exception {
        List<Pipe> pipes = new ArrayList<>();
        AtomicInteger served = new AtomicInteger();
        Handler handler = new Handler() {
            @Override
            public void onEstablished(Session session) throws IOException {
                for (int i = 0; i < 2; i++) {
                    Pipe pipe = readable();
                    pipes.add(pipe);
                    session.duplex().watch(pipe.source(), SelectionKey.OP_READ, () -> onReady(session, pipe));
                }
            }

            private void onReady(Session session, Pipe pipe) throws IOException {
                served.incrementAndGet();
                pipe.source().read(ByteBuffer.allocate(1));
                for (Pipe other : pipes) {
                    if (other != pipe) {
                        other.source().close();
                    }
                }
                session.send(ByteBuffer.wrap(TestLoop.PING));
            }

            @Override
            public void onData(Session session, ByteBuffer data) {
                session.send(data);
            }
        };
        try (TestLoop server = new TestLoop(Limits.DEFAULT, () -> handler, config -> config);
                SSLSocket client = server.client()) {
            server.key.signs(KeyScript.ready());
            client.startHandshake();
            assertThat(client.getInputStream().readNBytes(TestLoop.PING.length)).isEqualTo(TestLoop.PING);
            TestLoop.ping(client);
            assertThat(served).hasValue(1);
        } finally {
            for (Pipe pipe : pipes) {
                pipe.source().close();
                pipe.sink().close();
            }
        }
    }
}
