package dev.lockstep.server.warmup;

import dev.lockstep.tls.StepResult;
import dev.lockstep.tls.TlsException;
import dev.lockstep.tls.TlsServerConnection;
import dev.lockstep.tls.config.TlsServerConfig;
import java.nio.ByteBuffer;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;

/** A connection between the JDK's client and Lockstep, without a socket. For keys in this process; for one thread. */
final class MemoryHandshake {

    /** A handshake takes about 20; one that takes more than this does not move. */
    private static final int MOST_TURNS = 1000;

    private static final int REQUEST_BYTES = 100;
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final SSLEngine client;
    private final TlsServerConnection server;
    private final ByteBuffer toServer = ByteBuffer.allocate(TlsServerConnection.NETWORK_BUFFER_SIZE);
    private final ByteBuffer toClient = ByteBuffer.allocate(TlsServerConnection.NETWORK_BUFFER_SIZE);
    private final ByteBuffer received = ByteBuffer.allocate(TlsServerConnection.APPLICATION_BUFFER_SIZE);

    MemoryHandshake(SSLEngine client, TlsServerConfig config) {
        this.client = client;
        this.server = TlsServerConnection.create(config, connection -> {});
    }

    /**
     * Shakes hands, and sends a record in each direction.
     *
     * @return whether an earlier session was resumed
     * @throws SSLException when the client refuses the server, or neither of them moves
     * @throws TlsException when the server refuses the client
     */
    boolean run() throws SSLException, TlsException {
        client.beginHandshake();
        for (int turn = 0; turn < MOST_TURNS; turn++) {
            if (server.isEstablished() && client.getHandshakeStatus() == HandshakeStatus.NOT_HANDSHAKING) {
                boolean resumed = server.info().resumed();
                exchange();
                return resumed;
            }
            move();
        }
        throw new SSLException("a handshake in memory does not end");
    }

    private void move() throws SSLException, TlsException {
        switch (client.getHandshakeStatus()) {
            case NEED_TASK -> client.getDelegatedTask().run();
            case NEED_WRAP -> client.wrap(NOTHING, toServer);
            default -> {
                step();
                toClient.flip();
                client.unwrap(toClient, received.clear());
                toClient.compact();
            }
        }
    }

    private void step() throws TlsException {
        toServer.flip();
        StepResult result;
        do {
            result = server.step(toServer, toClient);
        } while (result == StepResult.PROGRESSED);
        toServer.compact();
    }

    private void exchange() throws SSLException, TlsException {
        client.wrap(ByteBuffer.allocate(REQUEST_BYTES), toServer);
        toServer.flip();
        server.read(toServer, received.clear());
        server.write(received.flip(), toClient);
        toClient.flip();
        client.unwrap(toClient, received.clear());
        server.close(toClient.clear());
        client.closeOutbound();
    }
}
