package dev.lockstep.jmh.engine;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Both ends of an established connection, brought there in memory. */
public record Connection(ServerSession client, ServerSession server) implements AutoCloseable {
    private static final int MOST_TURNS = 16;
    private static final int FLIGHT = 1 << 16;
    private static final int CHANGE_CIPHER_SPEC = 5 + 1;
    private static final int FINISHED = 5 + 8 + 16 + 16;

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
        private int repliedBytes;

        /**
         * Whether the last handshake was an abbreviated one (RFC 5246 section 7.3): its client sends nothing after its hello but
         * change_cipher_spec and Finished.
         */
        public boolean wasResumed() {
            return repliedBytes <= CHANGE_CIPHER_SPEC + FINISHED;
        }
    }

    /** Runs one handshake. */
    public static Connection handshake(Engine engine, Client client, Wire wire, Watch watch) throws IOException {
        ServerSession near = client.connect();
        watch.start();
        ServerSession server = engine.accept();
        watch.stop();
        wire.toServer.clear();
        wire.toClient.clear().flip();
        wire.repliedBytes = 0;
        for (int turn = 0; turn < MOST_TURNS; turn++) {
            near.handshake(wire.toClient, wire.toServer);
            wire.toClient.compact();
            wire.toServer.flip();
            wire.repliedBytes += turn == 0 ? 0 : wire.toServer.remaining();
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
