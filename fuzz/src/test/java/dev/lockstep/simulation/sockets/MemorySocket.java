package dev.lockstep.simulation.sockets;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.SelectorProvider;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;

/** The server's end of a connection, whose other end is a {@link Peer}. It never blocks. */
public final class MemorySocket extends SocketChannel implements MemorySelector.Ready {

    /** The client's end, and the network before it. */
    public interface Peer {
        /** The loop has accepted the connection. */
        void accepted();

        /** Returns how many bytes the network takes now. */
        int room();

        /** The server sends; no more than {@link #room}. */
        void sent(byte[] bytes);

        /** The server sends no more, and has closed its socket if it {@code closed}. */
        void ended(boolean closed);
    }

    private final Peer peer;
    private final SocketAddress address;
    private final Deque<ByteBuffer> arrived = new ArrayDeque<>();
    private boolean inputEnded;
    private boolean outputEnded;
    private boolean reset;

    /** @param address of the client */
    public MemorySocket(SelectorProvider provider, SocketAddress address, Peer peer) {
        super(provider);
        this.address = address;
        this.peer = peer;
    }

    void accepted() {
        peer.accepted();
    }

    /** Bytes come from the client. */
    public void arrives(byte[] bytes) {
        if (isOpen() && !inputEnded && bytes.length > 0) {
            arrived.add(ByteBuffer.wrap(bytes));
        }
    }

    /** The client sends no more. */
    public void endsInput() {
        inputEnded = true;
    }

    /** The client resets the connection: what has arrived is lost. */
    public void resets() {
        reset = true;
        arrived.clear();
    }

    @Override
    public int readyOps() {
        boolean readable = !arrived.isEmpty() || inputEnded || reset;
        boolean writable = reset || peer.room() > 0;
        return (readable ? SelectionKey.OP_READ : 0) | (writable ? SelectionKey.OP_WRITE : 0);
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        requireUsable();
        int count = 0;
        while (into.hasRemaining() && !arrived.isEmpty()) {
            ByteBuffer next = arrived.element();
            int taken = Math.min(next.remaining(), into.remaining());
            into.put(next.slice(next.position(), taken));
            next.position(next.position() + taken);
            count += taken;
            if (!next.hasRemaining()) {
                arrived.remove();
            }
        }
        return count == 0 && inputEnded && into.hasRemaining() ? -1 : count;
    }

    @Override
    public int write(ByteBuffer from) throws IOException {
        requireUsable();
        if (outputEnded) {
            throw new ClosedChannelException();
        }
        byte[] taken = new byte[Math.min(from.remaining(), peer.room())];
        from.get(taken);
        if (taken.length > 0) {
            peer.sent(taken);
        }
        return taken.length;
    }

    private void requireUsable() throws IOException {
        if (!isOpen()) {
            throw new ClosedChannelException();
        }
        if (reset) {
            throw new IOException("Connection reset by peer");
        }
    }

    @Override
    public SocketChannel shutdownOutput() throws IOException {
        requireUsable();
        outputEnded = true;
        peer.ended(false);
        return this;
    }

    @Override
    protected void implCloseSelectableChannel() {
        arrived.clear();
        peer.ended(true);
    }

    @Override
    public SocketAddress getRemoteAddress() throws IOException {
        requireUsable();
        return address;
    }

    @Override
    public boolean isConnected() {
        return true;
    }

    @Override
    public boolean isConnectionPending() {
        return false;
    }

    @Override
    public Set<SocketOption<?>> supportedOptions() {
        return Set.of();
    }

    @Override
    protected void implConfigureBlocking(boolean block) {}

    @Override
    public long read(ByteBuffer[] into, int offset, int length) {
        throw new UnsupportedOperationException();
    }

    @Override
    public long write(ByteBuffer[] from, int offset, int length) {
        throw new UnsupportedOperationException();
    }

    @Override
    public SocketChannel shutdownInput() {
        throw new UnsupportedOperationException();
    }

    @Override
    public SocketChannel bind(SocketAddress local) {
        throw new UnsupportedOperationException();
    }

    @Override
    public boolean connect(SocketAddress remote) {
        throw new UnsupportedOperationException();
    }

    @Override
    public boolean finishConnect() {
        return true;
    }

    @Override
    public <T> SocketChannel setOption(SocketOption<T> name, T value) {
        throw new UnsupportedOperationException();
    }

    @Override
    public <T> T getOption(SocketOption<T> name) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Socket socket() {
        throw new UnsupportedOperationException();
    }

    @Override
    public SocketAddress getLocalAddress() {
        throw new UnsupportedOperationException();
    }
}
