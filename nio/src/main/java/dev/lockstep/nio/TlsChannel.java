package dev.lockstep.nio;

import dev.lockstep.tls.ConnectionInfo;
import dev.lockstep.tls.TlsException;
import dev.lockstep.tls.TlsServerConnection;
import dev.lockstep.tls.config.ConnectionOptions;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.wait.Suspension;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The server side of one TLS connection over a non-blocking socket. It has no thread and no selector: the application
 * calls it when the socket is ready, when the wake handler has run and when a deadline has come, and registers
 * {@link #interest} afterwards. One turn of such a loop, for an echo server:
 *
 * <pre>{@code
 * void turn(SelectionKey key, TlsChannel tls, ByteBuffer data) { // data: what is not echoed yet, in write mode
 *     try {
 *         int n = 0;
 *         do {
 *             data.flip();
 *             tls.write(data);
 *             data.compact();
 *             n = data.hasRemaining() ? tls.read(data) : 0;
 *         } while (n > 0);
 *         if (n < 0) {
 *             tls.close(); // the client said close_notify; called again for every turn until the channel is closed
 *         }
 *     } catch (IOException e) {
 *         tls.close(); // sends the alert, if there is one
 *     }
 *     if (tls.isOpen()) {
 *         key.interestOps(tls.interest() & TlsChannel.SOCKET);
 *     }
 * }
 * }</pre>
 *
 * <p><b>Deadlines.</b> When {@link #deadlineNanos} has come, call {@link #onDeadline}, whatever else the connection waits
 * for. Every other call checks the deadlines too, before it does anything.
 *
 * <p><b>Errors.</b> A call that throws an {@link IOException} has ended the connection: call {@link #close} then, which
 * sends the alert if there is one. Later calls throw the same exception again.
 *
 * <p><b>Threads.</b> A channel is confined to one thread at a time, like a {@link TlsServerConnection}. Only the wake
 * handler runs on other threads.
 */
public final class TlsChannel {

    /** In {@link #interest}: call when the socket can be read. Equals {@link SelectionKey#OP_READ}. */
    public static final int READ = SelectionKey.OP_READ;

    /** In {@link #interest}: call when the socket can be written. Equals {@link SelectionKey#OP_WRITE}. */
    public static final int WRITE = SelectionKey.OP_WRITE;

    /** In {@link #interest}: call when the wake handler has run. A selector knows nothing of it. */
    public static final int WAKE = 1 << 16;

    /** The part of {@link #interest} that a selection key takes. */
    public static final int SOCKET = READ | WRITE;

    private final SocketChannel socket;
    private final ChannelPump pump;
    private final ChannelCalls calls;

    private TlsChannel(
            SocketChannel socket,
            TlsServerConfig config,
            Limits limits,
            BufferPool pool,
            @Nullable Preface preface,
            Consumer<? super TlsChannel> wake) {
        this.socket = socket;
        Opening opening = new Opening(config, preface, waiting -> wake.accept(this));
        TlsServerConnection tls = opening.connection(preface == null ? Network.peerOf(socket) : null);
        ChannelClock clock = new ChannelClock(config.clock(), limits);
        this.pump = new ChannelPump(opening, tls, new Transport(socket, pool), pool, clock);
        this.calls = new ChannelCalls(pump);
    }

    /**
     * Creates a channel with {@link Limits#DEFAULT} and the shared {@link BufferPool}.
     *
     * @see #server(SocketChannel, TlsServerConfig, Limits, BufferPool, Consumer)
     */
    public static TlsChannel server(SocketChannel socket, TlsServerConfig config, Consumer<? super TlsChannel> wake)
            throws IOException {
        return server(socket, config, Limits.DEFAULT, BufferPool.shared(), wake);
    }

    /**
     * Creates a channel that waits for a ClientHello. The time for it begins now.
     *
     * @param socket connected; becomes non-blocking and belongs to the channel, which closes it
     * @param limits all but the number of connections
     * @param wake receives the channel when an answer from outside may have arrived: on any thread, possibly during a call
     *     of this channel. It must only enqueue the channel and wake the thread that serves it
     * @throws IOException when the socket is not connected any more; it is closed then
     */
    public static TlsChannel server(
            SocketChannel socket,
            TlsServerConfig config,
            Limits limits,
            BufferPool pool,
            Consumer<? super TlsChannel> wake)
            throws IOException {
        return server(socket, config, limits, pool, null, wake);
    }

    /** As the public form, with what comes before TLS; null for nothing. */
    static TlsChannel server(
            SocketChannel socket,
            TlsServerConfig config,
            Limits limits,
            BufferPool pool,
            @Nullable Preface preface,
            Consumer<? super TlsChannel> wake)
            throws IOException {
        try {
            socket.configureBlocking(false);
            if (socket.supportedOptions().contains(StandardSocketOptions.TCP_NODELAY)) {
                socket.setOption(StandardSocketOptions.TCP_NODELAY, true);
            }
        } catch (IOException e) {
            socket.close();
            throw e;
        }
        return new TlsChannel(socket, config, limits, pool, preface, wake);
    }

    /**
     * Moves the first handshake as far as it gets without waiting. {@link #read} and {@link #write} do the same.
     *
     * @return whether the handshake is complete
     * @throws IOException when the connection has failed
     */
    public boolean handshake() throws IOException {
        if (!pump.tls().isEstablished() && !state().isClosing()) {
            read(ChannelPump.NO_ROOM);
        }
        return pump.tls().isEstablished();
    }

    /**
     * Reads application data, of one record at most. Output that waits is sent first.
     *
     * @param dst any size; room for {@link TlsServerConnection#APPLICATION_BUFFER_SIZE} bytes saves a copy
     * @return how many bytes were read; 0 when there are none yet, or {@code dst} has no room; -1 after the client's
     *     close_notify or after {@link #close}
     * @throws TruncatedException when the client's stream ended without close_notify
     * @throws PlainHttpException when the client speaks HTTP without TLS
     * @throws TlsException when the connection has failed, or ends because a key is used up: the client may have more to send
     * @throws SocketTimeoutException when a limit has passed
     * @throws IOException when the socket has failed
     */
    public int read(ByteBuffer dst) throws IOException {
        if (state().isClosing()) {
            close();
            return -1;
        }
        return (int) calls.run(() -> pump.read(dst));
    }

    /**
     * Writes application data, gathering: small sources share a record. What was taken has been sealed; {@link #flush},
     * or any other call, sends what the socket did not take yet.
     *
     * @param srcs taken in their order
     * @return how many bytes were taken; 0 when nothing can be taken now: see {@link #interest}
     * @throws ClosedChannelException after close_notify in either direction, also when the client ends the handshake with it
     *     that the call moves, and after {@link #close}
     * @throws IOException as {@link #read}
     */
    public long write(ByteBuffer... srcs) throws IOException {
        if (state().compareTo(ChannelState.HALF_CLOSED) >= 0) {
            throw new ClosedChannelException();
        }
        return calls.run(() -> pump.write(srcs));
    }

    /**
     * Sends what waits in the output buffer.
     *
     * @return whether the socket has taken everything
     * @throws IOException as {@link #read}
     */
    public boolean flush() throws IOException {
        if (state().isClosing()) {
            return close();
        }
        return calls.run(() -> pump.seal() ? 1 : 0) == 1;
    }

    /**
     * Sends close_notify and keeps reading, for protocols in which one side ends its stream before the other. RFC 5246
     * &sect;7.2.1 permits the client to drop what it has not sent yet, so both sides must agree on this use.
     *
     * @return whether close_notify is sealed, or the client has ended the connection; if not, call again as {@link #interest}
     *     says
     * @throws IOException as {@link #read}
     */
    public boolean shutdownOutput() throws IOException {
        if (state().compareTo(ChannelState.HALF_CLOSED) >= 0) {
            return true;
        }
        return calls.run(() -> pump.shutdownOutput() ? 1 : 0) == 1;
    }

    /**
     * Asks the client for another handshake with other options than the connection has, as {@link
     * TlsServerConnection#renegotiate(ConnectionOptions)} does. {@link #read} moves that handshake once the client has begun it.
     *
     * @return whether the client was asked now; {@link #flush} sends what the socket did not take yet. False before the first
     *     handshake is complete, and where {@code TlsServerConnection} says so
     * @throws dev.lockstep.tls.setting.ConfigException when the options do not fit the configuration
     * @throws IOException as {@link #read}
     */
    public boolean renegotiate(ConnectionOptions changes) throws IOException {
        if (state().compareTo(ChannelState.HALF_CLOSED) >= 0) {
            return false;
        }
        return calls.run(() -> {
                    TlsServerConnection tls = pump.tls();
                    boolean asked = tls.isEstablished() && tls.renegotiate(changes);
                    pump.seal();
                    return asked ? 1 : 0;
                })
                == 1;
    }

    /**
     * Ends the connection in three phases, since closing a socket with unread input resets it, and the reset can overtake
     * the alert: the last bytes are sent, the TCP output is shut down, the input is read and dropped until the client's end.
     * Each phase is bounded by {@link Limits}. A pending operation is cancelled and the secrets are cleared immediately.
     * Call it again as {@link #interest} and {@link #deadlineNanos} say, until the channel is closed. Never throws for
     * what the client or the socket does.
     *
     * @return whether the socket is closed
     */
    public boolean close() {
        return pump.farewell(null);
    }

    /**
     * Ends the connection as {@link #close} does, but with a fatal internal_error alert: for an application that cannot
     * continue, whose client must not take the end for a good one. Call {@link #close} afterwards until the channel is
     * closed.
     *
     * @param cause what the failure of the connection tells
     * @return whether the socket is closed
     */
    public boolean fail(Throwable cause) {
        return pump.farewell(cause);
    }

    /** Closes the socket immediately. A pending operation is cancelled and the secrets are cleared. */
    public void abort() {
        pump.abort();
    }

    /**
     * Does what is due at {@link #deadlineNanos}: gives up an operation, or fails the connection, or closes the socket.
     * Calling it early does no harm.
     *
     * @throws IOException when the connection has failed, as {@link #read}
     */
    public void onDeadline() throws IOException {
        if (state().isClosing()) {
            close();
        } else {
            calls.run(() -> {
                pump.onDeadline();
                return 0;
            });
        }
    }

    /**
     * Returns when to call {@link #onDeadline} at the latest, in nanoseconds of the configuration's clock; empty when the
     * channel is closed.
     */
    public OptionalLong deadlineNanos() {
        return pump.deadlineNanos();
    }

    /**
     * Returns what to call the channel for: {@link #READ}, {@link #WRITE} and {@link #WAKE}, combined. READ is in it when
     * the last {@link #read} returned 0 (or a write in a renegotiation needs input): until then there may be more to read
     * without the socket, and an application that stops reading before is not called for more.
     */
    public int interest() {
        return pump.interest(!calls.hasFailed());
    }

    /** Returns whether the socket is open, possibly only for the phases of {@link #close}. */
    public boolean isOpen() {
        return state() != ChannelState.CLOSED;
    }

    /** Returns whether application data can be sent or received. */
    public boolean isEstablished() {
        return pump.tls().isEstablished() && !state().isClosing();
    }

    /** Returns the state. */
    public ChannelState state() {
        return pump.state();
    }

    /** Returns what the handshake waits for, since when and until when; null when it waits for nothing outside. */
    public @Nullable Suspension suspension() {
        return pump.tls().suspension();
    }

    /**
     * Returns what was negotiated; stays available after the end.
     *
     * @throws IllegalStateException before ServerHello
     */
    public ConnectionInfo info() {
        return pump.tls().info();
    }

    /** Returns what the handshake under way has negotiated, as {@link TlsServerConnection#handshakeInfo}. */
    public @Nullable ConnectionInfo handshakeInfo() {
        return pump.tls().handshakeInfo();
    }

    /**
     * Returns whether a handshake is under way: the first one from the beginning, a later one from the client's
     * ClientHello on.
     */
    public boolean isHandshaking() {
        return pump.tls().isHandshaking();
    }

    /** Returns how many handshakes are over, as {@link TlsServerConnection#handshakes}. */
    public int handshakes() {
        return pump.tls().handshakes();
    }

    /** Returns the socket, for its addresses and options. Reading or writing it breaks the connection. */
    public SocketChannel socket() {
        return socket;
    }

    /** Returns how many bytes were received from the socket. */
    public long bytesReceived() {
        return pump.bytesReceived();
    }

    /** Returns how many bytes were written to the socket. */
    public long bytesSent() {
        return pump.bytesSent();
    }

    /**
     * Returns about how many bytes of memory the connection holds with its buffers, to compare connections and to bound
     * their sum; see {@link TlsServerConnection#heldBytes}.
     */
    public int heldBytes() {
        return pump.heldBytes();
    }

    /** Returns whether a call has failed because of TLS, the socket or a limit. */
    boolean hasFailed() {
        return calls.hasFailed();
    }

    /** Returns the inner part, for the loop and the blocking form. */
    ChannelPump pump() {
        return pump;
    }
}
