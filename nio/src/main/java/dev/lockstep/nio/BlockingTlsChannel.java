package dev.lockstep.nio;

import dev.lockstep.tls.ConnectionInfo;
import dev.lockstep.tls.TlsServerConnection;
import dev.lockstep.tls.config.ConnectionOptions;
import dev.lockstep.tls.config.TlsServerConfig;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
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
 * connection, as for every {@link java.nio.channels.InterruptibleChannel}. The deadlines of {@link TlsChannel} apply while a
 * call is in progress.
 */
public final class BlockingTlsChannel implements AutoCloseable {

    private static final long LATER = Long.MIN_VALUE;

    private final TlsChannel tls;
    private final LongSupplier clock;
    private final Readiness readiness;
    private final SelectionKey key;
    private final ReentrantLock turn = new ReentrantLock();
    private final Set<Thread> waiting = ConcurrentHashMap.newKeySet();
    private volatile long readTimeoutNanos;

    /** The client's close_notify was read. */
    private volatile boolean inputEnded;

    private volatile boolean failed;

    /** A record that {@link #available} has read ahead; guarded by the turn. */
    private @Nullable ByteBuffer ahead;

    private BlockingTlsChannel(SocketChannel socket, TlsServerConfig config, Limits limits) throws IOException {
        this.clock = config.clock();
        this.tls = TlsChannel.server(socket, config, limits, BufferPool.shared(), channel -> signal());
        try {
            this.readiness = Readiness.shared();
            this.key = readiness.register(socket, this::signal);
        } catch (IOException | RuntimeException | Error e) {
            tls.abort();
            throw e;
        }
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
     * @throws IOException as {@link #read}
     */
    public void handshake() throws IOException {
        await(readTimeoutNanos, () -> {
            if (tls.handshake()) {
                return 1;
            }
            if (tls.state().compareTo(ChannelState.ENDED) >= 0) {
                throw new IOException("the connection ended before the handshake was complete");
            }
            return LATER;
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
        return (int) await(readTimeoutNanos, () -> {
            ByteBuffer before = ahead;
            boolean closing = tls.state().isClosing();
            int read = before != null && !closing ? take(before, dst) : tls.read(dst);
            if (read < 0 && closing && !inputEnded) {
                throw new ClosedChannelException(); // the client's stream did not end: what was read is not all of it
            }
            return read == 0 ? LATER : read;
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
        turn.lock();
        try {
            if (ahead == null && tls.isEstablished()) {
                ByteBuffer record = ByteBuffer.allocate(TlsServerConnection.APPLICATION_BUFFER_SIZE);
                if (attempt(() -> tls.read(record)) > 0) {
                    ahead = record.flip();
                }
            }
            return ahead == null ? 0 : ahead.remaining();
        } finally {
            turn.unlock();
        }
    }

    /** Returns whether the connection has failed or its time is over, and not only the {@link #readTimeout} of a call. */
    public boolean hasFailed() {
        return failed;
    }

    /**
     * Sets how long a {@link #read} or a {@link #handshake} waits for the client at most. In a handshake the time begins again
     * with whatever the client sends, and does not pass while the private key or another answer from outside is waited for.
     *
     * @param timeout zero, which is the default, for as long as the limits of the channel allow
     */
    public void readTimeout(Duration timeout) {
        if (timeout.isNegative()) {
            throw new IllegalArgumentException("readTimeout: " + timeout + " is negative");
        }
        readTimeoutNanos = timeout.toNanos();
    }

    /**
     * Writes everything, gathering, and waits until the socket has taken it.
     *
     * @throws IOException as {@link TlsChannel#write}
     */
    public void write(ByteBuffer... srcs) throws IOException {
        await(() -> {
            if (Gather.hasRemaining(srcs)) {
                tls.write(srcs);
            }
            return !Gather.hasRemaining(srcs) && tls.flush() ? 1 : LATER;
        });
    }

    /**
     * Sends close_notify; the client's data can still be read.
     *
     * @throws IOException as {@link TlsChannel#shutdownOutput}
     */
    public void shutdownOutput() throws IOException {
        await(() -> tls.shutdownOutput() && tls.flush() ? 1 : LATER);
    }

    /**
     * Asks the client for another handshake, as {@link TlsChannel#renegotiate}, and does not wait for it: reads move it.
     *
     * @return whether the client was asked now
     * @throws dev.lockstep.tls.setting.ConfigException as {@link TlsChannel#renegotiate}
     * @throws IOException as {@link TlsChannel#read}
     */
    public boolean renegotiate(ConnectionOptions changes) throws IOException {
        boolean asked = await(() -> tls.renegotiate(changes) ? 1 : 0) == 1;
        await(() -> tls.flush() ? 1 : LATER);
        return asked;
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
        turn.lock();
        try {
            return tls.info();
        } finally {
            turn.unlock();
        }
    }

    /** Returns what the handshake under way has negotiated, as {@link TlsChannel#handshakeInfo}. */
    public @Nullable ConnectionInfo handshakeInfo() {
        turn.lock();
        try {
            return tls.handshakeInfo();
        } finally {
            turn.unlock();
        }
    }

    /** Returns whether a handshake is under way, as {@link TlsChannel#isHandshaking}. */
    public boolean isHandshaking() {
        turn.lock();
        try {
            return tls.isHandshaking();
        } finally {
            turn.unlock();
        }
    }

    /** Returns how many handshakes are over, as {@link TlsChannel#handshakes}. */
    public int handshakes() {
        turn.lock();
        try {
            return tls.handshakes();
        } finally {
            turn.unlock();
        }
    }

    /** Returns how many bytes were received from the socket. */
    public long bytesReceived() {
        turn.lock();
        try {
            return tls.bytesReceived();
        } finally {
            turn.unlock();
        }
    }

    /** Ends the connection as {@link TlsChannel#close}, and waits for the client's end within the limits. */
    @Override
    public void close() {
        try {
            await(() -> tls.close() ? 1 : LATER);
        } catch (IOException e) {
            // Interrupted: the socket is closed by now.
        } finally {
            readiness.closed();
            unparkOthers();
        }
    }

    @FunctionalInterface
    private interface Attempt {
        long run() throws IOException;
    }

    private long await(Attempt attempt) throws IOException {
        return await(0, attempt);
    }

    /**
     * Repeats {@code attempt} until it has a result. The thread is among the waiting ones before it tries, so that a
     * signal that comes during the attempt makes the next park return.
     *
     * @param timeoutNanos 0 for no limit
     */
    private long await(long timeoutNanos, Attempt attempt) throws IOException {
        long begun = System.nanoTime();
        long received = -1;
        Thread self = Thread.currentThread();
        waiting.add(self);
        try {
            while (true) {
                long nanos;
                turn.lock();
                try {
                    long result = attempt(attempt);
                    if (result != LATER) {
                        return result;
                    }
                    if (!tls.isEstablished() && (tls.bytesReceived() != received || tls.suspension() != null)) {
                        received = tls.bytesReceived();
                        begun = System.nanoTime();
                    }
                    readiness.await(key, tls.interest() & TlsChannel.SOCKET);
                    OptionalLong deadline = tls.deadlineNanos();
                    nanos = deadline.isPresent() ? deadline.getAsLong() - clock.getAsLong() : Long.MAX_VALUE;
                } finally {
                    turn.unlock();
                }
                if (timeoutNanos > 0) {
                    long left = timeoutNanos - (System.nanoTime() - begun);
                    if (left <= 0) {
                        throw new SocketTimeoutException("nothing came within the read timeout");
                    }
                    nanos = Math.min(nanos, left);
                }
                LockSupport.parkNanos(this, nanos);
                if (self.isInterrupted()) {
                    abort();
                    throw new ClosedByInterruptException();
                }
            }
        } finally {
            waiting.remove(self);
        }
    }

    /** Tries once; if that moved something or failed, the other threads may have a result too. */
    private long attempt(Attempt attempt) throws IOException {
        long before = tls.pump().progress();
        boolean threw = true;
        try {
            long result = attempt.run();
            threw = false;
            return result;
        } catch (ClosedChannelException e) {
            throw e; // the call came too late
        } catch (IOException e) {
            failed = true;
            throw e;
        } finally {
            ChannelState state = tls.state();
            inputEnded |= state == ChannelState.INPUT_ENDED || state == ChannelState.ENDED;
            if (threw || tls.pump().progress() != before) {
                unparkOthers();
            }
        }
    }

    private void abort() {
        turn.lock();
        try {
            tls.abort();
        } finally {
            turn.unlock();
            readiness.closed();
            unparkOthers();
        }
    }

    /** Any thread, also the one that is waiting for its own attempt: an answer can arrive before the wait begins. */
    private void signal() {
        waiting.forEach(LockSupport::unpark);
    }

    private void unparkOthers() {
        Thread self = Thread.currentThread();
        for (Thread thread : waiting) {
            if (thread != self) {
                LockSupport.unpark(thread);
            }
        }
    }
}
