package dev.lockstep.nio;

import dev.lockstep.tls.ConnectionInfo;
import dev.lockstep.tls.wait.Suspension;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link Handler} may do with its connection. All methods but {@link #execute} belong to the loop's thread; other
 * threads hand their answers over with {@code session.execute(() -> session.send(answer))}.
 */
public interface Session {

    /** Returns the connection's number, which counts from 1 in each loop. */
    long id();

    /** Returns the client's address, as its {@link Preface} states it if there is one; null when the socket is closed. */
    @Nullable
    SocketAddress remoteAddress();

    /** Returns the address that the client connected to, as {@link #remoteAddress}. */
    @Nullable
    SocketAddress localAddress();

    /**
     * Sends {@code data} after what was passed before; data of at most 2^14 bytes that waits for nothing becomes one
     * record. While something waits the loop reads nothing from this client, so a client that does not read slows down
     * itself only; {@link #reading} changes that. Without effect after {@link #close} or the client's close_notify.
     *
     * @param data in read mode; belongs to the loop until {@link Handler#onSent}
     */
    void send(ByteBuffer data);

    /** Returns whether something passed to {@link #send} waits. */
    boolean hasUnsent();

    /** Returns whether {@link #send} still has an effect. */
    boolean canSend();

    /** Sets when the loop reads from this client from now on; {@link Reading#BETWEEN_SENDS} at first. */
    void reading(Reading when);

    /** What a handler does on behalf of its connection. What it throws ends the connection. */
    @FunctionalInterface
    interface Work {
        void run() throws IOException;
    }

    /**
     * Registers another channel with the loop, such as the way to a backend. It stays the handler's own: closing it, at the
     * latest in {@link Handler#onClosed}, ends the registration.
     *
     * @param channel non-blocking
     * @param ops the first interest; the returned key changes it. Its attachment belongs to the loop
     * @param onReady runs when the channel is ready, on the loop's thread, as part of a turn of this connection
     * @throws IOException when the channel is closed
     */
    SelectionKey watch(SelectableChannel channel, int ops, Work onReady) throws IOException;

    /** Calls {@link Handler#onAlarm} once, {@code delay} from now, in place of an earlier alarm; null for no alarm. */
    void alarm(@Nullable Duration delay);

    /** Sends close_notify when everything is sent, and keeps reading. */
    void shutdownOutput();

    /** Ends the connection with close_notify when everything is sent. */
    void close();

    /** Closes the socket immediately. */
    void abort();

    /** Runs {@code task} soon on the loop's thread, unless the connection is closed by then. Any thread may call this. */
    void execute(Runnable task);

    /**
     * Returns what was negotiated.
     *
     * @throws IllegalStateException before ServerHello
     */
    ConnectionInfo info();

    /** Returns what the handshake waits for; null when it waits for nothing outside. */
    @Nullable
    Suspension suspension();

    /** Returns how often the loop has served this connection. */
    long turns();

    /** Returns what the loop has done so far, for all its connections. */
    LoopCounters counters();
}
