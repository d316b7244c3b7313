package dev.lockstep.server.backend;

import java.io.IOException;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/**
 * The connection to a backend, without blocking. What the backend does not take yet is kept, at most one record of the
 * client and the PROXY header: the client is read no further until it is gone.
 */
final class Upstream {

    private final SocketChannel channel;
    private final BackendMetrics.One metrics;
    private @Nullable SelectionKey key;
    private @Nullable ByteBuffer pending;
    private boolean connected;
    private boolean endAsked;
    private boolean outputEnded;
    private boolean outputFailed;

    private Upstream(SocketChannel channel, BackendMetrics.One metrics) {
        this.channel = channel;
        this.metrics = metrics;
    }

    /**
     * Begins to connect.
     *
     * @param first what the backend receives before anything else
     * @param metrics counts the connection and what passes
     * @throws IOException when that has failed already
     */
    static Upstream open(SocketAddress address, byte[] first, BackendMetrics.One metrics) throws IOException {
        boolean unix = address instanceof UnixDomainSocketAddress;
        SocketChannel channel = unix ? SocketChannel.open(StandardProtocolFamily.UNIX) : SocketChannel.open();
        try {
            channel.configureBlocking(false);
            if (!unix) {
                channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
                channel.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
            }
            Upstream upstream = new Upstream(channel, metrics);
            upstream.pending = first.length == 0 ? null : ByteBuffer.wrap(first);
            if (channel.connect(address)) {
                upstream.onConnected();
            }
            return upstream;
        } catch (Throwable t) { // errors too: the descriptor would stay open
            channel.close();
            throw t;
        }
    }

    private void onConnected() {
        connected = true;
        metrics.connected();
    }

    SocketChannel channel() {
        return channel;
    }

    void registered(SelectionKey its) {
        key = its;
    }

    boolean isConnected() {
        return connected;
    }

    /**
     * Ends the attempt to connect.
     *
     * @return whether it is connected now
     * @throws IOException when it has failed
     */
    boolean finishConnect() throws IOException {
        if (!connected && channel.finishConnect()) {
            onConnected();
        }
        return connected;
    }

    /**
     * Sends, or keeps what cannot be sent now. When the backend takes no more, the rest is dropped and what it has answered
     * can still be read: a server that refuses a request closes before it has read all of it.
     *
     * @param data used up
     */
    void send(ByteBuffer data) {
        if (connected && pending == null) {
            write(data);
        }
        if (data.hasRemaining() && !outputFailed) {
            int kept = pending == null ? 0 : pending.remaining();
            ByteBuffer both = ByteBuffer.allocate(kept + data.remaining());
            if (pending != null) {
                both.put(pending);
            }
            pending = both.put(data).flip();
        }
    }

    /** Sends what is kept, and then the end of the stream if that was asked for. */
    void flush() {
        if (!connected) {
            return;
        }
        if (pending != null) {
            write(pending);
            if (pending.hasRemaining() && !outputFailed) {
                return;
            }
            pending = null;
        }
        if (endAsked && !outputEnded && !outputFailed) {
            outputEnded = true;
            try {
                channel.shutdownOutput();
            } catch (IOException e) {
                outputFailed = true;
            }
        }
    }

    private void write(ByteBuffer data) {
        try {
            if (!outputFailed) {
                metrics.sent(channel.write(data));
            }
        } catch (IOException e) {
            outputFailed = true;
        }
    }

    /** Whether the backend broke off while something was sent to it. */
    boolean outputFailed() {
        return outputFailed;
    }

    /** Ends the stream to the backend after what is kept; the backend's own can still be read. */
    void end() {
        endAsked = true;
        flush();
    }

    /** Whether nothing is kept. */
    boolean isFlushed() {
        return connected && pending == null;
    }

    /** Reads once; -1 at the end of the stream. */
    int read(ByteBuffer into) throws IOException {
        int count = channel.read(into);
        metrics.received(Math.max(0, count));
        return count;
    }

    /** Tells the selector what this waits for. */
    void interest(boolean reads) {
        SelectionKey registered = key;
        if (registered == null || !registered.isValid()) {
            return;
        }
        int ops = SelectionKey.OP_CONNECT;
        if (connected) {
            ops = (reads ? SelectionKey.OP_READ : 0) | (pending != null ? SelectionKey.OP_WRITE : 0);
        }
        if (registered.interestOps() != ops) {
            registered.interestOps(ops);
        }
    }

    /**
     * Closes the socket.
     *
     * @param whole whether the backend has received all that the client sent: if not, it sees a reset over TCP, since an
     *     ordinary end could make a truncated request look complete
     */
    void close(boolean whole) {
        if (connected && channel.isOpen()) {
            metrics.closed();
        }
        try {
            if (!whole && channel.isOpen() && channel.supportedOptions().contains(StandardSocketOptions.SO_LINGER)) {
                channel.setOption(StandardSocketOptions.SO_LINGER, 0);
            }
        } catch (IOException e) {
            // Not connected: there is nothing to reset.
        }
        try {
            channel.close();
        } catch (IOException e) {
            // The descriptor is released even so.
        }
    }
}
