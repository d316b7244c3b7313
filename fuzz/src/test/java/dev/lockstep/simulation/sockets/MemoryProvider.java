package dev.lockstep.simulation.sockets;

import java.net.ProtocolFamily;
import java.nio.channels.DatagramChannel;
import java.nio.channels.Pipe;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.AbstractSelector;
import java.nio.channels.spi.SelectorProvider;
import org.jspecify.annotations.Nullable;

/** Makes selectors that ask the world for something to happen where others would wait. */
public final class MemoryProvider extends SelectorProvider {

    private final MemorySelector.World world;
    private @Nullable MemorySelector lastSelector;

    /** @param world is asked when no channel is ready */
    public MemoryProvider(MemorySelector.World world) {
        this.world = world;
    }

    @Override
    public AbstractSelector openSelector() {
        MemorySelector opened = new MemorySelector(this, world);
        lastSelector = opened;
        return opened;
    }

    /** Returns the selector that was opened last; null before the first one. */
    public @Nullable MemorySelector lastSelector() {
        return lastSelector;
    }

    @Override
    public MemoryListener openServerSocketChannel() {
        return new MemoryListener(this);
    }

    /** Its sockets come from its listeners. */
    @Override
    public SocketChannel openSocketChannel() {
        throw new UnsupportedOperationException();
    }

    @Override
    public DatagramChannel openDatagramChannel() {
        throw new UnsupportedOperationException();
    }

    @Override
    public DatagramChannel openDatagramChannel(ProtocolFamily family) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Pipe openPipe() {
        throw new UnsupportedOperationException();
    }
}
