package dev.lockstep.keys.keyserver.transport;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;

/**
 * The bytes under TLS, by an {@link SSLEngine} that its maker has set up: mode, certificates, who is trusted. The
 * handshake runs within {@link #read} and {@link #write}, its computations on the calling thread.
 */
public final class TlsTransport implements ByteTransport {

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final SocketChannel channel;
    private final SSLEngine engine;
    private final ByteBuffer netIn;
    private final ByteBuffer netOut;
    private ByteBuffer plain;
    private boolean starved = true;
    private boolean closed;

    /**
     * Takes over a non-blocking channel and an engine that has not begun its handshake.
     *
     * @throws IOException when the engine cannot begin it
     */
    public TlsTransport(SocketChannel channel, SSLEngine engine) throws IOException {
        this.channel = channel;
        this.engine = engine;
        this.netIn = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
        this.netOut = ByteBuffer.allocate(2 * engine.getSession().getPacketBufferSize());
        this.plain = ByteBuffer.allocate(engine.getSession().getApplicationBufferSize())
                .limit(0);
        engine.beginHandshake();
    }

    @Override
    public int read(ByteBuffer to) throws IOException {
        while (!plain.hasRemaining()) {
            boolean blocked = !advance();
            if (plain.hasRemaining()) {
                break;
            }
            if (blocked) {
                return 0;
            }
            if (engine.isInboundDone()) {
                return -1;
            }
            if (!starved) {
                continue;
            }
            int read = channel.read(netIn);
            if (read > 0) {
                starved = false;
            } else if (read < 0) {
                // RFC 8446 6.1: without a close_notify this may be a truncation; every frame has its length, so it
                // is no more than an end that comes early.
                return -1;
            } else {
                return 0;
            }
        }
        int count = Math.min(to.remaining(), plain.remaining());
        to.put(plain.slice().limit(count));
        wipe(plain.position(), count);
        plain.position(plain.position() + count);
        return count;
    }

    /** Unwraps and wraps while that leads on without the peer; false when the channel takes no more output. */
    private boolean advance() throws IOException {
        while (true) {
            HandshakeStatus status = engine.getHandshakeStatus();
            if (status == HandshakeStatus.NEED_TASK) {
                for (Runnable task = engine.getDelegatedTask(); task != null; task = engine.getDelegatedTask()) {
                    task.run();
                }
            } else if (status == HandshakeStatus.NEED_WRAP) {
                if (!send()) {
                    return false;
                }
                if (wrap(NOTHING) < 0) {
                    return true;
                }
            } else if (starved || plain.hasRemaining() || !unwrap()) {
                return true;
            }
        }
    }

    private boolean unwrap() throws IOException {
        netIn.flip();
        plain.clear();
        try {
            SSLEngineResult result = engine.unwrap(netIn, plain);
            if (result.getStatus() == Status.BUFFER_OVERFLOW) {
                plain = ByteBuffer.allocate(engine.getSession().getApplicationBufferSize());
                result = engine.unwrap(netIn, plain);
            }
            starved = result.getStatus() == Status.BUFFER_UNDERFLOW || !netIn.hasRemaining();
            boolean full = result.getStatus() == Status.BUFFER_UNDERFLOW && netIn.limit() == netIn.capacity();
            if (full || result.getStatus() == Status.BUFFER_OVERFLOW) {
                throw new IOException("a TLS record is longer than TLS allows");
            }
            return result.getStatus() == Status.OK;
        } finally {
            plain.flip();
            netIn.compact();
        }
    }

    @Override
    public int write(ByteBuffer from) throws IOException {
        int taken = 0;
        advance();
        while (send() && from.hasRemaining() && isOpenForOutput()) {
            int count = wrap(from);
            if (count < 0) {
                throw new IOException("the TLS connection is closed");
            }
            taken += count;
        }
        return taken;
    }

    /** Answers how many bytes of {@code from} were taken, -1 when the engine sends no more. */
    private int wrap(ByteBuffer from) throws IOException {
        SSLEngineResult result = engine.wrap(from, netOut);
        send();
        return result.getStatus() == Status.OK ? result.bytesConsumed() : -1;
    }

    /** Sends what was wrapped; true when nothing is left. */
    private boolean send() throws IOException {
        netOut.flip();
        try {
            while (netOut.hasRemaining()) {
                if (channel.write(netOut) == 0) {
                    return false;
                }
            }
            return true;
        } finally {
            netOut.compact();
        }
    }

    @Override
    public boolean holdsOutput() {
        return netOut.position() > 0 || engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP;
    }

    @Override
    public boolean holdsInput() {
        return plain.hasRemaining() || (!starved && !holdsOutput());
    }

    @Override
    public boolean isOpenForOutput() {
        return engine.getHandshakeStatus() == HandshakeStatus.NOT_HANDSHAKING && !engine.isOutboundDone();
    }

    @Override
    public void close() {
        try {
            if (!closed) {
                closed = true;
                engine.closeOutbound();
                wrap(NOTHING);
            }
        } catch (IOException e) {
            // The peer is gone, so the alert has no reader.
        }
        wipe(0, plain.capacity());
        try {
            channel.close();
        } catch (IOException e) {
            // The descriptor is gone either way.
        }
    }

    private void wipe(int from, int count) {
        java.util.Arrays.fill(plain.array(), from, from + count, (byte) 0);
    }
}
