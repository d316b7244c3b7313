package dev.lockstep.nio;

import dev.lockstep.tls.ConnectionInfo;
import dev.lockstep.tls.config.ConnectionOptions;
import dev.lockstep.tls.config.TlsServerConfig;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Objects;
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
     * @throws IOException when the connection has failed
     */
    public void handshake() throws IOException {
        await(() -> {
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
     * @throws SocketTimeoutException when nothing has come within the {@link #readTimeout}; the connection stays as it is
     * @throws IOException as {@link TlsChannel#read}
     */
    public int read(ByteBuffer dst) throws IOException {
        if (!dst.hasRemaining()) {
            throw new IllegalArgumentException("dst: has no room");
        }
        return (int) await(readTimeoutNanos, () -> {
            int read = tls.read(dst);
            return read == 0 ? LATER : read;
        });
    }

    /**
     * Sets how long a {@link #read} waits at most.
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
        return new Input();
    }

    /** Returns a stream to the client; each write waits until the socket has taken it. Closing it closes the channel. */
    public OutputStream outputStream() {
        return new Output();
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
        boolean failed = true;
        try {
            long result = attempt.run();
            failed = false;
            return result;
        } finally {
            if (failed || tls.pump().progress() != before) {
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

    private final class Input extends InputStream {
        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            Objects.checkFromIndexSize(offset, length, bytes.length);
            return length == 0 ? 0 : BlockingTlsChannel.this.read(ByteBuffer.wrap(bytes, offset, length));
        }

        @Override
        public void close() {
            BlockingTlsChannel.this.close();
        }
    }

    private final class Output extends OutputStream {
        @Override
        public void write(int octet) throws IOException {
            write(new byte[] {(byte) octet}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            BlockingTlsChannel.this.write(ByteBuffer.wrap(bytes, offset, length));
        }

        @Override
        public void close() {
            BlockingTlsChannel.this.close();
        }
    }
}
