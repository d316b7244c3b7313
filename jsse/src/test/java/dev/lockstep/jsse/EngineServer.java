package dev.lockstep.jsse;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.testkit.JdkClient;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** A server on an engine, with the JDK's client at the other end: each call is one of a server's, and is noted. */
final class EngineServer {

    private static final ByteBuffer EMPTY = ByteBuffer.allocate(0);

    final LockstepEngine engine;
    final JdkClient client;
    final List<SSLEngineResult> results = new ArrayList<>();
    final ByteArrayOutputStream received = new ByteArrayOutputStream();
    private final ByteBuffer in = ByteBuffer.allocate(1 << 20).flip();
    private @Nullable SSLException failure;

    EngineServer(LockstepEngine engine, JdkClient client) {
        this.engine = engine;
        this.client = client;
    }

    /** One wrap of nothing. */
    SSLEngineResult wraps() throws SSLException {
        return wraps(EMPTY);
    }

    SSLEngineResult wraps(ByteBuffer content) throws SSLException {
        ByteBuffer out = ByteBuffer.allocate(1 << 16);
        try {
            SSLEngineResult result = engine.wrap(content, out);
            results.add(result);
            return result;
        } finally {
            byte[] bytes = new byte[out.flip().remaining()];
            out.get(bytes);
            if (bytes.length > 0) {
                client.receives(bytes);
            }
        }
    }

    /** Takes the client's bytes and unwraps once. */
    SSLEngineResult unwraps() throws SSLException {
        takesInput();
        ByteBuffer plain = ByteBuffer.allocate(1 << 14);
        SSLEngineResult result = engine.unwrap(in, plain);
        results.add(result);
        byte[] bytes = new byte[plain.flip().remaining()];
        plain.get(bytes);
        received.writeBytes(bytes);
        return result;
    }

    boolean hasInput() {
        takesInput();
        return in.hasRemaining();
    }

    /** What of the client's bytes the engine has not taken. */
    byte[] leftInput() {
        takesInput();
        byte[] left = new byte[in.remaining()];
        in.duplicate().get(left);
        return left;
    }

    private void takesInput() {
        in.compact();
        client.takeRecords().forEach(in::put);
        in.flip();
    }

    /** Does what the engine asks for until it waits for something that is not there; tasks run on this thread. */
    EngineServer runs() throws SSLException {
        return runs(true);
    }

    EngineServer runs(boolean withTasks) throws SSLException {
        int idle = 0;
        while (idle < 2) {
            HandshakeStatus status = engine.getHandshakeStatus();
            boolean moved =
                    switch (status) {
                        case NEED_TASK -> {
                            if (!withTasks) {
                                yield false;
                            }
                            Runnable task = engine.getDelegatedTask();
                            assertThat(task).as("the task of NEED_TASK").isNotNull();
                            task.run();
                            yield true;
                        }
                        case NEED_WRAP -> wraps().bytesProduced() > 0 || engine.getHandshakeStatus() != status;
                        default ->
                            hasInput() && !engine.isInboundDone() && unwraps().bytesConsumed() > 0;
                    };
            idle = moved ? 0 : idle + 1;
        }
        return this;
    }

    /** The same, and keeps the exception that ends it. */
    EngineServer runsIntoFailure() {
        try {
            runs();
        } catch (SSLException e) {
            failure = e;
            try {
                runs();
            } catch (SSLException again) {
                throw new AssertionError("thrown twice", again);
            }
        }
        return this;
    }

    @Nullable
    SSLException failure() {
        return failure;
    }

    boolean isDone() {
        return client.isFinished()
                && results.stream().anyMatch(result -> result.getHandshakeStatus() == HandshakeStatus.FINISHED);
    }

    /** Application data in both directions. */
    void echoes(String text) throws SSLException {
        received.reset();
        client.sends(text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
        runs();
        assertThat(received.toString(java.nio.charset.StandardCharsets.UTF_8)).isEqualTo(text);
        ByteBuffer reply = ByteBuffer.wrap(received.toByteArray());
        while (reply.hasRemaining()) {
            assertThat(wraps(reply).getStatus()).isEqualTo(Status.OK);
        }
        assertThat(client.takeReceived()).asString().isEqualTo(text);
    }
}
