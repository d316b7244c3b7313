package dev.lockstep.keys.keyserver.transport;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.Arrays;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLProtocolException;

/**
 * The bytes under TLS, by an {@link SSLEngine} that its maker has set up: mode, certificates, who is trusted. The
 * handshake runs within {@link #read} and {@link #write}, its computations on the calling thread.
 *
 * <p>A call does a bounded share of the work, whatever the peer sends: it reads the channel once and opens few records. A
 * peer that sends too many records in a row without content ends the connection.
 */
public final class TlsTransport implements ByteTransport {

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    /** Records that one call opens. A handshake's flight has fewer; what is left waits, see {@link #holdsInput}. */
    private static final int RECORDS_AT_ONCE = 16;

    /**
     * Records in a row without content that are borne after the first content. An honest peer sends few: session tickets, a
     * KeyUpdate, an empty record as padding of CBC suites.
     */
    private static final int MOST_WITHOUT_CONTENT = 32;

    /**
     * The same before the first content, so for the handshake. The longest flight that the JDK takes, a certificate message of
     * 32 KiB, is 64 records in the smallest that RFC 6066 4 has (2^9 bytes); four times as many leaves room for RFC 8449. In
     * records of one byte, each of which has the JDK copy all bytes of the message before it, 256 are too short to cost anything.
     */
    private static final int MOST_IN_HANDSHAKE = 256;

    private final SocketChannel channel;
    private final SSLEngine engine;
    private final ByteBuffer netIn;
    private final ByteBuffer netOut;
    private ByteBuffer plain;
    private boolean starved = true;
    private boolean closed;
    private int recordsLeft;
    private int withoutContent;
    private boolean hadContent;

    /**
     * Takes over a non-blocking channel and an engine that has not begun its handshake.
     *
     * @throws IOException when the engine cannot begin it
     */
    public TlsTransport(SocketChannel channel, SSLEngine engine) throws IOException {
        this.channel = channel;
        this.engine = engine;
        this.netIn =
                ByteBuffer.allocate(engine.getSession().getPacketBufferSize()).limit(0);
        this.netOut = ByteBuffer.allocate(2 * engine.getSession().getPacketBufferSize());
        this.plain = ByteBuffer.allocate(engine.getSession().getApplicationBufferSize())
                .limit(0);
        engine.beginHandshake();
    }

    @Override
    public int read(ByteBuffer to) throws IOException {
        recordsLeft = RECORDS_AT_ONCE;
        boolean advances = advance();
        if (advances && starved && !plain.hasRemaining() && !engine.isInboundDone()) {
            int read = fill();
            if (read < 0) {
                // RFC 8446 6.1: without a close_notify this may be a truncation; every frame has its length, so it
                // is no more than an end that comes early.
                return -1;
            }
            if (read > 0) {
                advances = advance();
            }
        }
        if (!plain.hasRemaining()) {
            return advances && engine.isInboundDone() ? -1 : 0;
        }
        int count = Math.min(to.remaining(), plain.remaining());
        to.put(plain.slice().limit(count));
        wipe(plain, plain.position(), plain.position() + count);
        plain.position(plain.position() + count);
        return count;
    }

    /** Reads the channel once. */
    private int fill() throws IOException {
        netIn.compact();
        try {
            int read = channel.read(netIn);
            starved = read <= 0;
            return read;
        } finally {
            netIn.flip();
        }
    }

    /**
     * Unwraps, as often as this call may, and wraps while that leads on without the peer; false when the channel takes no more
     * output.
     */
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
            } else if (starved || plain.hasRemaining() || recordsLeft == 0 || !unwrap()) {
                return true;
            }
        }
    }

    private boolean unwrap() throws IOException {
        recordsLeft--;
        plain.clear();
        int from = netIn.position();
        SSLEngineResult result;
        try {
            result = engine.unwrap(netIn, plain);
            if (result.getStatus() == Status.BUFFER_OVERFLOW) {
                plain = ByteBuffer.allocate(engine.getSession().getApplicationBufferSize());
                result = engine.unwrap(netIn, plain);
            }
        } finally {
            plain.flip();
            wipe(netIn, from, netIn.position()); // the JDK decrypts a record where it is
        }
        starved = result.getStatus() == Status.BUFFER_UNDERFLOW || !netIn.hasRemaining();
        boolean full = result.getStatus() == Status.BUFFER_UNDERFLOW && netIn.remaining() == netIn.capacity();
        if (full || result.getStatus() == Status.BUFFER_OVERFLOW) {
            throw new IOException("a TLS record is longer than TLS allows");
        }
        if (result.getStatus() != Status.OK) {
            return false;
        }
        count(result.bytesProduced());
        return true;
    }

    /** Counts what a peer sends without getting anywhere: such a record costs it little, and this side a decryption. */
    private void count(int content) throws SSLProtocolException {
        if (content > 0) {
            hadContent = true;
            withoutContent = 0;
            return;
        }
        int most = hadContent ? MOST_WITHOUT_CONTENT : MOST_IN_HANDSHAKE;
        if (++withoutContent > most) {
            throw new SSLProtocolException("more than " + most + " TLS records in a row without content");
        }
    }

    @Override
    public int write(ByteBuffer from) throws IOException {
        int taken = 0;
        recordsLeft = RECORDS_AT_ONCE;
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
                if (channel.isConnected()) { // which it is not where the time to connect is over
                    wrap(NOTHING);
                }
            }
        } catch (IOException e) {
            // The peer is gone, so the alert has no reader.
        }
        wipe(plain, 0, plain.capacity());
        wipe(netIn, 0, netIn.capacity());
        try {
            channel.close();
        } catch (IOException e) {
            // The descriptor is gone either way.
        }
    }

    private static void wipe(ByteBuffer buffer, int from, int to) {
        int start = buffer.arrayOffset();
        Arrays.fill(buffer.array(), start + from, start + to, (byte) 0);
    }
}
