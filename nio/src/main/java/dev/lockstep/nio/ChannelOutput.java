package dev.lockstep.nio;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;

/** A stream to the client. Each write waits until the socket has taken it; closing the stream closes the channel. */
final class ChannelOutput extends OutputStream {

    private final BlockingTlsChannel channel;

    ChannelOutput(BlockingTlsChannel channel) {
        this.channel = channel;
    }

    @Override
    public void write(int octet) throws IOException {
        write(new byte[] {(byte) octet}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        channel.write(ByteBuffer.wrap(bytes, offset, length));
    }

    @Override
    public void close() {
        channel.close();
    }
}
