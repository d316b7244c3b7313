package dev.lockstep.server;

import dev.lockstep.tls.StepResult;
import dev.lockstep.tls.TlsException;
import dev.lockstep.tls.TlsServerConnection;
import dev.lockstep.tls.config.TlsServerConfig;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;

/** A handshake in memory between the JDK's client and a Lockstep server, as far as it goes without the key. */
public final class MemoryHandshake {

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    public final TlsServerConnection server;
    private final SSLEngine client;
    private final ByteBuffer toServer = ByteBuffer.allocate(20 * 1024);
    private final ByteBuffer toClient = ByteBuffer.allocate(20 * 1024);
    private final ByteBuffer plain = ByteBuffer.allocate(20 * 1024);
    /** What the wake handler runs. */
    public volatile Runnable wake = () -> {};

    public boolean suspended;
    public boolean gone;

    /** How many bytes the server sent in each of its steps, those that sent none included. */
    public final List<Integer> flights = new ArrayList<>();

    public int suspensions;
    public TlsException serverFailure;
    public SSLException clientFailure;

    public MemoryHandshake(TlsServerConfig config, SSLContext trusting, String suite) throws SSLException {
        server = TlsServerConnection.create(config, waiting -> wake.run());
        client = trusting.createSSLEngine("localhost", 443);
        client.setUseClientMode(true);
        client.setEnabledProtocols(new String[] {"TLSv1.2"});
        client.setEnabledCipherSuites(new String[] {suite});
        client.beginHandshake();
    }

    /** Moves both sides until neither can go on. */
    public void advance() {
        boolean moved = true;
        while (moved) {
            moved = clientMoves() | serverMoves();
        }
    }

    /** The client's socket closes: what the loop tells a connection then. */
    public void leave() {
        gone = true;
        server.inputClosed();
        serverMoves();
    }

    public boolean isDone() {
        return server.isEstablished()
                && !client.getSession().getProtocol().equals("NONE")
                && client.getHandshakeStatus() == HandshakeStatus.NOT_HANDSHAKING;
    }

    private boolean serverMoves() {
        if (serverFailure != null || server.isEstablished()) {
            return false;
        }
        toServer.flip();
        int before = toServer.remaining() - toClient.position();
        int sent = toClient.position();
        try {
            StepResult result = server.step(toServer, toClient);
            suspensions += !suspended && result == StepResult.ASYNC_IN_PROGRESS ? 1 : 0;
            suspended = result == StepResult.ASYNC_IN_PROGRESS;
            return result == StepResult.PROGRESSED || before != toServer.remaining() - toClient.position();
        } catch (TlsException e) {
            serverFailure = e;
            server.close(toClient);
            return true;
        } finally {
            flights.add(toClient.position() - sent);
            toServer.compact();
        }
    }

    private boolean clientMoves() {
        if (clientFailure != null || gone) {
            return false;
        }
        toClient.flip();
        try {
            boolean moved = false;
            while (true) {
                switch (client.getHandshakeStatus()) {
                    case NEED_TASK -> client.getDelegatedTask().run();
                    case NEED_WRAP -> client.wrap(NOTHING, toServer);
                    case NEED_UNWRAP -> {
                        SSLEngineResult result = client.unwrap(toClient, plain.clear());
                        if (result.bytesConsumed() == 0 && result.getHandshakeStatus() == HandshakeStatus.NEED_UNWRAP) {
                            return moved;
                        }
                    }
                    default -> {
                        return moved;
                    }
                }
                moved = true;
            }
        } catch (SSLException e) {
            clientFailure = e;
            return true;
        } finally {
            toClient.compact();
        }
    }
}
