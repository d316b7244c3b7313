package dev.lockstep.nio;

import dev.lockstep.tls.ConnectionInfo;
import dev.lockstep.tls.wait.Suspension;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link Handler} may do with its connection. All methods but {@link #execute} belong to the loop's thread, where the
 * handlers of other connections, guests and tasks may call them too; other threads hand their answers over with {@code
 * session.execute(() -> session.send(answer))}.
 */
public interface Session {

    /** Returns the connection's number, which counts from 1 in each loop, or in all loops of a {@link TlsLoops}. */
    long id();

    /**
     * Returns the client's address, also after the end: as its {@link Preface} states it, once that is complete, else that of
     * the socket; null if the client had left before it was accepted.
     */
    @Nullable
    SocketAddress remoteAddress();

    /**
     * Sends {@code data} after what was passed before; data of at most 2^14 bytes that waits for nothing becomes one
     * record. While something waits the loop reads nothing from this client, so a client that does not read slows down
     * itself only; {@link Duplex#reading} changes that. Without effect after {@link #close} or the client's close_notify.
     *
     * @param data in read mode; belongs to the loop until {@link Handler#onSent}
     */
    void send(ByteBuffer data);

    /** Returns whether something passed to {@link #send} waits. */
    boolean hasUnsent();

    /** Returns the controls of handlers that carry the stream to another place. */
    Duplex duplex();

    /** Sends close_notify when everything is sent, and keeps reading. */
    void shutdownOutput();

    /**
     * Ends the connection with close_notify when everything is sent. What the client sends is not passed to the handler any more,
     * unless {@link Reading#ALWAYS} is set and something waits to be sent.
     */
    void close();

    /** Closes the socket immediately. {@link Handler#onClosed} follows, and nothing else. */
    void abort();

    /** Runs {@code task} soon on the loop's thread, unless the connection is closed by then. Any thread may call this. */
    void execute(Runnable task);

    /**
     * Returns what was negotiated.
     *
     * @throws IllegalStateException before ServerHello
     */
    ConnectionInfo info();

    /** Returns how many bytes were received from the socket. */
    long bytesReceived();

    /** Returns how many bytes were written to the socket. */
    long bytesSent();

    /** Returns what the handshake waits for; null when it waits for nothing outside. */
    @Nullable
    Suspension suspension();

    /** Returns how often the loop has served this connection. */
    long turns();

    /** Returns what the loop has done so far, for all its connections. */
    LoopCounters counters();
}
