package dev.lockstep.server.keyserver;

import dev.lockstep.keys.keyserver.transport.ByteTransport;
import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/** A place where clients arrive. */
public interface ClientListener extends Closeable {

    /**
     * A client that may come in.
     *
     * @param peer whose limits it shares
     * @param uid as the log shows it
     */
    record Admission(String peer, long uid, ByteTransport transport) {}

    /** The listening socket. */
    ServerSocketChannel channel();

    /**
     * Whether a client may come in, and as whom; null if not. The channel is non-blocking already.
     *
     * @throws IOException when it is gone again
     */
    @Nullable
    Admission admit(SocketChannel client) throws IOException;

    /** Where it is, for the line that says that the key server listens. */
    String where();
}
