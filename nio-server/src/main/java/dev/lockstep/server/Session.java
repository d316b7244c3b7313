package dev.lockstep.server;

import dev.lockstep.tls.ConnectionInfo;
import java.nio.ByteBuffer;

/** What an {@link Application} may do with its connection. */
public interface Session {

    /**
     * Sends {@code data} in one go: one record if it has at most 2^14 bytes. At most once per record received; the
     * next record is not read before everything is sent, so a slow reader slows its own sender only.
     *
     * @param data in read mode; belongs to the connection until it is sent
     */
    void send(ByteBuffer data);

    /** Says close_notify and ends the connection once everything is sent. */
    void closeWhenSent();

    /** What was negotiated. */
    ConnectionInfo info();

    /** What the handshake waited for, and what the thread did meanwhile. */
    KeyWait keyWait();
}
