package dev.lockstep.jmh.engine;

import java.io.IOException;
import java.nio.ByteBuffer;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;

/** Either end of a connection through {@link SSLEngine}, its delegated tasks run immediately. */
final class SslEngineSession implements ServerSession {
    private static final ByteBuffer EMPTY = ByteBuffer.allocate(0);

    /** Nothing is ever written here, but netty wants to see room. */
    private static final ByteBuffer ROOM = ByteBuffer.allocate(1 << 15);

    private final SSLEngine engine;
    private final Runnable release;
    private boolean established;

    SslEngineSession(SSLEngine engine, Runnable release) throws IOException {
        this.engine = engine;
        this.release = release;
        engine.beginHandshake();
    }

    @Override
    public void handshake(ByteBuffer netIn, ByteBuffer netOut) throws IOException {
        // Some engines tell the end in a result only, some in their status only.
        while (!established) {
            HandshakeStatus status = engine.getHandshakeStatus();
            switch (status) {
                case NEED_TASK -> {
                    Runnable task = engine.getDelegatedTask();
                    while (task != null) {
                        task.run();
                        task = engine.getDelegatedTask();
                    }
                }
                case NEED_WRAP -> {
                    SSLEngineResult result = engine.wrap(EMPTY, netOut);
                    requireOk(result);
                    established = result.getHandshakeStatus() == HandshakeStatus.FINISHED;
                }
                case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> {
                    // Asked even without input: netty notices its own end one call late.
                    SSLEngineResult result = engine.unwrap(netIn, ROOM.duplicate());
                    established = result.getHandshakeStatus() == HandshakeStatus.FINISHED;
                    if (result.getStatus() == Status.BUFFER_UNDERFLOW) {
                        return;
                    }
                    requireOk(result);
                    if (result.bytesConsumed() == 0 && result.getHandshakeStatus() == status) {
                        return;
                    }
                }
                case FINISHED, NOT_HANDSHAKING -> {
                    // Begun in the constructor, so now it is over.
                    established = true;
                }
            }
        }
    }

    @Override
    public boolean isEstablished() {
        return established;
    }

    @Override
    public void read(ByteBuffer netIn, ByteBuffer appOut) throws IOException {
        requireOk(engine.unwrap(netIn, appOut));
    }

    @Override
    public void write(ByteBuffer appIn, ByteBuffer netOut) throws IOException {
        requireOk(engine.wrap(appIn, netOut));
    }

    @Override
    public void close() {
        release.run();
    }

    private static void requireOk(SSLEngineResult result) throws IOException {
        if (result.getStatus() != Status.OK) {
            throw new IOException(result.toString());
        }
    }
}
