package dev.lockstep.nio;

import dev.lockstep.tls.ConnectionInfo;
import dev.lockstep.tls.TlsServerConnection;
import dev.lockstep.tls.config.ConnectionOptions;
import dev.lockstep.tls.config.TlsServerConfig;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The server side of one TLS connection for code that blocks: a call parks its thread, ideally a virtual one, until the
 * socket or the private key has answered, or a limit has passed.
 *
 * <pre>{@code
 * try (BlockingTlsChannel tls = BlockingTlsChannel.server(listener.accept(), config)) {
 *     tls.inputStream().transferTo(tls.outputStream());
 * }
 * }</pre>
 *
 * <p><b>Threads.</b> One thread may read while another one writes. An interrupt of a thread that waits closes the
 * connection, as for every {@link java.nio.channels.InterruptibleChannel}, unless {@link #closedByInterrupt} says otherwise. The
 * deadlines of {@link TlsChannel} apply while a call is in progress.
 */
public final class BlockingTlsChannel implements AutoCloseable {

    private final TlsChannel tls;
    private final Waiters waiters = new Waiters();
    private final Turn turn;
    private volatile long readTimeoutNanos;

    /** A record that {@link #available} has read ahead; guarded by the turn. */
    private @Nullable ByteBuffer ahead;

    private BlockingTlsChannel(SocketChannel socket, TlsServerConfig config, Limits limits) throws IOException {
        this.tls = TlsChannel.server(socket, config, limits, BufferPool.shared(), channel -> waiters.signal());
        this.turn = new Turn(tls, socket, config.clock(), waiters);
    }

    /**
     * Creates a channel with {@link Limits#DEFAULT}. The handshake takes place in {@link #handshake}, or in the first
     * call that reads or writes.
     *
     * @param socket connected; becomes non-blocking and belongs to the channel
     * @throws IOException when the socket is not connected any more, or the system has no room for a selector; the socket
     *     is closed then
     */
    public static BlockingTlsChannel server(SocketChannel socket, TlsServerConfig config) throws IOException {
        return server(socket, config, Limits.DEFAULT);
    }

    /**
     * Creates a channel with limits of its own.
     *
     * @param socket connected; becomes non-blocking and belongs to the channel
     * @param limits all but the number of connections
     * @throws IOException when the socket is not connected any more, or the system has no room for a selector; the socket
     *     is closed then
     */
    public static BlockingTlsChannel server(SocketChannel socket, TlsServerConfig config, Limits limits)
            throws IOException {
        return new BlockingTlsChannel(socket, config, limits);
    }

    /**
     * Waits until the first handshake is complete.
     *
     * @throws EOFException when the client has ended the connection in good order before
     * @throws IOException as {@link #read}
     */
    public void handshake() throws IOException {
        turn.await(readTimeoutNanos, () -> {
            if (tls.handshake()) {
                return 1;
            }
            if (tls.state().compareTo(ChannelState.ENDED) >= 0) {
                throw new EOFException("the connection ended before the handshake was complete");
            }
            return Turn.LATER;
        });
    }

    /**
     * Waits for application data.
     *
     * @param dst has room for at least one byte
     * @return how many bytes were read, at least 1; -1 after the client's close_notify
     * @throws SocketTimeoutException when nothing has come within the {@link #readTimeout}; the connection stays as it is. The
     *     limits of the channel throw it too, and then {@link #hasFailed}
     * @throws ClosedChannelException when this side has closed before the client's close_notify was read
     * @throws IOException as {@link TlsChannel#read}
     */
    public int read(ByteBuffer dst) throws IOException {
        if (!dst.hasRemaining()) {
            throw new IllegalArgumentException("dst: has no room");
        }
        return (int) turn.await(readTimeoutNanos, () -> {
            ByteBuffer before = ahead;
            boolean closing = tls.state().isClosing();
            int read = before != null && !closing ? take(before, dst) : tls.read(dst);
            if (read < 0 && closing && !turn.inputEnded()) {
                throw new ClosedChannelException(); // the client's stream did not end: what was read is not all of it
            }
            return read == 0 ? Turn.LATER : read;
        });
    }

    private int take(ByteBuffer before, ByteBuffer dst) {
        int length = Math.min(before.remaining(), dst.remaining());
        dst.put(before.slice(before.position(), length));
        ahead = length < before.remaining() ? before.position(before.position() + length) : null;
        return length;
    }

    /**
     * Returns how many bytes a {@link #read} finds without waiting, at most those of one record; 0 also at the end.
     *
     * @throws IOException as {@link TlsChannel#read}
     */
    public int available() throws IOException {
        return (int) turn.now(() -> {
            if (ahead == null && tls.isEstablished()) {
                ByteBuffer record = ByteBuffer.allocate(TlsServerConnection.APPLICATION_BUFFER_SIZE);
                if (tls.read(record) > 0) {
                    ahead = record.flip();
                }
            }
            return ahead == null ? 0 : ahead.remaining();
        });
    }

    /** Returns whether the connection has failed or its time is over, and not only the {@link #readTimeout} of a call. */
    public boolean hasFailed() {
        return turn.hasFailed();
    }

    /**
     * Sets how long a {@link #read} or a {@link #handshake} waits for the client at most. In a handshake, also in a later one, the time begins
     * again with whatever the client sends, and does not pass while the private key or another answer from outside is waited for.
     *
     * @param timeout zero, which is the default, for as long as the limits of the channel allow
     * @throws IllegalArgumentException when it is negative
     */
    public void readTimeout(Duration timeout) {
        if (timeout.isNegative()) {
            throw new IllegalArgumentException("readTimeout: " + timeout + " is negative");
        }
        readTimeoutNanos = Nanos.of(timeout);
    }

    /**
     * Writes everything, gathering, and waits until the socket has taken it.
     *
     * @throws IOException as {@link TlsChannel#write}
     */
    public void write(ByteBuffer... srcs) throws IOException {
        turn.awaitSent(() -> {
            if (Gather.hasRemaining(srcs)) {
                tls.write(srcs);
            }
            return !Gather.hasRemaining(srcs) && tls.flush() ? 1 : Turn.LATER;
        });
    }

    /**
     * Sends close_notify; the client's data can still be read.
     *
     * @throws IOException as {@link TlsChannel#shutdownOutput}
     */
    public void shutdownOutput() throws IOException {
        turn.awaitSent(() -> tls.shutdownOutput() && tls.flush() ? 1 : Turn.LATER);
    }

    /**
     * Asks the client for another handshake, as {@link TlsChannel#renegotiate}, and does not wait for it: reads move it.
     *
     * @return whether the client was asked now
     * @throws dev.lockstep.tls.setting.ConfigException as {@link TlsChannel#renegotiate}
     * @throws IOException as {@link TlsChannel#read}
     */
    public boolean renegotiate(ConnectionOptions changes) throws IOException {
        boolean asked = turn.await(() -> tls.renegotiate(changes) ? 1 : 0) == 1;
        turn.awaitSent(() -> tls.flush() ? 1 : Turn.LATER);
        return asked;
    }

    /**
     * Sets which threads close the connection when they are interrupted while they wait; all of them by default. Others continue
     * to wait, and are still interrupted when the call returns.
     *
     * @param threads is asked on the interrupted thread
     */
    public void closedByInterrupt(Predicate<Thread> threads) {
        waiters.interruptible(threads);
    }

    /** Returns a stream of what the client sends. Closing it closes the channel. */
    public InputStream inputStream() {
        return new ChannelInput(this);
    }

    /** Returns a stream to the client; each write waits until the socket has taken it. Closing it closes the channel. */
    public OutputStream outputStream() {
        return new ChannelOutput(this);
    }

    /**
     * Returns what was negotiated.
     *
     * @throws IllegalStateException before ServerHello
     */
    public ConnectionInfo info() {
        return turn.locked(tls::info);
    }

    /** Returns what the handshake under way has negotiated, as {@link TlsChannel#handshakeInfo}. */
    public @Nullable ConnectionInfo handshakeInfo() {
        return turn.locked(tls::handshakeInfo);
    }

    /** Returns whether a handshake is under way, as {@link TlsChannel#isHandshaking}. */
    public boolean isHandshaking() {
        return turn.locked(tls::isHandshaking);
    }

    /** Returns how many handshakes are over, as {@link TlsChannel#handshakes}. */
    public int handshakes() {
        return turn.locked(tls::handshakes);
    }

    /** Returns how many bytes were received from the socket. */
    public long bytesReceived() {
        return turn.locked(tls::bytesReceived);
    }

    /** Ends the connection as {@link TlsChannel#close}, and waits for the client's end within the limits. */
    @Override
    public void close() {
        turn.close();
    }

    /**
     * Ends the connection as {@link #close()} does, and waits less: for the client's end of stream no longer than this, and
     * not at all where another thread waits in a {@link #write} for a client that does not read. The socket is closed then.
     *
     * @param drain how long to read and drop what the client still sends; not more than the limits say
     */
    public void close(Duration drain) {
        turn.close(drain);
    }
}
