package dev.lockstep.server.ops;

import dev.lockstep.server.http.RequestReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/**
 * A client of the admin port, with one request: reads it, writes the answer, and waits for the client's end, since closing
 * a socket with unread input resets the connection, and the answer with it. Never waits. For one thread.
 */
final class AdminConnection {

    /** How many bytes are read and dropped after the answer. */
    private static final int MOST_DROPPED = 1 << 16;

    private final SocketChannel socket;
    private final SelectionKey key;
    private final AdminPages pages;
    private final long limitNanos;
    private final RequestReader request = new RequestReader();
    private @Nullable ByteBuffer answer;
    private boolean answered;
    private int dropped;
    private long deadline;

    private AdminConnection(SocketChannel socket, SelectionKey key, AdminPages pages, long limitNanos) {
        this.socket = socket;
        this.key = key;
        this.pages = pages;
        this.limitNanos = limitNanos;
        this.deadline = System.nanoTime() + limitNanos;
    }

    /** Takes over a socket and registers it; it is its selection key's attachment. */
    static AdminConnection of(SocketChannel socket, Selector selector, AdminPages pages, long limitNanos)
            throws IOException {
        socket.configureBlocking(false);
        SelectionKey key = socket.register(selector, SelectionKey.OP_READ);
        AdminConnection connection = new AdminConnection(socket, key, pages, limitNanos);
        key.attach(connection);
        return connection;
    }

    /** Returns when it is closed, on the scale of {@link System#nanoTime}, whatever its client does until then. */
    long deadline() {
        return deadline;
    }

    /**
     * Does what can be done without waiting.
     *
     * @param input used during the call
     * @return whether nothing is left to do
     * @throws IOException when the client has left
     */
    boolean turn(ByteBuffer input) throws IOException {
        if (answer == null) {
            int count = socket.read(input.clear());
            if (count < 0) {
                return true;
            }
            if (count == 0 || !request.take(input.flip())) {
                return false;
            }
            answer = pages.answer(request);
            deadline = System.nanoTime() + limitNanos;
        }
        if (!answered) {
            socket.write(answer);
            answered = !answer.hasRemaining();
            key.interestOps(answered ? SelectionKey.OP_READ : SelectionKey.OP_WRITE);
            if (!answered) {
                return false;
            }
            socket.shutdownOutput();
        }
        int count = socket.read(input.clear());
        dropped += Math.max(0, count);
        return count < 0 || dropped > MOST_DROPPED;
    }

    void close() {
        AdminServer.closeQuietly(socket);
    }
}
