package dev.lockstep.server;

import dev.lockstep.keys.keyserver.protocol.Frame;
import dev.lockstep.keys.keyserver.protocol.FrameDecoder;
import dev.lockstep.keys.keyserver.protocol.Message;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import javax.net.ssl.SSLSocket;

/** Says to a key server what a test wants, byte for byte, and waits for what comes. */
public final class RawClient implements AutoCloseable {

    private final ByteChannel channel;
    private final FrameDecoder decoder = new FrameDecoder();
    private final ByteBuffer in = ByteBuffer.allocate(64 * 1024).limit(0);

    private RawClient(ByteChannel channel) {
        this.channel = channel;
    }

    public static RawClient connect(Path socket) throws IOException {
        return new RawClient(SocketChannel.open(UnixDomainSocketAddress.of(socket)));
    }

    /** Connected, and the hellos exchanged. */
    public static RawClient greeted(Path socket) throws Exception {
        return greeted(connect(socket));
    }

    /** Over TLS, and the hellos exchanged. */
    public static RawClient greeted(SSLSocket socket) throws Exception {
        ReadableByteChannel in = Channels.newChannel(socket.getInputStream());
        WritableByteChannel out = Channels.newChannel(socket.getOutputStream());
        return greeted(new RawClient(new ByteChannel() {
            @Override
            public int read(ByteBuffer to) throws IOException {
                return in.read(to);
            }

            @Override
            public int write(ByteBuffer from) throws IOException {
                return out.write(from);
            }

            @Override
            public boolean isOpen() {
                return !socket.isClosed();
            }

            @Override
            public void close() throws IOException {
                socket.close();
            }
        }));
    }

    private static RawClient greeted(RawClient client) throws Exception {
        client.send(0, new Message.Hello(Message.VERSION, Message.VERSION));
        if (!(client.next().message() instanceof Message.Welcome)) {
            throw new AssertionError("no hello");
        }
        return client;
    }

    public RawClient send(long id, Message message) throws IOException {
        ByteBuffer frame = ByteBuffer.allocate(Frame.MAX_BYTES);
        new Frame(id, message).encode(frame);
        return send(frame.flip());
    }

    public RawClient send(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
        return this;
    }

    public RawClient shutdownOutput() throws IOException {
        ((SocketChannel) channel).shutdownOutput();
        return this;
    }

    /** The next frame; fails at the end of the stream. */
    public Frame next() throws Exception {
        Frame frame = nextOrEnd();
        if (frame == null) {
            throw new AssertionError("the key server closed the connection");
        }
        return frame;
    }

    /** The answer to a request, which must be the next one. */
    public Message answer(long id) throws Exception {
        Frame frame = next();
        if (frame.id() != id) {
            throw new AssertionError("an answer to " + frame.id() + " instead of " + id);
        }
        return frame.message();
    }

    /** The next frame, or null at the end of the stream, however that comes. */
    public Frame nextOrEnd() throws Exception {
        while (true) {
            Frame frame = decoder.next(in);
            if (frame != null) {
                return frame;
            }
            in.clear();
            int read;
            try {
                read = channel.read(in);
            } catch (java.nio.channels.ClosedByInterruptException e) {
                throw e;
            } catch (IOException e) {
                read = -1; // reset, since we sent what was not read any more
            }
            in.flip();
            if (read < 0) {
                return null;
            }
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
