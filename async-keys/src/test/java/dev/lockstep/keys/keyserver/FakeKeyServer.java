package dev.lockstep.keys.keyserver;

import dev.lockstep.keys.keyserver.protocol.Frame;
import dev.lockstep.keys.keyserver.protocol.FrameDecoder;
import dev.lockstep.keys.keyserver.protocol.KeyOffer;
import dev.lockstep.keys.keyserver.protocol.Message;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** The other end of a client and the loop that it lives in, both on the thread of the test. */
final class FakeKeyServer implements AutoCloseable {

    final Path socket;
    final KeyServerKeys client;
    private final Selector selector = Selector.open();
    private ServerSocketChannel listener;
    private SocketChannel peer;
    private FrameDecoder decoder = new FrameDecoder();

    private LongSupplier now = System::nanoTime;

    /** What the welcome offers. */
    List<KeyOffer> offers = List.of();

    /** What the welcome chooses. */
    int version = Message.VERSION;

    /** @param listening whether it listens when the client begins to connect */
    FakeKeyServer(Path directory, boolean listening, java.util.function.UnaryOperator<KeyServerKeys.Builder> options)
            throws IOException {
        socket = directory.resolve("fake.sock");
        if (listening) {
            listen();
        }
        client = options.apply(KeyServerKeys.unix(socket)).build();
        client.register(selector);
    }

    /** The clock of the loop, where that is not the system's. */
    FakeKeyServer at(LongSupplier clock) {
        now = clock;
        return this;
    }

    void listen() throws IOException {
        Files.deleteIfExists(socket);
        listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(socket));
        listener.configureBlocking(false);
    }

    /** One round of the application's loop. */
    void turn() throws IOException {
        turnAt(now.getAsLong());
    }

    void turnAt(long nanos) throws IOException {
        selector.selectNow(key -> ((SelectorDriven) key.attachment()).onReady(key));
        client.tick(nanos);
    }

    /** Turns until there is something. */
    <T> T await(String what, Supplier<T> there) throws IOException {
        long begin = System.nanoTime();
        for (T found = there.get(); ; found = there.get()) {
            if (found != null) {
                return found;
            }
            if (System.nanoTime() - begin > TimeUnit.SECONDS.toNanos(20)) {
                throw new AssertionError("no " + what);
            }
            turn();
        }
    }

    void await(String what, java.util.function.BooleanSupplier there) throws IOException {
        await(what, () -> there.getAsBoolean() ? what : null);
    }

    /** The client's next connection, which becomes the one spoken to. */
    void accept() throws IOException {
        decoder = new FrameDecoder();
        peer = await("connection", () -> {
            try {
                return listener.accept();
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
        peer.configureBlocking(false);
    }

    /** Accepts the client and answers its hello. */
    FakeKeyServer greet(int maxOpen) throws IOException {
        accept();
        next();
        send(0, new Message.Welcome(version, maxOpen, offers));
        await("connected client", client::isConnected);
        return this;
    }

    /** The client's next frame. */
    Frame next() throws IOException {
        ByteBuffer one = ByteBuffer.allocate(1);
        return await("frame", () -> {
            try {
                // Byte by byte: what follows the frame stays in the socket.
                while (peer.read(one.clear()) > 0) {
                    Frame frame = decoder.next(one.flip());
                    if (frame != null) {
                        return frame;
                    }
                }
                return null;
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            } catch (dev.lockstep.keys.keyserver.protocol.ProtocolException e) {
                throw new AssertionError(e);
            }
        });
    }

    /** Whether the client has ended the connection. */
    void awaitEnd() throws IOException {
        ByteBuffer rest = ByteBuffer.allocate(16 * 1024);
        await("end of the connection", () -> {
            try {
                return peer.read(rest.clear()) < 0;
            } catch (IOException e) {
                return true; // reset: what we sent was not read any more
            }
        });
    }

    void send(long id, Message message) throws IOException {
        ByteBuffer frame = ByteBuffer.allocate(Frame.MAX_BYTES);
        new Frame(id, message).encode(frame);
        send(frame.flip());
    }

    void send(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            if (peer.write(bytes) == 0) {
                turn();
            }
        }
    }

    void hangUp() throws IOException {
        peer.close();
    }

    /** Stops listening. */
    void leave() throws IOException {
        if (peer != null) {
            peer.close();
        }
        if (listener != null) {
            listener.close();
        }
        Files.deleteIfExists(socket);
    }

    @Override
    public void close() throws IOException {
        client.close();
        leave();
        selector.close();
    }
}
