package dev.lockstep.jmh.slow;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.Predicate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;

/** A server's handshake through {@link SSLEngine}, whose delegated tasks are given away. */
final class SlowEngineSession implements SlowServer.Session {
    private static final ByteBuffer EMPTY = ByteBuffer.allocate(0);

    /** Nothing is ever written here, but netty wants to see room. */
    private static final ByteBuffer ROOM = ByteBuffer.allocate(1 << 15);

    private final SSLEngine engine;
    private final Predicate<Runnable> waitsFor;
    private final Runnable release;
    private boolean established;

    /** @param waitsFor starts a task, and says whether it works on elsewhere */
    SlowEngineSession(SSLEngine engine, Predicate<Runnable> waitsFor, Runnable release) throws IOException {
        this.engine = engine;
        this.waitsFor = waitsFor;
        this.release = release;
        engine.beginHandshake();
    }

    @Override
    public SlowServer.Turn step(ByteBuffer in, ByteBuffer out) throws IOException {
        while (!established) {
            HandshakeStatus status = engine.getHandshakeStatus();
            switch (status) {
                case NEED_TASK -> {
                    Runnable task = engine.getDelegatedTask();
                    if (task != null && waitsFor.test(task)) {
                        return SlowServer.Turn.WAITS;
                    }
                }
                case NEED_WRAP ->
                    established = engine.wrap(EMPTY, out).getHandshakeStatus() == HandshakeStatus.FINISHED;
                case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> {
                    SSLEngineResult result = engine.unwrap(in, ROOM.duplicate());
                    established = result.getHandshakeStatus() == HandshakeStatus.FINISHED;
                    if (result.getStatus() == Status.BUFFER_UNDERFLOW
                            || (result.bytesConsumed() == 0 && result.getHandshakeStatus() == status)) {
                        return SlowServer.Turn.MORE;
                    }
                }
                case FINISHED, NOT_HANDSHAKING -> established = true;
            }
        }
        return SlowServer.Turn.ESTABLISHED;
    }

    @Override
    public void close() {
        release.run();
    }
}
