package dev.lockstep.keys.keyserver.transport;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/** The bytes as they are: for Unix-domain sockets, where the system keeps others out. */
public final class PlainTransport implements ByteTransport {

    private final SocketChannel channel;

    /** Takes over a channel, which must be non-blocking before it is used here. */
    public PlainTransport(SocketChannel channel) {
        this.channel = channel;
    }

    @Override
    public int read(ByteBuffer to) throws IOException {
        return channel.read(to);
    }

    @Override
    public int write(ByteBuffer from) throws IOException {
        return from.hasRemaining() ? channel.write(from) : 0;
    }

    @Override
    public boolean holdsOutput() {
        return false;
    }

    @Override
    public boolean holdsInput() {
        return false;
    }

    @Override
    public boolean isOpenForOutput() {
        return true;
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            // The descriptor is gone either way.
        }
    }
}
