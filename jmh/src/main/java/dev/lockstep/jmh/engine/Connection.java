package dev.lockstep.jmh.engine;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Both ends of an established connection, brought there in memory. */
public record Connection(ServerSession client, ServerSession server) implements AutoCloseable {
    private static final int MOST_TURNS = 16;
    private static final int FLIGHT = 1 << 16;

    /** Told when the server works and when it rests. */
    public interface Watch {
        /** The server's work begins. */
        void start();

        /** The server's work ends. */
        void stop();
    }

    /** The buffers between the two ends, for any number of handshakes after one another. */
    public static final class Wire {
        private final ByteBuffer toServer = ByteBuffer.allocate(FLIGHT);
        private final ByteBuffer toClient = ByteBuffer.allocate(FLIGHT);
    }

    /** Runs one handshake. */
    public static Connection handshake(Engine engine, Client client, Wire wire, Watch watch) throws IOException {
        ServerSession near = client.connect();
        watch.start();
        ServerSession server = engine.accept();
        watch.stop();
        wire.toServer.clear();
        wire.toClient.clear().flip();
        for (int turn = 0; turn < MOST_TURNS; turn++) {
            near.handshake(wire.toClient, wire.toServer);
            wire.toClient.compact();
            wire.toServer.flip();
            if (wire.toServer.hasRemaining()) {
                watch.start();
                server.handshake(wire.toServer, wire.toClient);
                watch.stop();
            } else if (near.isEstablished() && server.isEstablished()) {
                return new Connection(near, server);
            }
            wire.toServer.compact();
            wire.toClient.flip();
        }
        throw new IOException("the handshake does not come to its end");
    }

    @Override
    public void close() {
        client.close();
        server.close();
    }
}
