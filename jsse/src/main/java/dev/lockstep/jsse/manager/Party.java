package dev.lockstep.jsse.manager;

import dev.lockstep.jsse.session.HandshakeSession;
import java.net.InetAddress;
import java.util.concurrent.Executor;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/** Whose handshake a manager is asked for: an engine or a socket. Thread-safe. */
public interface Party {

    /**
     * Returns the session of the handshake under way, for the callback of the connection that is about to ask the application:
     * what the handshake has reached can be seen by other threads from then on.
     */
    HandshakeSession handshakeSession();

    /** Returns the engine, or null. */
    default @Nullable SSLEngine engine() {
        return null;
    }

    /** Returns the socket, or null. */
    default @Nullable SSLSocket socket() {
        return null;
    }

    /** Returns where the client is; null where that is not known. */
    default @Nullable InetAddress clientAddress() {
        SSLEngine engine = engine();
        return engine == null ? null : LiteralAddress.of(engine.getPeerHost());
    }

    /**
     * Returns what runs work in the delegated task that the server is about to be given; null where there is none, and
     * threads of this library do the work.
     */
    default @Nullable Executor tasks() {
        return null;
    }
}
