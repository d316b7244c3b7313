package dev.lockstep.simulation.sockets;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.SelectorProvider;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A listening socket, at which the world puts connections. */
public final class MemoryListener extends ServerSocketChannel implements MemorySelector.Ready {

    private final Queue<MemorySocket> backlog = new ArrayDeque<>();

    MemoryListener(SelectorProvider provider) {
        super(provider);
    }

    /** A client connects. */
    public void connect(MemorySocket socket) {
        backlog.add(socket);
    }

    @Override
    public @Nullable SocketChannel accept() throws IOException {
        if (!isOpen()) {
            throw new ClosedChannelException();
        }
        MemorySocket next = backlog.poll();
        if (next != null) {
            next.accepted();
        }
        return next;
    }

    @Override
    public int readyOps() {
        return backlog.isEmpty() ? 0 : SelectionKey.OP_ACCEPT;
    }

    @Override
    public ServerSocketChannel bind(@Nullable SocketAddress local, int most) {
        return this;
    }

    @Override
    public <T> ServerSocketChannel setOption(SocketOption<T> name, T value) {
        return this;
    }

    @Override
    public <T> T getOption(SocketOption<T> name) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Set<SocketOption<?>> supportedOptions() {
        return Set.of();
    }

    @Override
    public ServerSocket socket() {
        throw new UnsupportedOperationException();
    }

    @Override
    public SocketAddress getLocalAddress() {
        return new InetSocketAddress(443);
    }

    @Override
    protected void implCloseSelectableChannel() {
        backlog.clear();
    }

    @Override
    protected void implConfigureBlocking(boolean block) {}
}
