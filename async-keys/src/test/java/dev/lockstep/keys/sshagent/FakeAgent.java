package dev.lockstep.keys.sshagent;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

/** An agent that answers whatever a test wants: any bytes, in pieces, or nothing. One connection at a time. */
final class FakeAgent implements AutoCloseable {

    /** What the agent sends back for a request, framing included; null closes the connection. */
    @FunctionalInterface
    interface Script {
        byte[] answer(byte[] request);
    }

    private final Path socket;
    private final ServerSocketChannel server;
    private final AtomicInteger connections = new AtomicInteger();
    private volatile Script script;
    private volatile SocketChannel current;

    FakeAgent(Path socket, Script script) throws IOException {
        this.socket = socket;
        this.script = script;
        server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(socket));
        Thread thread = new Thread(this::serve, "fake-agent");
        thread.setDaemon(true);
        thread.start();
    }

    void script(Script next) {
        script = next;
    }

    int connections() {
        return connections.get();
    }

    /** Ends the connection that is open; the client can see it when this returns, which close() would not promise. */
    void hangUp() throws IOException {
        current.shutdownOutput();
    }

    /** An answer with its length in front. */
    static byte[] frame(byte[] body) {
        return ByteBuffer.allocate(4 + body.length)
                .putInt(body.length)
                .put(body)
                .array();
    }

    private void serve() {
        while (server.isOpen()) {
            try (SocketChannel client = server.accept()) {
                current = client;
                connections.incrementAndGet();
                talk(client);
            } catch (IOException e) {
                // Closed by the test, or the client left: the next connection, if the agent still listens.
            }
        }
    }

    private void talk(SocketChannel client) throws IOException {
        while (true) {
            ByteBuffer length = read(client, 4);
            byte[] answer = length == null
                    ? null
                    : script.answer(read(client, length.getInt()).array());
            if (answer == null) {
                return;
            }
            int half = answer.length / 2; // a frame need not come in one piece
            client.write(ByteBuffer.wrap(answer, 0, half));
            client.write(ByteBuffer.wrap(answer, half, answer.length - half));
        }
    }

    private static ByteBuffer read(SocketChannel client, int length) throws IOException {
        ByteBuffer in = ByteBuffer.allocate(length);
        while (in.hasRemaining()) {
            if (client.read(in) < 0) {
                return null;
            }
        }
        return in.flip();
    }

    @Override
    public void close() {
        try {
            server.close();
            if (current != null) {
                current.close();
            }
            Files.deleteIfExists(socket);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
