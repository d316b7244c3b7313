package dev.lockstep.jsse.manager;

import dev.lockstep.jsse.session.HandshakeSession;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/** Whose handshake a manager is asked for: an engine or a socket. Thread-safe. */
public interface Party {

    /** Returns the session of the handshake under way. */
    HandshakeSession handshakeSession();

    /** Returns the engine, or null. */
    default @Nullable SSLEngine engine() {
        return null;
    }

    /** Returns the socket, or null. */
    default @Nullable SSLSocket socket() {
        return null;
    }
}
