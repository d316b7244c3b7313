package dev.lockstep.nio;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What a connection sends before TLS begins, such as the header of the PROXY protocol. One object for each connection; the
 * loop's thread calls every method. The time for the ClientHello covers the preface too.
 */
public interface Preface {

    /**
     * Takes what belongs to the preface. The loop keeps what is left, so a preface may wait until it is there whole.
     *
     * @param in what has arrived, in read mode; at most 16 KiB and some
     * @return whether the preface is complete: what follows in {@code in} is TLS
     * @throws IOException when the bytes are no preface; the loop closes the socket without an answer
     */
    boolean read(ByteBuffer in) throws IOException;

    /** Returns the client's address as the complete preface states it; null for that of the socket. */
    @Nullable
    SocketAddress remoteAddress();

    /** Returns the address that the client connected to as the complete preface states it; null for that of the socket. */
    @Nullable
    SocketAddress localAddress();
}
