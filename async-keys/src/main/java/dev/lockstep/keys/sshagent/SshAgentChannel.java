package dev.lockstep.keys.sshagent;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A connection to an agent: one request, one answer. It is opened when first needed, closed after anything unexpected
 * (what comes next on it could be the answer to another question), and then opened again for the next request. For
 * one thread at a time.
 */
final class SshAgentChannel implements Closeable {

    /** OpenSSH's agent has the same bound for what it reads. */
    private static final int LONGEST_FRAME = 256 * 1024;

    private final Path socket;
    private final long limitNanos;
    private @Nullable SocketChannel channel;
    private @Nullable Selector selector;

    SshAgentChannel(Path socket, long limitNanos) {
        this.socket = socket;
        this.limitNanos = limitNanos;
    }

    /**
     * Sends a request and waits for the answer.
     *
     * @param request without the length in front
     * @return without the length in front; at least one byte
     * @throws IOException when the agent is not there, leaves, breaks the framing, or takes too long
     * @throws InterruptedException when the operation was cancelled
     */
    byte[] exchange(byte[] request) throws IOException, InterruptedException {
        boolean complete = false;
        try {
            if (request.length > LONGEST_FRAME) {
                throw new IOException("a request of " + request.length + " bytes is too long for an ssh-agent");
            }
            long deadline = System.nanoTime() + limitNanos;
            SocketChannel open = connected();
            ByteBuffer out = ByteBuffer.allocate(Integer.BYTES + request.length);
            out.putInt(request.length).put(request).flip();
            while (out.hasRemaining()) {
                if (open.write(out) == 0) {
                    await(SelectionKey.OP_WRITE, deadline);
                }
            }
            int length = read(open, Integer.BYTES, deadline).getInt();
            if (length < 1 || length > LONGEST_FRAME) {
                throw new IOException("the ssh-agent announced an answer of an impossible length");
            }
            byte[] answer = read(open, length, deadline).array();
            complete = true;
            return answer;
        } catch (ClosedByInterruptException e) {
            throw interrupted();
        } finally {
            if (!complete) {
                close();
            }
        }
    }

    private SocketChannel connected() throws IOException {
        SocketChannel open = channel;
        if (open != null && isStale(open)) {
            close();
            open = null;
        }
        if (open == null) {
            open = SocketChannel.open(StandardProtocolFamily.UNIX);
            channel = open;
            // Connecting waits only while the agent's backlog is full, and an interrupt ends that.
            open.connect(UnixDomainSocketAddress.of(socket));
            open.configureBlocking(false);
            Selector fresh = Selector.open();
            selector = fresh;
            open.register(fresh, 0);
        }
        return open;
    }

    /** Between requests an agent says nothing: an end is one that was restarted, and bytes belong to no request. */
    private static boolean isStale(SocketChannel open) throws ClosedByInterruptException {
        try {
            return open.read(ByteBuffer.allocate(1)) != 0;
        } catch (ClosedByInterruptException e) {
            throw e;
        } catch (IOException e) {
            return true;
        }
    }

    private ByteBuffer read(SocketChannel open, int length, long deadline) throws IOException, InterruptedException {
        ByteBuffer in = ByteBuffer.allocate(length);
        while (in.hasRemaining()) {
            int read = open.read(in);
            if (read < 0) {
                throw new EOFException("the ssh-agent closed the connection");
            }
            if (read == 0) {
                await(SelectionKey.OP_READ, deadline);
            }
        }
        return in.flip();
    }

    private void await(int interest, long deadline) throws IOException, InterruptedException {
        Selector waiting = selector;
        SocketChannel open = channel;
        SelectionKey key = waiting == null || open == null ? null : open.keyFor(waiting);
        if (waiting == null || key == null) {
            throw new EOFException("the connection is closed");
        }
        long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
        if (left <= 0) {
            throw new SocketTimeoutException("the ssh-agent did not answer in time");
        }
        key.interestOps(interest);
        waiting.select(left);
        waiting.selectedKeys().clear();
        if (Thread.interrupted()) {
            throw interrupted();
        }
    }

    private static InterruptedException interrupted() {
        boolean unused = Thread.interrupted(); // it travels as an exception from here on
        return new InterruptedException("the operation was cancelled");
    }

    @Override
    public void close() {
        try {
            if (channel != null) {
                channel.close();
            }
            if (selector != null) {
                selector.close(); // and with it the last of the channel's registration
            }
        } catch (IOException e) {
            // It is gone either way.
        } finally {
            channel = null;
            selector = null;
        }
    }
}
