package dev.lockstep.simulation.sockets;

import java.io.IOException;
import java.net.ConnectException;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NotYetConnectedException;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.SelectorProvider;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;

/** One end of a connection, whose other end is a {@link Peer}. It never blocks. */
public final class MemorySocket extends SocketChannel implements MemorySelector.Ready {

    /** The other end, and the network before it. */
    public interface Peer {
        /** The loop has accepted the connection. */
        default void accepted() {}

        /** The socket begins to connect, and waits for {@link #answered}. */
        default void connecting() {
            throw new UnsupportedOperationException();
        }

        /** Returns how many bytes the network takes now. */
        int room();

        /** The socket sends; no more than {@link #room}. */
        void sent(byte[] bytes);

        /** The socket sends no more, and is closed if it {@code closed}. */
        void ended(boolean closed);
    }

    private enum Stage {
        UNCONNECTED,
        CONNECTING,
        ACCEPTED,
        REFUSED,
        CONNECTED
    }

    private final Peer peer;
    private final SocketAddress address;
    private final Deque<ByteBuffer> arrived = new ArrayDeque<>();
    private Stage stage;
    private boolean inputEnded;
    private boolean outputEnded;
    private boolean reset;

    private MemorySocket(SelectorProvider provider, SocketAddress address, Peer peer, Stage stage) {
        super(provider);
        this.address = address;
        this.peer = peer;
        this.stage = stage;
    }

    /**
     * A socket for a listener.
     *
     * @param address of the client
     */
    public MemorySocket(SelectorProvider provider, SocketAddress address, Peer peer) {
        this(provider, address, peer, Stage.CONNECTED);
    }

    /** Returns a socket that can connect to an address. */
    public static MemorySocket unconnected(SelectorProvider provider, SocketAddress address, Peer peer) {
        return new MemorySocket(provider, address, peer, Stage.UNCONNECTED);
    }

    /** The network answers a socket that connects: the other end is there, or refuses. */
    public void answered(boolean there) {
        if (stage == Stage.CONNECTING) {
            stage = there ? Stage.ACCEPTED : Stage.REFUSED;
        }
    }

    /** Returns how many bytes have arrived and are not read. */
    public int unread() {
        return arrived.stream().mapToInt(ByteBuffer::remaining).sum();
    }

    void accepted() {
        peer.accepted();
    }

    /** Bytes come from the other end. */
    public void arrives(byte[] bytes) {
        if (isOpen() && !inputEnded && bytes.length > 0) {
            arrived.add(ByteBuffer.wrap(bytes));
        }
    }

    /** The other end sends no more. */
    public void endsInput() {
        inputEnded = true;
    }

    /** The other end resets the connection: what has arrived is lost. */
    public void resets() {
        reset = true;
        arrived.clear();
    }

    @Override
    public int readyOps() {
        if (stage != Stage.CONNECTED) {
            boolean answered = stage == Stage.ACCEPTED || stage == Stage.REFUSED;
            return answered ? SelectionKey.OP_CONNECT : 0;
        }
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
        if (stage != Stage.CONNECTED) {
            throw new NotYetConnectedException();
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
        return stage == Stage.CONNECTED;
    }

    @Override
    public boolean isConnectionPending() {
        return stage != Stage.CONNECTED && stage != Stage.UNCONNECTED;
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
    public boolean connect(SocketAddress remote) throws IOException {
        if (!isOpen()) {
            throw new ClosedChannelException();
        }
        if (stage != Stage.UNCONNECTED) {
            throw new IllegalStateException("connects twice");
        }
        stage = Stage.CONNECTING;
        peer.connecting();
        return false;
    }

    @Override
    public boolean finishConnect() throws IOException {
        if (!isOpen()) {
            throw new ClosedChannelException();
        }
        if (stage == Stage.REFUSED) {
            throw new ConnectException("Connection refused");
        }
        if (stage == Stage.ACCEPTED) {
            stage = Stage.CONNECTED;
        }
        return stage == Stage.CONNECTED;
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
